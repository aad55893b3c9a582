/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

#include "suite.h"

struct item {
    int number;
    const char *text;
};

START_TEST(each_slot_is_zeroed_and_kept)
{
    CMEK_VEC(struct item) items = {0};
    for (int i = 0; i < 10000; i++) {
        struct item *item = CMEK_VEC_ADD(&items);
        ck_assert_int_eq(item->number, 0);
        ck_assert_ptr_null(item->text);
        *item = (struct item){i, "x"};
    }
    ck_assert_uint_eq(items.count, 10000);
    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(items.items[i].number, i);
    CMEK_VEC_DONE(&items);
    ck_assert_uint_eq(items.count, 0);
    ck_assert_ptr_null(items.items);
}
END_TEST

START_TEST(a_slot_is_zeroed_again_after_a_removal)
{
    CMEK_VEC(struct item) items = {0};
    *CMEK_VEC_ADD(&items) = (struct item){7, "x"};
    items.count = 0;
    ck_assert_int_eq(CMEK_VEC_ADD(&items)->number, 0);
    CMEK_VEC_DONE(&items);
}
END_TEST

START_TEST(it_can_be_used_again_after_done)
{
    CMEK_VEC(int) numbers = {0};
    CMEK_VEC_DONE(&numbers);
    *CMEK_VEC_ADD(&numbers) = 3;
    CMEK_VEC_DONE(&numbers);
    *CMEK_VEC_ADD(&numbers) = 4;
    ck_assert_int_eq(numbers.items[0], 4);
    ck_assert_uint_eq(numbers.count, 1);
    CMEK_VEC_DONE(&numbers);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/vec");
    TCase *tests = tcase_create("vec");
    tcase_add_test(tests, each_slot_is_zeroed_and_kept);
    tcase_add_test(tests, a_slot_is_zeroed_again_after_a_removal);
    tcase_add_test(tests, it_can_be_used_again_after_done);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
