/* SPDX-License-Identifier: Apache-2.0 */
#include "source/file_kind.h"

#include <string.h>

#include "suite.h"

static const struct {
    const char *label, *text;
    enum cmek_file_kind want;
} cases[] = {
    {"nothing", "", CMEK_FILE_OTHER},
    {"text", "Plan: 1 to add", CMEK_FILE_OTHER},
    {"a report as it is written", "{\n  \"schema_version\": \"1.0\",\n  \"tool\": {",
     CMEK_FILE_REPORT},
    {"a report on one line", "{\"schema_version\":\"1.0\"}", CMEK_FILE_REPORT},
    {"a finding of a jsonl report", "{\"finding_id\":\"12\",\"rule_id\":\"x\"}\n{",
     CMEK_FILE_REPORT},
    {"a plan", "{\"format_version\":\"1.2\",\"resource_changes\":[{\"asset_type\":1}]}",
     CMEK_FILE_PLAN},
    {"a plan behind a byte-order mark", "\xEF\xBB\xBF {\"format_version\":\"1.2\"", CMEK_FILE_PLAN},
    {"assets of the API", "{\"name\":\"//x\",\"assetType\":\"y\"}\n{\"name\":", CMEK_FILE_ASSETS},
    {"assets of an export", "{\"ancestors\":[],\"asset_type\":\"y\"}\n", CMEK_FILE_ASSETS},
    {"assets in an array", " [\n {\"name\": \"//x\", \"asset_type\": \"y\"}, {", CMEK_FILE_ASSETS},
    {"an array of something else", "[{\"description\": \"y\"}]", CMEK_FILE_OTHER},
    {"the beginning of an array", "[", CMEK_FILE_OTHER},
    {"a value of that name", "{\"name\":\"schema_version\"}", CMEK_FILE_OTHER},
    {"a name further down", "{\"a\":{\"schema_version\":\"1.0\"}}", CMEK_FILE_OTHER},
    {"cut off in the name", "{\"schema_ver", CMEK_FILE_OTHER},
};

START_TEST(a_file_is_known_by_its_beginning)
{
    enum cmek_file_kind kind = cmek_file_kind_of(cases[_i].text, strlen(cases[_i].text));
    ck_assert_msg(kind == cases[_i].want, "%s: %d", cases[_i].label, (int)kind);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/file_kind");
    TCase *tests = tcase_create("file_kind");
    tcase_add_loop_test(tests, a_file_is_known_by_its_beginning, 0, COUNT(cases));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
