/* SPDX-License-Identifier: Apache-2.0 */
#include "source/journal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "suite.h"

static char folder[64], path[96];
static struct cmek_journal *journal;
static struct cmek_error err;
static size_t cut;

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/cmek-journal-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/checkpoint", folder);
}

static void close_journal(void)
{
    cmek_journal_close(journal, /* removes= */ false);
    journal = NULL;
}

static void remove_folder(void)
{
    close_journal();
    unlink(path);
    ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder);
}

static void begin(const char *head)
{
    ck_assert_int_eq(cmek_journal_open(path, &journal, &err), CMEK_OK);
    ck_assert_int_eq(cmek_journal_begin(journal, head, &err), CMEK_OK);
}

static void resume(void)
{
    close_journal();
    ck_assert_int_eq(cmek_journal_open(path, &journal, &err), CMEK_OK);
    ck_assert_int_eq(cmek_journal_resume(journal, &cut, &err), CMEK_OK);
}

static void add(const char *key, int status, const char *body)
{
    cmek_journal_add(journal,
                     &(struct cmek_journal_answer){status, key, strlen(key), body, strlen(body)});
}

/* @p body NULL: there is none. */
static void expect(const char *key, int status, const char *body)
{
    struct cmek_journal_answer answer;
    ck_assert_msg(cmek_journal_find(journal, key, &answer) == (body != NULL), "%s", key);
    if (!body)
        return;
    ck_assert(cmek_journal_may_hold(journal, key));
    ck_assert_int_eq(answer.status, status);
    ck_assert_uint_eq(answer.body_length, strlen(body));
    ck_assert_mem_eq(answer.body, body, answer.body_length);
}

static size_t size_of_file(void)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return (size_t)info.st_size;
}

static void write_file(const char *bytes, size_t length)
{
    FILE *stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes, 1, length, stream), length);
    fclose(stream);
}

START_TEST(answers_are_there_after_the_writer_is_gone)
{
    begin("a head");
    add("one", 200, "{\"a\": 1}");
    add("two", 404, "");
    ck_assert_uint_eq(cmek_journal_count(journal), 2);
    expect("one", 0, NULL); /* not of this run: whoever asked has it */
    resume();
    ck_assert_str_eq(cmek_journal_head(journal), "a head");
    ck_assert_uint_eq(cmek_journal_count(journal), 2);
    ck_assert_uint_eq(cut, 0);
    expect("one", 200, "{\"a\": 1}");
    expect("two", 404, "");
    expect("on", 0, NULL);
    expect("", 0, NULL);
    add("three", 200, "{}");
    resume();
    expect("three", 200, "{}");
    expect("one", 200, "{\"a\": 1}");
}
END_TEST

START_TEST(the_later_of_two_answers_holds)
{
    begin("a head");
    add("key", 200, "old");
    add("other", 200, "between");
    add("key", 403, "new");
    resume();
    expect("key", 403, "new");
    expect("other", 200, "between");
    ck_assert_uint_eq(cmek_journal_count(journal), 3);
}
END_TEST

START_TEST(many_answers_are_all_found)
{
    char key[32], body[32];
    begin("a head");
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "key %d", i);
        snprintf(body, sizeof body, "body %d", i);
        add(key, 200, body);
    }
    resume();
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "key %d", i);
        snprintf(body, sizeof body, "body %d", i);
        expect(key, 200, body);
    }
    expect("key 5000", 0, NULL);
}
END_TEST

START_TEST(a_new_head_forgets_what_was_there)
{
    begin("a head");
    add("one", 200, "{}");
    resume();
    ck_assert_int_eq(cmek_journal_begin(journal, "another", &err), CMEK_OK);
    expect("one", 0, NULL);
    add("two", 200, "{}");
    resume();
    ck_assert_str_eq(cmek_journal_head(journal), "another");
    expect("one", 0, NULL);
    expect("two", 200, "{}");
}
END_TEST

/* Whatever is left of the file: what was whole is there, the rest is cut off, and it can be added
 * to. */
