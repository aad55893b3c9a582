/* SPDX-License-Identifier: Apache-2.0 */
#include "http/engine.h"

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

/* One request, one kind of trouble */

#define ANY (-1)

static const struct {
    const char *label, *path;
    enum cmek_http_outcome outcome;
    int status, attempts; /* ANY: more than one */
    size_t bytes;
    const char *message; /* a part of it */
} troubles[] = {
    {"plain", "/ok", CMEK_HTTP_OK, 200, 1, 5, ""},
    {"429 with Retry-After, then well", "/429-once", CMEK_HTTP_OK, 200, 2, 5, ""},
    {"429 for ever", "/429-for-ever", CMEK_HTTP_STATUS, 429, ANY, 9, ""},
    {"Retry-After beyond all patience", "/429-an-hour", CMEK_HTTP_STATUS, 429, 1, 0, ""},
    {"503, then well", "/503-once", CMEK_HTTP_OK, 200, 2, 5, ""},
    {"404 is final", "/404", CMEK_HTTP_STATUS, 404, 1, 13, ""},
    {"403 that the caller finds worth it", "/403-rate-once", CMEK_HTTP_OK, 200, 2, 5, ""},
    {"redirect is not followed", "/302", CMEK_HTTP_STATUS, 302, 1, 0, ""},
    {"reset, then well", "/reset-once", CMEK_HTTP_OK, 200, 2, 5, ""},
    {"closed for ever", "/close-for-ever", CMEK_HTTP_NETWORK, 0, 6, 0, "without an answer"},
    {"body cut short, then whole", "/short-once", CMEK_HTTP_OK, 200, 2, 5, ""},
    {"body cut short for ever", "/short-for-ever", CMEK_HTTP_NETWORK, 200, 6, 9, "cut short"},
    {"gzip", "/gzip", CMEK_HTTP_OK, 200, 1, 100000, ""},
    {"not HTTP", "/garbage", CMEK_HTTP_NETWORK, 0, 1, 0, "not HTTP"},
};

START_TEST(trouble_ends_as_it_should)
{
    struct probe probe = {0};
    begin(&fast);
    struct cmek_http_request request = probe_request(&probe, url_of(troubles[_i].path));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    const char *label = troubles[_i].label;
    ck_assert_msg(probe.done_count == 1, "%s: done %d times", label, probe.done_count);
    ck_assert_msg(probe.outcome == troubles[_i].outcome && probe.status == troubles[_i].status,
                  "%s: outcome %d status %d %s", label, (int)probe.outcome, probe.status,
                  probe.message);
    bool is_right =
        troubles[_i].attempts == ANY ? probe.attempts > 1 : probe.attempts == troubles[_i].attempts;
    ck_assert_msg(is_right && probe.restarts == probe.attempts - 1, "%s: %d attempts, %d restarts",
                  label, probe.attempts, probe.restarts);
    ck_assert_msg(probe.bytes == troubles[_i].bytes, "%s: %zu bytes", label, probe.bytes);
    ck_assert_msg(strstr(probe.message, troubles[_i].message), "%s: %s", label, probe.message);
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

START_TEST(retry_after_is_waited_for)
{
    struct probe probe = {0};
    begin(&fast);
    int64_t start = cmek_monotonic_ms();
    struct cmek_http_request request = probe_request(&probe, url_of("/429-once"));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_ge(cmek_monotonic_ms() - start, 990);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_OK);
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

static const struct {
    const char *label, *path;
    size_t limit, most_bytes;
} floods[] = {
    {"gzip bomb", "/bomb", 100000, 100000},
    {"endless body", "/endless", 50000, 50000},
    {"one byte too many", "/ok", 4, 0},
};

START_TEST(body_beyond_its_ceiling_is_stopped)
{
    struct probe probe = {0};
    begin(&fast);
    struct cmek_http_request request = probe_request(&probe, url_of(floods[_i].path));
    request.body_limit = floods[_i].limit;
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_msg(probe.outcome == CMEK_HTTP_TOO_LARGE && probe.attempts == 1, "%s: %d after %d",
                  floods[_i].label, (int)probe.outcome, probe.attempts);
    ck_assert_msg(probe.bytes <= floods[_i].most_bytes, "%s: %zu", floods[_i].label, probe.bytes);
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

START_TEST(attempt_without_an_answer_in_time_is_a_timeout)
{
    struct probe probe = {0};
    begin(&(struct cmek_http_options){FAST, .max_attempts = 2});
    struct cmek_http_request request = probe_request(&probe, url_of("/slow"));
    request.attempt_ms = 100;
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_TIMEOUT);
    ck_assert_int_eq(probe.attempts, 2);
    ck_assert_ptr_nonnull(strstr(probe.message, "in time"));
    end();
}
END_TEST

START_TEST(deadline_ends_a_request_with_all_its_attempts)
{
    struct probe probe = {0};
    begin(&(struct cmek_http_options){QUICK, .deadline_ms = 250, .attempt_ms = 100,
                                      .max_attempts = 100});
    int64_t start = cmek_monotonic_ms();
    struct cmek_http_request request = probe_request(&probe, url_of("/slow"));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_TIMEOUT);
    ck_assert_int_lt(cmek_monotonic_ms() - start, 600);
    ck_assert_int_le(probe.attempts, 4);
    end();
}
END_TEST

