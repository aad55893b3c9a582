/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_pool.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "inventory_fixture.h"
#include "suite.h"

#define LINES 20000

static const size_t thread_counts[] = {0, 1, 2, 3, 5, 100};

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
    size_t number, by_kind[KIND_COUNT];
};

static void check_line(void *payload, const struct cmek_asset_line *line)
{
    struct seen *seen = payload;
    while (kind_of(++seen->number) == OTHER)
        seen->by_kind[OTHER]++;
    enum line_kind kind = kind_of(seen->number);
    seen->by_kind[kind]++;
    ck_assert_uint_eq(line->origin.number, seen->number);
    ck_assert_str_eq(line->origin.path, path_of(seen->number));
    ck_assert_int_eq(line->message == NULL, kind == BUCKET);
    char name[64];
    snprintf(name, sizeof name, "//storage.googleapis.com/b%zu", seen->number);
    if (kind == BUCKET)
        ck_assert_str_eq(line->record.name, name);
    if (kind == TOLD)
        ck_assert_str_eq(line->message, "told");
    if (kind == MALFORMED)
        ck_assert(cmek_str_starts(line->message, "not valid JSON"));
}

static void print_line(struct cmek_strbuf *text, size_t number)
{
    enum line_kind kind = kind_of(number);
    cmek_strbuf_printf(text, "{\"name\":\"//storage.googleapis.com/b%zu\",\"asset_type\":\"%s\"%s",
                       number,
                       kind == OTHER ? "compute.googleapis.com/Disk"
                                     : "storage.googleapis.com/Bucket",
                       kind == MALFORMED ? "" : "}");
}

/* Hands on @p text, lines that end before @p next, and empties it. */
static void flush(struct cmek_asset_pool *pool, struct cmek_strbuf *text, size_t first, size_t next)
{
    char path[16];
    snprintf(path, sizeof path, "%s", path_of(first));
    if (next - first == 1)
        cmek_asset_pool_asset(pool, &(struct cmek_line_origin){path, first}, text->data,
                              text->length);
    else if (next > first)
        cmek_asset_pool_lines(pool, &(struct cmek_line_origin){path, first}, text->data,
                              text->length);
    cmek_strbuf_clear(text);
    memset(path, '#', sizeof path - 1); /* valid during the call only */
}

/* Lines come alone and in runs, as far as the next told damage or file. */
static enum cmek_status read_lines(void *payload, struct cmek_asset_pool *pool,
                                   struct cmek_error *err)
{
    (void)payload;
    (void)err;
    struct cmek_strbuf text = {0};
    size_t first = 1;
    for (size_t number = 1; number <= LINES; number++) {
        if (kind_of(number) == TOLD || !cmek_str_eq(path_of(number), path_of(first))) {
            flush(pool, &text, first, number);
            first = number;
        }
        if (kind_of(number) == TOLD) {
            cmek_asset_pool_damaged(pool, &(struct cmek_line_origin){path_of(number), number},
                                    "told");
            first = number + 1;
            continue;
        }
        if (number > first)
            cmek_strbuf_putc(&text, '\n');
        print_line(&text, number);
    }
    flush(pool, &text, first, LINES + 1);
    cmek_strbuf_done(&text);
    return CMEK_OK;
}

START_TEST(results_come_in_the_order_of_the_lines)
{
    struct seen seen = {0};
    const struct cmek_asset_work work = {read_lines, check_line, &seen, thread_counts[_i],
                                         fixture_default_catalogue()};
    uint64_t skipped;
    ck_assert_int_eq(cmek_asset_pool_run(&work, &skipped, NULL), CMEK_OK);
    while (seen.number < LINES && kind_of(seen.number + 1) == OTHER)
        seen.by_kind[kind_of(++seen.number)]++;
    ck_assert_uint_eq(seen.number, LINES);
    ck_assert_uint_eq(skipped, seen.by_kind[OTHER]);
    for (size_t i = 0; i < KIND_COUNT; i++)
        ck_assert_uint_gt(seen.by_kind[i], 0);
}
END_TEST

static enum cmek_status read_one_line(void *payload, struct cmek_asset_pool *pool,
                                      struct cmek_error *err)
{
    (void)payload;
    cmek_asset_pool_damaged(pool, &(struct cmek_line_origin){"first", 7}, "told");
    return cmek_fail(err, CMEK_E_IO, "enough");
}

START_TEST(what_was_read_before_a_failure_comes_out)
{
    struct seen seen = {.number = 6};
    struct cmek_error err = {0};
    const struct cmek_asset_work work = {read_one_line, check_line, &seen, thread_counts[_i],
                                         fixture_default_catalogue()};
    uint64_t skipped;
    ck_assert_int_eq(cmek_asset_pool_run(&work, &skipped, &err), CMEK_E_IO);
    ck_assert_str_eq(err.message, "enough");
    ck_assert_uint_eq(seen.number, 7);
}
END_TEST

static enum cmek_status read_nothing(void *payload, struct cmek_asset_pool *pool,
                                     struct cmek_error *err)
{
    (void)payload;
    (void)pool;
    (void)err;
    return CMEK_OK;
}

START_TEST(no_line_gives_no_result)
{
    struct seen seen = {0};
    const struct cmek_asset_work work = {read_nothing, check_line, &seen, thread_counts[_i],
                                         fixture_default_catalogue()};
    uint64_t skipped;
    ck_assert_int_eq(cmek_asset_pool_run(&work, &skipped, NULL), CMEK_OK);
    ck_assert_uint_eq(seen.number, 0);
    ck_assert_uint_eq(skipped, 0);
}
END_TEST

static void check_long_line(void *payload, const struct cmek_asset_line *line)
{
    size_t *count = payload;
    ++*count;
    ck_assert_ptr_null(line->message);
    ck_assert_uint_eq(strlen(line->record.data.resource.kms_key), CMEK_MIB);
}

static enum cmek_status read_long_lines(void *payload, struct cmek_asset_pool *pool,
                                        struct cmek_error *err)
{
    (void)payload;
    (void)err;
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text,
                     "{\"name\":\"//pubsub.googleapis.com/projects/p/topics/t\",\"asset_type\":"
                     "\"pubsub.googleapis.com/Topic\",\"resource\":{\"data\":{\"kmsKeyName\":\"");
    for (size_t i = 0; i < CMEK_MIB; i++)
        cmek_strbuf_putc(&text, 'k');
    cmek_strbuf_puts(&text, "\"}}}\n");
    for (size_t number = 1; number <= 20; number++)
        cmek_asset_pool_lines(pool, &(struct cmek_line_origin){"file", number}, text.data,
                              text.length);
    cmek_strbuf_done(&text);
    return CMEK_OK;
}

START_TEST(a_line_larger_than_any_batch_passes)
{
    size_t count = 0;
    const struct cmek_asset_work work = {read_long_lines, check_long_line, &count,
                                         thread_counts[_i], fixture_default_catalogue()};
    uint64_t skipped;
    ck_assert_int_eq(cmek_asset_pool_run(&work, &skipped, NULL), CMEK_OK);
    ck_assert_uint_eq(count, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset_pool");
    TCase *tests = tcase_create("asset_pool");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, results_come_in_the_order_of_the_lines, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, what_was_read_before_a_failure_comes_out, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, no_line_gives_no_result, 0, COUNT(thread_counts));
    tcase_add_loop_test(tests, a_line_larger_than_any_batch_passes, 0, COUNT(thread_counts));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
