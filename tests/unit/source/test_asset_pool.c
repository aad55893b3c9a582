/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "suite.h"

#define LINES 20000

static const size_t thread_counts[] = {0, 1, 2, 3, 4, 100};

/* Line n of a file, by its number: a bucket, another type, damage of its own or damage that was
 * told. */
enum line_kind { BUCKET, OTHER, MALFORMED, TOLD, KIND_COUNT };

static enum line_kind kind_of(size_t number)
{
    return number % 7 == 0 ? TOLD : number % 5 == 0 ? MALFORMED : number % 3 == 0 ? OTHER : BUCKET;
}

static const char *path_of(size_t number)
{
    return number <= LINES / 2 ? "first" : "second";
}

struct seen {
    size_t count, by_kind[KIND_COUNT];
};

static void check_line(void *payload, const struct cmek_asset_line *line)
{
    struct seen *seen = payload;
    size_t number = ++seen->count;
    enum line_kind kind = kind_of(number);
    seen->by_kind[kind]++;
    static const enum cmek_asset_line_kind expected[] = {
        [BUCKET] = CMEK_LINE_RECORD,
        [OTHER] = CMEK_LINE_SKIPPED,
        [MALFORMED] = CMEK_LINE_DAMAGED,
        [TOLD] = CMEK_LINE_DAMAGED,
    };
    ck_assert_uint_eq(line->origin.number, number);
    ck_assert_str_eq(line->origin.path, path_of(number));
    ck_assert_int_eq(line->kind, expected[kind]);
    char name[64];
    snprintf(name, sizeof name, "//storage.googleapis.com/b%zu", number);
    if (kind == BUCKET)
        ck_assert_str_eq(line->record.name, name);
    if (kind == TOLD)
        ck_assert_str_eq(line->message, "told");
    if (kind == MALFORMED)
        ck_assert(cmek_str_starts(line->message, "not valid JSON"));
}

static void add_line(struct cmek_asset_pool *pool, size_t number)
{
    char path[16], text[200];
    snprintf(path, sizeof path, "%s", path_of(number));
    struct cmek_line_origin origin = {path, number};
    enum line_kind kind = kind_of(number);
    int length =
        snprintf(text, sizeof text,
                 "{\"name\":\"//storage.googleapis.com/b%zu\",\"asset_type\":\"%s\"%s", number,
                 kind == OTHER ? "compute.googleapis.com/Disk" : "storage.googleapis.com/Bucket",
                 kind == MALFORMED ? "" : "}");
    if (kind == TOLD)
        cmek_asset_pool_damaged(pool, &origin, "told");
    else
        cmek_asset_pool_line(pool, &origin, text, (size_t)length);
    memset(path, '#', sizeof path - 1); /* valid during the call only */
}

START_TEST(results_come_in_the_order_of_the_lines)
{
    struct seen seen = {0};
    struct cmek_asset_pool *pool = cmek_asset_pool_new(thread_counts[_i], check_line, &seen);
    for (size_t number = 1; number <= LINES; number++)
        add_line(pool, number);
    cmek_asset_pool_finish(pool);
    ck_assert_uint_eq(seen.count, LINES);
    for (size_t i = 0; i < KIND_COUNT; i++)
        ck_assert_uint_gt(seen.by_kind[i], 0);
    cmek_asset_pool_free(pool);
}
END_TEST

START_TEST(no_line_gives_no_result)
{
    struct seen seen = {0};
    struct cmek_asset_pool *pool = cmek_asset_pool_new(thread_counts[_i], check_line, &seen);
    cmek_asset_pool_finish(pool);
    ck_assert_uint_eq(seen.count, 0);
    cmek_asset_pool_free(pool);
}
END_TEST

START_TEST(can_be_freed_in_the_middle)
{
    struct seen seen = {0};
    struct cmek_asset_pool *pool = cmek_asset_pool_new(thread_counts[_i], check_line, &seen);
    for (size_t number = 1; number <= LINES / 4; number++)
        add_line(pool, number);
    cmek_asset_pool_free(pool);
    ck_assert_uint_lt(seen.count, LINES / 4);
}
END_TEST

START_TEST(goes_on_after_finish)
{
    struct seen seen = {0};
    struct cmek_asset_pool *pool = cmek_asset_pool_new(thread_counts[_i], check_line, &seen);
    for (size_t number = 1; number <= 10; number++) {
        add_line(pool, number);
        cmek_asset_pool_finish(pool);
        ck_assert_uint_eq(seen.count, number);
    }
    cmek_asset_pool_free(pool);
}
END_TEST

static void check_long_line(void *payload, const struct cmek_asset_line *line)
{
    size_t *count = payload;
    ++*count;
    ck_assert_int_eq(line->kind, CMEK_LINE_RECORD);
    ck_assert_uint_eq(strlen(line->record.data.resource.kms_key), CMEK_MIB);
}

START_TEST(a_line_larger_than_any_batch_passes)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text,
                     "{\"name\":\"//pubsub.googleapis.com/projects/p/topics/t\",\"asset_type\":"
                     "\"pubsub.googleapis.com/Topic\",\"resource\":{\"data\":{\"kmsKeyName\":\"");
    for (size_t i = 0; i < CMEK_MIB; i++)
        cmek_strbuf_putc(&text, 'k');
    cmek_strbuf_puts(&text, "\"}}}");
    size_t count = 0;
    struct cmek_asset_pool *pool = cmek_asset_pool_new(thread_counts[_i], check_long_line, &count);
    for (size_t number = 1; number <= 20; number++)
        cmek_asset_pool_line(pool, &(struct cmek_line_origin){"file", number}, text.data,
                             text.length);
    cmek_asset_pool_finish(pool);
    ck_assert_uint_eq(count, 20);
    cmek_asset_pool_free(pool);
    cmek_strbuf_done(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset_pool");
    TCase *tests = tcase_create("asset_pool");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, results_come_in_the_order_of_the_lines, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, no_line_gives_no_result, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, can_be_freed_in_the_middle, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, goes_on_after_finish, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, a_line_larger_than_any_batch_passes, 0, COUNT(thread_counts));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
