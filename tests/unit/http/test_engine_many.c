/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "http/engine_probe.h"
#include "suite.h"

static const struct cmek_http_options fast = {FAST};

/* Many requests */

START_TEST(window_and_connections_bound_what_is_in_flight)
{
    struct probe probes[60] = {0};
    begin(&(struct cmek_http_options){FAST, .window = 30, .connections = 7});
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request = probe_request(&probes[i], url_of("/wait"));
        cmek_http_submit(engine, &request);
    }
    cmek_http_run(engine, NULL, NULL);
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_OK);
        cmek_strbuf_done(&probes[i].body);
    }
    ck_assert_int_le(fault_server_peak(server), 7);
    ck_assert_int_ge(fault_server_peak(server), 4);
    end();
}
END_TEST

/* Twice, since the room that the first ones held is given back. */
START_TEST(answers_under_way_have_a_ceiling_together)
{
    const size_t limit = 1000000;
    begin(&(struct cmek_http_options){FAST, .bodies_limit = limit});
    for (int round = 0; round < 2; round++) {
        struct probe probes[8] = {0}, small = {0};
        size_t most = 0;
        for (int i = 0; i < COUNT(probes); i++) {
            struct cmek_http_request request = probe_request(&probes[i], url_of("/endless"));
            cmek_http_submit(engine, &request);
        }
        struct cmek_http_request request = probe_request(&small, url_of("/ok"));
        cmek_http_submit(engine, &request);
        cmek_http_run(engine, NULL, NULL);
        for (int i = 0; i < COUNT(probes); i++) {
            ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_TOO_LARGE);
            ck_assert_msg(strstr(probes[i].message, "together"), "%s", probes[i].message);
            ck_assert_uint_le(probes[i].bytes, limit);
            most = probes[i].bytes > most ? probes[i].bytes : most;
            cmek_strbuf_done(&probes[i].body);
        }
        ck_assert_uint_gt(most, CMEK_LIMIT_SMALL_BODY_BYTES);
        ck_assert_int_eq(small.outcome, CMEK_HTTP_OK);
        cmek_strbuf_done(&small.body);
    }
    end();
}
END_TEST

struct waits {
    int count;
    struct cmek_http_wait last;
};

static void note_wait(void *payload, const struct cmek_http_wait *wait)
{
    struct waits *waits = payload;
    waits->count++;
    waits->last = *wait;
}

static bool stop_when_done(void *done_count)
{
    return *(const int *)done_count == 0;
}

START_TEST(throttled_host_ends_all_requests_in_bounded_time)
{
    struct probe probes[200] = {0};
    struct cmek_http_counters counters;
    begin(&(struct cmek_http_options){QUICK, .deadline_ms = 1000, .attempt_ms = 900,
                                      .max_attempts = 4});
    int64_t start = cmek_monotonic_ms();
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request = probe_request(&probes[i], url_of("/429-an-hour"));
        cmek_http_submit(engine, &request);
    }
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_lt(cmek_monotonic_ms() - start, 6000);
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_STATUS);
        ck_assert_int_eq(probes[i].status, 429);
    }
    cmek_http_counters(engine, &counters);
    ck_assert_uint_gt(counters.throttled, 0);
    end();
}
END_TEST

START_TEST(throttling_costs_neither_attempts_nor_time)
{
    struct probe probe = {0};
    begin(&(struct cmek_http_options){QUICK, .deadline_ms = 200, .max_attempts = 2});
    struct cmek_http_request request = probe_request(&probe, url_of("/429-five-times"));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_OK);
    ck_assert_int_eq(probe.attempts, 6);
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

static int64_t tenth_of_a_second(void *payload, int status)
{
    (void)payload;
    return status == 429 ? 100 : 0;
}

START_TEST(a_quota_holds_back_its_own_requests_only)
{
    static const struct cmek_http_quota tight = {"tight", 0}, other = {"other", 0};
    struct probe throttled = {0}, probes[50] = {0};
    begin(&(struct cmek_http_options){QUICK, .deadline_ms = 4000, .attempt_ms = 900});
    struct cmek_http_request request = probe_request(&throttled, url_of("/429-five-times"));
    request.quota = &tight;
    request.retry_after_ms = tenth_of_a_second; /* five times: half a second in all */
    cmek_http_submit(engine, &request);
    for (int i = 0; i < COUNT(probes); i++) {
        request = probe_request(&probes[i], url_of("/ok"));
        request.quota = i % 2 ? &other : NULL;
        cmek_http_submit(engine, &request);
    }
    /* The others are through while that one still waits. */
    cmek_http_run(engine, stop_when_done, &probes[COUNT(probes) - 1].done_count);
    ck_assert_int_eq(throttled.outcome, CMEK_HTTP_ABORTED);
    cmek_strbuf_done(&throttled.body);
    for (int i = 0; i < COUNT(probes); i++)
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_OK);
    for (int i = 0; i < COUNT(probes); i++)
        cmek_strbuf_done(&probes[i].body);
    end();
}
END_TEST

