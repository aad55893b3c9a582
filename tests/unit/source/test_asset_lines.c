/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_lines.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "suite.h"

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/asset-lines-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    const char *const names[] = {"a", "a.json", "b.ndjson.gz", "c.jsonl", "d.txt", ".e.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_plain(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* Appends one gzip member; @p cut bytes are taken off its end. */
static void append_gzip(const char *path, const char *bytes, size_t length, off_t cut)
{
    gzFile file = gzopen(path, "ab");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes, (unsigned)length), (int)length);
    ck_assert_int_eq(gzclose(file), Z_OK);
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(truncate(path, info.st_size - cut), 0);
}

/* Writes what happens as "NUMBER:TEXT;" and "NUMBER!". */
struct record {
    struct cmek_strbuf text;
    size_t stop_at;
    char last_message[128];
};

static enum cmek_status take_line(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    struct record *record = payload;
    if (length < 100)
        cmek_strbuf_printf(&record->text, "%zu:%.*s;", origin->number, (int)length, text);
    else
        cmek_strbuf_printf(&record->text, "%zu:(%zu);", origin->number, length);
    if (origin->number == record->stop_at)
        return cmek_fail(err, CMEK_E_INVALID, "enough");
    return CMEK_OK;
}

static void take_damage(void *payload, const struct cmek_line_origin *origin, const char *message)
{
    struct record *record = payload;
    cmek_strbuf_printf(&record->text, "%zu!", origin->number);
    snprintf(record->last_message, sizeof record->last_message, "%s", message);
}

static enum cmek_status take_lines(void *payload, const struct cmek_line_origin *origin,
                                   const char *text, size_t length, struct cmek_error *err)
{
    struct cmek_line_cursor cursor = {text, text + length, origin->number - 1};
    enum cmek_status status = CMEK_OK;
    while (status == CMEK_OK && cmek_line_next(&cursor, &text, &length)) {
        struct cmek_line_origin line = {origin->path, cursor.number};
        status = take_line(payload, &line, text, length, err);
    }
    return status;
}

static bool at_once; /* lines come many at once */

static enum cmek_status read_all(const char *path, struct record *record, struct cmek_error *err)
{
    struct cmek_line_handler handler = {take_line, take_damage, record,
                                        at_once ? take_lines : NULL};
    return cmek_asset_lines_read(path, &handler, err);
}

static const struct {
    const char *label, *content, *want;
} texts[] = {
    {"one line without an end", "{}", "1:{};"},
    {"two lines", "a\nb\n", "1:a;2:b;"},
    {"carriage returns", "a\r\nb\r\n", "1:a;2:b;"},
    {"blank lines count but are left out", "a\n\n \t\r\nb", "1:a;4:b;"},
    {"a byte-order mark", "\xEF\xBB\xBF{}\n{}\n", "1:{};2:{};"},
    {"a byte-order mark later is text", "a\n\xEF\xBB\xBFz\n", "1:a;2:\xEF\xBB\xBFz;"},
    {"a byte-order mark alone", "\xEF\xBB\xBF", ""},
    {"one byte", "x", "1:x;"},
    {"only line ends", "\n\n", ""},
    {"almost gzip", "\x1f", "1:\x1f;"},
};

START_TEST(lines_come_without_their_ends_and_numbered)
{
    write_plain(path_of("a"), texts[_i].content, strlen(texts[_i].content));
    struct record record = {0};
    struct cmek_error err = {0};
    ck_assert_msg(read_all(path_of("a"), &record, &err) == CMEK_OK, "%s: %s", texts[_i].label,
                  err.message);
    ck_assert_msg(strcmp(cmek_strbuf_text(&record.text), texts[_i].want) == 0, "%s: got '%s'",
                  texts[_i].label, cmek_strbuf_text(&record.text));
    cmek_strbuf_done(&record.text);
}
END_TEST

START_TEST(the_same_lines_come_out_of_gzip)
{
    append_gzip(path_of("a"), texts[_i].content, strlen(texts[_i].content), 0);
    struct record record = {0};
    struct cmek_error err = {0};
    ck_assert_msg(read_all(path_of("a"), &record, &err) == CMEK_OK, "%s: %s", texts[_i].label,
                  err.message);
    ck_assert_msg(strcmp(cmek_strbuf_text(&record.text), texts[_i].want) == 0, "%s: got '%s'",
                  texts[_i].label, cmek_strbuf_text(&record.text));
    cmek_strbuf_done(&record.text);
}
END_TEST

