/* SPDX-License-Identifier: Apache-2.0 */
#include "report/changes.h"

#include <check.h>
#include <string.h>

#include "base/strbuf.h"
#include "cmekscan/reporter.h"
#include "render.h"
#include "suite.h"

static const struct {
    const char *label;
    size_t policies, broken_projects;
    uint64_t breaks, mends, doubts, decides;
    const char *want;
} sentences[] = {
    {"nothing", 1, 0, 0, 0, 0, 0, "This policy would newly break nothing."},
    {"no policy", 0, 0, 0, 0, 0, 0, "No policy is simulated, so nothing would change."},
    {"both", 1, 3, 12, 4, 0, 0,
     "This policy would newly break 12 resources in 3 projects, and mend 4."},
    {"one of each", 2, 1, 1, 1, 0, 0,
     "These 2 policies would newly break 1 resource in 1 project, and mend 1."},
    {"a doubt", 1, 0, 0, 0, 1, 0,
     "This policy would newly break nothing; 1 more verdict would be unknown."},
    {"doubts both ways", 1, 2, 2, 0, 3, 2,
     "This policy would newly break 2 resources in 2 projects; 3 more verdicts would be unknown; "
     "2 unknown verdicts would be decided."},
};

START_TEST(the_sentence_says)
{
    struct cmek_tally projects[4] = {{.name = "unchanged"}};
    for (size_t i = 0; i < sentences[_i].broken_projects; i++)
        projects[i].by_change[CMEK_CHANGE_NEWLY_FAILING] = 1;
    const struct cmek_simulation_summary simulation = {
        .policy_count = sentences[_i].policies,
        .newly_failing = sentences[_i].breaks,
        .no_longer_failing = sentences[_i].mends,
    };
    const struct cmek_scan_summary summary = {
        .simulation = &simulation,
        .by_project = {projects, COUNT(projects)},
        .total.by_change = {[CMEK_CHANGE_NEWLY_UNKNOWN] = sentences[_i].doubts,
                            [CMEK_CHANGE_NO_LONGER_UNKNOWN] = sentences[_i].decides},
    };
    struct cmek_strbuf text = {0};
    cmek_changes_append(&text, &summary);
    ck_assert_msg(strcmp(cmek_strbuf_text(&text), sentences[_i].want) == 0, "%s: %s",
                  sentences[_i].label, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("changes");
    tcase_add_loop_test(tests, the_sentence_says, 0, COUNT(sentences));
    return run_case("report/changes", tests);
}
