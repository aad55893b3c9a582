/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdio.h>

#include "model/shard.h"

#include "suite.h"

/* hashlib.sha256(b"123456789012\0") and so on, modulo the count, plus 1 */
static const struct {
    const char *project;
    unsigned count, index;
} known[] = {
    {"123456789012", 1, 1},
    {"123456789012", 2, 2},
    {"123456789012", 3, 1},
    {"123456789012", 7, 5},
    {"123456789012", 10000, 6366},
    {"1", 1, 1},
    {"1", 2, 2},
    {"1", 3, 1},
    {"1", 7, 3},
    {"1", 10000, 8746},
    {"999999999999", 1, 1},
    {"999999999999", 2, 1},
    {"999999999999", 3, 2},
    {"999999999999", 7, 1},
    {"999999999999", 10000, 2371},
    {"my-project", 1, 1},
    {"my-project", 2, 2},
    {"my-project", 3, 3},
    {"my-project", 7, 7},
    {"my-project", 10000, 4814},
};

START_TEST(a_project_stays_in_its_shard_for_ever)
{
    for (unsigned index = 1; index <= known[_i].count; index++)
        ck_assert_msg(cmek_shard_holds((struct cmek_shard){index, known[_i].count},
                                       known[_i].project) == (index == known[_i].index),
                      "%s in shard %u of %u", known[_i].project, index, known[_i].count);
}
END_TEST

START_TEST(every_project_falls_to_one_shard)
{
    for (unsigned count = 1; count <= 9; count++) {
        for (unsigned project = 0; project < 200; project++) {
            char number[16];
            unsigned holders = 0;
            snprintf(number, sizeof number, "%u", 100000 + project * 37);
            for (unsigned index = 1; index <= count; index++)
                holders += cmek_shard_holds((struct cmek_shard){index, count}, number);
            ck_assert_uint_eq(holders, 1);
        }
    }
}
END_TEST

START_TEST(what_is_in_no_project_falls_to_the_first)
{
    ck_assert(cmek_shard_holds((struct cmek_shard){1, 3}, NULL));
    ck_assert(!cmek_shard_holds((struct cmek_shard){2, 3}, NULL));
    ck_assert(!cmek_shard_holds((struct cmek_shard){3, 3}, NULL));
}
END_TEST

START_TEST(without_shards_everything_is_held)
{
    ck_assert(cmek_shard_holds((struct cmek_shard){0}, "123"));
    ck_assert(cmek_shard_holds((struct cmek_shard){0}, NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/shard");
    TCase *tests = tcase_create("shard");
    tcase_add_loop_test(tests, a_project_stays_in_its_shard_for_ever, 0, COUNT(known));
    tcase_add_test(tests, every_project_falls_to_one_shard);
    tcase_add_test(tests, what_is_in_no_project_falls_to_the_first);
    tcase_add_test(tests, without_shards_everything_is_held);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
