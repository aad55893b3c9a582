/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/list.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/inventory.h"
#include "suite.h"

/* Entries that say what they are: "y…" covers the value, "n…" does not, "u…" is undecided. */
static enum cmek_tristate match(void *payload, const char *entry)
{
    (void)payload;
    if (entry[0] == 'u')
        return CMEK_UNKNOWN;
    return entry[0] == 'y' ? CMEK_YES : CMEK_NO;
}

#define MOST_RULES   4
#define MOST_ENTRIES 3

/* A policy with room for its parts. */
struct sample {
    struct cmek_policy_rule rules[MOST_RULES];
    struct cmek_effective_rule effective_rules[MOST_RULES];
    struct cmek_undecided undecided[2];
    const char *entries[MOST_RULES * 2 * MOST_ENTRIES];
    size_t entry_count;
    struct cmek_effective effective;
};

static uint64_t seed;

/* Numerical Recipes' LCG: the same policies on every machine. */
static unsigned roll(unsigned sides)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % sides;
}

static struct cmek_strings random_entries(struct sample *sample)
{
    static const char *const kinds[] = {"y", "n", "u"};
    struct cmek_strings entries = {&sample->entries[sample->entry_count], 0};
    unsigned count = roll(4) == 0 ? roll(MOST_ENTRIES + 1) : roll(2);
    for (; entries.count < count; entries.count++)
        sample->entries[sample->entry_count++] = kinds[roll(3)];
    return entries;
}

static void make_sample(struct sample *sample)
{
    *sample = (struct sample){0};
    size_t count = roll(MOST_RULES + 1);
    for (size_t i = 0; i < count; i++) {
        struct cmek_policy_rule *rule = &sample->rules[i];
        rule->allowed = random_entries(sample);
        rule->denied = random_entries(sample);
        rule->allow_all = roll(6) == 0;
        rule->deny_all = roll(8) == 0;
        if (!rule->allow_all && !rule->deny_all && rule->allowed.count + rule->denied.count == 0)
            rule->allow_all = true;
        sample->effective_rules[i] = (struct cmek_effective_rule){.rule = rule, .group = roll(3)};
    }
    sample->effective = (struct cmek_effective){
        .rules = sample->effective_rules,
        .rule_count = count,
        .undecided = sample->undecided,
        .undecided_count = 2,
        .default_deny = roll(2) == 0,
    };
}

/* The definition, for one way the unknowns fall: bit 0 and 1 of `world` put the two groups in
 * force, the further bits decide one undecided entry each, in order. */
static unsigned outcome_in(const struct sample *sample, unsigned world, unsigned *ret_bits)
{
    bool any = false, denied = false, allow_all = false, listed = false, covered = false;
    bool restricted = false;
    unsigned bit = 2;
    for (size_t r = 0; r < sample->effective.rule_count; r++) {
        const struct cmek_effective_rule *at = &sample->effective_rules[r];
        bool in_force = at->group == 0 || (world >> (at->group - 1) & 1);
        const struct cmek_strings *lists[] = {&at->rule->allowed, &at->rule->denied};
        bool hits[2] = {false, false};
        for (size_t l = 0; l < 2; l++)
            for (size_t e = 0; e < lists[l]->count; e++) {
                enum cmek_tristate covers = match(NULL, lists[l]->items[e]);
                if (covers == CMEK_UNKNOWN)
                    covers = world >> bit++ & 1 ? CMEK_YES : CMEK_NO;
                hits[l] |= covers == CMEK_YES;
            }
        if (!in_force)
            continue;
        any = true;
        denied |= hits[1] || at->rule->deny_all;
        allow_all |= at->rule->allow_all;
        listed |= at->rule->allowed.count > 0;
        covered |= hits[0];
        restricted |= at->rule->deny_all || lists[0]->count + lists[1]->count > 0;
    }
    *ret_bits = bit;
    if (!any)
        return sample->effective.default_deny ? CMEK_DENIED_BY_DEFAULT : CMEK_ALLOWED_FREELY;
    if (denied || (listed && !allow_all && !covered))
        return CMEK_DENIED_RESTRICTED;
    return restricted ? CMEK_ALLOWED_RESTRICTED : CMEK_ALLOWED_FREELY;
}

static void describe(const struct sample *sample, struct cmek_strbuf *buffer)
{
    for (size_t i = 0; i < sample->effective.rule_count; i++) {
        const struct cmek_effective_rule *at = &sample->effective_rules[i];
        cmek_strbuf_printf(buffer, " [group %u%s%s allow", at->group,
                           at->rule->allow_all ? " allowAll" : "",
                           at->rule->deny_all ? " denyAll" : "");
        for (size_t e = 0; e < at->rule->allowed.count; e++)
            cmek_strbuf_printf(buffer, " %s", at->rule->allowed.items[e]);
        cmek_strbuf_puts(buffer, " deny");
        for (size_t e = 0; e < at->rule->denied.count; e++)
            cmek_strbuf_printf(buffer, " %s", at->rule->denied.items[e]);
        cmek_strbuf_puts(buffer, "]");
    }
}

START_TEST(answers_are_the_exact_sets_of_outcomes)
{
    seed = (uint64_t)_i;
    for (int round = 0; round < 1000; round++) {
        struct sample sample;
        make_sample(&sample);
        unsigned want = 0, bits = 2;
        for (unsigned world = 0; world < 1U << bits; world++)
            want |= outcome_in(&sample, world, &bits);
        unsigned got = cmek_list_ask(&sample.effective, match, NULL);
        if (got == want)
            continue;
        struct cmek_strbuf text = {0};
        describe(&sample, &text);
        ck_abort_msg("want %#x, got %#x, default %s:%s", want, got,
                     sample.effective.default_deny ? "deny" : "allow", cmek_strbuf_text(&text));
    }
}
END_TEST