START_TEST(gzip_members_are_one_text)
{
    append_gzip(path_of("a"), "a\nb", 3, 0);
    append_gzip(path_of("a"), "c\nd\n", 4, 0);
    struct record record = {0};
    ck_assert_int_eq(read_all(path_of("a"), &record, NULL), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&record.text), "1:a;2:bc;3:d;");
    cmek_strbuf_done(&record.text);
}
END_TEST

/* What the first member holds does not tell yet that this is no file of lines. */
START_TEST(an_array_may_begin_in_a_later_member)
{
    static const char *const beginnings[] = {"\n", " \r\n\t", "\xEF", "\xEF\xBB",
                                             "\xEF\xBB\xBF\n "};
    static const char mark[] = "\xEF\xBB\xBF", rest[] = "[{},\n{}]";
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        const char *begun = beginnings[i];
        size_t left = begun[0] == mark[0] && strlen(begun) < 3 ? 3 - strlen(begun) : 0;
        append_gzip(path_of("a"), begun, strlen(begun), 0);
        append_gzip(path_of("a"), mark + 3 - left, left, 0);
        append_gzip(path_of("a"), rest, strlen(rest), 0);
        struct record record = {0};
        ck_assert_int_eq(read_all(path_of("a"), &record, NULL), CMEK_OK);
        size_t first = strchr(begun, '\n') ? 2 : 1;
        char want[32];
        snprintf(want, sizeof want, "%zu:{};%zu:{};", first, first + 1);
        ck_assert_str_eq(cmek_strbuf_text(&record.text), want);
        cmek_strbuf_done(&record.text);
        unlink(path_of("a"));
    }
}
END_TEST

START_TEST(gzip_cut_anywhere_is_reported_as_damaged)
{
    append_gzip(path_of("a"), "first\nsecond\n", 13, _i + 1);
    struct record record = {0};
    ck_assert_int_eq(read_all(path_of("a"), &record, NULL), CMEK_OK);
    size_t length = record.text.length;
    ck_assert_msg(length > 0 && record.text.data[length - 1] == '!', "cut by %d: '%s'", _i + 1,
                  cmek_strbuf_text(&record.text));
    cmek_strbuf_done(&record.text);
}
END_TEST

START_TEST(garbage_behind_gzip_is_reported_as_damaged)
{
    append_gzip(path_of("a"), "first\n", 6, 0);
    FILE *file = fopen(path_of("a"), "ab");
    ck_assert_int_eq(fputs("garbage", file) >= 0, 1);
    fclose(file);
    struct record record = {0};
    ck_assert_int_eq(read_all(path_of("a"), &record, NULL), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&record.text), "1:first;2!");
    cmek_strbuf_done(&record.text);
}
END_TEST

static const struct {
    const char *label;
    size_t long_line; /* bytes of the second of three lines */
    bool last;        /* it has no end */
    const char *want;
} long_lines[] = {
    {"at the ceiling", CMEK_LIMIT_LINE_BYTES, false, "1:a;2:(16777216);3:b;"},
    {"one beyond", CMEK_LIMIT_LINE_BYTES + 1, false, "1:a;2!3:b;"},
    {"far beyond", CMEK_LIMIT_LINE_BYTES * 4, false, "1:a;2!3:b;"},
    {"far beyond at the end", CMEK_LIMIT_LINE_BYTES * 3, true, "1:a;2!"},
    {"beyond one read", 3 * CMEK_MIB + 17, false, "1:a;2:(3145745);3:b;"},
};

START_TEST(a_line_beyond_the_ceiling_is_skipped)
{
    size_t length = long_lines[_i].long_line;
    char *content = cmek_malloc(length + 5);
    memset(content, 'x', length + 5);
    memcpy(content, "a\n", 2);
    if (!long_lines[_i].last)
        memcpy(content + 2 + length, "\nb\n", 3);
    write_plain(path_of("a"), content, length + (long_lines[_i].last ? 2 : 5));
    free(content);
    struct record record = {0};
    ck_assert_int_eq(read_all(path_of("a"), &record, NULL), CMEK_OK);
    ck_assert_msg(strcmp(cmek_strbuf_text(&record.text), long_lines[_i].want) == 0, "%s: '%s'",
                  long_lines[_i].label, cmek_strbuf_text(&record.text));
    cmek_strbuf_done(&record.text);
}
END_TEST

