/* SPDX-License-Identifier: Apache-2.0 */
#include "http/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "http/fault_server.h"
#include "suite.h"

#define QUICK .backoff_ms = 5, .max_backoff_ms = 20, .connect_ms = 1000
#define FAST  QUICK, .deadline_ms = 4000, .attempt_ms = 2000

/* The server: each path misbehaves in its own way */

static bool reply_text(const struct fault_request *request, const char *status, const char *text)
{
    return fault_reply(request->fd, status, NULL, text, strlen(text));
}

static bool send_gzip(int fd, size_t zeros)
{
    unsigned char *plain = calloc(1, zeros), *packed = malloc(zeros / 500 + 4096);
    z_stream stream = {0};
    ck_assert(plain && packed);
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = plain;
    stream.avail_in = (uInt)zeros;
    stream.next_out = packed;
    stream.avail_out = (uInt)(zeros / 500 + 4096);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    bool is_sent = fault_reply(fd, "200 OK", "Content-Encoding: gzip\r\n", (char *)packed,
                               (size_t)stream.total_out);
    deflateEnd(&stream);
    free(plain);
    free(packed);
    return is_sent;
}

static bool send_endless(int fd)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    static char chunk[4096];
    memset(chunk, 'x', sizeof chunk);
    if (!fault_send(fd, head, sizeof head - 1))
        return false;
    while (fault_send(fd, "1000\r\n", 6) && fault_send(fd, chunk, sizeof chunk) &&
           fault_send(fd, "\r\n", 2))
        ;
    return false;
}

static bool truncate_body(int fd)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this";
    fault_send(fd, text, sizeof text - 1);
    return false;
}

static bool misbehave(void *payload, const struct fault_request *request)
{
    (void)payload;
    const char *path = request->path;
    bool is_first = request->number == 0;
    int fd = request->fd;
    if (strcmp(path, "/429-once") == 0 && is_first)
        return fault_reply(fd, "429 Too Many Requests", "Retry-After: 1\r\n", "", 0);
    if (strcmp(path, "/429-for-ever") == 0)
        return reply_text(request, "429 Too Many Requests", "slow down");
    if (strcmp(path, "/429-an-hour") == 0)
        return fault_reply(fd, "429 Too Many Requests", "Retry-After: 3600\r\n", "", 0);
    if (strcmp(path, "/503-once") == 0 && is_first)
        return reply_text(request, "503 Service Unavailable", "busy");
    if (strcmp(path, "/404") == 0)
        return reply_text(request, "404 Not Found", "no such thing");
    if (strcmp(path, "/403-rate-once") == 0 && is_first)
        return reply_text(request, "403 Forbidden", "rateLimitExceeded");
    if (strcmp(path, "/302") == 0)
        return fault_reply(fd, "302 Found", "Location: /landing\r\n", "", 0);
    if (strcmp(path, "/reset-once") == 0 && is_first) {
        fault_reset_on_close(fd);
        return false;
    }
    if (strcmp(path, "/close-for-ever") == 0)
        return false;
    if (strcmp(path, "/short-once") == 0 && is_first)
        return truncate_body(fd);
    if (strcmp(path, "/short-for-ever") == 0)
        return truncate_body(fd);
    if (strcmp(path, "/slow") == 0)
        usleep(700 * 1000);
    if (strcmp(path, "/bomb") == 0)
        return send_gzip(fd, 32 * CMEK_MIB);
    if (strcmp(path, "/gzip") == 0)
        return send_gzip(fd, 100000);
    if (strcmp(path, "/endless") == 0)
        return send_endless(fd);
    if (strcmp(path, "/garbage") == 0)
        return fault_send(fd, "SSH-2.0-OpenSSH_9.2\r\n", 21) && false;
    if (strcmp(path, "/head") == 0)
        return fault_reply(fd, "200 OK", NULL, request->head, strlen(request->head));
    if (strcmp(path, "/wait") == 0)
        usleep(20 * 1000);
    if (strcmp(path, "/needs-new-token") == 0) {
        const char *token = fault_header(request, "Authorization");
        if (!token || strcmp(token, "Bearer new") != 0)
            return reply_text(request, "401 Unauthorized", "who are you");
    }
    return fault_reply(fd, "200 OK", "X-Seen:  Yes \r\n", "hello", 5);
}

/* What a caller sees */

struct probe {
    enum cmek_http_outcome outcome;
    int status, attempts, done_count, restarts;
    char message[512], seen[64];
    struct cmek_strbuf body;
    size_t bytes;
    bool refuses_body;
};

static bool take_body(void *payload, const char *bytes, size_t length)
{
    struct probe *probe = payload;
    probe->bytes += length;
    if (probe->body.length < 100000)
        cmek_strbuf_append(&probe->body, bytes, length);
    return !probe->refuses_body;
}

static void start_over(void *payload)
{
    struct probe *probe = payload;
    cmek_strbuf_clear(&probe->body);
    probe->bytes = 0;
    probe->restarts++;
}

static void take_header(void *payload, const char *name, const char *value)
{
    struct probe *probe = payload;
    if (strcmp(name, "x-seen") == 0)
        snprintf(probe->seen, sizeof probe->seen, "%s", value);
}

static bool is_rate_limit(void *payload, int status)
{
    const struct probe *probe = payload;
    return status == 403 && strstr(cmek_strbuf_text(&probe->body), "rateLimitExceeded");
}

