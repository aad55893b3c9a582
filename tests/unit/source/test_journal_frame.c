/* SPDX-License-Identifier: Apache-2.0 */
#include "source/journal_frame.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

static struct cmek_body_packer packer;
static struct cmek_strbuf payload, frame, body;

static void clean_up(void)
{
    cmek_body_packer_done(&packer);
    cmek_strbuf_done(&payload);
    cmek_strbuf_done(&frame);
    cmek_strbuf_done(&body);
}

static void append(int status, const char *key, const char *text, size_t length)
{
    const struct cmek_journal_answer answer = {status, key, strlen(key), text, length};
    ck_assert(cmek_journal_answer_append(&packer, &answer, &payload));
}

static bool unpack(struct cmek_journal_answer *ret_answer)
{
    return cmek_journal_answer_unpack(&packer, cmek_strbuf_text(&payload), payload.length, &body,
                                      ret_answer);
}

/* By other means: the bytes of "" and "{}", as Python's struct and zlib modules make them. */
START_TEST(a_frame_is_written_as_described)
{
    static const struct {
        const char *payload, *bytes;
        size_t length;
    } rows[] = {
        {"", "\x00\x00\x00\x00\x1c\xdf\x44\x21", 8},
        {"{}", "\x02\x00\x00\x00\x14\xad\x75\x1e{}", 10},
    };
    cmek_frame_append(&frame, rows[_i].payload, strlen(rows[_i].payload));
    ck_assert_uint_eq(frame.length, rows[_i].length);
    ck_assert_mem_eq(cmek_strbuf_text(&frame), rows[_i].bytes, rows[_i].length);
}
END_TEST

START_TEST(every_flipped_bit_of_a_frame_is_seen)
{
    static const char text[] = "{\"begun_at\":\"2026-11-22T04:00:00Z\"}";
    size_t length;
    cmek_strbuf_puts(&frame, "before");
    cmek_frame_append(&frame, text, sizeof text - 1);
    char *bytes = frame.data + strlen("before");
    ck_assert(cmek_frame_length(bytes, &length) && length == sizeof text - 1);
    ck_assert(cmek_frame_is_sound(bytes, length));
    for (size_t bit = 0; bit < 8 * (CMEK_FRAME_BYTES + length); bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        ck_assert_msg(!cmek_frame_is_sound(bytes, length), "bit %zu", bit);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    ck_assert(!cmek_frame_is_sound(bytes, length - 1));
}
END_TEST

START_TEST(a_length_beyond_the_ceiling_is_none)
{
    static const struct {
        const char *bytes;
        bool is_length;
    } rows[] = {
        {"\x00\x00\x00\x00", true},
        {"\xff\xff\xff\xff", false},
        {"\x00\x00\x10\x02", true}, /* 33 MiB: CMEK_FRAME_PAYLOAD_MAX */
        {"\x01\x00\x10\x02", false},
    };
    size_t length;
    ck_assert_int_eq(cmek_frame_length(rows[_i].bytes, &length), rows[_i].is_length);
}
END_TEST

START_TEST(an_answer_comes_back)
{
    static const struct {
        int status;
        const char *key, *body;
    } rows[] = {
        {200, "storage.buckets.list b?project=p", "{\"items\": [{\"name\": \"b\"}]}"},
        {200, "m p?q", "{}"},
        {404, "m p?q", ""},
        {403, "", "x"},
    };
    struct cmek_journal_answer answer;
    for (int round = 0; round < 2; round++) { /* the second with zlib's state of the first */
        cmek_strbuf_clear(&payload);
        append(rows[_i].status, rows[_i].key, rows[_i].body, strlen(rows[_i].body));
        ck_assert(unpack(&answer));
        ck_assert_int_eq(answer.status, rows[_i].status);
        ck_assert_uint_eq(answer.key_length, strlen(rows[_i].key));
        ck_assert_mem_eq(answer.key, rows[_i].key, answer.key_length);
        ck_assert_uint_eq(answer.body_length, strlen(rows[_i].body));
        ck_assert_mem_eq(answer.body, rows[_i].body, answer.body_length);
    }
}
END_TEST

START_TEST(what_cannot_be_deflated_comes_back_too)
{
    size_t length = 300000;
    char *noise = malloc(length);
    ck_assert_ptr_nonnull(noise);
    unsigned state = 1;
    for (size_t i = 0; i < length; i++)
        noise[i] = (char)((state = state * 1103515245 + 12345) >> 16);
    struct cmek_journal_answer answer;
    append(200, "key", noise, length);
    ck_assert(unpack(&answer));
    ck_assert_mem_eq(answer.body, noise, length);
    free(noise);
}
END_TEST

START_TEST(what_is_cut_off_is_no_answer)
{
    struct cmek_journal_answer answer;
    append(200, "a key", "{\"a\": \"body\"}", 13);
    for (size_t length = 0; length < payload.length; length++) {
        char *exact = malloc(length > 0 ? length : 1); /* so that reading beyond it is seen */
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, cmek_strbuf_text(&payload), length);
        ck_assert_msg(!cmek_journal_answer_unpack(&packer, exact, length, &body, &answer),
                      "%zu bytes", length);
        free(exact);
    }
    cmek_strbuf_putc(&payload, 'x');
    ck_assert(!unpack(&answer)); /* nor what goes on behind the body */
}
END_TEST

/* "200, key, {}" with one of the three numbers changed. */
START_TEST(numbers_that_lie_are_refused)
{
    static const struct {
        const char *label;
        size_t at;
        const char *number;
    } rows[] = {
        {"a status that no server gives", 0, "\x58\x02\x00\x00"},
        {"a huge status", 0, "\xff\xff\xff\xff"},
        {"a key beyond the end", 4, "\x00\x01\x00\x00"},
        {"a huge key", 4, "\xff\xff\xff\xff"},
        {"a key that ends early", 4, "\x02\x00\x00\x00"},
        {"a body that is longer", 8, "\x01\x00\x00\x00"},
        {"a body that is shorter", 8, "\x03\x00\x00\x00"},
        {"a body beyond the ceiling", 8, "\x01\x00\x00\x02"},
        {"a huge body", 8, "\xff\xff\xff\xff"},
    };
    struct cmek_journal_answer answer;
    append(200, "key", "{}", 2);
    ck_assert(unpack(&answer));
    memcpy(payload.data + rows[_i].at, rows[_i].number, 4);
    ck_assert_msg(!unpack(&answer), "%s", rows[_i].label);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/journal_frame");
    TCase *tests = tcase_create("frames and answers");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, a_frame_is_written_as_described, 0, 2);
    tcase_add_test(tests, every_flipped_bit_of_a_frame_is_seen);
    tcase_add_loop_test(tests, a_length_beyond_the_ceiling_is_none, 0, 4);
    tcase_add_loop_test(tests, an_answer_comes_back, 0, 4);
    tcase_add_test(tests, what_cannot_be_deflated_comes_back_too);
    tcase_add_test(tests, what_is_cut_off_is_no_answer);
    tcase_add_loop_test(tests, numbers_that_lie_are_refused, 0, 9);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
