/* SPDX-License-Identifier: Apache-2.0 */
#include "base/output.h"

#include <dirent.h>
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
static struct cmek_output *output;
static struct cmek_error err;

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/cmek-output-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report.json", folder);
}

static int count_files(void)
{
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void remove_folder(void)
{
    static const char *const names[] = {"report.json", "target.json", "fifo"};
    for (int i = 0; i < COUNT(names); i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", folder, names[i]);
        unlink(name);
    }
    ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder);
}

static void expect_content(const char *file, const char *want)
{
    struct cmek_strbuf content = {0};
    ck_assert_int_eq(cmek_file_read(file, 1000000, &content, &err), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&content), want);
    cmek_strbuf_done(&content);
}

static void write_file(const char *file, const char *text)
{
    FILE *stream = fopen(file, "w");
    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
}

START_TEST(nothing_shows_before_commit_and_all_after)
{
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    ck_assert_str_eq(cmek_output_path(output), path);
    cmek_output_write(output, "{}\n", 3);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    expect_content(path, "{}\n");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(an_old_file_stays_until_commit)
{
    write_file(path, "old");
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    cmek_output_write(output, "new", 3);
    expect_content(path, "old");
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    expect_content(path, "new");
}
END_TEST

START_TEST(appending_keeps_what_was_there)
{
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(cmek_output_open_append(path, &output, &err), CMEK_OK);
        cmek_output_write(output, "more\n", 5);
        ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    }
    expect_content(path, "more\nmore\n");
    ck_assert_int_eq(count_files(), 1);
}
END_TEST

START_TEST(discard_leaves_all_as_it_was)
{
    write_file(path, "old");
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    cmek_output_write(output, "new", 3);
    cmek_output_discard(output);
    expect_content(path, "old");
    ck_assert_int_eq(count_files(), 1);
    cmek_output_discard(NULL);
}
END_TEST

START_TEST(writes_of_all_sizes_arrive_in_order)
{
    static char want[400000];
    size_t length = 0;
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    static const size_t sizes[] = {1, 65535, 1, 65536, 0, 65537, 3, 150000, 7};
    for (int i = 0; i < COUNT(sizes); i++) {
        memset(want + length, 'a' + i, sizes[i]);
        cmek_output_write(output, want + length, sizes[i]);
        length += sizes[i];
    }
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    expect_content(path, want);
}
END_TEST

static const struct {
    const char *label, *path, *message;
} wrong[] = {
    {"a missing folder", "/nonexistent/r.json",
     "cannot write '/nonexistent/r.json': No such file or directory; make the folder first"},
    {"a folder", "/tmp", "cannot write '/tmp': it is a directory"},
    {"a file as a folder", "/etc/passwd/r.json",
     "cannot write '/etc/passwd/r.json': Not a directory"},
    {"nothing", "", "cannot write a file without a name"},
    {"a folder in proc", "/proc/r.json", NULL},
};

START_TEST(what_cannot_be_opened_is_said_at_once)
{
    ck_assert_msg(cmek_output_open(wrong[_i].path, &output, &err) == CMEK_E_IO, "%s",
                  wrong[_i].label);
    if (wrong[_i].message)
        ck_assert_str_eq(err.message, wrong[_i].message);
}
END_TEST

START_TEST(a_read_only_folder_is_said_at_once)
{
    ck_assert_int_eq(chmod(folder, 0555), 0);
    uid_t user = geteuid();
    if (user == 0) /* root may write anyway; somebody else may not */
        ck_assert_int_eq(seteuid(65534), 0);
    enum cmek_status status = cmek_output_open(path, &output, &err);
    if (user == 0)
        ck_assert_int_eq(seteuid(user), 0);
    ck_assert_int_eq(chmod(folder, 0755), 0);
    ck_assert_int_eq(status, CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "Permission denied"));
}
END_TEST

START_TEST(a_full_disk_is_reported_at_commit)
{
    ck_assert_int_eq(cmek_output_open("/dev/full", &output, &err), CMEK_OK);
    cmek_output_write(output, "x", 1);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_E_IO);
    ck_assert_str_eq(err.message, "cannot write '/dev/full': No space left on device");
}
END_TEST

START_TEST(a_disk_that_fills_up_leaves_no_file)
{
    static const char block[70000];
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, 100000}), 0);
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    for (int i = 0; i < 5; i++)
        cmek_output_write(output, block, sizeof block);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "File too large"));
    ck_assert_int_eq(count_files(), 0);
}
END_TEST

START_TEST(a_symbolic_link_is_replaced_not_followed)
{
    char target[96];
    snprintf(target, sizeof target, "%s/target.json", folder);
    write_file(target, "old");
    ck_assert_int_eq(symlink("target.json", path), 0);
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    cmek_output_write(output, "new", 3);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    expect_content(path, "new");
    expect_content(target, "old");
    struct stat info;
    ck_assert_int_eq(lstat(path, &info), 0);
    ck_assert(S_ISREG(info.st_mode));
}
END_TEST

START_TEST(a_prepared_temporary_file_is_not_followed)
{
    char temporary[160], victim[96];
    snprintf(victim, sizeof victim, "%s/target.json", folder);
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    write_file(victim, "precious");
    ck_assert_int_eq(symlink(victim, temporary), 0);
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    cmek_output_write(output, "new", 3);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    expect_content(victim, "precious");
    expect_content(path, "new");
}
END_TEST

START_TEST(a_fifo_is_written_not_replaced)
{
    char fifo[96];
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    int reader = open(fifo, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    ck_assert_int_eq(cmek_output_open(fifo, &output, &err), CMEK_OK);
    cmek_output_write(output, "new", 3);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    char bytes[8] = {0};
    ck_assert_int_eq(read(reader, bytes, sizeof bytes), 3);
    ck_assert_str_eq(bytes, "new");
    close(reader);
    struct stat info;
    ck_assert_int_eq(stat(fifo, &info), 0);
    ck_assert(S_ISFIFO(info.st_mode));
}
END_TEST

START_TEST(others_may_not_read_a_report)
{
    umask(022);
    ck_assert_int_eq(cmek_output_open(path, &output, &err), CMEK_OK);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_OK);
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0640);
}
END_TEST

START_TEST(a_closed_standard_output_is_an_error)
{
    ck_assert_int_eq(cmek_output_open("-", &output, &err), CMEK_OK);
    close(STDOUT_FILENO);
    cmek_output_write(output, "x", 1);
    ck_assert_int_eq(cmek_output_commit(output, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "standard output"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/output");
    TCase *tests = tcase_create("output");
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, nothing_shows_before_commit_and_all_after);
    tcase_add_test(tests, an_old_file_stays_until_commit);
    tcase_add_test(tests, appending_keeps_what_was_there);
    tcase_add_test(tests, discard_leaves_all_as_it_was);
    tcase_add_test(tests, writes_of_all_sizes_arrive_in_order);
    tcase_add_loop_test(tests, what_cannot_be_opened_is_said_at_once, 0, COUNT(wrong));
    tcase_add_test(tests, a_read_only_folder_is_said_at_once);
    tcase_add_test(tests, a_full_disk_is_reported_at_commit);
    tcase_add_test(tests, a_disk_that_fills_up_leaves_no_file);
    tcase_add_test(tests, a_symbolic_link_is_replaced_not_followed);
    tcase_add_test(tests, a_prepared_temporary_file_is_not_followed);
    tcase_add_test(tests, a_fifo_is_written_not_replaced);
    tcase_add_test(tests, others_may_not_read_a_report);
    tcase_add_test(tests, a_closed_standard_output_is_an_error);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
