/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdio.h>
#include <string.h>

#include "suite.h"

static int one = 1, two = 2, three = 3;

START_TEST(an_empty_map_holds_nothing)
{
    struct cmek_map map = {0};
    ck_assert_ptr_null(cmek_map_get(&map, "a"));
    ck_assert_ptr_null(cmek_map_get(&map, ""));
    ck_assert_uint_eq(cmek_map_count(&map), 0);
    ck_assert_ptr_null(cmek_map_first(&map));
    cmek_map_done(&map);
    cmek_map_done(NULL);
}
END_TEST

START_TEST(what_is_put_is_found_and_nothing_else)
{
    struct cmek_map map = {0};
    char key[] = "projects/1";
    cmek_map_put(&map, key, &one);
    key[9] = '2'; /* the map has a copy */
    cmek_map_put(&map, key, &two);
    cmek_map_put(&map, "", &three);
    ck_assert_ptr_eq(cmek_map_get(&map, "projects/1"), &one);
    ck_assert_ptr_eq(cmek_map_get(&map, "projects/2"), &two);
    ck_assert_ptr_eq(cmek_map_get(&map, ""), &three);
    ck_assert_ptr_null(cmek_map_get(&map, "projects/"));
    ck_assert_ptr_null(cmek_map_get(&map, "projects/12"));
    ck_assert_ptr_eq(cmek_map_get_n(&map, "projects/123", 10), &one);
    cmek_map_done(&map);
    ck_assert_ptr_null(cmek_map_get(&map, "projects/1"));
}
END_TEST

START_TEST(a_second_put_replaces_and_keeps_the_place)
{
    struct cmek_map map = {0};
    cmek_map_put_borrowed(&map, "a", &one);
    cmek_map_put_borrowed(&map, "b", &two);
    cmek_map_put(&map, "a", &three);
    ck_assert_uint_eq(cmek_map_count(&map), 2);
    const struct cmek_map_entry *entry = cmek_map_first(&map);
    ck_assert_str_eq(cmek_map_key(entry), "a");
    ck_assert_ptr_eq(cmek_map_value(entry), &three);
    entry = cmek_map_next(entry);
    ck_assert_str_eq(cmek_map_key(entry), "b");
    ck_assert_ptr_null(cmek_map_next(entry));
    cmek_map_done(&map);
}
END_TEST

START_TEST(many_keys_come_back_in_insertion_order)
{
    enum { KEYS = 50000 };
    struct cmek_map map = {0};
    char key[32];
    for (int i = 0; i < KEYS; i++) {
        snprintf(key, sizeof key, "%d", i * 7919 % KEYS);
        cmek_map_put(&map, key, &one);
    }
    ck_assert_uint_eq(cmek_map_count(&map), KEYS);
    int seen = 0;
    for (const struct cmek_map_entry *e = cmek_map_first(&map); e; e = cmek_map_next(e), seen++) {
        snprintf(key, sizeof key, "%d", seen * 7919 % KEYS);
        if (strcmp(cmek_map_key(e), key) != 0)
            ck_abort_msg("%s instead of %s", cmek_map_key(e), key);
    }
    ck_assert_int_eq(seen, KEYS);
    cmek_map_done(&map);
}
END_TEST

START_TEST(what_is_put_during_a_walk_comes_at_its_end)
{
    struct cmek_map map = {0};
    char key[32];
    int seen = 0;
    cmek_map_put(&map, "0", &one);
    for (const struct cmek_map_entry *e = cmek_map_first(&map); e; e = cmek_map_next(e)) {
        snprintf(key, sizeof key, "%d", seen++);
        ck_assert_str_eq(cmek_map_key(e), key);
        snprintf(key, sizeof key, "%d", seen);
        if (seen < 1000) /* through several growths */
            cmek_map_put(&map, key, &two);
        ck_assert_ptr_eq(cmek_map_get(&map, "0"), &one);
    }
    ck_assert_int_eq(seen, 1000);
    cmek_map_done(&map);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/map");
    TCase *tests = tcase_create("map");
    tcase_add_test(tests, an_empty_map_holds_nothing);
    tcase_add_test(tests, what_is_put_is_found_and_nothing_else);
    tcase_add_test(tests, a_second_put_replaces_and_keeps_the_place);
    tcase_add_test(tests, many_keys_come_back_in_insertion_order);
    tcase_add_test(tests, what_is_put_during_a_walk_comes_at_its_end);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
