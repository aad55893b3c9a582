/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "inventory_fixture.h"
#include "record_text.h"
#include "suite.h"

static char path[32];

static void make_file(void)
{
    snprintf(path, sizeof path, "/tmp/asset-file-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void remove_file(void)
{
    unlink(path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    fclose(file);
}

static void add_record(void *payload, const struct cmek_record *record)
{
    record_text(record, payload);
}

static const char *const lines[] = {
    "{\"name\":\"//storage.googleapis.com/b%zu\",\"asset_type\":\"storage.googleapis.com/Bucket\","
    "\"resource\":{\"data\":{\"location\":\"EU\",\"labels\":{\"a\":\"\\u0061\"}}}}\n",
    "{\"name\":\"//x/%zu\",\"asset_type\":\"compute.googleapis.com/Disk\"}\n",
    "{\"name\":\"//cloudresourcemanager.googleapis.com/projects/%zu\",\"asset_type\":"
    "\"cloudresourcemanager.googleapis.com/Project\",\"resource\":{\"data\":{\"projectId\":\"p\"}}}"
    "\r\n",
    "\n",
    "this is number %zu\n",
    "{\"name\":\"//storage.googleapis.com/e%zu\",\"\\u0061sset_type\":"
    "\"storage.googleapis.com/Bucket\"}\n",
};

/* So many lines that they make many batches. */
static void write_lines(void)
{
    struct cmek_strbuf text = {0};
    for (size_t i = 0; i < 20000; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        cmek_strbuf_printf(&text, lines[i * i / 3 % COUNT(lines)], i);
#pragma GCC diagnostic pop
    }
    write_file(cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

START_TEST(any_number_of_threads_gives_the_same_records)
{
    static const size_t thread_counts[] = {1, 2, 5, 0};
    struct cmek_strbuf expected = {0};
    write_lines();
    for (int i = 0; i < COUNT(thread_counts); i++) {
        struct cmek_strbuf seen = {0};
        const struct cmek_record_sink sink = {add_record, &seen};
        ck_assert_int_eq(cmek_asset_file_read(fixture_default_catalogue(), path, thread_counts[i],
                                              &sink, NULL),
                         CMEK_OK);
        if (i == 0)
            cmek_strbuf_puts(&expected, cmek_strbuf_text(&seen));
        ck_assert_uint_gt(seen.length, 100000);
        ck_assert(cmek_str_eq(cmek_strbuf_text(&seen), cmek_strbuf_text(&expected)));
        cmek_strbuf_done(&seen);
    }
    cmek_strbuf_done(&expected);
}
END_TEST

static void note_gap(void *payload, const struct cmek_record *record)
{
    if (record->kind == CMEK_ASSET_COVERAGE_GAP)
        cmek_strbuf_printf(payload, "%s %s %s;", strrchr(record->data.gap.scope, ':'),
                           record->data.gap.operation, record->data.gap.error);
    else
        cmek_strbuf_printf(payload, "%s;", record->name);
}

START_TEST(a_broken_line_costs_that_line)
{
    struct cmek_strbuf seen = {0};
    const struct cmek_record_sink sink = {note_gap, &seen};
    write_file("{\"name\":\"a\",\"asset_type\":\"storage.googleapis.com/Bucket\"}\n"
               "{\"name\":\"b\",\"asset_type\":\"storage.googleapis.com/Bucket\"\n\n"
               "{\"asset_type\":\"storage.googleapis.com/Bucket\"}\n"
               "{\"name\":\"c\",\"asset_type\":\"storage.googleapis.com/Bucket\"}");
    ck_assert_int_eq(cmek_asset_file_read(fixture_default_catalogue(), path, 2, &sink, NULL),
                     CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&seen), "a;:2 asset-file.read malformed-line;:4 "
                                              "asset-file.read malformed-line;c;");
    cmek_strbuf_done(&seen);
}
END_TEST

static const struct {
    const char *label, *text, *message; /* NULL: it is fine */
} files[] = {
    {"nothing but other types", "{\"name\":\"a\",\"asset_type\":\"x/Y\"}\n", NULL},
    {"no assets", "one\ntwo\n", "(line 1: not valid JSON"},
    {"no lines", "\n\n", "(there are no lines)"},
    {"no bytes", "", "is empty"},
};

START_TEST(a_file_without_assets_is_refused)
{
    struct cmek_strbuf seen = {0};
    struct cmek_error err = {0};
    const struct cmek_record_sink sink = {add_record, &seen};
    write_file(files[_i].text);
    enum cmek_status status =
        cmek_asset_file_read(fixture_default_catalogue(), path, 0, &sink, &err);
    ck_assert_msg((status == CMEK_OK) == !files[_i].message, "%s", files[_i].label);
    if (files[_i].message)
        ck_assert_msg(strstr(err.message, files[_i].message) != NULL, "%s: %s", files[_i].label,
                      err.message);
    cmek_strbuf_done(&seen);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset_file");
    TCase *tests = tcase_create("asset_file");
    tcase_add_checked_fixture(tests, make_file, remove_file);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, any_number_of_threads_gives_the_same_records);
    tcase_add_test(tests, a_broken_line_costs_that_line);
    tcase_add_loop_test(tests, a_file_without_assets_is_refused, 0, COUNT(files));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
