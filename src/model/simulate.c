/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that are not set but asked about: laid over a finished inventory. */
#include "model/inventory.h"

struct cmek_node *cmek_inventory_find_node(const struct cmek_inventory *inventory, const char *ref)
{
    enum cmek_node_kind kind;
    const char *id;
    if (!cmek_node_ref_parse(ref, &kind, &id))
        return NULL;
    struct cmek_node *node =
        kind == CMEK_NODE_PROJECT ? cmek_map_get(&inventory->projects, id) : NULL;
    if (!node)
        node = cmek_map_get(&inventory->nodes, ref);
    return node ? node->canonical : NULL;
}

static void set_simulated(struct cmek_inventory *inventory, struct cmek_node *node,
                          enum cmek_constraint constraint, const struct cmek_policy_spec *spec)
{
    cmek_inventory_extras(inventory, node)->simulated[constraint] = spec;
    if (cmek_node_is_unmapped(node))
        inventory->unmapped[node->number != NULL].simulated[constraint] = true;
}

void cmek_inventory_simulate(struct cmek_inventory *inventory, struct cmek_node *node,
                             enum cmek_constraint constraint, const struct cmek_policy_spec *spec)
{
    struct cmek_policy_spec *copy = cmek_arena_alloc(&inventory->arena, sizeof *copy);
    *copy = cmek_inventory_keep_spec(inventory, spec);
    set_simulated(inventory, node, constraint, copy);
}

bool cmek_inventory_simulate_dry_run(struct cmek_inventory *inventory, struct cmek_node *node,
                                     enum cmek_constraint constraint)
{
    const struct cmek_policy_slot *slot = cmek_node_policy(inventory, node, constraint);
    if (!slot || slot->policy.dry_run.state == CMEK_SPEC_ABSENT)
        return false;
    set_simulated(inventory, node, constraint, &slot->policy.dry_run);
    return true;
}

bool cmek_node_may_be_simulated(const struct cmek_inventory *inventory,
                                const struct cmek_node *node, enum cmek_constraint constraint)
{
    return cmek_node_is_unmapped(node) && !cmek_node_policy(inventory, node, constraint) &&
           inventory->unmapped[!node->number].simulated[constraint];
}
