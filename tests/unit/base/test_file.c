/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

static char path[64];
static struct cmek_strbuf content;
static struct cmek_error err;

static void make_file(const char *bytes, size_t length)
{
    snprintf(path, sizeof path, "/tmp/cmek-file-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
}

static void remove_file(void)
{
    unlink(path);
    cmek_strbuf_done(&content);
}

START_TEST(a_file_is_read_whole)
{
    static char bytes[100000];
    memset(bytes, 'x', sizeof bytes);
    bytes[5] = '\0';
    make_file(bytes, sizeof bytes);
    ck_assert_int_eq(cmek_file_read(path, sizeof bytes, &content, &err), CMEK_OK);
    ck_assert_uint_eq(content.length, sizeof bytes);
    ck_assert_int_eq(memcmp(content.data, bytes, sizeof bytes), 0);
}
END_TEST

START_TEST(an_empty_file_is_empty)
{
    make_file("", 0);
    ck_assert_int_eq(cmek_file_read(path, 10, &content, &err), CMEK_OK);
    ck_assert_uint_eq(content.length, 0);
}
END_TEST

START_TEST(one_byte_too_many_is_refused)
{
    make_file("12345678901", 11);
    ck_assert_int_eq(cmek_file_read(path, 10, &content, &err), CMEK_E_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "larger than 10 bytes"));
}
END_TEST

START_TEST(an_endless_device_is_refused)
{
    ck_assert_int_eq(cmek_file_read("/dev/zero", 100000, &content, &err), CMEK_E_LIMIT);
}
END_TEST

START_TEST(a_missing_file_and_a_folder_are_refused)
{
    ck_assert_int_eq(cmek_file_read("/nonexistent/file", 10, &content, &err), CMEK_E_IO);
    ck_assert_str_eq(err.message, "cannot open '/nonexistent/file': No such file or directory");
    ck_assert_int_eq(cmek_file_read("/tmp", 10, &content, &err), CMEK_E_IO);
    ck_assert_str_eq(err.message, "'/tmp' is a directory, expected a file");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/file");
    TCase *tests = tcase_create("file");
    tcase_add_checked_fixture(tests, NULL, remove_file);
    tcase_add_test(tests, a_file_is_read_whole);
    tcase_add_test(tests, an_empty_file_is_empty);
    tcase_add_test(tests, one_byte_too_many_is_refused);
    tcase_add_test(tests, an_endless_device_is_refused);
    tcase_add_test(tests, a_missing_file_and_a_folder_are_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
