/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include "suite.h"

START_TEST(a_secret_is_a_copy)
{
    char token[] = "ya29.secret";
    struct cmek_secret secret = {0};
    cmek_secret_set(&secret, token, 11);
    token[0] = 'X';
    ck_assert_str_eq(secret.bytes, "ya29.secret");
    ck_assert_uint_eq(secret.length, 11);
    cmek_secret_done(&secret);
    ck_assert_ptr_null(secret.bytes);
    ck_assert_uint_eq(secret.length, 0);
    cmek_secret_done(&secret);
    cmek_secret_done(NULL);
}
END_TEST

START_TEST(setting_again_replaces)
{
    struct cmek_secret secret = {0};
    cmek_secret_set(&secret, "a long first token", 18);
    cmek_secret_set(&secret, "short", 5);
    ck_assert_str_eq(secret.bytes, "short");
    ck_assert_uint_eq(secret.length, 5);
    cmek_secret_set(&secret, "", 0);
    ck_assert_str_eq(secret.bytes, "");
    cmek_secret_done(&secret);
}
END_TEST

START_TEST(a_secret_can_be_set_from_its_own_bytes)
{
    struct cmek_secret secret = {0};
    cmek_secret_set(&secret, "Bearer abc", 10);
    cmek_secret_set(&secret, secret.bytes + 7, 3);
    ck_assert_str_eq(secret.bytes, "abc");
    cmek_secret_done(&secret);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/secret");
    TCase *tests = tcase_create("secret");
    tcase_add_test(tests, a_secret_is_a_copy);
    tcase_add_test(tests, setting_again_replaces);
    tcase_add_test(tests, a_secret_can_be_set_from_its_own_bytes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
