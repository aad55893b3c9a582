/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "scan/compare.h"

#include "suite.h"

enum { FAIL = CMEK_STATUS_FAIL, UNKNOWN = CMEK_STATUS_UNKNOWN, PASS = CMEK_STATUS_PASS };
enum { WAIVED = CMEK_STATUS_WAIVED, ABSENT = CMEK_STATUS_ABSENT };

/* Every pair; the state where the newer scan has a finding. */
static const struct {
    int before, after;
    enum cmek_difference seen, unseen; /* whether the newer scan has looked */
    const char *state;
} pairs[] = {
    {FAIL, FAIL, CMEK_DIFFERENCE_UNCHANGED, CMEK_DIFFERENCE_UNCHANGED, "unchanged"},
    {FAIL, UNKNOWN, CMEK_DIFFERENCE_UNDECIDED, CMEK_DIFFERENCE_UNDECIDED, "unchanged"},
    {FAIL, PASS, CMEK_DIFFERENCE_MENDED, CMEK_DIFFERENCE_UNDECIDED, "resolved"},
    {FAIL, WAIVED, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_CHANGED, "unchanged"},
    {FAIL, ABSENT, CMEK_DIFFERENCE_MENDED, CMEK_DIFFERENCE_UNDECIDED, NULL},
    {UNKNOWN, FAIL, CMEK_DIFFERENCE_NEW, CMEK_DIFFERENCE_NEW, "new"},
    {UNKNOWN, UNKNOWN, CMEK_DIFFERENCE_UNCHANGED, CMEK_DIFFERENCE_UNCHANGED, "unchanged"},
    {UNKNOWN, PASS, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_UNCHANGED, "resolved"},
    {UNKNOWN, WAIVED, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_CHANGED, "unchanged"},
    {UNKNOWN, ABSENT, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_UNCHANGED, NULL},
    {PASS, FAIL, CMEK_DIFFERENCE_NEW, CMEK_DIFFERENCE_NEW, "new"},
    {PASS, UNKNOWN, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_CHANGED, "new"},
    {PASS, PASS, CMEK_DIFFERENCE_NONE, CMEK_DIFFERENCE_NONE, "unchanged"},
    {PASS, WAIVED, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_CHANGED, "new"},
    {PASS, ABSENT, CMEK_DIFFERENCE_NONE, CMEK_DIFFERENCE_NONE, NULL},
    {WAIVED, FAIL, CMEK_DIFFERENCE_NEW, CMEK_DIFFERENCE_NEW, "new"},
    {WAIVED, UNKNOWN, CMEK_DIFFERENCE_UNDECIDED, CMEK_DIFFERENCE_UNDECIDED, "unchanged"},
    {WAIVED, PASS, CMEK_DIFFERENCE_MENDED, CMEK_DIFFERENCE_UNDECIDED, "resolved"},
    {WAIVED, WAIVED, CMEK_DIFFERENCE_UNCHANGED, CMEK_DIFFERENCE_UNCHANGED, "unchanged"},
    {WAIVED, ABSENT, CMEK_DIFFERENCE_MENDED, CMEK_DIFFERENCE_UNDECIDED, NULL},
    {ABSENT, FAIL, CMEK_DIFFERENCE_NEW, CMEK_DIFFERENCE_NEW, "new"},
    {ABSENT, UNKNOWN, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_CHANGED, "new"},
    {ABSENT, PASS, CMEK_DIFFERENCE_NONE, CMEK_DIFFERENCE_NONE, "unchanged"},
    {ABSENT, WAIVED, CMEK_DIFFERENCE_CHANGED, CMEK_DIFFERENCE_CHANGED, "new"},
};

START_TEST(every_pair_of_statuses_has_one_difference)
{
    const int before = pairs[_i].before, after = pairs[_i].after;
    const enum cmek_finding_status then = (enum cmek_finding_status)before;
    const enum cmek_finding_status now = (enum cmek_finding_status)after;
    ck_assert_msg(cmek_difference_of(then, now, true) == pairs[_i].seen, "%d -> %d, looked at",
                  before, after);
    ck_assert_msg(cmek_difference_of(then, now, false) == pairs[_i].unseen,
                  "%d -> %d, not looked at", before, after);
    if (pairs[_i].state)
        ck_assert_str_eq(cmek_baseline_state(then, now), pairs[_i].state);
}
END_TEST

START_TEST(a_finding_is_kept_once)
{
    struct cmek_known_findings known = {0};
    struct cmek_error err = {0};
    const char *const ancestors[] = {"projects/1", "organizations/2"};
    struct cmek_finding finding = {.finding_id = "abc",
                                   .rule_id = "r",
                                   .resource_name = "//x/y",
                                   .ancestors = ancestors,
                                   .ancestor_count = 2,
                                   .status = CMEK_STATUS_WAIVED};
    ck_assert_int_eq(cmek_known_findings_add(&known, &finding, &err), CMEK_OK);
    ck_assert_int_eq(cmek_known_findings_add(&known, &finding, &err), CMEK_E_INVALID);
    ck_assert_str_eq(err.message, "the one with the id abc comes twice");
    const struct cmek_known_finding *kept = cmek_map_get(&known.by_id, "abc");
    ck_assert_str_eq(kept->ancestors.items[1], "organizations/2");
    ck_assert_int_eq(kept->status, CMEK_STATUS_WAIVED);
    ck_assert_int_eq(kept->after, CMEK_STATUS_ABSENT);
    cmek_known_findings_done(&known);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan/compare");
    TCase *tests = tcase_create("compare");
    tcase_add_loop_test(tests, every_pair_of_statuses_has_one_difference, 0, COUNT(pairs));
    tcase_add_test(tests, a_finding_is_kept_once);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
