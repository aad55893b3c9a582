/* SPDX-License-Identifier: Apache-2.0 */
#include "http/waiting.h"

#include <stdlib.h>

#include "http/transfer.h"
#include "suite.h"

START_TEST(empty_heap_gives_nothing)
{
    struct cmek_waiting waiting = {0};
    ck_assert_ptr_null(cmek_waiting_first(&waiting));
    ck_assert_ptr_null(cmek_waiting_take(&waiting));
    cmek_waiting_done(&waiting);
}
END_TEST

START_TEST(transfers_come_out_by_time_whatever_the_order)
{
    static struct cmek_transfer transfers[500];
    struct cmek_waiting waiting = {0};
    unsigned seed = 7;
    for (int i = 0; i < COUNT(transfers); i++) {
        seed = seed * 1103515245u + 12345u;
        transfers[i].due_ms = (int64_t)(seed >> 16) % 97;
        cmek_waiting_add(&waiting, &transfers[i]);
        if (i % 3 == 2) /* taking in between keeps the order as well */
            ck_assert_ptr_eq(cmek_waiting_first(&waiting), cmek_waiting_take(&waiting));
    }
    int64_t last = -1;
    int count = 0;
    struct cmek_transfer *transfer;
    while ((transfer = cmek_waiting_take(&waiting))) {
        ck_assert_int_ge(transfer->due_ms, last);
        last = transfer->due_ms;
        count++;
    }
    ck_assert_int_eq(count, COUNT(transfers) - COUNT(transfers) / 3);
    cmek_waiting_done(&waiting);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/waiting");
    TCase *tests = tcase_create("waiting");
    tcase_add_test(tests, empty_heap_gives_nothing);
    tcase_add_test(tests, transfers_come_out_by_time_whatever_the_order);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
