/* SPDX-License-Identifier: Apache-2.0 */
#include "http/retry.h"

#include "suite.h"

static const struct {
    int status;
    bool is_retried;
} statuses[] = {
    {0, false},   {200, false}, {301, false}, {400, false}, {401, false}, {403, false},
    {404, false}, {408, true},  {409, false}, {429, true},  {500, true},  {501, false},
    {502, true},  {503, true},  {504, true},  {505, false},
};

START_TEST(status_is_retried_as_google_says)
{
    ck_assert_msg(cmek_retry_status(statuses[_i].status) == statuses[_i].is_retried, "%d",
                  statuses[_i].status);
}
END_TEST

static const struct {
    const char *label;
    int code;
    enum cmek_http_failure failure;
    bool is_unreachable;
} codes[] = {
    {"name", 6, CMEK_FAILURE_CONNECTION, true},
    {"connect", 7, CMEK_FAILURE_CONNECTION, true},
    {"HTTP/2 framing", 16, CMEK_FAILURE_CONNECTION, false},
    {"partial body", 18, CMEK_FAILURE_CONNECTION, false},
    {"timeout", 28, CMEK_FAILURE_TIMEOUT, false},
    {"handshake", 35, CMEK_FAILURE_CONNECTION, true},
    {"nothing", 52, CMEK_FAILURE_CONNECTION, false},
    {"send", 55, CMEK_FAILURE_CONNECTION, false},
    {"receive", 56, CMEK_FAILURE_CONNECTION, false},
    {"certificate", 60, CMEK_FAILURE_PERMANENT, true},
    {"stream", 92, CMEK_FAILURE_CONNECTION, false},
    {"one nobody lists", 99999, CMEK_FAILURE_PERMANENT, false},
};

START_TEST(failure_is_told_apart)
{
    const struct cmek_http_failure_row *row = cmek_retry_failure(codes[_i].code);
    ck_assert_msg(row && row->text[0] != '\0', "%s: no text", codes[_i].label);
    ck_assert_msg(row->failure == codes[_i].failure &&
                      row->is_unreachable == codes[_i].is_unreachable,
                  "%s: %d %d", codes[_i].label, (int)row->failure, row->is_unreachable);
}
END_TEST

static const struct {
    const char *label;
    int attempts;
    int64_t retry_after_ms, least, most;
} pauses[] = {
    {"first", 1, 0, 0, 1000},
    {"second doubles", 2, 0, 0, 2000},
    {"fifth", 5, 0, 0, 16000},
    {"capped", 9, 0, 0, 32000},
    {"capped, without overflow", 100000, 0, 0, 32000},
    {"server's word is the least", 1, 7000, 7000, 7250},
    {"also beyond the cap", 3, 60000, 60000, 60250},
};

START_TEST(pause_is_within_its_bounds_and_uses_them)
{
    const struct cmek_backoff backoff = {1000, 32000};
    struct cmek_jitter jitter;
    cmek_jitter_init(&jitter, 42);
    int64_t least = INT64_MAX, most = 0;
    for (int i = 0; i < 2000; i++) {
        int64_t pause =
            cmek_retry_pause_ms(&backoff, pauses[_i].attempts, pauses[_i].retry_after_ms, &jitter);
        ck_assert_msg(pause >= pauses[_i].least && pause <= pauses[_i].most, "%s: %lld",
                      pauses[_i].label, (long long)pause);
        least = pause < least ? pause : least;
        most = pause > most ? pause : most;
    }
    int64_t span = pauses[_i].most - pauses[_i].least;
    ck_assert_msg(most - least > span * 9 / 10, "%s: jitter only over %lld of %lld",
                  pauses[_i].label, (long long)(most - least), (long long)span);
}
END_TEST

START_TEST(jitter_survives_a_zero_seed_and_a_zero_limit)
{
    struct cmek_jitter jitter;
    cmek_jitter_init(&jitter, 0);
    ck_assert_int_eq(cmek_jitter_next(&jitter, 0), 0);
    ck_assert_int_eq(cmek_jitter_next(&jitter, -5), 0);
    int64_t sum = 0;
    for (int i = 0; i < 100; i++)
        sum += cmek_jitter_next(&jitter, 1);
    ck_assert_int_gt(sum, 10);
    ck_assert_int_lt(sum, 90);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/retry");
    TCase *tests = tcase_create("retry");
    tcase_add_loop_test(tests, status_is_retried_as_google_says, 0, COUNT(statuses));
    tcase_add_loop_test(tests, failure_is_told_apart, 0, COUNT(codes));
    tcase_add_loop_test(tests, pause_is_within_its_bounds_and_uses_them, 0, COUNT(pauses));
    tcase_add_test(tests, jitter_survives_a_zero_seed_and_a_zero_limit);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
