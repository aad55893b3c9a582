/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/simulate.h"

#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/suggest.h"
#include "model/inventory.h"

enum cmek_status cmek_simulation_check(const struct cmek_simulation *simulation,
                                       struct cmek_error *err)
{
    size_t count = simulation->policies.count;
    if (count == 0 && !simulation->promotes_dry_runs)
        return cmek_fail(err, CMEK_E_USAGE,
                         "nothing to simulate: give --policy FILE, or --promote-dry-run");
    if (count > 0 && simulation->promotes_dry_runs && simulation->nodes.count > 0)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--at could mean the place of --policy or of --promote-dry-run: give one "
                         "of these, or no --at");
    for (size_t i = 0; i < simulation->nodes.count; i++) {
        enum cmek_node_kind kind;
        const char *id;
        if (!cmek_node_ref_parse(simulation->nodes.items[i], &kind, &id))
            return cmek_fail(err, CMEK_E_USAGE,
                             "--at is '%s', expected organizations/ID, folders/ID or projects/ID",
                             simulation->nodes.items[i]);
    }
    for (size_t i = 0; i < count && simulation->nodes.count == 0; i++)
        if (!simulation->policies.items[i].node)
            return cmek_fail(err, CMEK_E_USAGE,
                             "%s: the policy does not say where it is set; give --at NODE",
                             simulation->policies.items[i].origin);
    return CMEK_OK;
}

/* The state of cmek_simulation_apply. */
struct overlay {
    struct cmek_inventory *inventory;
    struct cmek_arena *arena;
    struct cmek_map taken; /* places that a file has set → its origin */
    CMEK_VEC(struct cmek_simulated_policy) done;
};

/* Projects are offered by both names: which one was meant, the typed one tells. */
static const char *closest_node(const struct overlay *overlay, const char *ref)
{
    struct cmek_suggestion suggestion = {.typed = ref};
    const struct cmek_map *nodes = &overlay->inventory->nodes;
    for (struct cmek_map_entry *e = cmek_map_first(nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        cmek_suggestion_offer(&suggestion, node->ref);
        if (node->kind == CMEK_NODE_PROJECT && node->id)
            cmek_suggestion_offer(&suggestion,
                                  cmek_arena_printf(overlay->arena, "projects/%s", node->id));
    }
    return cmek_suggestion_best(&suggestion);
}

static enum cmek_status find_node(const struct overlay *overlay, const char *ref,
                                  const char *origin, struct cmek_node **ret_node,
                                  struct cmek_error *err)
{
    *ret_node = cmek_inventory_find_node(overlay->inventory, ref);
    if (*ret_node)
        return CMEK_OK;
    const char *best = closest_node(overlay, ref);
    return cmek_fail(err, CMEK_E_USAGE, "%s: nothing that was read speaks of %s%s%s%s", origin, ref,
                     best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

static void note_done(struct overlay *overlay, const struct cmek_node *node,
                      enum cmek_constraint constraint, const char *origin)
{
    *CMEK_VEC_ADD(&overlay->done) =
        (struct cmek_simulated_policy){node->ref, cmek_constraint_name(constraint), origin};
}

static enum cmek_status set_policy(struct overlay *overlay, const struct cmek_file_policy *policy,
                                   const char *ref, struct cmek_error *err)
{
    struct cmek_node *node = NULL;
    enum cmek_status status = find_node(overlay, ref, policy->origin, &node, err);
    if (status != CMEK_OK)
        return status;
    const char *place = cmek_arena_printf(overlay->arena, "%s %s", node->ref,
                                          cmek_constraint_name(policy->constraint));
    const char *before = cmek_map_get(&overlay->taken, place);
    if (before)
        return cmek_fail(err, CMEK_E_USAGE, "%s: a second policy of %s at %s, after that of %s",
                         policy->origin, cmek_constraint_name(policy->constraint), node->ref,
                         before);
    cmek_map_put_borrowed(&overlay->taken, place, (void *)(uintptr_t)policy->origin);
    cmek_inventory_simulate(overlay->inventory, node, policy->constraint, &policy->spec);
    note_done(overlay, node, policy->constraint, policy->origin);
    return CMEK_OK;
}

static enum cmek_status set_policies(struct overlay *overlay,
                                     const struct cmek_simulation *simulation,
                                     struct cmek_error *err)
{
    const struct cmek_strings *nodes = &simulation->nodes;
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < simulation->policies.count && status == CMEK_OK; i++) {
        const struct cmek_file_policy *policy = &simulation->policies.items[i];
        if (nodes->count == 0)
            status = set_policy(overlay, policy, policy->node, err);
        for (size_t k = 0; k < nodes->count && status == CMEK_OK; k++)
            status = set_policy(overlay, policy, nodes->items[k], err);
    }
    return status;
}

/* A file's policy at the same place has the last word. */
static bool promote_at(struct overlay *overlay, struct cmek_node *node)
{
    bool found = false;
    for (enum cmek_constraint i = 0; i < CMEK_CONSTRAINT_COUNT_; i++) {
        if (!node->extras->simulated[i] &&
            cmek_inventory_simulate_dry_run(overlay->inventory, node, i))
            note_done(overlay, node, i, "dryRunSpec");
        found |= node->extras->simulated[i] != NULL;
    }
    return found;
}

static enum cmek_status promote_dry_runs(struct overlay *overlay, const struct cmek_strings *nodes,
                                         struct cmek_error *err)
{
    for (size_t i = 0; i < nodes->count; i++) {
        struct cmek_node *node = NULL;
        enum cmek_status status =
            find_node(overlay, nodes->items[i], "--promote-dry-run", &node, err);
        if (status != CMEK_OK)
            return status;
        if (!promote_at(overlay, node))
            return cmek_fail(err, CMEK_E_USAGE, "--promote-dry-run: no dryRunSpec is set at %s",
                             nodes->items[i]);
    }
    const struct cmek_map *all = &overlay->inventory->nodes;
    for (struct cmek_map_entry *e = cmek_map_first(all); nodes->count == 0 && e;
         e = cmek_map_next(e)) {
        struct cmek_node *node = cmek_map_value(e);
        if (node->canonical == node)
            promote_at(overlay, node);
    }
    return CMEK_OK;
}

static int compare_policies(const void *a, const void *b)
{
    const struct cmek_simulated_policy *left = a, *right = b;
    int order = strcmp(left->node, right->node);
    return order != 0 ? order : strcmp(left->constraint, right->constraint);
}

enum cmek_status cmek_simulation_apply(const struct cmek_simulation *simulation,
                                       struct cmek_inventory *inventory, struct cmek_arena *arena,
                                       struct cmek_simulation_summary *ret_summary,
                                       struct cmek_error *err)
{
    struct overlay overlay = {.inventory = inventory, .arena = arena};
    enum cmek_status status = set_policies(&overlay, simulation, err);
    if (status == CMEK_OK && simulation->promotes_dry_runs)
        status = promote_dry_runs(&overlay, &simulation->nodes, err);
    if (status == CMEK_OK && overlay.done.count > 0) {
        struct cmek_simulated_policy *policies =
            cmek_arena_array(arena, overlay.done.count, sizeof *policies);
        memcpy(policies, overlay.done.items, overlay.done.count * sizeof *policies);
        qsort(policies, overlay.done.count, sizeof *policies, compare_policies);
        ret_summary->policies = policies;
        ret_summary->policy_count = overlay.done.count;
    }
    cmek_map_done(&overlay.taken);
    CMEK_VEC_DONE(&overlay.done);
    return status;
}
