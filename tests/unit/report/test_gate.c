/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "render.h"
#include "report/gate.h"
#include "samples.h"

enum compared { NOT_COMPARED, COMPARED, ONLY_NEW, SIMULATED };

static const struct {
    const char *label;
    enum compared compared;
    enum cmek_finding_status status;
    enum cmek_enforcement enforcement;
    const char *state;
    bool holds, is_new;
} rows[] = {
    {"a failure", NOT_COMPARED, CMEK_STATUS_FAIL, CMEK_ENFORCED, NULL, true, false},
    {"an unknown", NOT_COMPARED, CMEK_STATUS_UNKNOWN, CMEK_ENFORCED, NULL, false, false},
    {"a pass", NOT_COMPARED, CMEK_STATUS_PASS, CMEK_ENFORCED, NULL, false, false},
    {"what is waived", NOT_COMPARED, CMEK_STATUS_WAIVED, CMEK_ENFORCED, NULL, false, false},
    {"a dry run", NOT_COMPARED, CMEK_STATUS_FAIL, CMEK_DRY_RUN, NULL, false, false},
    {"a new dry run", ONLY_NEW, CMEK_STATUS_FAIL, CMEK_DRY_RUN, "new", false, true},
    {"known, where all count", COMPARED, CMEK_STATUS_FAIL, CMEK_ENFORCED, "unchanged", true, false},
    {"new, where all count", COMPARED, CMEK_STATUS_FAIL, CMEK_ENFORCED, "new", true, true},
    {"known, where new ones count", ONLY_NEW, CMEK_STATUS_FAIL, CMEK_ENFORCED, "unchanged", false,
     false},
    {"new, where new ones count", ONLY_NEW, CMEK_STATUS_FAIL, CMEK_ENFORCED, "new", true, true},
    {"a new unknown", ONLY_NEW, CMEK_STATUS_UNKNOWN, CMEK_ENFORCED, "new", false, true},
    {"simulated: fails today too", SIMULATED, CMEK_STATUS_FAIL, CMEK_SIMULATED, "unchanged", false,
     false},
    {"simulated: would newly fail", SIMULATED, CMEK_STATUS_FAIL, CMEK_SIMULATED, "new", true, true},
    {"a plan judged by assumption", NOT_COMPARED, CMEK_STATUS_FAIL, CMEK_SIMULATED, NULL, true,
     false},
};

START_TEST(a_gate_closes_for)
{
    const struct cmek_baseline_summary baseline = {.fail_on_new = rows[_i].compared == ONLY_NEW};
    struct cmek_scan_summary summary = sample_empty.summary;
    if (rows[_i].compared == COMPARED || rows[_i].compared == ONLY_NEW)
        summary.baseline = &baseline;
    if (rows[_i].compared == SIMULATED)
        summary.simulation = sample_simulated.summary.simulation;
    struct cmek_finding finding = sample_failure;
    finding.status = rows[_i].status;
    finding.enforcement = rows[_i].enforcement;
    finding.baseline_state = rows[_i].state;
    ck_assert_msg(cmek_gate_holds(&summary, &finding) == rows[_i].holds, "%s", rows[_i].label);
    ck_assert_msg(cmek_gate_is_new(&finding) == rows[_i].is_new, "%s", rows[_i].label);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("gate");
    tcase_add_loop_test(tests, a_gate_closes_for, 0, (int)(sizeof rows / sizeof *rows));
    return run_case("report/gate", tests);
}
