/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "suite.h"

/* One assertion for all bytes: each one is a message to the parent process. */
static bool all_are(const unsigned char *bytes, size_t length, int value)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

START_TEST(an_empty_arena_can_be_cleared_and_done)
{
    struct cmek_arena arena = {0};
    cmek_arena_clear(&arena);
    cmek_arena_done(&arena);
    cmek_arena_done(&arena);
    cmek_arena_done(NULL);
}
END_TEST

START_TEST(memory_is_zeroed_aligned_and_apart)
{
    struct cmek_arena arena = {0};
    static const size_t sizes[] = {1,     3,     16,    7, 4000, 1,      20000,
                                   60000, 65536, 70000, 0, 5,    200000, 2};
    unsigned char *pieces[COUNT(sizes)];
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < COUNT(sizes); i++) {
            pieces[i] = cmek_arena_alloc(&arena, sizes[i]);
            ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
            ck_assert(all_are(pieces[i], sizes[i], 0));
            memset(pieces[i], i + 1, sizes[i]);
        }
        for (int i = 0; i < COUNT(sizes); i++)
            ck_assert(all_are(pieces[i], sizes[i], i + 1));
    }
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(memory_is_zeroed_again_after_clear)
{
    struct cmek_arena arena = {0};
    memset(cmek_arena_alloc(&arena, 1000), 'x', 1000);
    memset(cmek_arena_alloc(&arena, 100000), 'x', 100000);
    cmek_arena_clear(&arena);
    ck_assert_uint_eq(arena.bytes, 0);
    const unsigned char *again = cmek_arena_alloc(&arena, 1000);
    ck_assert(all_are(again, 1000, 0));
    ck_assert_uint_eq(arena.bytes, 1000);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(strings_are_copied_and_ended)
{
    struct cmek_arena arena = {0};
    ck_assert_str_eq(cmek_arena_strdup(&arena, ""), "");
    ck_assert_str_eq(cmek_arena_strdup(&arena, "bucket"), "bucket");
    ck_assert_str_eq(cmek_arena_strndup(&arena, "bucket", 3), "buc");
    ck_assert_str_eq(cmek_arena_strndup(&arena, NULL, 0), "");
    ck_assert_str_eq(cmek_arena_printf(&arena, "%s/%d", "projects", 7), "projects/7");
    char long_text[300];
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ck_assert_str_eq(cmek_arena_printf(&arena, "%s", long_text), long_text);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(a_large_piece_does_not_waste_the_block_being_filled)
{
    struct cmek_arena arena = {0};
    char *first = cmek_arena_strdup(&arena, "a");
    cmek_arena_alloc(&arena, 100000);
    char *second = cmek_arena_strdup(&arena, "b");
    ck_assert_ptr_eq(second, first + 2);
    cmek_arena_done(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/arena");
    TCase *tests = tcase_create("arena");
    tcase_add_test(tests, an_empty_arena_can_be_cleared_and_done);
    tcase_add_test(tests, memory_is_zeroed_aligned_and_apart);
    tcase_add_test(tests, memory_is_zeroed_again_after_clear);
    tcase_add_test(tests, strings_are_copied_and_ended);
    tcase_add_test(tests, a_large_piece_does_not_waste_the_block_being_filled);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
