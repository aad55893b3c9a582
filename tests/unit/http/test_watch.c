/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine's loop waits for besides requests. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/engine_probe.h"
#include "suite.h"

static const struct cmek_http_options fast = {FAST};

static struct watcher {
    struct cmek_http_watch watch;
    char seen[16];
    int turns, stops;
    bool submits;
    struct probe probe;
} watcher;

static void turn(void *payload, struct cmek_http_engine *of, bool is_stopping)
{
    (void)payload;
    watcher.turns++;
    watcher.stops += is_stopping;
    if (is_stopping || watcher.watch.fd < 0)
        return;
    ssize_t length = read(watcher.watch.fd, watcher.seen, sizeof watcher.seen - 1);
    ck_assert_int_gt(length, 0);
    cmek_http_watch(of, NULL);
    if (!watcher.submits)
        return;
    struct cmek_http_request request = probe_request(&watcher.probe, url_of("/ok"));
    cmek_http_submit(of, &request);
}

static void watch(int fd)
{
    watcher.watch = (struct cmek_http_watch){.fd = fd, .turn = turn};
    cmek_http_watch(engine, &watcher.watch);
}

START_TEST(loop_waits_for_a_file_and_goes_on_with_requests)
{
    int ends[2];
    begin(&fast);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "hello", 5), 5);
    watcher.submits = true;
    watch(ends[0]);
    cmek_http_run(engine, NULL, NULL);
    ck_assert_str_eq(watcher.seen, "hello");
    ck_assert_int_eq(watcher.probe.done_count, 1);
    ck_assert_int_eq(watcher.probe.outcome, CMEK_HTTP_OK);
    ck_assert_int_eq(watcher.stops, 0);
    cmek_strbuf_done(&watcher.probe.body);
    close(ends[0]);
    close(ends[1]);
    end();
}
END_TEST

static bool give_up(void *payload)
{
    int *ticks = payload;
    return ++*ticks < 3;
}

START_TEST(stopping_ends_the_wait_and_says_so_once)
{
    int ticks = 0;
    begin(&fast);
    watch(-1);
    cmek_http_run(engine, give_up, &ticks);
    ck_assert_int_eq(ticks, 3);
    ck_assert_int_ge(watcher.turns, 2);
    ck_assert_int_eq(watcher.stops, 1);
    watch(-1);
    cmek_http_stop(engine); /* outside of the loop too */
    ck_assert_int_eq(watcher.stops, 2);
    cmek_http_run(engine, NULL, NULL); /* nothing is left to wait for */
    end();
}
END_TEST

static char head[8192];

static bool remember(void *payload, const struct fault_request *request)
{
    (void)payload;
    memcpy(head, request->head, sizeof head);
    return fault_reply(request->fd, "200 OK", NULL, "x", 1);
}

/* One easy handle serves all of them. */
START_TEST(methods_do_not_stick)
{
    static const struct {
        const char *method, *body, *line;
    } rows[] = {
        {"PUT", NULL, "PUT /a HTTP/1.1\r\n"},
        {"GET", NULL, "GET /a HTTP/1.1\r\n"},
        {"PUT", "b", "PUT /a HTTP/1.1\r\n"},
        {"POST", "b", "POST /a HTTP/1.1\r\n"},
        {"DELETE", NULL, ""},
        {"GET", NULL, "GET /a HTTP/1.1\r\n"},
    };
    struct fault_server *own = fault_server_start(remember, NULL);
    char address[64];
    snprintf(address, sizeof address, "http://127.0.0.1:%d/a", fault_server_port(own));
    begin(&fast);
    for (int i = 0; i < COUNT(rows); i++) {
        struct probe probe = {0};
        struct cmek_http_request request = probe_request(&probe, address);
        request.method = rows[i].method;
        request.body = rows[i].body;
        request.content_type = rows[i].body ? "text/plain" : NULL;
        head[0] = '\0';
        cmek_http_submit(engine, &request);
        cmek_http_run(engine, NULL, NULL);
        ck_assert_msg(strncmp(head, rows[i].line, strlen(rows[i].line)) == 0, "%s", head);
        ck_assert_int_eq(probe.outcome, *rows[i].line ? CMEK_HTTP_OK : CMEK_HTTP_NETWORK);
        cmek_strbuf_done(&probe.body);
    }
    end();
    fault_server_stop(own);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/watch");
    TCase *tests = tcase_create("watch");
    tcase_set_timeout(tests, 20);
    tcase_add_test(tests, loop_waits_for_a_file_and_goes_on_with_requests);
    tcase_add_test(tests, stopping_ends_the_wait_and_says_so_once);
    tcase_add_test(tests, methods_do_not_stick);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
