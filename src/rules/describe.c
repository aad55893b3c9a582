/* SPDX-License-Identifier: Apache-2.0 */
/* Words shared by the checks: resources, reasons, and the key that may be proposed. */
#include <string.h>

#include "base/strbuf.h"
#include "model/inventory.h"
#include "policy/values.h"
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

/* Whether the key-project constraint certainly lets a resource of that chain have a key of that
 * project. */
static bool is_allowed(struct cmek_evaluation *evaluation, const struct cmek_chain *chain,
                       const char *project)
{
    const struct cmek_effective *effective =
        cmek_evaluation_effective(evaluation, chain, CMEK_CONSTRAINT_KEY_PROJECT, CMEK_POLICY_LIVE);
    struct cmek_key_question question = {evaluation->options.inventory, project};
    return (cmek_list_ask(effective, cmek_match_key_project, &question) & CMEK_DENIED) == 0;
}

const char *cmek_suggest_key(struct cmek_evaluation *evaluation, const struct cmek_chain *chain,
                             const char *key_location)
{
    static char nothing[] = ""; /* stands for "looked, found none" */
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%zu %s", chain->index, key_location);
    const char *known = cmek_map_get(&evaluation->suggestions, cmek_strbuf_text(&name));
    if (!known) {
        const struct cmek_map *keys = &evaluation->options.inventory->keys;
        const struct cmek_key *best = NULL;
        for (struct cmek_map_entry *e = cmek_map_first(keys); e; e = cmek_map_next(e)) {
            const struct cmek_key *key = cmek_map_value(e);
            struct cmek_verdict ignored = {0};
            if (key->is_used && cmek_str_eq(key->location, key_location) &&
                (!best || strcmp(key->name, best->name) < 0) &&
                cmek_key_usability(key, &ignored) == CMEK_OUTCOME_PASS &&
                is_allowed(evaluation, chain, key->project))
                best = key;
        }
        known = best ? best->name : nothing;
        cmek_map_put(&evaluation->suggestions, cmek_strbuf_text(&name), (void *)(uintptr_t)known);
    }
    cmek_strbuf_done(&name);
    return known[0] != '\0' ? known : NULL;
}
