/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/state.h"

/* With 100 streams each, four connections carry the default window; without this cap libcurl 7.88
 * opens hundreds of them (PIPEWAIT only holds back behind the first). */
#define HTTP2_CONNECTIONS 4
#define HTTP2_STREAMS     100

/* Hosts */

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* The cap counts for all hosts of the multi handle; with HTTP/1.1 about, one per request is needed.
 */
static void allow_http1(struct cmek_http_engine *engine)
{
    curl_multi_setopt(engine->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      (long)engine->options.connections);
}

static struct cmek_host *find_host(struct cmek_http_engine *engine, const char *text,
                                   const struct cmek_url *url)
{
    struct cmek_host *host = cmek_map_get_n(&engine->hosts, text, url->origin_length);
    if (host)
        return host;
    host = cmek_calloc(1, sizeof *host);
    struct cmek_strbuf origin = {0};
    cmek_strbuf_append(&origin, text, url->origin_length);
    host->origin = cmek_strbuf_detach(&origin);
    TAILQ_INIT(&host->queue);
    host->is_https = url->https;
    host->is_http1 = !url->https;
    cmek_pace_init(&host->pace, smaller(engine->options.window, engine->options.connections),
                   url->https);
    if (host->is_http1)
        allow_http1(engine);
    cmek_map_put_borrowed(&engine->hosts, host->origin, host);
    return host;
}

void cmek_engine_learn_protocol(struct cmek_transfer *transfer)
{
    struct cmek_host *host = transfer->host;
    if (!host->pace.is_probing)
        return;
    long version = 0;
    curl_easy_getinfo(transfer->slot->easy, CURLINFO_HTTP_VERSION, &version);
    if (version == CURL_HTTP_VERSION_NONE)
        return;
    struct cmek_http_engine *engine = transfer->engine;
    host->is_http1 = version < CURL_HTTP_VERSION_2_0;
    if (host->is_http1)
        allow_http1(engine);
    int most = host->is_http1 ? engine->options.connections : HTTP2_CONNECTIONS * HTTP2_STREAMS;
    cmek_pace_set_ceiling(&host->pace, smaller(engine->options.window, most));
}

/* Into the queue */

static bool has_control_byte(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if ((*c < ' ' && *c != '\t') || *c == 0x7f)
            return true;
    return false;
}

static bool has_clean_headers(const struct cmek_http_request *request)
{
    for (const char *const *line = request->headers; line && *line; line++)
        if (has_control_byte(*line))
            return false;
    return !request->content_type || !has_control_byte(request->content_type);
}

void cmek_engine_queue(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                       bool at_front)
{
    struct cmek_host *host = transfer->host;
    if (TAILQ_EMPTY(&host->queue))
        TAILQ_INSERT_TAIL(&engine->ready, host, link);
    if (at_front)
        TAILQ_INSERT_HEAD(&host->queue, transfer, link);
    else
        TAILQ_INSERT_TAIL(&host->queue, transfer, link);
}

void cmek_engine_admit(struct cmek_http_engine *engine, struct cmek_transfer *transfer)
{
    const struct cmek_http_request *request = &transfer->request;
    struct cmek_url *url = &transfer->url;
    if (!cmek_url_parse(request->url, url)) {
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NETWORK,
                           "not an http or https URL that can be requested");
        return;
    }
    transfer->host = find_host(engine, request->url, url);
    if (!cmek_str_eq(request->method, "GET") && !cmek_str_eq(request->method, "POST"))
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NETWORK, "the method is not supported");
    else if (!has_clean_headers(request))
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NETWORK,
                           "a request header holds a control character");
    else if (request->authorize && !url->https && !cmek_url_host_is_loopback(url))
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NO_TOKEN,
                           "the access token is sent only over https or to this machine itself");
    else
        cmek_engine_queue(engine, transfer, false);
}

/* Tokens */

static struct cmek_token_header *current_token(struct cmek_http_engine *engine)
{
    const struct cmek_http_authorizer *authorizer = engine->authorizer;
    const char *token =
        engine->is_refreshing ? NULL : authorizer->token(authorizer->payload, engine->now_ms);
    if (!token)
        return NULL;
    if (!engine->token_header || !cmek_str_eq(engine->token_header->token.bytes, token)) {
        cmek_token_header_unref(engine->token_header);
        engine->token_header = cmek_token_header_new(token, engine->quota_project);
    }
    return engine->token_header;
}

static void hold(struct cmek_http_engine *engine, struct cmek_transfer *transfer)
{
    TAILQ_INSERT_TAIL(&engine->held, transfer, link);
    if (engine->is_refreshing)
        return;
    engine->is_refreshing = true; /* before the call: it may answer at once */
    engine->authorizer->refresh(engine->authorizer->payload, engine);
}

