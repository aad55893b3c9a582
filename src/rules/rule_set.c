/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "rules/rule_decode.h"
#include "yaml/yaml.h"

struct cmek_rule_set *cmek_rule_set_new(void)
{
    return cmek_calloc(1, sizeof(struct cmek_rule_set));
}

void cmek_rules_free(struct cmek_rule_set *rules)
{
    if (!rules)
        return;
    CMEK_VEC_DONE(&rules->rules);
    cmek_arena_done(&rules->arena);
    free(rules);
}

/* Where @p id is, or would be. */
static size_t position(const struct cmek_rule_set *set, const char *id)
{
    size_t low = 0, high = set->rules.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(set->rules.items[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct cmek_rule *at_id(const struct cmek_rule_set *set, size_t index, const char *id)
{
    bool found = index < set->rules.count && strcmp(set->rules.items[index]->id, id) == 0;
    return found ? set->rules.items[index] : NULL;
}

enum cmek_status cmek_rule_set_add(struct cmek_rule_set *set, const struct cmek_rule_change *change,
                                   const char *origin, struct cmek_error *err)
{
    const char *id = change->rule.id;
    size_t index = position(set, id);
    struct cmek_rule *rule = at_id(set, index, id);
    if (rule)
        return cmek_rule_apply(change, origin, rule, err);
    if (set->rules.count == CMEK_LIMIT_RULES)
        return cmek_yaml_fail(change->at, err, "more than %d rules", CMEK_LIMIT_RULES);
    rule = cmek_arena_alloc(&set->arena, sizeof *rule);
    enum cmek_status status = cmek_rule_apply(change, origin, rule, err);
    if (status != CMEK_OK)
        return status;
    *CMEK_VEC_ADD(&set->rules) = rule;
    struct cmek_rule **slot = &set->rules.items[index];
    memmove(slot + 1, slot, (set->rules.count - 1 - index) * sizeof *slot);
    *slot = rule;
    return CMEK_OK;
}

bool cmek_rules_set_severity(struct cmek_rule_set *rules, const char *id,
                             enum cmek_severity severity)
{
    struct cmek_rule *rule = at_id(rules, position(rules, id), id);
    if (rule)
        rule->severity = severity;
    return rule != NULL;
}

void cmek_rules_keep(struct cmek_rule_set *rules, bool (*keep)(const struct cmek_rule *rule))
{
    size_t kept = 0;
    for (size_t i = 0; i < rules->rules.count; i++)
        if (keep(rules->rules.items[i]))
            rules->rules.items[kept++] = rules->rules.items[i];
    rules->rules.count = kept;
}

size_t cmek_rules_count(const struct cmek_rule_set *rules)
{
    return rules->rules.count;
}

const struct cmek_rule *cmek_rules_at(const struct cmek_rule_set *rules, size_t index)
{
    return index < rules->rules.count ? rules->rules.items[index] : NULL;
}

const struct cmek_rule *cmek_rules_find(const struct cmek_rule_set *rules, const char *id)
{
    return at_id(rules, position(rules, id), id);
}
