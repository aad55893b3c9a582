/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/time.h"
#include "http/state.h"

/* With 100 streams each, four connections carry the default window; without this cap libcurl 7.88
 * opens hundreds of them (PIPEWAIT only holds back behind the first). */
#define HTTP2_CONNECTIONS 4
#define HTTP2_STREAMS     100

/* Lanes */

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

static char *copy_n(const char *text, size_t length)
{
    struct cmek_strbuf copy = {0};
    cmek_strbuf_append(&copy, text, length);
    return cmek_strbuf_detach(&copy);
}

static struct cmek_lane *new_lane(struct cmek_http_engine *engine,
                                  const struct cmek_transfer *transfer, char *key)
{
    const struct cmek_url *url = &transfer->url;
    struct cmek_lane *lane = cmek_calloc(1, sizeof *lane);
    lane->key = key;
    lane->origin = copy_n(transfer->request.url, url->origin_length);
    lane->quota = transfer->request.quota;
    TAILQ_INIT(&lane->queue);
    lane->is_https = url->https;
    lane->is_http1 = !url->https;
    cmek_pace_init(&lane->pace, smaller(engine->options.window, engine->options.connections),
                   url->https);
    if (lane->quota && lane->quota->per_minute > 0)
        cmek_pace_set_quota(&lane->pace, lane->quota->per_minute, cmek_monotonic_ms());
    if (lane->is_http1)
        allow_http1(engine);
    cmek_map_put_borrowed(&engine->lanes, lane->key, lane);
    return lane;
}

static struct cmek_lane *find_lane(struct cmek_http_engine *engine,
                                   const struct cmek_transfer *transfer)
{
    const struct cmek_http_request *request = &transfer->request;
    size_t length = transfer->url.origin_length;
    if (!request->quota) {
        struct cmek_lane *lane = cmek_map_get_n(&engine->lanes, request->url, length);
        return lane ? lane : new_lane(engine, transfer, copy_n(request->url, length));
    }
    struct cmek_strbuf key = {0};
    cmek_strbuf_append(&key, request->url, length);
    cmek_strbuf_printf(&key, " %s", request->quota->name);
    struct cmek_lane *lane = cmek_map_get(&engine->lanes, cmek_strbuf_text(&key));
    if (!lane)
        lane = new_lane(engine, transfer, cmek_strbuf_detach(&key));
    cmek_strbuf_done(&key);
    return lane;
}

void cmek_engine_learn_protocol(struct cmek_transfer *transfer)
{
    struct cmek_lane *lane = transfer->lane;
    if (!lane->pace.is_probing)
        return;
    long version = 0;
    curl_easy_getinfo(transfer->slot->easy, CURLINFO_HTTP_VERSION, &version);
    if (version == CURL_HTTP_VERSION_NONE)
        return;
    struct cmek_http_engine *engine = transfer->engine;
    lane->is_http1 = version < CURL_HTTP_VERSION_2_0;
    if (lane->is_http1)
        allow_http1(engine);
    int most = lane->is_http1 ? engine->options.connections : HTTP2_CONNECTIONS * HTTP2_STREAMS;
    cmek_pace_set_ceiling(&lane->pace, smaller(engine->options.window, most));
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
    struct cmek_lane *lane = transfer->lane;
    if (TAILQ_EMPTY(&lane->queue))
        TAILQ_INSERT_TAIL(&engine->ready, lane, link);
    if (at_front)
        TAILQ_INSERT_HEAD(&lane->queue, transfer, link);
    else
        TAILQ_INSERT_TAIL(&lane->queue, transfer, link);
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
    transfer->lane = find_lane(engine, transfer);
    if (!cmek_str_eq(request->method, "GET") && !cmek_str_eq(request->method, "POST") &&
        !cmek_str_eq(request->method, "PUT"))
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
    cmek_transfer_forget_body(transfer);
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
    cmek_pace_started(&transfer->lane->pace);
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

static void fail_queue(struct cmek_http_engine *engine, struct cmek_lane *lane)
{
    struct cmek_transfer *transfer;
    while ((transfer = TAILQ_FIRST(&lane->queue))) {
        TAILQ_REMOVE(&lane->queue, transfer, link);
        if (transfer->status == 0)
            transfer->status = lane->down_status;
        cmek_engine_finish(engine, transfer, lane->down_outcome, lane->down_message);
    }
    TAILQ_REMOVE(&engine->ready, lane, link);
}

/* Counts the time in which a quota or a pause, and not the number of requests in flight, holds a
 * lane back. */
static void note_waiting(const struct cmek_http_engine *engine, struct cmek_lane *lane,
                         bool is_held_back)
{
    if (is_held_back && cmek_pace_ready_ms(&lane->pace, engine->now_ms) > engine->now_ms) {
        if (lane->waiting_since_ms == 0)
            lane->waiting_since_ms = engine->now_ms;
    } else if (lane->waiting_since_ms != 0) {
        lane->waited_ms += engine->now_ms - lane->waiting_since_ms;
        lane->waiting_since_ms = 0;
    }
}

/* Lanes take turns: one that sent goes to the end of the line. */
int cmek_engine_dispatch(struct cmek_http_engine *engine)
{
    int started = 0;
    struct cmek_lane *lane = TAILQ_FIRST(&engine->ready), *next;
    for (; lane && engine->counters.in_flight < (uint64_t)engine->options.window; lane = next) {
        next = TAILQ_NEXT(lane, link);
        if (engine->now_ms < lane->down_until_ms) {
            fail_queue(engine, lane);
            continue;
        }
        bool is_admitted = cmek_pace_admits(&lane->pace, engine->now_ms);
        note_waiting(engine, lane, !is_admitted);
        if (!is_admitted)
            continue;
        struct cmek_transfer *transfer = TAILQ_FIRST(&lane->queue);
        TAILQ_REMOVE(&lane->queue, transfer, link);
        TAILQ_REMOVE(&engine->ready, lane, link);
        if (!TAILQ_EMPTY(&lane->queue)) {
            TAILQ_INSERT_TAIL(&engine->ready, lane, link);
            next = next ? next : lane;
        }
        started += send_transfer(engine, transfer);
    }
    return started;
}
