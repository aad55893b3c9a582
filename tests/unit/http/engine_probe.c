/* SPDX-License-Identifier: Apache-2.0 */
#include "http/engine_probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/limits.h"
#include "suite.h"

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
    if (strcmp(path, "/429-five-times") == 0 && request->number < 5)
        return reply_text(request, "429 Too Many Requests", "slow down");
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

struct cmek_http_request probe_request(struct probe *probe, const char *address)
{
    return (struct cmek_http_request){
        .method = "GET",
        .url = address,
        .body_sink = take_body,
        .restart = start_over,
        .header = take_header,
        .retry = is_rate_limit,
        .done = take_result,
        .payload = probe,
    };
}

struct fault_server *server;
struct cmek_http_engine *engine;
char url[256];

void begin(const struct cmek_http_options *options)
{
    struct cmek_error err;
    server = fault_server_start(misbehave, NULL);
    ck_assert_int_eq(cmek_http_engine_new(options, &engine, &err), CMEK_OK);
}

void end(void)
{
    struct cmek_http_counters counters;
    cmek_http_counters(engine, &counters);
    ck_assert_uint_eq(counters.queued, 0);
    ck_assert_uint_eq(counters.in_flight, 0);
    cmek_http_engine_free(engine);
    fault_server_stop(server);
}

const char *url_of(const char *path)
{
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", fault_server_port(server), path);
    return url;
}
