/* SPDX-License-Identifier: Apache-2.0 */
/* What a plan adds to an inventory. */
#include <string.h>

#include "model/inventory.h"

const struct cmek_planned *cmek_inventory_keep_planned(struct cmek_inventory *inventory,
                                                       const struct cmek_planned *planned)
{
    if (!planned)
        return NULL;
    struct cmek_planned *copy = cmek_arena_alloc(&inventory->arena, sizeof *copy);
    *copy = *planned;
    copy->address = cmek_arena_strdup(&inventory->arena, planned->address);
    copy->noun = cmek_inventory_intern(inventory, planned->noun);
    copy->file = cmek_inventory_intern(inventory, planned->file);
    copy->unknown_reason = cmek_inventory_intern(inventory, planned->unknown_reason);
    copy->unknown_detail = cmek_inventory_intern(inventory, planned->unknown_detail);
    return copy;
}

const struct cmek_planned *cmek_chain_planned_policy(const struct cmek_inventory *inventory,
                                                     const struct cmek_chain *chain,
                                                     enum cmek_constraint constraint)
{
    for (size_t i = 0; inventory->has_planned_policies && i < chain->count; i++) {
        const struct cmek_policy_slot *slot =
            cmek_node_policy(inventory, chain->nodes[i], constraint);
        if (slot && slot->planned && slot->planned->is_change)
            return slot->planned;
    }
    return NULL;
}

/* A policy that may be set though the plan does not say so. */
static void doubt(struct cmek_inventory *inventory, struct cmek_node *node)
{
    for (enum cmek_constraint i = 0; i < CMEK_CONSTRAINT_COUNT_; i++) {
        if (node->extras->policies[i] || node->is_created || node->canonical != node)
            continue;
        struct cmek_policy_slot *slot = cmek_arena_alloc(&inventory->arena, sizeof *slot);
        slot->policy.live.state = CMEK_SPEC_UNREADABLE;
        slot->policy.live.unreadable_reason = cmek_arena_printf(
            &inventory->arena,
            "the plan does not show which policy is set at %s; give --assets or a live scope "
            "beside it",
            node->ref);
        cmek_inventory_extras(inventory, node)->policies[i] = slot;
    }
}

void cmek_inventory_finish_planned(struct cmek_inventory *inventory)
{
    if (!inventory->has_planned_policies || inventory->has_v2_policies ||
        inventory->has_v1_policies)
        return;
    inventory->has_v2_policies = true;
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e))
        doubt(inventory, cmek_map_value(e));
}

/* Names in an inventory may hold a project's number where a plan knows its id, and those of zonal
 * clusters say "zones" (https://cloud.google.com/asset-inventory/docs/asset-names). */
static const char *renamed(struct cmek_arena *arena, const char *name, const char *from,
                           const char *to)
{
    const char *at = strstr(name, from);
    if (!at)
        return NULL;
    return cmek_arena_printf(arena, "%.*s%s%s", (int)(at - name), name, to, at + strlen(from));
}

static void drop_namesake(struct cmek_inventory *inventory, const char *name)
{
    struct cmek_resource *namesake = name ? cmek_map_get(&inventory->resources, name) : NULL;
    if (namesake && !namesake->extras->planned)
        namesake->is_gone = true;
}

static void drop_namesakes(struct cmek_inventory *inventory, const char *name)
{
    struct cmek_arena *arena = &inventory->scratch;
    cmek_arena_clear(arena);
    const char *ref = cmek_project_ref_in(name, arena);
    const struct cmek_node *node = ref ? cmek_map_get(&inventory->nodes, ref) : NULL;
    const char *names[] = {name, NULL};
    if (node && node->canonical->id && node->canonical->number) {
        bool is_id = strcmp(ref + sizeof "projects/" - 1, node->canonical->id) == 0;
        names[1] =
            renamed(arena, name, ref,
                    cmek_arena_printf(arena, "projects/%s",
                                      is_id ? node->canonical->number : node->canonical->id));
        drop_namesake(inventory, names[1]);
    }
    for (size_t i = 0; i < 2 && names[i]; i++)
        drop_namesake(inventory, renamed(arena, names[i], "/locations/", "/zones/"));
}

void cmek_inventory_mark_superseded(struct cmek_inventory *inventory)
{
    for (size_t i = 0; inventory->has_plan && i < inventory->resource_list.count; i++)
        if (inventory->resource_list.items[i]->extras->planned)
            drop_namesakes(inventory, inventory->resource_list.items[i]->name);
}
