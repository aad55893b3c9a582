/* SPDX-License-Identifier: Apache-2.0 */
#include "report/schema.h"

#include <check.h>

#include "render.h"
#include "json/json.h"

START_TEST(the_schema_is_compiled_in_as_json)
{
    struct cmek_error err = {0};
    struct cmek_json *schema = NULL;
    ck_assert_msg(cmek_json_parse((const char *)cmek_report_schema, cmek_report_schema_size,
                                  &schema, &err) == CMEK_OK,
                  "%s", err.message);
    ck_assert_str_eq(cmek_json_peek(cmek_json_get(schema, "$schema")),
                     "https://json-schema.org/draft/2020-12/schema");
    ck_assert_uint_eq(cmek_report_schema[cmek_report_schema_size], 0);
    cmek_json_free(schema);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("schema");
    tcase_add_test(tests, the_schema_is_compiled_in_as_json);
    return run_case("report/schema", tests);
}