START_TEST(a_quota_that_is_known_is_kept_to)
{
    static const struct cmek_http_quota quota = {"hundred-and-twenty", 120};
    struct probe probes[32] = {0}; /* 30 at once, two more at 1.5 a second */
    begin(&(struct cmek_http_options){QUICK, .deadline_ms = 4000, .attempt_ms = 900});
    int64_t start = cmek_monotonic_ms();
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request = probe_request(&probes[i], url_of("/ok"));
        request.quota = &quota;
        cmek_http_submit(engine, &request);
    }
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_ge(cmek_monotonic_ms() - start, 1200);
    struct waits waits = {0};
    cmek_http_waits(engine, note_wait, &waits);
    ck_assert_int_eq(waits.count, 1);
    ck_assert_str_eq(waits.last.name, "hundred-and-twenty");
    ck_assert_int_ge(waits.last.waited_ms, 1000);
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_OK);
        cmek_strbuf_done(&probes[i].body);
    }
    end();
}
END_TEST

START_TEST(dead_host_costs_one_requests_patience)
{
    struct probe probes[300] = {0};
    begin(&(struct cmek_http_options){FAST, .max_attempts = 3, .connections = 5});
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request =
            probe_request(&probes[i], "http://127.0.0.1:1/path?key=secret");
        cmek_http_submit(engine, &request);
    }
    cmek_http_run(engine, NULL, NULL);
    struct cmek_http_counters counters;
    cmek_http_counters(engine, &counters);
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_NETWORK);
        ck_assert_ptr_nonnull(strstr(probes[i].message, "http://127.0.0.1:1: cannot connect"));
        ck_assert_ptr_null(strstr(probes[i].message, "secret"));
    }
    ck_assert_int_eq(probes[299].attempts, 0);
    ck_assert_uint_lt(counters.requests, 900);
    end();
}
END_TEST

struct chain {
    int left;
    int bad;
};

static void next_in_chain(void *payload, const struct cmek_http_result *result)
{
    struct chain *chain = payload;
    chain->bad += result->outcome != CMEK_HTTP_OK;
    if (--chain->left > 0)
        cmek_http_submit(engine, &(struct cmek_http_request){.method = "GET",
                                                             .url = url,
                                                             .done = next_in_chain,
                                                             .payload = chain});
}

START_TEST(done_may_submit_more)
{
    struct chain chain = {.left = 20};
    begin(&fast);
    cmek_http_submit(engine, &(struct cmek_http_request){.method = "GET",
                                                         .url = url_of("/ok"),
                                                         .done = next_in_chain,
                                                         .payload = &chain});
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_eq(chain.left, 0);
    ck_assert_int_eq(chain.bad, 0);
    end();
}
END_TEST

/* Stopping */

static bool stop_at_third_tick(void *payload)
{
    int *ticks = payload;
    return ++*ticks < 3;
}

START_TEST(tick_is_called_in_time_and_may_stop)
{
    struct probe probes[100] = {0};
    int ticks = 0;
    begin(&(struct cmek_http_options){QUICK, .window = 3, .patience_ms = 7200000});
    int64_t start = cmek_monotonic_ms();
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request =
            probe_request(&probes[i], url_of(i % 2 ? "/slow" : "/429-an-hour"));
        cmek_http_submit(engine, &request);
    }
    cmek_http_run(engine, stop_at_third_tick, &ticks);
    ck_assert_int_lt(cmek_monotonic_ms() - start, 600);
    ck_assert_int_eq(ticks, 3);
    int aborted = 0;
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].done_count, 1);
        aborted += probes[i].outcome == CMEK_HTTP_ABORTED;
    }
    ck_assert_int_gt(aborted, 90);
    end();
}
END_TEST

START_TEST(stop_outside_the_loop_ends_what_is_queued)
{
    struct probe probe = {0};
    begin(&fast);
    struct cmek_http_request request = probe_request(&probe, url_of("/ok"));
    cmek_http_submit(engine, &request);
    cmek_http_stop(engine);
    ck_assert_int_eq(probe.done_count, 1);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_ABORTED);
    cmek_http_submit(engine, &request); /* and it works again */
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_OK);
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/engine_many");
    TCase *many = tcase_create("many requests");
    tcase_add_test(many, window_and_connections_bound_what_is_in_flight);
    tcase_add_test(many, answers_under_way_have_a_ceiling_together);
    tcase_add_test(many, throttled_host_ends_all_requests_in_bounded_time);
    tcase_add_test(many, throttling_costs_neither_attempts_nor_time);
    tcase_add_test(many, a_quota_holds_back_its_own_requests_only);
    tcase_add_test(many, a_quota_that_is_known_is_kept_to);
    tcase_add_test(many, dead_host_costs_one_requests_patience);
    tcase_add_test(many, done_may_submit_more);
    tcase_add_test(many, tick_is_called_in_time_and_may_stop);
    tcase_add_test(many, stop_outside_the_loop_ends_what_is_queued);
    suite_add_tcase(suite, many);
    return run_suite(suite);
}
