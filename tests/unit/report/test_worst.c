/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "base/strbuf.h"
#include "render.h"
#include "report/worst.h"

static void offer(struct cmek_worst *worst, unsigned rank, const char *text)
{
    struct cmek_strbuf buffer = {0};
    cmek_strbuf_puts(&buffer, text);
    cmek_worst_offer(worst, rank, &buffer);
    ck_assert_uint_eq(buffer.length, 0);
    cmek_strbuf_done(&buffer);
}

START_TEST(the_first_of_each_rank_are_kept_and_all_are_counted)
{
    struct cmek_worst worst;
    cmek_worst_init(&worst, 2);
    offer(&worst, 1, "a");
    offer(&worst, 0, "b");
    offer(&worst, 1, "c");
    offer(&worst, 1, "d");
    ck_assert_uint_eq(worst.kept[0].count, 1);
    ck_assert_str_eq(worst.kept[0].items[0], "b");
    ck_assert_uint_eq(worst.kept[1].count, 2);
    ck_assert_str_eq(worst.kept[1].items[1], "c");
    ck_assert_uint_eq(worst.count[1], 3);
    ck_assert_uint_eq(cmek_worst_total(&worst), 4);
    cmek_worst_done(&worst);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("worst");
    tcase_add_test(tests, the_first_of_each_rank_are_kept_and_all_are_counted);
    return run_case("report/worst", tests);
}
