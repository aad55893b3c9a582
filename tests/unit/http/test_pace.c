/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pace.h"

#include "suite.h"

static void start(struct cmek_pace *pace, int count)
{
    for (int i = 0; i < count; i++)
        cmek_pace_started(pace);
}

static int admitted(struct cmek_pace *pace, int64_t now_ms)
{
    int count = 0;
    for (; cmek_pace_admits(pace, now_ms); count++)
        cmek_pace_started(pace);
    return count;
}

static void throttle(struct cmek_pace *pace, int64_t sent_ms, int64_t now_ms)
{
    cmek_pace_ended(pace);
    cmek_pace_throttled(pace, sent_ms, now_ms);
}

START_TEST(known_host_starts_at_its_ceiling)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 64, false);
    ck_assert_int_eq(admitted(&pace, 1), 64);
}
END_TEST

START_TEST(unknown_host_gets_one_until_its_protocol_is_known)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 64, true);
    ck_assert_int_eq(admitted(&pace, 1), 1);
    cmek_pace_set_ceiling(&pace, 400);
    ck_assert_int_eq(admitted(&pace, 1), 399);
}
END_TEST

START_TEST(limit_halves_once_for_one_burst)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 100, false);
    start(&pace, 100);
    for (int i = 0; i < 40; i++) /* all sent before the first of these answers came */
        throttle(&pace, 10, 20 + i);
    ck_assert_int_eq((int)pace.limit, 50);
    ck_assert_int_eq(admitted(&pace, 70), 0); /* 60 are still in flight */
    throttle(&pace, 65, 80);                  /* sent after the cut: the cut was not enough */
    ck_assert_int_eq((int)pace.limit, 25);
}
END_TEST

START_TEST(limit_never_falls_below_one)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 8, false);
    for (int i = 0; i < 50; i++) {
        cmek_pace_started(&pace);
        throttle(&pace, i * 10 + 5, i * 10 + 6);
    }
    ck_assert_int_eq(admitted(&pace, 10000), 1);
}
END_TEST

START_TEST(limit_that_was_not_reached_is_cut_to_what_was)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 400, false);
    start(&pace, 20);
    throttle(&pace, 1, 2);
    ck_assert_int_eq((int)pace.limit, 10);
}
END_TEST

START_TEST(limit_recovers_to_the_ceiling_and_no_further)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 64, false);
    start(&pace, 64);
    throttle(&pace, 1, 2);
    int answers = 0;
    while (pace.limit < 64 && answers < 100000) {
        double before = pace.limit;
        cmek_pace_answered(&pace, 10);
        ck_assert(pace.limit > before && pace.limit - before <= 2.0);
        answers++;
    }
    ck_assert_int_lt(answers, 2000);
    ck_assert_int_gt(answers, 100); /* not at once, either */
    cmek_pace_answered(&pace, 10);
    ck_assert_int_eq((int)pace.limit, 64);
}
END_TEST

START_TEST(pause_stops_the_host_and_the_longest_counts)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 4, false);
    cmek_pace_pause(&pace, 500);
    cmek_pace_pause(&pace, 300);
    ck_assert(!cmek_pace_admits(&pace, 499));
    ck_assert(cmek_pace_admits(&pace, 500));
}
END_TEST

START_TEST(throttling_lasts_until_a_good_answer)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 4, false);
    start(&pace, 3);
    throttle(&pace, 1, 100);
    throttle(&pace, 1, 200);
    ck_assert_int_eq(pace.throttled_since_ms, 100);
    cmek_pace_answered(&pace, 300);
    ck_assert_int_eq(pace.throttled_since_ms, 0);
}
END_TEST

START_TEST(lower_ceiling_lowers_the_limit)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 400, true);
    cmek_pace_set_ceiling(&pace, 64);
    ck_assert_int_eq(admitted(&pace, 1), 64);
}
END_TEST

