/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/effective_policy.h"

#include "base/arena.h"
#include "base/strings.h"
#include "model/inventory.h"
#include "policy/effective.h"
#include "json/writer.h"

static void write_strings(struct cmek_json_writer *writer, const char *name,
                          const struct cmek_strings *strings)
{
    if (strings->count == 0)
        return;
    cmek_json_key(writer, name);
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < strings->count; i++)
        cmek_json_text(writer, strings->items[i]);
    cmek_json_end_array(writer);
}

static void write_rule(struct cmek_json_writer *writer, const struct cmek_policy_rule *rule)
{
    cmek_json_begin_object(writer);
    if (rule->allowed.count > 0 || rule->denied.count > 0) {
        cmek_json_key(writer, "values");
        cmek_json_begin_object(writer);
        write_strings(writer, "allowedValues", &rule->allowed);
        write_strings(writer, "deniedValues", &rule->denied);
        cmek_json_end_object(writer);
    }
    if (rule->allow_all)
        cmek_json_member_bool(writer, "allowAll", true);
    if (rule->deny_all)
        cmek_json_member_bool(writer, "denyAll", true);
    cmek_json_end_object(writer);
}

/* Google knows all tags; a condition that is undecided here (a tag that the file does not hold) is
 * one that does not match. */
static void write_rules(struct cmek_json_writer *writer, const struct cmek_effective *effective)
{
    size_t written = 0;
    cmek_json_key(writer, "rules");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < effective->rule_count; i++) {
        if (effective->rules[i].group != 0)
            continue;
        write_rule(writer, effective->rules[i].rule);
        written++;
    }
    if (written == 0) {
        const struct cmek_policy_rule by_default = {.allow_all = !effective->default_deny,
                                                    .deny_all = effective->default_deny};
        write_rule(writer, &by_default);
    }
    cmek_json_end_array(writer);
}

static void write_spec(struct cmek_json_writer *writer, const char *name,
                       const struct cmek_effective *effective)
{
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
    write_rules(writer, effective);
    cmek_json_end_object(writer);
}

bool cmek_demo_write_effective_policy(const struct cmek_inventory *inventory, const char *node_name,
                                      enum cmek_constraint constraint,
                                      struct cmek_json_writer *writer, struct cmek_arena *arena)
{
    const struct cmek_node *node = cmek_map_get(&inventory->nodes, node_name);
    if (!node || !node->canonical || !node->canonical->chain)
        return false;
    const struct cmek_chain *chain = node->canonical->chain;
    const struct cmek_effective *live =
        cmek_effective_build(inventory, chain, constraint, CMEK_POLICY_LIVE, arena);
    const struct cmek_effective *dry_run =
        cmek_effective_build(inventory, chain, constraint, CMEK_POLICY_DRY_RUN, arena);
    const char *bare = cmek_str_after(cmek_constraint_name(constraint), "constraints/");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name",
                          cmek_arena_printf(arena, "%s/policies/%s", node_name, bare));
    write_spec(writer, "spec", live);
    if (dry_run->has_dry_run)
        write_spec(writer, "dryRunSpec", dry_run);
    cmek_json_end_object(writer);
    return true;
}
