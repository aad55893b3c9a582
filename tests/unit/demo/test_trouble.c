/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/trouble.h"

#include "suite.h"

START_TEST(each_fault_keeps_its_rate)
{
    const struct cmek_demo_faults faults = {
        .every_429 = 2, .every_503 = 3, .every_reset = 6, .slow_body_ms = 1, .every_slow = 12};
    struct cmek_demo_trouble *trouble = cmek_demo_trouble_new(&faults);
    int met[CMEK_DEMO_TROUBLE_COUNT_] = {0};
    for (int i = 0; i < 1200; i++)
        met[cmek_demo_trouble_next(trouble, /* has_page_token= */ false)]++;
    ck_assert_int_ge(met[CMEK_DEMO_TROUBLE_429], 599);
    ck_assert_int_ge(met[CMEK_DEMO_TROUBLE_RESET], 199);
    ck_assert_int_eq(met[CMEK_DEMO_TROUBLE_401], 0);
    ck_assert_int_eq(met[CMEK_DEMO_TROUBLE_TRUNCATED], 0);
    cmek_demo_trouble_free(trouble);
}
END_TEST

START_TEST(one_fault_comes_every_time_it_is_due)
{
    const struct cmek_demo_faults faults = {.every_503 = 3};
    struct cmek_demo_trouble *trouble = cmek_demo_trouble_new(&faults);
    for (int i = 1; i <= 30; i++)
        ck_assert_int_eq(cmek_demo_trouble_next(trouble, /* has_page_token= */ false),
                         i % 3 == 0 ? CMEK_DEMO_TROUBLE_503 : CMEK_DEMO_NO_TROUBLE);
    cmek_demo_trouble_free(trouble);
}
END_TEST

START_TEST(a_slow_body_without_a_rate_is_always_slow)
{
    const struct cmek_demo_faults faults = {.slow_body_ms = 5};
    struct cmek_demo_trouble *trouble = cmek_demo_trouble_new(&faults);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(cmek_demo_trouble_next(trouble, /* has_page_token= */ false),
                         CMEK_DEMO_TROUBLE_SLOW);
    cmek_demo_trouble_free(trouble);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/trouble");
    TCase *tests = tcase_create("trouble");
    tcase_add_test(tests, each_fault_keeps_its_rate);
    tcase_add_test(tests, one_fault_comes_every_time_it_is_due);
    tcase_add_test(tests, a_slow_body_without_a_rate_is_always_slow);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
