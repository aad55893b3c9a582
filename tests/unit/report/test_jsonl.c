/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>

#include "render.h"
#include "report/reporters.h"
#include "samples.h"

START_TEST(there_is_one_line_a_finding)
{
    char *text = render(&cmek_reporter_jsonl, samples[_i]);
    ck_assert_uint_eq(occurrences(text, "\n"), samples[_i]->count);
    ck_assert_uint_eq(occurrences(text, "{\"finding_id\":"), samples[_i]->count);
    free(text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("jsonl");
    tcase_add_loop_test(tests, there_is_one_line_a_finding, 0, 4);
    return run_case("report/jsonl", tests);
}
