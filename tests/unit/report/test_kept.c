/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "render.h"
#include "report/kept.h"
#include "samples.h"

static void offer(struct cmek_kept *kept, enum cmek_severity severity, const char *name)
{
    struct cmek_finding finding = sample_failure;
    finding.severity = severity;
    finding.resource_name = name;
    cmek_kept_offer(kept, &sample_empty.summary, &finding);
}

START_TEST(beyond_the_limit_the_last_of_the_least_severe_give_way)
{
    struct cmek_kept kept;
    char name[] = "low-0";
    cmek_kept_init(&kept, 3);
    for (; name[4] < '4'; name[4]++)
        offer(&kept, CMEK_SEVERITY_LOW, name);
    offer(&kept, CMEK_SEVERITY_HIGH, "high");
    offer(&kept, CMEK_SEVERITY_INFO, "info");
    offer(&kept, CMEK_SEVERITY_CRITICAL, "critical");
    ck_assert_uint_eq(kept.count, 3);
    ck_assert_uint_eq(cmek_kept_total(&kept), 7);
    ck_assert_uint_eq(kept.offered[CMEK_KEPT_GATES + CMEK_SEVERITY_LOW], 4);
    ck_assert_uint_eq(kept.ranks[CMEK_KEPT_GATES + CMEK_SEVERITY_INFO].count, 0);
    ck_assert_uint_eq(kept.ranks[CMEK_KEPT_GATES + CMEK_SEVERITY_CRITICAL].count, 1);
    ck_assert_uint_eq(kept.ranks[CMEK_KEPT_GATES + CMEK_SEVERITY_HIGH].count, 1);
    ck_assert_uint_eq(kept.ranks[CMEK_KEPT_GATES + CMEK_SEVERITY_LOW].count, 1);
    const struct cmek_kept_finding *low = kept.ranks[CMEK_KEPT_GATES + CMEK_SEVERITY_LOW].items[0];
    ck_assert_str_eq(low->finding.resource_name, "low-0"); /* a copy: the name has changed since */
    cmek_kept_done(&kept);
}
END_TEST

static const struct {
    const char *label;
    enum cmek_finding_status status;
    enum cmek_enforcement enforcement;
    const char *state;
    unsigned want;
} rows[] = {
    {"new", CMEK_STATUS_FAIL, CMEK_ENFORCED, "new", CMEK_KEPT_GATES + CMEK_SEVERITY_HIGH},
    {"known", CMEK_STATUS_FAIL, CMEK_ENFORCED, "unchanged", CMEK_KEPT_FAILS + CMEK_SEVERITY_HIGH},
    {"unknown", CMEK_STATUS_UNKNOWN, CMEK_ENFORCED, "new", CMEK_KEPT_UNKNOWN},
    {"a dry run", CMEK_STATUS_FAIL, CMEK_DRY_RUN, "new", CMEK_KEPT_DRY_RUN},
    {"an unknown dry run", CMEK_STATUS_UNKNOWN, CMEK_DRY_RUN, NULL, CMEK_KEPT_UNKNOWN},
    {"a pass", CMEK_STATUS_PASS, CMEK_ENFORCED, "resolved", CMEK_KEPT_REST},
    {"waived", CMEK_STATUS_WAIVED, CMEK_ENFORCED, NULL, CMEK_KEPT_REST},
};

START_TEST(what_decides_the_exit_status_comes_first)
{
    const struct cmek_baseline_summary baseline = {.fail_on_new = true};
    struct cmek_scan_summary summary = sample_empty.summary;
    struct cmek_finding finding = sample_failure;
    struct cmek_kept kept;
    summary.baseline = &baseline;
    finding.status = rows[_i].status;
    finding.enforcement = rows[_i].enforcement;
    finding.baseline_state = rows[_i].state;
    cmek_kept_init(&kept, 1);
    cmek_kept_offer(&kept, &summary, &finding);
    ck_assert_msg(kept.ranks[rows[_i].want].count == 1, "%s", rows[_i].label);
    cmek_kept_done(&kept);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("kept");
    tcase_add_test(tests, beyond_the_limit_the_last_of_the_least_severe_give_way);
    tcase_add_loop_test(tests, what_decides_the_exit_status_comes_first, 0,
                        (int)(sizeof rows / sizeof *rows));
    return run_case("report/kept", tests);
}