START_TEST(a_folder_is_read_by_name_and_other_files_are_left_alone)
{
    write_plain(path_of("a.json"), "one", 3);
    append_gzip(path_of("b.ndjson.gz"), "two\n", 4, 0);
    write_plain(path_of("c.jsonl"), "", 0);
    write_plain(path_of("d.txt"), "not me", 6);
    write_plain(path_of(".e.json"), "nor me", 6);
    struct record record = {0};
    ck_assert_int_eq(read_all(folder, &record, NULL), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&record.text), "1:one;1:two;");
    cmek_strbuf_done(&record.text);
}
END_TEST

START_TEST(a_folder_without_asset_files_is_refused)
{
    write_plain(path_of("d.txt"), "not me", 6);
    struct record record = {0};
    struct cmek_error err = {0};
    ck_assert_int_eq(read_all(folder, &record, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "holds no asset file"));
}
END_TEST

START_TEST(missing_and_empty_files_are_refused)
{
    struct record record = {0};
    struct cmek_error err = {0};
    ck_assert_int_eq(read_all(path_of("a"), &record, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot open"));
    write_plain(path_of("a"), "", 0);
    ck_assert_int_eq(read_all(path_of("a"), &record, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "is empty"));
    ck_assert_str_eq(cmek_strbuf_text(&record.text), "");
}
END_TEST

START_TEST(the_handler_can_stop_the_reading)
{
    write_plain(path_of("a"), "a\nb\nc\n", 6);
    struct record record = {.stop_at = 2};
    struct cmek_error err = {0};
    ck_assert_int_eq(read_all(path_of("a"), &record, &err), CMEK_E_INVALID);
    ck_assert_str_eq(err.message, "enough");
    ck_assert_str_eq(cmek_strbuf_text(&record.text), "1:a;2:b;");
    cmek_strbuf_done(&record.text);
}
END_TEST

START_TEST(standard_input_may_come_byte_by_byte)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        const char text[] = "\xEF\xBB\xBF"
                            "ab\nc";
        for (size_t i = 0; i < sizeof text - 1; i++)
            if (write(ends[1], text + i, 1) != 1)
                _exit(1);
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    struct record record = {0};
    ck_assert_int_eq(read_all("-", &record, NULL), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&record.text), "1:ab;2:c;");
    cmek_strbuf_done(&record.text);
}
END_TEST

static void take_many_at_once(void)
{
    at_once = true;
}

static void add_tests(Suite *suite, const char *name, void (*set_up)(void))
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_loop_test(tests, lines_come_without_their_ends_and_numbered, 0, COUNT(texts));
    tcase_add_loop_test(tests, the_same_lines_come_out_of_gzip, 0, COUNT(texts));
    tcase_add_test(tests, gzip_members_are_one_text);
    tcase_add_test(tests, an_array_may_begin_in_a_later_member);
    tcase_add_loop_test(tests, gzip_cut_anywhere_is_reported_as_damaged, 0, 24);
    tcase_add_test(tests, garbage_behind_gzip_is_reported_as_damaged);
    tcase_add_loop_test(tests, a_line_beyond_the_ceiling_is_skipped, 0, COUNT(long_lines));
    tcase_add_test(tests, a_folder_is_read_by_name_and_other_files_are_left_alone);
    tcase_add_test(tests, a_folder_without_asset_files_is_refused);
    tcase_add_test(tests, missing_and_empty_files_are_refused);
    tcase_add_test(tests, the_handler_can_stop_the_reading);
    tcase_add_test(tests, standard_input_may_come_byte_by_byte);
    suite_add_tcase(suite, tests);
}

int main(void)
{
    Suite *suite = suite_create("source/asset_lines");
    add_tests(suite, "one by one", NULL);
    add_tests(suite, "many at once", take_many_at_once);
    return run_suite(suite);
}