START_TEST(sink_that_refuses_still_gets_the_status)
{
    struct probe probe = {.refuses_body = true};
    begin(&fast);
    struct cmek_http_request request = probe_request(&probe, url_of("/ok"));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_OK);
    ck_assert_int_eq(probe.attempts, 1);
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

START_TEST(headers_arrive_lower_case_and_trimmed)
{
    struct probe probe = {0};
    begin(&fast);
    struct cmek_http_request request = probe_request(&probe, url_of("/ok"));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_str_eq(probe.seen, "Yes");
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

START_TEST(post_sends_body_type_and_headers_and_asks_for_gzip)
{
    static const char *const headers[] = {"X-One: 1", "X-Two: 2", NULL};
    struct probe probe = {0};
    begin(&fast);
    struct cmek_http_request request = probe_request(&probe, url_of("/head"));
    request.method = "POST";
    request.body = "{\"a\":1}";
    request.content_type = "application/json";
    request.headers = headers;
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    static const char *const wanted[] = {"POST /head HTTP/1.1\r\n",
                                         "X-One: 1\r\n",
                                         "X-Two: 2\r\n",
                                         "Content-Length: 7\r\n",
                                         "Accept-Encoding: gzip",
                                         "Content-Type: application/json\r\n",
                                         "User-Agent: cmekscan/",
                                         "(gzip)"};
    for (int i = 0; i < COUNT(wanted); i++)
        ck_assert_msg(strstr(cmek_strbuf_text(&probe.body), wanted[i]), "%s in %s", wanted[i],
                      cmek_strbuf_text(&probe.body));
    ck_assert_ptr_null(strstr(probe.body.data, "Authorization"));
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

/* Requests that are never sent */

static const struct {
    const char *label, *method, *url, *header;
    bool authorize;
    enum cmek_http_outcome outcome;
} refusals[] = {
    {"no URL", "GET", "ftp://127.0.0.1/", NULL, false, CMEK_HTTP_NETWORK},
    {"user info", "GET", "http://a@127.0.0.1/", NULL, false, CMEK_HTTP_NETWORK},
    {"line end in the URL", "GET", "http://127.0.0.1/a\r\nX: y", NULL, false, CMEK_HTTP_NETWORK},
    {"line end in a header", "GET", "http://127.0.0.1/", "A: b\r\nC: d", false, CMEK_HTTP_NETWORK},
    {"method", "BREW", "http://127.0.0.1/", NULL, false, CMEK_HTTP_NETWORK},
    {"token over http", "GET", "http://example.com/", NULL, true, CMEK_HTTP_NO_TOKEN},
    {"token to a look-alike", "GET", "http://127.0.0.1.example.com/", NULL, true,
     CMEK_HTTP_NO_TOKEN},
    {"no credentials", "GET", "http://127.0.0.1:1/", NULL, true, CMEK_HTTP_NO_TOKEN},
};

START_TEST(request_that_must_not_be_sent_is_refused)
{
    struct probe probe = {0};
    begin(&fast);
    const char *const headers[] = {refusals[_i].header, NULL};
    struct cmek_http_request request = probe_request(&probe, refusals[_i].url);
    request.method = refusals[_i].method;
    request.headers = headers;
    request.authorize = refusals[_i].authorize;
    cmek_http_submit(engine, &request);
    ck_assert_int_eq(probe.done_count, 0); /* never from within submit */
    cmek_http_run(engine, NULL, NULL);
    ck_assert_msg(probe.done_count == 1 && probe.outcome == refusals[_i].outcome &&
                      probe.attempts == 0 && probe.message[0] != '\0',
                  "%s: %d %s", refusals[_i].label, (int)probe.outcome, probe.message);
    end();
}
END_TEST

/* Tokens */

struct tokens {
    const char *current;
    int refreshes, rejections;
    bool fails, hangs, gives_bad_ones;
};

static const char *give_token(void *payload, int64_t now_ms)
{
    (void)now_ms;
    const struct tokens *tokens = payload;
    return tokens->current;
}

static void refresh_token(void *payload, struct cmek_http_engine *of)
{
    struct tokens *tokens = payload;
    tokens->refreshes++;
    if (tokens->hangs)
        return;
    if (tokens->fails) {
        cmek_http_token_failed(of, "the endpoint is closed");
        return;
    }
    tokens->current = tokens->gives_bad_ones ? "bad" : "new";
    cmek_http_token_ready(of);
}

static void reject_token(void *payload, const char *token)
{
    struct tokens *tokens = payload;
    tokens->rejections++;
    if (tokens->current && strcmp(tokens->current, token) == 0)
        tokens->current = NULL;
}

static void run_with_tokens(struct tokens *tokens, struct probe *probes, int count,
                            const char *path)
{
    const struct cmek_http_authorizer authorizer = {give_token, refresh_token, reject_token,
                                                    tokens};
    cmek_http_set_authorizer(engine, &authorizer);
    for (int i = 0; i < count; i++) {
        struct cmek_http_request request = probe_request(&probes[i], url_of(path));
        request.authorize = true;
        cmek_http_submit(engine, &request);
    }
    cmek_http_run(engine, NULL, NULL);
    for (int i = 0; i < count; i++)
        cmek_strbuf_done(&probes[i].body);
}

START_TEST(many_requests_share_one_refresh_and_replay_once)
{
    struct probe probes[50] = {0};
    struct tokens tokens = {.current = "old"};
    begin(&fast);
    run_with_tokens(&tokens, probes, COUNT(probes), "/needs-new-token");
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_OK);
        ck_assert_int_le(probes[i].attempts, 2);
    }
    ck_assert_int_eq(tokens.refreshes, 1);
    end();
}
END_TEST

