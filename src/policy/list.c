/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/list.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

/* What the rules in force amount to for one value. Everything a verdict depends on is an OR over
 * the rules, so a combination of rules is a set of these bits, and all that unknowns can lead to is
 * a set of such sets: 64 bits. */
enum facts {
    DENIES = 1 << 0, /* denyAll or a covering denied entry */
    ALLOWS_ALL = 1 << 1,
    LISTS = 1 << 2,     /* there are allowed entries */
    COVERS = 1 << 3,    /* … and one covers the value */
    RESTRICTS = 1 << 4, /* there are entries of either kind, or denyAll */
    ANY = 1 << 5,       /* there is a rule at all: the default no longer holds */
    COMBINATIONS = 1 << 6,
};

/* One group of rules: what it certainly adds when in force, and what it may add. */
struct contribution {
    unsigned certain, possible;
};

static void add_entries(struct contribution *contribution, const struct cmek_strings *entries,
                        unsigned hit, cmek_entry_match *match, void *payload)
{
    for (size_t i = 0; i < entries->count; i++) {
        enum cmek_tristate covers = match(payload, entries->items[i]);
        if (covers == CMEK_YES)
            contribution->certain |= hit;
        else if (covers == CMEK_UNKNOWN)
            contribution->possible |= hit;
    }
}

static void add_rule(struct contribution *contribution, const struct cmek_policy_rule *rule,
                     cmek_entry_match *match, void *payload)
{
    contribution->certain |= ANY;
    if (rule->deny_all)
        contribution->certain |= DENIES | RESTRICTS;
    if (rule->allow_all)
        contribution->certain |= ALLOWS_ALL;
    if (rule->denied.count > 0)
        contribution->certain |= RESTRICTS;
    if (rule->allowed.count > 0)
        contribution->certain |= LISTS | RESTRICTS;
    add_entries(contribution, &rule->denied, DENIES, match, payload);
    add_entries(contribution, &rule->allowed, COVERS, match, payload);
}

/* All combinations that come of adding any part of `possible` and all of `certain` to those in
 * `set`. */
static uint64_t combine(uint64_t set, struct contribution contribution)
{
    uint64_t result = 0;
    unsigned open = contribution.possible & ~contribution.certain;
    for (unsigned facts = 0; facts < COMBINATIONS; facts++) {
        if (!(set >> facts & 1))
            continue;
        unsigned part = open;
        for (;;) {
            result |= UINT64_C(1) << (facts | contribution.certain | part);
            if (part == 0)
                break;
            part = (part - 1) & open;
        }
    }
    return result;
}

static unsigned outcome(unsigned facts, bool default_deny)
{
    if (!(facts & ANY))
        return default_deny ? CMEK_DENIED_BY_DEFAULT : CMEK_ALLOWED_FREELY;
    bool denied =
        (facts & DENIES) || ((facts & LISTS) && !(facts & ALLOWS_ALL) && !(facts & COVERS));
    if (denied)
        return CMEK_DENIED_RESTRICTED;
    return facts & RESTRICTS ? CMEK_ALLOWED_RESTRICTED : CMEK_ALLOWED_FREELY;
}

/* What each group adds, by its number; group 0 is what is certainly in force. */
static struct contribution *contributions(const struct cmek_effective *effective,
                                          cmek_entry_match *match, void *payload)
{
    struct contribution *groups = cmek_calloc(effective->undecided_count + 1, sizeof *groups);
    for (size_t i = 0; i < effective->rule_count; i++)
        add_rule(&groups[effective->rules[i].group], effective->rules[i].rule, match, payload);
    return groups;
}

unsigned cmek_list_ask(const struct cmek_effective *effective, cmek_entry_match *match,
                       void *payload)
{
    struct contribution *groups = contributions(effective, match, payload);
    uint64_t set = combine(1, groups[0]); /* 1: only the empty combination */
    for (size_t group = 1; group <= effective->undecided_count; group++)
        set |= combine(set, groups[group]);
    free(groups);
    if (effective->unreadable) /* it may hold anything, and whatever lies above it may be in force
                                  or not */
        set = combine(set, (struct contribution){.possible = COMBINATIONS - 1});
    unsigned outcomes = 0;
    for (unsigned facts = 0; facts < COMBINATIONS; facts++)
        if (set >> facts & 1)
            outcomes |= outcome(facts, effective->default_deny);
    return outcomes;
}

/* The first entry that covers the value for certain, else the first that may. */
static const char *covering_entry(const struct cmek_strings *entries, cmek_entry_match *match,
                                  void *payload, bool *ret_certain)
{
    const char *maybe = NULL;
    for (size_t i = 0; i < entries->count; i++) {
        enum cmek_tristate covers = match(payload, entries->items[i]);
        if (covers == CMEK_YES) {
            *ret_certain = true;
            return entries->items[i];
        }
        if (covers == CMEK_UNKNOWN && !maybe)
            maybe = entries->items[i];
    }
    *ret_certain = false;
    return maybe;
}

/* What a rule by itself says for the side that is asked for. */
static const char *rule_says(const struct cmek_policy_rule *rule, cmek_entry_match *match,
                             void *payload, bool denied, bool *ret_certain)
{
    const char *entry =
        covering_entry(denied ? &rule->denied : &rule->allowed, match, payload, ret_certain);
    if (entry && *ret_certain)
        return entry;
    if (denied ? rule->deny_all : rule->allow_all) {
        *ret_certain = true;
        return denied ? "denyAll" : "allowAll";
    }
    return entry;
}

struct cmek_list_cause cmek_list_explain(const struct cmek_effective *effective,
                                         cmek_entry_match *match, void *payload, bool denied)
{
    struct cmek_list_cause maybe = {0}, list = {0};
    for (size_t i = 0; i < effective->rule_count; i++) {
        const struct cmek_effective_rule *at = &effective->rules[i];
        bool certain = false;
        const char *entry = rule_says(at->rule, match, payload, denied, &certain);
        struct cmek_list_cause cause = {at->node, entry, at->rule, certain && at->group == 0};
        if (entry && cause.is_certain)
            return cause;
        if (entry && !maybe.node)
            maybe = cause;
        if (denied && at->rule->allowed.count > 0 &&
            (!list.node || (!list.is_certain && at->group == 0)))
            list = (struct cmek_list_cause){at->node, NULL, at->rule, at->group == 0};
    }
    if (list.node && list.is_certain)
        return list;
    return maybe.node ? maybe : list;
}