void cmek_engine_release_held(struct cmek_http_engine *engine)
{
    struct cmek_transfer *transfer;
    while ((transfer = TAILQ_LAST(&engine->held, cmek_transfers))) {
        TAILQ_REMOVE(&engine->held, transfer, link);
        cmek_engine_queue(engine, transfer, true);
    }
}

void cmek_engine_fail_held(struct cmek_http_engine *engine, const char *message)
{
    struct cmek_transfer *transfer;
    while ((transfer = TAILQ_FIRST(&engine->held))) {
        TAILQ_REMOVE(&engine->held, transfer, link);
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NO_TOKEN, message);
    }
}

/* Out of the queue */

static struct cmek_slot *take_slot(struct cmek_http_engine *engine)
{
    if (engine->idle_slots.count > 0)
        return engine->idle_slots.items[--engine->idle_slots.count];
    return cmek_slot_new(&engine->options);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static bool start(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                  struct cmek_token_header *token)
{
    struct cmek_slot *slot = take_slot(engine);
    if (!slot) {
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NETWORK, "libcurl gives no more handles");
        return false;
    }
    if (transfer->first_sent_ms == 0)
        transfer->first_sent_ms = engine->now_ms;
    transfer->sent_ms = engine->now_ms;
    transfer->received = 0;
    transfer->status = 0;
    transfer->has_refused_body = transfer->has_too_large_body = false;
    if (transfer->attempts++ > 0) {
        engine->counters.retries++;
        if (transfer->request.restart)
            transfer->request.restart(transfer->request.payload);
    }
    int64_t attempt_ms = transfer->request.attempt_ms > 0 ? transfer->request.attempt_ms
                                                          : engine->options.attempt_ms;
    int64_t left = transfer->first_sent_ms + engine->options.deadline_ms - engine->now_ms;
    attempt_ms = least(attempt_ms, left);
    transfer->slot = slot;
    cmek_slot_prepare(slot, transfer, token, attempt_ms,
                      least(engine->options.connect_ms, attempt_ms));
    TAILQ_INSERT_TAIL(&engine->in_flight, transfer, link);
    cmek_pace_started(&transfer->host->pace);
    engine->counters.requests++;
    engine->counters.queued--;
    engine->counters.in_flight++;
    if (curl_multi_add_handle(engine->multi, slot->easy) != CURLM_OK) {
        cmek_engine_land(engine, transfer);
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NETWORK, "libcurl refuses the request");
        return false;
    }
    return true;
}

/* True if an attempt is under way now; else the transfer was held back or has ended. */
static bool send_transfer(struct cmek_http_engine *engine, struct cmek_transfer *transfer)
{
    if (transfer->first_sent_ms != 0 &&
        engine->now_ms >= transfer->first_sent_ms + engine->options.deadline_ms) {
        cmek_engine_finish(engine, transfer,
                           transfer->status != 0 ? CMEK_HTTP_STATUS : CMEK_HTTP_TIMEOUT,
                           "no good answer within the request's time");
        return false;
    }
    if (!transfer->request.authorize)
        return start(engine, transfer, NULL);
    if (!engine->authorizer) {
        cmek_engine_finish(engine, transfer, CMEK_HTTP_NO_TOKEN, "there are no credentials");
        return false;
    }
    struct cmek_token_header *token = current_token(engine);
    if (token)
        return start(engine, transfer, token);
    hold(engine, transfer);
    return false;
}

static void fail_queue(struct cmek_http_engine *engine, struct cmek_host *host)
{
    struct cmek_transfer *transfer;
    while ((transfer = TAILQ_FIRST(&host->queue))) {
        TAILQ_REMOVE(&host->queue, transfer, link);
        if (transfer->status == 0)
            transfer->status = host->down_status;
        cmek_engine_finish(engine, transfer, host->down_outcome, host->down_message);
    }
    TAILQ_REMOVE(&engine->ready, host, link);
}

/* Hosts take turns: one that sent goes to the end of the line. */
int cmek_engine_dispatch(struct cmek_http_engine *engine)
{
    int started = 0;
    struct cmek_host *host = TAILQ_FIRST(&engine->ready), *next;
    for (; host && engine->counters.in_flight < (uint64_t)engine->options.window; host = next) {
        next = TAILQ_NEXT(host, link);
        if (engine->now_ms < host->down_until_ms) {
            fail_queue(engine, host);
            continue;
        }
        if (!cmek_pace_admits(&host->pace, engine->now_ms))
            continue;
        struct cmek_transfer *transfer = TAILQ_FIRST(&host->queue);
        TAILQ_REMOVE(&host->queue, transfer, link);
        TAILQ_REMOVE(&engine->ready, host, link);
        if (!TAILQ_EMPTY(&host->queue)) {
            TAILQ_INSERT_TAIL(&engine->ready, host, link);
            next = next ? next : host;
        }
        started += send_transfer(engine, transfer);
    }
    return started;
}