START_TEST(second_401_is_final)
{
    struct probe probe = {0};
    struct tokens tokens = {.current = "old", .gives_bad_ones = true};
    begin(&fast);
    run_with_tokens(&tokens, &probe, 1, "/needs-new-token");
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_STATUS);
    ck_assert_int_eq(probe.status, 401);
    ck_assert_int_eq(probe.attempts, 2);
    ck_assert_int_eq(tokens.rejections, 1);
    ck_assert_int_eq(tokens.refreshes, 1);
    end();
}
END_TEST

START_TEST(failed_refresh_ends_all_who_wait)
{
    struct probe probes[20] = {0};
    struct tokens tokens = {.fails = true};
    begin(&fast);
    run_with_tokens(&tokens, probes, COUNT(probes), "/ok");
    for (int i = 0; i < COUNT(probes); i++) {
        ck_assert_int_eq(probes[i].outcome, CMEK_HTTP_NO_TOKEN);
        ck_assert_str_eq(probes[i].message, "the endpoint is closed");
    }
    ck_assert_int_eq(fault_server_requests(server), 0);
    end();
}
END_TEST

START_TEST(refresh_that_never_answers_does_not_hang)
{
    struct probe probe = {0};
    struct tokens tokens = {.hangs = true};
    begin(&fast);
    run_with_tokens(&tokens, &probe, 1, "/ok");
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_NO_TOKEN);
    end();
}
END_TEST

