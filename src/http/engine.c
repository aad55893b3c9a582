/* SPDX-License-Identifier: Apache-2.0 */
#include "http/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/time.h"
#include "cmekscan/version.h"
#include "http/state.h"

#define PATIENCE          5
#define TICK_MS           200
#define HTTP2_CONNECTIONS 4
#define SYSTEM_CA_FILE    "/etc/ssl/certs/ca-certificates.crt"

/* Set-up */

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

static int64_t or_default_ms(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static void take_options(struct cmek_http_engine *engine, const struct cmek_http_options *given)
{
    static const struct cmek_http_options none = {0};
    const struct cmek_http_options *options = given ? given : &none;
    const char *ca_file = options->ca_file;
    if (!ca_file && access(SYSTEM_CA_FILE, R_OK) == 0)
        ca_file = SYSTEM_CA_FILE;
    const char *agent = options->user_agent;
    engine->user_agent = cmek_strdup(agent ? agent : "cmekscan/" CMEKSCAN_VERSION " (gzip)");
    engine->ca_file = ca_file ? cmek_strdup(ca_file) : NULL;
    engine->quota_project = options->quota_project ? cmek_strdup(options->quota_project) : NULL;
    engine->options = (struct cmek_http_options){
        .window = or_default(options->window, 400),
        .connections = or_default(options->connections, 256),
        .max_attempts = or_default(options->max_attempts, 6),
        .backoff_ms = or_default_ms(options->backoff_ms, 1000),
        .max_backoff_ms = or_default_ms(options->max_backoff_ms, 32000),
        .deadline_ms = or_default_ms(options->deadline_ms, 120000),
        .patience_ms = or_default_ms(options->patience_ms,
                                     PATIENCE * or_default_ms(options->deadline_ms, 120000)),
        .attempt_ms = or_default_ms(options->attempt_ms, 60000),
        .connect_ms = or_default_ms(options->connect_ms, 10000),
        .bodies_limit = options->bodies_limit > 0 ? options->bodies_limit : CMEK_LIMIT_BODIES_BYTES,
        .ca_file = engine->ca_file,
        .user_agent = engine->user_agent,
        .quota_project = engine->quota_project,
    };
    engine->backoff =
        (struct cmek_backoff){engine->options.backoff_ms, engine->options.max_backoff_ms};
}

static bool is_header_text(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; c && *c; c++)
        if (*c < ' ' || *c == 0x7f)
            return false;
    return true;
}

static enum cmek_status check_options(const struct cmek_http_options *options,
                                      struct cmek_error *err)
{
    if (!options)
        return CMEK_OK;
    if (options->ca_file && access(options->ca_file, R_OK) != 0)
        return cmek_fail(err, CMEK_E_IO, "cannot read the CA file '%s': %s", options->ca_file,
                         strerror(errno));
    if (!is_header_text(options->quota_project))
        return cmek_fail(err, CMEK_E_USAGE, "the quota project holds a control character");
    return CMEK_OK;
}

enum cmek_status cmek_http_engine_new(const struct cmek_http_options *options,
                                      struct cmek_http_engine **ret_engine, struct cmek_error *err)
{
    enum cmek_status status = check_options(options, err);
    if (status != CMEK_OK)
        return status;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return cmek_fail(err, CMEK_E_NET, "libcurl cannot be set up");
    CURLM *multi = curl_multi_init();
    if (!multi) {
        curl_global_cleanup();
        return cmek_fail(err, CMEK_E_NET, "libcurl gives no multi handle");
    }
    struct cmek_http_engine *engine = cmek_calloc(1, sizeof *engine);
    engine->multi = multi;
    take_options(engine, options);
    TAILQ_INIT(&engine->ready);
    TAILQ_INIT(&engine->held);
    TAILQ_INIT(&engine->in_flight);
    TAILQ_INIT(&engine->finished);
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)cmek_monotonic_ms();
    cmek_jitter_init(&engine->jitter, seed);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HTTP2_CONNECTIONS);
    /* Fewer kept connections than requests in flight make HTTP/1.1 open one per request. */
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS,
                      (long)(engine->options.window + engine->options.connections));
    *ret_engine = engine;
    return CMEK_OK;
}

static void free_lane(struct cmek_lane *lane)
{
    free(lane->down_message);
    free(lane->origin);
    free(lane->key);
    free(lane);
}

static struct cmek_transfer *take_first(struct cmek_transfers *list)
{
    struct cmek_transfer *transfer = TAILQ_FIRST(list);
    if (transfer)
        TAILQ_REMOVE(list, transfer, link);
    return transfer;
}

