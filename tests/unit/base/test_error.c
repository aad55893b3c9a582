/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <string.h>

#include "suite.h"

START_TEST(a_failure_sets_status_and_message)
{
    struct cmek_error err;
    ck_assert_int_eq(cmek_fail(&err, CMEK_E_DENIED, "no %s on '%s'", "access", "p"), CMEK_E_DENIED);
    ck_assert_int_eq(err.status, CMEK_E_DENIED);
    ck_assert_str_eq(err.message, "no access on 'p'");
}
END_TEST

START_TEST(nobody_need_ask_for_the_message)
{
    ck_assert_int_eq(cmek_fail(NULL, CMEK_E_NET, "lost"), CMEK_E_NET);
    cmek_error_prefix(NULL, "project %s", "p");
}
END_TEST

START_TEST(a_prefix_goes_before_the_message)
{
    struct cmek_error err;
    cmek_fail(&err, CMEK_E_NET, "connection lost");
    cmek_error_prefix(&err, "project %s", "p");
    ck_assert_str_eq(err.message, "project p: connection lost");
    ck_assert_int_eq(err.status, CMEK_E_NET);
}
END_TEST

START_TEST(overlong_messages_are_cut_not_overrun)
{
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct cmek_error err;
    cmek_fail(&err, CMEK_E_NET, "%s", text);
    ck_assert_uint_eq(strlen(err.message), sizeof err.message - 1);
    cmek_error_prefix(&err, "project");
    ck_assert_int_eq(strncmp(err.message, "project: xxx", 12), 0);
    ck_assert_uint_lt(strlen(err.message), sizeof err.message);
    cmek_error_prefix(&err, "%s", text);
    ck_assert_uint_lt(strlen(err.message), sizeof err.message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/error");
    TCase *tests = tcase_create("error");
    tcase_add_test(tests, a_failure_sets_status_and_message);
    tcase_add_test(tests, nobody_need_ask_for_the_message);
    tcase_add_test(tests, a_prefix_goes_before_the_message);
    tcase_add_test(tests, overlong_messages_are_cut_not_overrun);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