START_TEST(quota_project_goes_with_the_token_only)
{
    struct probe probe = {0};
    struct tokens tokens = {.current = "new"};
    begin(&(struct cmek_http_options){FAST, .quota_project = "billing-1"});
    const struct cmek_http_authorizer authorizer = {give_token, refresh_token, reject_token,
                                                    &tokens};
    cmek_http_set_authorizer(engine, &authorizer);
    struct cmek_http_request request = probe_request(&probe, url_of("/head"));
    for (int round = 0; round < 2; round++) {
        request.authorize = round == 0;
        cmek_strbuf_clear(&probe.body);
        cmek_http_submit(engine, &request);
        cmek_http_run(engine, NULL, NULL);
        const char *head = cmek_strbuf_text(&probe.body);
        ck_assert_int_eq(strstr(head, "x-goog-user-project: billing-1\r\n") != NULL, round == 0);
        ck_assert_int_eq(strstr(head, "Authorization: Bearer new\r\n") != NULL, round == 0);
    }
    cmek_strbuf_done(&probe.body);
    end();
}
END_TEST

START_TEST(engine_refuses_what_it_cannot_use)
{
    struct cmek_error err;
    struct cmek_http_engine *none = NULL;
    ck_assert_int_eq(cmek_http_engine_new(&(struct cmek_http_options){.ca_file =
                                                                          "/nonexistent/ca.pem"},
                                          &none, &err),
                     CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "/nonexistent/ca.pem"));
    ck_assert_int_eq(cmek_http_engine_new(&(struct cmek_http_options){.quota_project = "a\r\nB: c"},
                                          &none, &err),
                     CMEK_E_USAGE);
    ck_assert_ptr_null(none);
    cmek_http_engine_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/engine");
    TCase *one = tcase_create("one request");
    tcase_add_loop_test(one, trouble_ends_as_it_should, 0, COUNT(troubles));
    tcase_add_test(one, retry_after_is_waited_for);
    tcase_add_loop_test(one, body_beyond_its_ceiling_is_stopped, 0, COUNT(floods));
    tcase_add_test(one, attempt_without_an_answer_in_time_is_a_timeout);
    tcase_add_test(one, deadline_ends_a_request_with_all_its_attempts);
    tcase_add_test(one, sink_that_refuses_still_gets_the_status);
    tcase_add_test(one, headers_arrive_lower_case_and_trimmed);
    tcase_add_test(one, post_sends_body_type_and_headers_and_asks_for_gzip);
    tcase_add_loop_test(one, request_that_must_not_be_sent_is_refused, 0, COUNT(refusals));
    tcase_add_test(one, engine_refuses_what_it_cannot_use);
    suite_add_tcase(suite, one);
    TCase *tokens = tcase_create("tokens");
    tcase_add_test(tokens, many_requests_share_one_refresh_and_replay_once);
    tcase_add_test(tokens, second_401_is_final);
    tcase_add_test(tokens, failed_refresh_ends_all_who_wait);
    tcase_add_test(tokens, refresh_that_never_answers_does_not_hang);
    tcase_add_test(tokens, quota_project_goes_with_the_token_only);
    suite_add_tcase(suite, tokens);
    return run_suite(suite);
}
