/* SPDX-License-Identifier: Apache-2.0 */
/* Organization policies into the inventory, v2 and v1. */
#include "model/inventory.h"

struct cmek_strings cmek_inventory_keep_strings(struct cmek_inventory *inventory,
                                                struct cmek_strings strings)
{
    const char **items = cmek_arena_array(&inventory->arena, strings.count, sizeof *items);
    for (size_t i = 0; i < strings.count; i++)
        items[i] = cmek_inventory_intern(inventory, strings.items[i]);
    return (struct cmek_strings){items, strings.count};
}

struct cmek_policy_spec cmek_inventory_keep_spec(struct cmek_inventory *inventory,
                                                 const struct cmek_policy_spec *spec)
{
    struct cmek_policy_spec copy = *spec;
    struct cmek_policy_rule *rules =
        cmek_arena_array(&inventory->arena, spec->rule_count, sizeof *rules);
    for (size_t i = 0; i < spec->rule_count; i++) {
        rules[i] = spec->rules[i];
        rules[i].allowed = cmek_inventory_keep_strings(inventory, spec->rules[i].allowed);
        rules[i].denied = cmek_inventory_keep_strings(inventory, spec->rules[i].denied);
        rules[i].condition = cmek_inventory_intern(inventory, spec->rules[i].condition);
    }
    copy.rules = rules;
    copy.unreadable_reason = cmek_inventory_intern(inventory, spec->unreadable_reason);
    return copy;
}

static void set_policy(struct cmek_inventory *inventory, struct cmek_policy_slot **place,
                       const struct cmek_record *record, const struct cmek_policy *policy,
                       bool has_data)
{
    struct cmek_policy_slot *slot = *place;
    bool is_of_a_kind = slot && slot->lags == record->lags;
    if (slot && !is_of_a_kind && record->lags)
        return;
    if (is_of_a_kind &&
        (slot->has_data != has_data ? slot->has_data
                                    : cmek_time_compare(record->updated, slot->updated) < 0))
        return;
    if (!slot)
        slot = *place = cmek_arena_alloc(&inventory->arena, sizeof *slot);
    *slot = (struct cmek_policy_slot){
        .has_data = has_data,
        .lags = record->lags,
        .updated = record->updated,
        .policy = {cmek_inventory_keep_spec(inventory, &policy->live),
                   cmek_inventory_keep_spec(inventory, &policy->dry_run)},
        .planned = cmek_inventory_keep_planned(inventory, record->planned),
    };
}

void cmek_inventory_add_policy(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    inventory->has_v2_policies |= !record->planned;
    inventory->has_planned_policies |= record->planned != NULL;
    const struct cmek_policy_data *data = &record->data.policy;
    struct cmek_node *node = data->node ? cmek_inventory_node(inventory, data->node) : NULL;
    if (!node || data->constraint == CMEK_CONSTRAINT_COUNT_)
        return;
    struct cmek_node_extras *extras = cmek_inventory_extras(inventory, node);
    set_policy(inventory, &extras->policies[data->constraint], record, &data->policy,
               record->has_data);
    if (record->planned) /* whichever of the two the others turn out to be */
        set_policy(inventory, &extras->v1_policies[data->constraint], record, &data->policy,
                   record->has_data);
}

void cmek_inventory_add_v1_policies(struct cmek_inventory *inventory,
                                    const struct cmek_record *record)
{
    if (!record->has_v1_policies)
        return;
    inventory->has_v1_policies = true;
    const char *ref = record->has_ancestors && record->ancestors.count > 0
                          ? record->ancestors.items[0]
                          : cmek_node_ref_of(record->name, &inventory->scratch);
    struct cmek_node *node = ref ? cmek_inventory_node(inventory, ref) : NULL;
    for (size_t i = 0; node && i < record->v1_policy_count; i++) {
        struct cmek_policy policy = {.live = record->v1_policies[i].spec};
        struct cmek_node_extras *extras = cmek_inventory_extras(inventory, node);
        set_policy(inventory, &extras->v1_policies[record->v1_policies[i].constraint], record,
                   &policy, true);
    }
}