START_TEST(a_file_may_end_anywhere)
{
    begin("a head");
    size_t head_end = size_of_file();
    add("one", 200, "{\"a\": 1}");
    size_t one_end = size_of_file();
    add("two", 200, "{\"b\": 2}");
    struct cmek_strbuf whole = {0};
    ck_assert_int_eq(cmek_file_read(path, 10000, &whole, &err), CMEK_OK);
    for (size_t length = 0; length <= whole.length; length++) {
        close_journal();
        write_file(cmek_strbuf_text(&whole), length);
        ck_assert_int_eq(cmek_journal_open(path, &journal, &err), CMEK_OK);
        ck_assert_msg((cmek_journal_head(journal) != NULL) == (length >= head_end), "%zu", length);
        if (length < head_end)
            continue;
        ck_assert_int_eq(cmek_journal_resume(journal, &cut, &err), CMEK_OK);
        size_t sound = length < one_end ? head_end : length < whole.length ? one_end : length;
        ck_assert_uint_eq(cut, length - sound);
        ck_assert_uint_eq(size_of_file(), sound);
        expect("one", 200, length >= one_end ? "{\"a\": 1}" : NULL);
        add("three", 200, "{}");
        resume();
        ck_assert_uint_eq(cut, 0);
        expect("three", 200, "{}");
        expect("two", 200, length == whole.length ? "{\"b\": 2}" : NULL);
    }
    cmek_strbuf_done(&whole);
}
END_TEST

START_TEST(other_files_stay_as_they_are)
{
    static const char *const contents[] = {"{}", "cmekscan", "cmekscan-checkpoint-2\n", "\n"};
    const char *content = contents[_i];
    bool is_beginning = strncmp(CMEK_JOURNAL_MAGIC, content, strlen(content)) == 0;
    write_file(content, strlen(content));
    ck_assert_int_eq(cmek_journal_open(path, &journal, &err),
                     is_beginning ? CMEK_OK : CMEK_E_USAGE);
    close_journal();
    ck_assert_uint_eq(size_of_file(), strlen(content));
}
END_TEST

START_TEST(one_process_at_a_time)
{
    struct cmek_journal *second = NULL;
    begin("a head");
    ck_assert_int_eq(cmek_journal_open(path, &second, &err), CMEK_E_IO);
    ck_assert_ptr_null(second);
    ck_assert_ptr_nonnull(strstr(err.message, "in use"));
}
END_TEST

START_TEST(it_is_for_its_owner_alone)
{
    struct stat info;
    umask(0);
    begin("a head");
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert_int_eq(chmod(path, 0644), 0);
    resume();
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    close_journal();
    ck_assert_int_eq(chmod(path, 0602), 0);
    ck_assert_int_eq(cmek_journal_open(path, &journal, &err), CMEK_E_DENIED);
}
END_TEST

START_TEST(a_full_disk_leaves_what_was_written)
{
    static char body[600];
    memset(body, 'x', sizeof body - 1);
    begin("a head");
    add("one", 200, "{}");
    size_t before = size_of_file();
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){before + 10, before + 10}), 0);
    ck_assert_ptr_null(cmek_journal_failure(journal));
    add("two", 200, body);
    ck_assert_str_eq(cmek_journal_failure(journal), "File too large");
    ck_assert_uint_eq(size_of_file(), before);
    add("three", 200, "");
    ck_assert_uint_eq(size_of_file(), before);
    resume();
    expect("one", 200, "{}");
    expect("two", 0, NULL);
}
END_TEST

START_TEST(it_is_removed_if_it_still_has_its_name)
{
    begin("a head");
    cmek_journal_close(journal, /* removes= */ true);
    ck_assert_int_ne(access(path, F_OK), 0);
    begin("a head");
    unlink(path);
    write_file("a report", 8);
    cmek_journal_close(journal, /* removes= */ true);
    journal = NULL;
    ck_assert_uint_eq(size_of_file(), 8);
    cmek_journal_close(NULL, /* removes= */ true);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/journal");
    TCase *tests = tcase_create("journal");
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, answers_are_there_after_the_writer_is_gone);
    tcase_add_test(tests, the_later_of_two_answers_holds);
    tcase_add_test(tests, many_answers_are_all_found);
    tcase_add_test(tests, a_new_head_forgets_what_was_there);
    tcase_add_test(tests, a_file_may_end_anywhere);
    tcase_add_loop_test(tests, other_files_stay_as_they_are, 0, 4);
    tcase_add_test(tests, one_process_at_a_time);
    tcase_add_test(tests, it_is_for_its_owner_alone);
    tcase_add_test(tests, a_full_disk_leaves_what_was_written);
    tcase_add_test(tests, it_is_removed_if_it_still_has_its_name);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