/* Below something unreadable: every further rule may be in force or not. An unreadable part can be
 * nothing, a denyAll, an allowAll with a list, or a list that does not cover; each is a superset of
 * what a sample says by itself. */
START_TEST(an_unreadable_part_adds_whatever_a_rule_can_do)
{
    seed = 77;
    static const char *const no[] = {"n"}, *const yes[] = {"y"};
    const struct cmek_policy_rule hidden[] = {
        {.deny_all = true},
        {.allow_all = true},
        {.allowed = {no, 1}},
        {.allowed = {yes, 1}},
        {.denied = {yes, 1}},
        {.denied = {no, 1}},
        {.allow_all = true, .allowed = {no, 1}},
        {.allow_all = true, .denied = {no, 1}},
    };
    for (int round = 0; round < 2000; round++) {
        struct sample sample;
        make_sample(&sample);
        size_t count = sample.effective.rule_count;
        if (count == MOST_RULES)
            continue;
        unsigned want = 0, bits = 2;
        for (unsigned world = 0; world < 1U << bits; world++)
            want |= outcome_in(&sample, world, &bits);
        sample.effective.rule_count++;
        for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
            sample.effective_rules[count] = (struct cmek_effective_rule){.rule = &hidden[i]};
            for (unsigned world = 0; world < 1U << bits; world++)
                want |= outcome_in(&sample, world, &bits);
        }
        sample.effective.rule_count = count;
        sample.effective.unreadable = "for a test";
        unsigned got = cmek_list_ask(&sample.effective, match, NULL);
        if (got == want)
            continue;
        struct cmek_strbuf text = {0};
        describe(&sample, &text);
        ck_abort_msg("want %#x, got %#x:%s", want, got, cmek_strbuf_text(&text));
    }
}
END_TEST

static const char *const covering[] = {"no", "yes"};
static const char *const other[] = {"no"};
static const char *const open[] = {"unknown"};
static const struct cmek_node near = {.ref = "projects/1"}, far = {.ref = "folders/2"};
static const struct cmek_policy_rule rules[] = {
    {.denied = {covering, 2}},  {.deny_all = true},  {.allowed = {other, 1}}, {.denied = {open, 1}},
    {.allowed = {covering, 2}}, {.allow_all = true}, {.denied = {other, 1}},
};
enum { DENY, DENY_ALL, LIST, DENY_OPEN, ALLOW, ALLOW_ALL, DENY_OTHER };

static const struct {
    const char *label;
    struct cmek_effective_rule rules[2]; /* nearest first */
    bool denied;
    const char *want_node, *want_entry;
    bool want_certain;
} causes[] = {
    {"the nearest that denies",
     {{&rules[DENY], &near, 0}, {&rules[DENY_ALL], &far, 0}},
     true,
     "projects/1",
     "yes",
     true},
    {"the one that denies",
     {{&rules[LIST], &near, 0}, {&rules[DENY_ALL], &far, 0}},
     true,
     "folders/2",
     "denyAll",
     true},
    {"a certain one before an undecided condition",
     {{&rules[DENY], &near, 1}, {&rules[DENY_ALL], &far, 0}},
     true,
     "folders/2",
     "denyAll",
     true},
    {"a certain one before an undecided entry",
     {{&rules[DENY_OPEN], &near, 0}, {&rules[DENY], &far, 0}},
     true,
     "folders/2",
     "yes",
     true},
    {"a list that does not cover",
     {{&rules[LIST], &near, 0}, {&rules[DENY_OTHER], &far, 0}},
     true,
     "projects/1",
     NULL,
     true},
    {"a certain list before an undecided denial",
     {{&rules[DENY_OPEN], &near, 0}, {&rules[LIST], &far, 0}},
     true,
     "folders/2",
     NULL,
     true},
    {"an undecided denial where nothing else denies",
     {{&rules[DENY_OTHER], &near, 0}, {&rules[DENY_OPEN], &far, 0}},
     true,
     "folders/2",
     "unknown",
     false},
    {"the entry that allows",
     {{&rules[LIST], &near, 0}, {&rules[ALLOW], &far, 0}},
     false,
     "folders/2",
     "yes",
     true},
    {"allowAll",
     {{&rules[LIST], &near, 0}, {&rules[ALLOW_ALL], &far, 0}},
     false,
     "folders/2",
     "allowAll",
     true},
    {"nothing that allows",
     {{&rules[DENY_OTHER], &near, 0}, {&rules[DENY_OTHER], &far, 0}},
     false,
     NULL,
     NULL,
     false},
};

START_TEST(the_cause_is_the_nearest_rule_that_decides)
{
    const struct cmek_effective effective = {.rules = causes[_i].rules, .rule_count = 2};
    struct cmek_list_cause cause = cmek_list_explain(&effective, match, NULL, causes[_i].denied);
    ck_assert_msg(cmek_str_eq(cause.node ? cause.node->ref : NULL, causes[_i].want_node), "%s: %s",
                  causes[_i].label, cause.node ? cause.node->ref : "no node");
    ck_assert_msg(cmek_str_eq(cause.entry, causes[_i].want_entry), "%s: %s", causes[_i].label,
                  cause.entry ? cause.entry : "no entry");
    ck_assert_msg(cause.is_certain == causes[_i].want_certain, "%s", causes[_i].label);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/list");
    TCase *tests = tcase_create("list");
    tcase_add_loop_test(tests, answers_are_the_exact_sets_of_outcomes, 1, 6);
    tcase_add_test(tests, an_unreadable_part_adds_whatever_a_rule_can_do);
    tcase_add_loop_test(tests, the_cause_is_the_nearest_rule_that_decides, 0, COUNT(causes));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
