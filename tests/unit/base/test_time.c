/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <string.h>

#include "suite.h"

/* Seconds: date -u -d TEXT +%s */
static const struct {
    const char *text;
    int64_t seconds;
    int32_t nanoseconds;
} good[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"1970-01-01T00:00:01Z", 1, 0},
    {"1969-12-31T23:59:59Z", -1, 0},
    {"2026-11-22T17:26:00Z", 1795368360, 0},
    {"2026-11-22t17:26:00z", 1795368360, 0},
    {"2026-11-22T18:26:00+01:00", 1795368360, 0},
    {"2026-11-22T11:56:00-05:30", 1795368360, 0},
    {"2026-11-22T17:26:00-00:00", 1795368360, 0},
    {"2026-01-02T03:04:05.678Z", 1767323045, 678000000},
    {"2026-01-02T03:04:05.6Z", 1767323045, 600000000},
    {"2026-01-02T03:04:05.123456789Z", 1767323045, 123456789},
    {"2026-01-02T03:04:05.1234567891Z", 1767323045, 123456789},
    {"2026-01-02T03:04:05.000000000000000000001Z", 1767323045, 0},
    {"2000-02-29T12:00:00Z", 951825600, 0},
    {"2024-02-29T00:00:00Z", 1709164800, 0},
    {"2100-02-28T23:59:59Z", 4107542399, 0},
    {"0001-01-01T00:00:00Z", -62135596800, 0},
    {"9999-12-31T23:59:59Z", 253402300799, 0},
    {"2016-12-31T23:59:60Z", 1483228800, 0},
    {"1900-03-01T00:00:00+23:59", -2203977540, 0},
};

START_TEST(rfc_3339_is_understood)
{
    struct cmek_time time;
    ck_assert_msg(cmek_time_parse(good[_i].text, &time), "%s was refused", good[_i].text);
    ck_assert_msg(time.seconds == good[_i].seconds, "%s gave %lld", good[_i].text,
                  (long long)time.seconds);
    ck_assert_msg(time.nanoseconds == good[_i].nanoseconds, "%s gave %d ns", good[_i].text,
                  time.nanoseconds);
}
END_TEST

static const char *const bad[] = {
    "",
    "2026",
    "2026-11-22",
    "2026-11-22T17:26:00",
    "2026-11-22 17:26:00Z",
    "2026-11-22T17:26Z",
    "2026-11-22T17:26:00.Z",
    "2026-11-22T17:26:00,5Z",
    "2026-11-22T17:26:00ZZ",
    "2026-11-22T17:26:00Z ",
    " 2026-11-22T17:26:00Z",
    "2026-13-22T17:26:00Z",
    "2026-00-22T17:26:00Z",
    "2026-11-00T17:26:00Z",
    "2026-11-31T17:26:00Z",
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T17:60:00Z",
    "2026-11-22T17:26:61Z",
    "2026-11-22T17:26:00+24:00",
    "2026-11-22T17:26:00+01:60",
    "2026-11-22T17:26:00+0100",
    "2026-11-22T17:26:00+01",
    "2026-11-22T17:26:00+1:00",
    "2026-11-22T17:26:00 01:00",
    "26-11-22T17:26:00Z",
    "+2026-11-22T17:26:00Z",
    "-2026-11-22T17:26:00Z",
    "20026-11-22T17:26:00Z",
    "2026-1-2T17:26:00Z",
    "2026-11-22T7:26:00Z",
    "2026-11-22T-7:26:00Z",
    "\xd9\xa2\xd9\xa0"
    "26-11-22T17:26:00Z",
    "2026/11/22T17:26:00Z",
    "1795368360",
    "null",
};

START_TEST(anything_else_is_refused_and_leaves_the_result_alone)
{
    struct cmek_time time = {.seconds = 42, .nanoseconds = 7};
    ck_assert_msg(!cmek_time_parse(bad[_i], &time), "'%s' was taken", bad[_i]);
    ck_assert_int_eq(time.seconds, 42);
    ck_assert_int_eq(time.nanoseconds, 7);
}
END_TEST

START_TEST(null_is_refused)
{
    struct cmek_time time;
    ck_assert(!cmek_time_parse(NULL, &time));
}
END_TEST

START_TEST(format_and_parse_are_inverse)
{
    /* A step that meets every month, leap years and all times of day over 9,999 years. */
    for (int64_t seconds = -62135596800; seconds <= 253402300799; seconds += 10007 * 9973) {
        char text[CMEK_TIME_TEXT_SIZE];
        cmek_time_format((struct cmek_time){.seconds = seconds}, text);
        struct cmek_time again;
        if (!cmek_time_parse(text, &again) || again.seconds != seconds)
            ck_abort_msg("%s", text);
    }
}
END_TEST

START_TEST(formatting_drops_fractions_and_survives_any_number)
{
    char text[CMEK_TIME_TEXT_SIZE];
    cmek_time_format((struct cmek_time){.seconds = 1795368360, .nanoseconds = 999999999}, text);
    ck_assert_str_eq(text, "2026-11-22T17:26:00Z");
    cmek_time_format((struct cmek_time){.seconds = -1}, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59Z");
    static const int64_t extremes[] = {INT64_MAX, INT64_MIN, 253402300800, -62167219201};
    for (int i = 0; i < COUNT(extremes); i++) {
        cmek_time_format((struct cmek_time){.seconds = extremes[i]}, text);
        ck_assert_uint_eq(strlen(text), CMEK_TIME_TEXT_SIZE - 1);
    }
}
END_TEST

static const struct {
    struct cmek_time a, b;
    int order;
} pairs[] = {
    {{1, 0}, {1, 0}, 0},  {{1, 0}, {2, 0}, -1},  {{2, 0}, {1, 999999999}, 1},
    {{1, 1}, {1, 2}, -1}, {{-1, 5}, {-1, 4}, 1}, {{INT64_MIN, 0}, {INT64_MAX, 0}, -1},
};

START_TEST(times_compare)
{
    int order = cmek_time_compare(pairs[_i].a, pairs[_i].b);
    ck_assert_int_eq((order > 0) - (order < 0), pairs[_i].order);
}
END_TEST

START_TEST(the_monotonic_clock_does_not_go_back)
{
    int64_t before = cmek_monotonic_ms();
    ck_assert_int_ge(cmek_monotonic_ms(), before);
    ck_assert_int_gt(cmek_time_now().seconds, 1700000000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/time");
    TCase *tests = tcase_create("time");
    tcase_add_loop_test(tests, rfc_3339_is_understood, 0, COUNT(good));
    tcase_add_loop_test(tests, anything_else_is_refused_and_leaves_the_result_alone, 0, COUNT(bad));
    tcase_add_test(tests, null_is_refused);
    tcase_add_test(tests, format_and_parse_are_inverse);
    tcase_add_test(tests, formatting_drops_fractions_and_survives_any_number);
    tcase_add_loop_test(tests, times_compare, 0, COUNT(pairs));
    tcase_add_test(tests, the_monotonic_clock_does_not_go_back);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