/* Requests go out whenever they may, at odd times; counts the most in any 60 seconds. */
static int most_in_a_minute(struct cmek_pace *pace, unsigned seed, bool with_throttling)
{
    enum { MOST = 20000 };
    static int64_t sent[MOST];
    int count = 0, most = 0, first = 0;
    int64_t now = 1000;
    while (now < 600000 && count < MOST) {
        seed = seed * 1103515245u + 12345u;
        now += 1 + (seed >> 16) % 700;
        for (; count < MOST && cmek_pace_admits(pace, now); count++) {
            sent[count] = now;
            cmek_pace_started(pace);
            cmek_pace_ended(pace);
            if (with_throttling && (seed >> 8) % 50 == 0)
                cmek_pace_throttled(pace, now, now + 1);
            else
                cmek_pace_answered(pace, now);
        }
        while (first < count && sent[first] <= now - 60000)
            first++;
        most = count - first > most ? count - first : most;
    }
    return most;
}

START_TEST(no_minute_sees_more_than_the_quota)
{
    static const int quotas[] = {1, 3, 4, 10, 100, 400, 600, 6000};
    for (int i = 0; i < COUNT(quotas); i++) {
        struct cmek_pace pace;
        cmek_pace_init(&pace, 400, false);
        cmek_pace_set_quota(&pace, quotas[i], 1000);
        int most = most_in_a_minute(&pace, (unsigned)_i * 77 + 1, _i % 2 == 1);
        ck_assert_msg(most <= quotas[i] + (quotas[i] < 4), "%d of %d", most, quotas[i]);
        if (_i % 2 == 0)
            ck_assert_int_ge(most * 10, quotas[i] * 7); /* and not much less than it allows */
    }
}
END_TEST

START_TEST(an_empty_bucket_says_when_it_will_admit_again)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 400, false);
    cmek_pace_set_quota(&pace, 40, 1000); /* ten at once, one in two seconds */
    ck_assert_int_eq(admitted(&pace, 1000), 10);
    int64_t ready = cmek_pace_ready_ms(&pace, 1000);
    ck_assert_int_ge(ready, 2900);
    ck_assert_int_le(ready, 3100);
    ck_assert(!cmek_pace_admits(&pace, ready - 100));
    ck_assert(cmek_pace_admits(&pace, ready));
    cmek_pace_pause(&pace, 9000);
    ck_assert_int_ge(cmek_pace_ready_ms(&pace, ready), 9000);
}
END_TEST

START_TEST(throttling_slows_a_quota_down_and_good_answers_bring_it_back)
{
    struct cmek_pace pace;
    cmek_pace_init(&pace, 400, false);
    cmek_pace_set_quota(&pace, 600, 1000);
    double full = pace.rate;
    start(&pace, 1);
    throttle(&pace, 1500, 2000);
    ck_assert(pace.rate <= full / 2 && !cmek_pace_admits(&pace, 2000));
    for (int i = 0; i < 100; i++)
        cmek_pace_answered(&pace, 3000 + i);
    ck_assert(pace.rate <= full && pace.rate > full * 0.99);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/pace");
    TCase *tests = tcase_create("pace");
    tcase_add_test(tests, known_host_starts_at_its_ceiling);
    tcase_add_test(tests, unknown_host_gets_one_until_its_protocol_is_known);
    tcase_add_test(tests, limit_halves_once_for_one_burst);
    tcase_add_test(tests, limit_never_falls_below_one);
    tcase_add_test(tests, limit_that_was_not_reached_is_cut_to_what_was);
    tcase_add_test(tests, limit_recovers_to_the_ceiling_and_no_further);
    tcase_add_test(tests, pause_stops_the_host_and_the_longest_counts);
    tcase_add_loop_test(tests, no_minute_sees_more_than_the_quota, 0, 8);
    tcase_add_test(tests, an_empty_bucket_says_when_it_will_admit_again);
    tcase_add_test(tests, throttling_slows_a_quota_down_and_good_answers_bring_it_back);
    tcase_add_test(tests, throttling_lasts_until_a_good_answer);
    tcase_add_test(tests, lower_ceiling_lowers_the_limit);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