/* Moves all that is left to `finished`, as aborted. */
static void abort_all(struct cmek_http_engine *engine)
{
    struct cmek_transfer *transfer;
    while ((transfer = TAILQ_FIRST(&engine->in_flight))) {
        /* Or libcurl waits for the resolver, which may take half a minute to give a name up. */
        curl_easy_setopt(transfer->slot->easy, CURLOPT_QUICK_EXIT, 1L);
        cmek_engine_land(engine, transfer);
        cmek_engine_finish(engine, transfer, CMEK_HTTP_ABORTED, NULL);
    }
    while ((transfer = cmek_waiting_take(&engine->waiting)))
        cmek_engine_finish(engine, transfer, CMEK_HTTP_ABORTED, NULL);
    while ((transfer = take_first(&engine->held)))
        cmek_engine_finish(engine, transfer, CMEK_HTTP_ABORTED, NULL);
    struct cmek_lane *lane;
    while ((lane = TAILQ_FIRST(&engine->ready))) {
        TAILQ_REMOVE(&engine->ready, lane, link);
        while ((transfer = take_first(&lane->queue)))
            cmek_engine_finish(engine, transfer, CMEK_HTTP_ABORTED, NULL);
    }
}

void cmek_http_engine_free(struct cmek_http_engine *engine)
{
    if (!engine)
        return;
    abort_all(engine);
    struct cmek_transfer *transfer;
    while ((transfer = take_first(&engine->finished)))
        cmek_transfer_free(transfer);
    while (engine->idle_slots.count > 0)
        cmek_slot_free(engine->idle_slots.items[--engine->idle_slots.count]);
    CMEK_VEC_DONE(&engine->idle_slots);
    struct cmek_map_entry *entry = cmek_map_first(&engine->lanes);
    for (; entry; entry = cmek_map_next(entry))
        TAILQ_INSERT_TAIL(&engine->ready, (struct cmek_lane *)cmek_map_value(entry), link);
    cmek_map_done(&engine->lanes); /* before its borrowed keys */
    struct cmek_lane *lane;
    while ((lane = TAILQ_FIRST(&engine->ready))) {
        TAILQ_REMOVE(&engine->ready, lane, link);
        free_lane(lane);
    }
    cmek_waiting_done(&engine->waiting);
    cmek_token_header_unref(engine->token_header);
    curl_multi_cleanup(engine->multi);
    curl_global_cleanup();
    free(engine->ca_file);
    free(engine->user_agent);
    free(engine->quota_project);
    free(engine);
}

/* Tokens */

void cmek_http_set_authorizer(struct cmek_http_engine *engine,
                              const struct cmek_http_authorizer *authorizer)
{
    engine->authorizer = authorizer;
}

void cmek_http_token_ready(struct cmek_http_engine *engine)
{
    engine->is_refreshing = false;
    cmek_engine_release_held(engine);
}

void cmek_http_token_failed(struct cmek_http_engine *engine, const char *message)
{
    engine->is_refreshing = false;
    cmek_engine_fail_held(engine, message);
}

void cmek_http_watch(struct cmek_http_engine *engine, const struct cmek_http_watch *watch)
{
    engine->watch = watch;
}

/* The loop */

void cmek_http_submit(struct cmek_http_engine *engine, const struct cmek_http_request *request)
{
    struct cmek_transfer *transfer = cmek_transfer_new(engine, request);
    engine->counters.queued++;
    cmek_engine_admit(engine, transfer);
}

static void release_due(struct cmek_http_engine *engine)
{
    struct cmek_transfer *first;
    while ((first = cmek_waiting_first(&engine->waiting)) && first->due_ms <= engine->now_ms)
        cmek_engine_queue(engine, cmek_waiting_take(&engine->waiting), true);
}

