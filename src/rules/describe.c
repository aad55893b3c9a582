/* SPDX-License-Identifier: Apache-2.0 */
/* Words shared by the checks: resources, reasons, and the key that may be proposed. */
#include <string.h>

#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/evaluation.h"

void cmek_describe_resource(const struct cmek_resource *resource, struct cmek_strbuf *buffer)
{
    cmek_strbuf_printf(buffer, "%s %s", resource->type->noun, cmek_short_name(resource->name));
}

void cmek_explain_unknown_policy(const struct cmek_effective *effective, struct cmek_verdict *draft)
{
    if (effective->unreadable) {
        draft->reason = effective->unreadable_reason;
        draft->detail = effective->unreadable;
    } else if (effective->undecided_count > 0) {
        draft->reason = "condition-undecided";
        draft->detail = effective->undecided[0].reason;
    }
}

/* The first by name of the usable keys there whose project the policy allows for certain. */
static const char *find_key(const struct cmek_inventory *inventory,
                            const struct cmek_effective *effective, const char *location)
{
    const struct cmek_key *best = NULL;
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->keys); e; e = cmek_map_next(e)) {
        const struct cmek_key *key = cmek_map_value(e);
        struct cmek_verdict ignored = {0};
        if (!key->is_used || !cmek_str_eq(key->location, location) ||
            (best && strcmp(key->name, best->name) > 0) ||
            cmek_key_usability(key, &ignored) != CMEK_OUTCOME_PASS)
            continue;
        struct cmek_key_question question = {inventory, key->project};
        if (!(cmek_list_ask(effective, cmek_match_key_project, &question) & CMEK_DENIED))
            best = key;
    }
    return best ? best->name : NULL;
}

/* What an answer of cmek_list_ask depends on. Projects below one policy share its rules, and the
 * search through all keys is worth sharing too. */
static void append_policy_identity(const struct cmek_effective *effective,
                                   struct cmek_strbuf *buffer)
{
    cmek_strbuf_printf(buffer, "%d%d", effective->unreadable != NULL, effective->default_deny);
    for (size_t i = 0; i < effective->rule_count; i++)
        cmek_strbuf_printf(buffer, " %p/%u", (const void *)effective->rules[i].rule,
                           effective->rules[i].group);
}

static const char *find_key_once(struct cmek_evaluation *evaluation, const struct cmek_chain *chain,
                                 const char *location)
{
    static const char nothing[] = ""; /* stands for "looked, found none" */
    const struct cmek_effective *effective =
        cmek_evaluation_effective(evaluation, chain, CMEK_CONSTRAINT_KEY_PROJECT, CMEK_POLICY_LIVE);
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "policy %s ", location);
    append_policy_identity(effective, &name);
    const char *known = cmek_map_get(&evaluation->suggestions, cmek_strbuf_text(&name));
    if (!known) {
        known = find_key(evaluation->options.inventory, effective, location);
        known = known ? known : nothing;
        cmek_map_put(&evaluation->suggestions, cmek_strbuf_text(&name), (void *)(uintptr_t)known);
    }
    cmek_strbuf_done(&name);
    return known;
}

const char *cmek_suggest_key(struct cmek_evaluation *evaluation, const struct cmek_chain *chain,
                             const char *key_location)
{
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "chain %zu %s", chain->index, key_location);
    const char *known = cmek_map_get(&evaluation->suggestions, cmek_strbuf_text(&name));
    if (!known) {
        known = find_key_once(evaluation, chain, key_location);
        cmek_map_put(&evaluation->suggestions, cmek_strbuf_text(&name), (void *)(uintptr_t)known);
    }
    cmek_strbuf_done(&name);
    return known[0] != '\0' ? known : NULL;
}