static void take_result(void *payload, const struct cmek_http_result *result)
{
    struct probe *probe = payload;
    probe->outcome = result->outcome;
    probe->status = result->status;
    probe->attempts = result->attempts;
    probe->done_count++;
    snprintf(probe->message, sizeof probe->message, "%s", result->message ? result->message : "");
}

static struct cmek_http_request request_for(struct probe *probe, const char *url)
{
    return (struct cmek_http_request){
        .method = "GET",
        .url = url,
        .body_sink = take_body,
        .restart = start_over,
        .header = take_header,
        .retry = is_rate_limit,
        .done = take_result,
        .payload = probe,
    };
}

static struct fault_server *server;
static struct cmek_http_engine *engine;
static char url[256];

static void begin(const struct cmek_http_options *options)
{
    struct cmek_error err;
    server = fault_server_start(misbehave, NULL);
    ck_assert_int_eq(cmek_http_engine_new(options, &engine, &err), CMEK_OK);
}

static void end(void)
{
    struct cmek_http_counters counters;
    cmek_http_counters(engine, &counters);
    ck_assert_uint_eq(counters.queued, 0);
    ck_assert_uint_eq(counters.in_flight, 0);
    cmek_http_engine_free(engine);
    fault_server_stop(server);
}

static const char *url_of(const char *path)
{
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", fault_server_port(server), path);
    return url;
}

static const struct cmek_http_options fast = {FAST};

/* One request, one kind of trouble */

static const struct {
    const char *label, *path;
    enum cmek_http_outcome outcome;
    int status, attempts;
    size_t bytes;
    const char *message; /* a part of it */
} troubles[] = {
    {"plain", "/ok", CMEK_HTTP_OK, 200, 1, 5, ""},
    {"429 with Retry-After, then well", "/429-once", CMEK_HTTP_OK, 200, 2, 5, ""},
    {"429 for ever", "/429-for-ever", CMEK_HTTP_STATUS, 429, 6, 9, ""},
    {"Retry-After beyond the deadline", "/429-an-hour", CMEK_HTTP_STATUS, 429, 1, 0, ""},
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
    struct cmek_http_request request = request_for(&probe, url_of(troubles[_i].path));
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, NULL, NULL);
    const char *label = troubles[_i].label;
    ck_assert_msg(probe.done_count == 1, "%s: done %d times", label, probe.done_count);
    ck_assert_msg(probe.outcome == troubles[_i].outcome && probe.status == troubles[_i].status,
                  "%s: outcome %d status %d %s", label, (int)probe.outcome, probe.status,
                  probe.message);
    ck_assert_msg(probe.attempts == troubles[_i].attempts && probe.restarts == probe.attempts - 1,
                  "%s: %d attempts, %d restarts", label, probe.attempts, probe.restarts);
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
    struct cmek_http_request request = request_for(&probe, url_of("/429-once"));
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
    struct cmek_http_request request = request_for(&probe, url_of(floods[_i].path));
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
    struct cmek_http_request request = request_for(&probe, url_of("/slow"));
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
    struct cmek_http_request request = request_for(&probe, url_of("/slow"));
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
    struct cmek_http_request request = request_for(&probe, url_of("/ok"));
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
    struct cmek_http_request request = request_for(&probe, url_of("/ok"));
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
    struct cmek_http_request request = request_for(&probe, url_of("/head"));
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
    struct cmek_http_request request = request_for(&probe, refusals[_i].url);
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
        struct cmek_http_request request = request_for(&probes[i], url_of(path));
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
    struct cmek_http_request request = request_for(&probe, url_of("/head"));
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

/* Many requests */

START_TEST(window_and_connections_bound_what_is_in_flight)
{
    struct probe probes[60] = {0};
    begin(&(struct cmek_http_options){FAST, .window = 30, .connections = 7});
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request = request_for(&probes[i], url_of("/wait"));
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

START_TEST(throttled_host_ends_all_requests_in_bounded_time)
{
    struct probe probes[200] = {0};
    struct cmek_http_counters counters;
    begin(&(struct cmek_http_options){QUICK, .deadline_ms = 1000, .attempt_ms = 900,
                                      .max_attempts = 4});
    int64_t start = cmek_monotonic_ms();
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request = request_for(&probes[i], url_of("/429-an-hour"));
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

START_TEST(dead_host_costs_one_requests_patience)
{
    struct probe probes[300] = {0};
    begin(&(struct cmek_http_options){FAST, .max_attempts = 3, .connections = 5});
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request =
            request_for(&probes[i], "http://127.0.0.1:1/path?key=secret");
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
    begin(&(struct cmek_http_options){FAST, .window = 3});
    int64_t start = cmek_monotonic_ms();
    for (int i = 0; i < COUNT(probes); i++) {
        struct cmek_http_request request =
            request_for(&probes[i], url_of(i % 2 ? "/slow" : "/429-an-hour"));
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
    struct cmek_http_request request = request_for(&probe, url_of("/ok"));
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
    TCase *many = tcase_create("many requests");
    tcase_add_test(many, window_and_connections_bound_what_is_in_flight);
    tcase_add_test(many, throttled_host_ends_all_requests_in_bounded_time);
    tcase_add_test(many, dead_host_costs_one_requests_patience);
    tcase_add_test(many, done_may_submit_more);
    tcase_add_test(many, tick_is_called_in_time_and_may_stop);
    tcase_add_test(many, stop_outside_the_loop_ends_what_is_queued);
    suite_add_tcase(suite, many);
    return run_suite(suite);
}
