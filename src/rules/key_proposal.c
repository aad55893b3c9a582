/* SPDX-License-Identifier: Apache-2.0 */
/* The key that a remediation may propose. */
#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/evaluation.h"

/* What a key is looked for: its place, and the service (a bit of cmek_key.used_for). */
struct wish {
    const char *location;
    uint64_t service;
};

/* Keys are kept apart by what they protect: one that protects such resources already is the better
 * guess. */
static bool is_better(const struct cmek_key *key, const struct cmek_key *best,
                      const struct wish *wish)
{
    if (!best)
        return true;
    bool suits = key->used_for & wish->service, best_suits = best->used_for & wish->service;
    if (suits != best_suits)
        return suits;
    return strcmp(key->name, best->name) < 0;
}

/* The best of the usable keys in use there whose project the policy allows for certain. */
static const char *find_key(const struct cmek_inventory *inventory,
                            const struct cmek_effective *effective, const struct wish *wish)
{
    const struct cmek_key *best = NULL;
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->keys); e; e = cmek_map_next(e)) {
        const struct cmek_key *key = cmek_map_value(e);
        struct cmek_verdict ignored = {0};
        if (key->used_for == 0 || !cmek_str_eq(key->location, wish->location) ||
            !is_better(key, best, wish) || cmek_key_usability(key, &ignored) != CMEK_OUTCOME_PASS)
            continue;
        struct cmek_key_question question = {inventory, key->project};
        if (!(cmek_list_ask(effective, cmek_match_key_project, &question) & CMEK_DENIED))
            best = key;
    }
    return best ? best->name : NULL;
}

void cmek_append_policy_identity(const struct cmek_effective *effective, struct cmek_strbuf *buffer)
{
    cmek_strbuf_printf(buffer, "%d%d", effective->unreadable != NULL, effective->default_deny);
    for (size_t i = 0; i < effective->rule_count; i++)
        cmek_strbuf_printf(buffer, " %p/%u", (const void *)effective->rules[i].rule,
                           effective->rules[i].group);
}

static const char *find_key_once(struct cmek_evaluation *evaluation,
                                 const struct cmek_effective *effective, const struct wish *wish)
{
    static const char nothing[] = ""; /* stands for "looked, found none" */
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "policy %s %" PRIx64 " ", wish->location, wish->service);
    cmek_append_policy_identity(effective, &name);
    const char *known = cmek_map_get(&evaluation->suggestions, cmek_strbuf_text(&name));
    if (!known) {
        known = find_key(evaluation->options.inventory, effective, wish);
        known = known ? known : nothing;
        cmek_map_put(&evaluation->suggestions, cmek_strbuf_text(&name), (void *)(uintptr_t)known);
    }
    cmek_strbuf_done(&name);
    return known;
}

const char *cmek_suggest_key(struct cmek_evaluation *evaluation,
                             const struct cmek_resource *resource, const char *key_location)
{
    struct wish wish = {key_location, cmek_service_bit(resource->type->service)};
    const struct cmek_effective *effective =
        cmek_evaluation_effective(evaluation, resource->chain, CMEK_CONSTRAINT_KEY_PROJECT,
                                  cmek_evaluation_governing(evaluation));
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "class %zu %s %" PRIx64, effective->index, wish.location,
                       wish.service);
    const char *known = cmek_map_get(&evaluation->suggestions, cmek_strbuf_text(&name));
    if (!known) {
        known = find_key_once(evaluation, effective, &wish);
        cmek_map_put(&evaluation->suggestions, cmek_strbuf_text(&name), (void *)(uintptr_t)known);
    }
    cmek_strbuf_done(&name);
    return known[0] != '\0' ? known : NULL;
}

void cmek_evaluation_each_proposal(const struct cmek_evaluation *evaluation,
                                   void (*key)(void *payload, const char *name), void *payload)
{
    for (struct cmek_map_entry *e = cmek_map_first(&evaluation->suggestions); e;
         e = cmek_map_next(e)) {
        const char *name = cmek_map_value(e);
        if (name[0] != '\0')
            key(payload, name);
    }
}