static void collect(struct cmek_http_engine *engine)
{
    CURLMsg *message;
    int left;
    engine->now_ms = cmek_monotonic_ms();
    while ((message = curl_multi_info_read(engine->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *transfer = NULL;
        CURLcode code = message->data.result; /* the message dies with the handle's removal */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        cmek_engine_conclude(engine, (struct cmek_transfer *)(void *)transfer, code);
    }
}

/* Only what is there now: `done` may submit more. */
static void report_finished(struct cmek_http_engine *engine)
{
    struct cmek_transfers batch = TAILQ_HEAD_INITIALIZER(batch);
    TAILQ_CONCAT(&batch, &engine->finished, link);
    struct cmek_transfer *transfer;
    while ((transfer = take_first(&batch))) {
        engine->counters.queued--;
        struct cmek_http_result result = {
            .outcome = transfer->outcome,
            .status = transfer->status,
            .message = transfer->message,
            .attempts = transfer->attempts,
        };
        if (transfer->request.done)
            transfer->request.done(transfer->request.payload, &result);
        cmek_transfer_free(transfer);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void wait_for_events(struct cmek_http_engine *engine, int64_t until_ms)
{
    const struct cmek_transfer *first = cmek_waiting_first(&engine->waiting);
    if (first)
        until_ms = earlier(until_ms, first->due_ms);
    const struct cmek_lane *lane;
    TAILQ_FOREACH(lane, &engine->ready, link)
    {
        int64_t ready_ms = cmek_pace_ready_ms(&lane->pace, engine->now_ms);
        if (ready_ms > engine->now_ms)
            until_ms = earlier(until_ms, ready_ms);
    }
    bool is_stuck = engine->counters.in_flight == 0 && !first && !engine->watch &&
                    TAILQ_EMPTY(&engine->ready) && TAILQ_EMPTY(&engine->finished) &&
                    !TAILQ_EMPTY(&engine->held);
    if (is_stuck) /* nothing under way could bring the token */
        cmek_http_token_failed(engine, "no access token came");
    int64_t left = until_ms - engine->now_ms;
    if (left <= 0 || !TAILQ_EMPTY(&engine->finished))
        left = 0;
    struct curl_waitfd extra = {.events = CURL_WAIT_POLLIN};
    bool has_extra = engine->watch && engine->watch->fd >= 0;
    if (has_extra)
        extra.fd = engine->watch->fd;
    curl_multi_poll(engine->multi, has_extra ? &extra : NULL, has_extra ? 1 : 0, (int)left, NULL);
}

static void turn_watch(struct cmek_http_engine *engine, bool is_stopping)
{
    const struct cmek_http_watch *watch = engine->watch;
    if (watch)
        watch->turn(watch->payload, engine, is_stopping);
    if (is_stopping)
        engine->watch = NULL;
}

void cmek_http_run(struct cmek_http_engine *engine, bool (*tick)(void *payload), void *payload)
{
    int64_t tick_ms = 0;
    engine->is_running = true;
    while (engine->counters.queued + engine->counters.in_flight > 0 || engine->watch) {
        engine->now_ms = cmek_monotonic_ms();
        if (engine->now_ms >= tick_ms) {
            tick_ms = engine->now_ms + TICK_MS / 2;
            if (tick && !tick(payload))
                engine->is_stopping = true;
        }
        if (engine->is_stopping) {
            turn_watch(engine, true);
            abort_all(engine);
        }
        release_due(engine);
        cmek_engine_dispatch(engine);
        wait_for_events(engine, tick_ms);
        int running;
        curl_multi_perform(engine->multi, &running);
        collect(engine);
        report_finished(engine);
        turn_watch(engine, false);
    }
    engine->is_running = engine->is_stopping = false;
}

void cmek_http_stop(struct cmek_http_engine *engine)
{
    engine->is_stopping = true;
    if (engine->is_running)
        return; /* the loop does it: this may be the middle of an answer */
    turn_watch(engine, true);
    abort_all(engine);
    report_finished(engine);
    engine->is_stopping = false;
}

static const char *lane_name(const struct cmek_lane *lane)
{
    const char *host = strstr(lane->origin, "//");
    if (lane->quota)
        return lane->quota->name;
    return host ? host + 2 : lane->origin;
}

void cmek_http_counters(const struct cmek_http_engine *engine,
                        struct cmek_http_counters *ret_counters)
{
    const struct cmek_lane *lane, *longest = NULL;
    TAILQ_FOREACH(lane, &engine->ready, link)
    {
        if (lane->waiting_since_ms != 0 &&
            (!longest || lane->waiting_since_ms < longest->waiting_since_ms))
            longest = lane;
    }
    *ret_counters = engine->counters;
    ret_counters->waiting_for = longest ? lane_name(longest) : NULL;
}

void cmek_http_waits(const struct cmek_http_engine *engine,
                     void (*visit)(void *payload, const struct cmek_http_wait *wait), void *payload)
{
    struct cmek_map_entry *entry = cmek_map_first(&engine->lanes);
    for (; entry; entry = cmek_map_next(entry)) {
        const struct cmek_lane *lane = cmek_map_value(entry);
        struct cmek_http_wait wait = {
            .name = lane_name(lane),
            .waited_ms = lane->waited_ms,
        };
        if (lane->waiting_since_ms != 0)
            wait.waited_ms += engine->now_ms - lane->waiting_since_ms;
        if (wait.waited_ms > 0)
            visit(payload, &wait);
    }
}
