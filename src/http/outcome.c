/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "http/state.h"

/* How long a host that was found dead is not asked again. */
#define DOWN_MS            30000
#define RETRY_AFTER_MAX_S  86400
#define RETRY_AFTER_MAX_MS ((int64_t)RETRY_AFTER_MAX_S * 1000)
/* A host that takes connections but never answers may only be slow with one kind of request. */
#define UNANSWERED_MAX 8

/* What one attempt came to. */
struct verdict {
    enum cmek_http_outcome outcome; /* if this was the last attempt */
    bool is_retried, is_unreachable, is_throttled;
    int64_t retry_after_ms;
    char *message; /* owned; NULL for a status */
};

void cmek_engine_finish(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                        enum cmek_http_outcome outcome, const char *message)
{
    transfer->outcome = outcome;
    free(transfer->message);
    bool is_answer = outcome == CMEK_HTTP_OK || outcome == CMEK_HTTP_STATUS;
    transfer->message = message && !is_answer ? cmek_strdup(message) : NULL;
    TAILQ_INSERT_TAIL(&engine->finished, transfer, link);
}

void cmek_engine_land(struct cmek_http_engine *engine, struct cmek_transfer *transfer)
{
    struct cmek_slot *slot = transfer->slot;
    curl_multi_remove_handle(engine->multi, slot->easy);
    cmek_slot_clear(slot);
    *CMEK_VEC_ADD(&engine->idle_slots) = slot;
    transfer->slot = NULL;
    TAILQ_REMOVE(&engine->in_flight, transfer, link);
    cmek_pace_ended(&transfer->lane->pace);
    engine->counters.in_flight--;
    engine->counters.queued++;
}

static char *describe_failure(const struct cmek_transfer *transfer,
                              const struct cmek_http_failure_row *row, const char *detail)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "%s: %s", transfer->lane->origin, row->text);
    if (row->has_detail && detail[0] != '\0')
        cmek_strbuf_printf(&text, " (%s)", detail);
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] < ' ')
            text.data[i] = ' ';
    return cmek_strbuf_detach(&text);
}

/* The host is not asked again for a while, and what is queued for it ends like this transfer: a
 * host that is gone costs one request's patience, not everyone's. */
static void declare_down(struct cmek_http_engine *engine, const struct cmek_transfer *transfer,
                         const struct verdict *verdict)
{
    struct cmek_lane *lane = transfer->lane;
    lane->down_until_ms = engine->now_ms + DOWN_MS;
    lane->down_outcome = verdict->outcome;
    lane->down_status = transfer->status;
    free(lane->down_message);
    lane->down_message = verdict->message ? cmek_strdup(verdict->message) : NULL;
}

static bool is_host_hopeless(const struct cmek_http_engine *engine,
                             const struct cmek_transfer *transfer, const struct verdict *verdict)
{
    const struct cmek_lane *lane = transfer->lane;
    const struct cmek_pace *pace = &lane->pace;
    if (verdict->outcome == CMEK_HTTP_STATUS)
        return pace->throttled_since_ms != 0 &&
               engine->now_ms + verdict->retry_after_ms - pace->throttled_since_ms >=
                   engine->options.patience_ms;
    return pace->last_answer_ms < transfer->first_sent_ms &&
           (verdict->is_unreachable || lane->unanswered >= UNANSWERED_MAX);
}

/* An answer that only says "slower" costs a request neither an attempt nor its time: it is asked
 * again for as long as the lane is not given up. True if so. */
static bool wait_for_quota(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                           const struct verdict *verdict, int most)
{
    struct cmek_lane *lane = transfer->lane;
    if (!verdict->is_throttled || most <= 1)
        return false;
    int64_t pause = cmek_retry_pause_ms(&engine->backoff, transfer->throttled,
                                        verdict->retry_after_ms, &engine->jitter);
    int64_t due_ms = engine->now_ms + pause;
    if (due_ms - lane->pace.throttled_since_ms > engine->options.patience_ms)
        return false;
    transfer->due_ms = due_ms;
    transfer->first_sent_ms = 0; /* its time begins anew */
    cmek_waiting_add(&engine->waiting, transfer);
    if (lane->waiting_since_ms == 0)
        lane->waiting_since_ms = engine->now_ms; /* until something of it is sent */
    return true;
}

static void retry_or_finish(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                            const struct verdict *verdict)
{
    int most = transfer->request.max_attempts > 0 ? transfer->request.max_attempts
                                                  : engine->options.max_attempts;
    if (wait_for_quota(engine, transfer, verdict, most))
        return;
    if (verdict->is_retried && !verdict->is_throttled &&
        transfer->attempts - transfer->throttled < most) {
        int64_t pause = cmek_retry_pause_ms(&engine->backoff, transfer->attempts,
                                            verdict->retry_after_ms, &engine->jitter);
        transfer->due_ms = engine->now_ms + pause;
        if (transfer->due_ms < transfer->first_sent_ms + engine->options.deadline_ms) {
            cmek_waiting_add(&engine->waiting, transfer);
            return;
        }
    }
    if (transfer->status == 0)
        transfer->lane->unanswered++;
    if (verdict->outcome != CMEK_HTTP_OK && is_host_hopeless(engine, transfer, verdict))
        declare_down(engine, transfer, verdict);
    cmek_engine_finish(engine, transfer, verdict->outcome, verdict->message);
}

static int64_t retry_after_ms(CURL *easy)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds <= 0)
        return 0;
    return (int64_t)(seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S) * 1000;
}

static void throttle(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                     int64_t pause_ms)
{
    struct cmek_pace *pace = &transfer->lane->pace;
    engine->counters.throttled++;
    transfer->throttled++;
    cmek_pace_throttled(pace, transfer->sent_ms, engine->now_ms);
    if (pause_ms > engine->options.patience_ms)
        pause_ms = engine->options.patience_ms;
    if (pause_ms > 0)
        cmek_pace_pause(pace, engine->now_ms + pause_ms);
}

static struct verdict judge_answer(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                                   int64_t pause_ms)
{
    const struct cmek_http_request *request = &transfer->request;
    int status = transfer->status;
    if (status >= 200 && status < 300) {
        cmek_pace_answered(&transfer->lane->pace, engine->now_ms);
        return (struct verdict){.outcome = CMEK_HTTP_OK};
    }
    struct verdict verdict = {.outcome = CMEK_HTTP_STATUS, .retry_after_ms = pause_ms};
    bool is_asked_for = !cmek_retry_status(status) && request->retry && status != 401 &&
                        request->retry(request->payload, status);
    verdict.is_retried = is_asked_for || cmek_retry_status(status);
    if (verdict.is_retried && request->retry_after_ms) {
        int64_t in_body = request->retry_after_ms(request->payload, status);
        if (in_body > verdict.retry_after_ms)
            verdict.retry_after_ms = in_body < RETRY_AFTER_MAX_MS ? in_body : RETRY_AFTER_MAX_MS;
    }
    verdict.is_throttled =
        status == 429 || is_asked_for || (status == 503 && verdict.retry_after_ms > 0);
    if (verdict.is_throttled)
        throttle(engine, transfer, verdict.retry_after_ms);
    else
        cmek_pace_answered(&transfer->lane->pace, engine->now_ms);
    return verdict;
}

static struct verdict judge_failure(const struct cmek_transfer *transfer, CURLcode code,
                                    const char *detail)
{
    const struct cmek_http_failure_row *row = cmek_retry_failure((int)code);
    return (struct verdict){
        .outcome = row->failure == CMEK_FAILURE_TIMEOUT ? CMEK_HTTP_TIMEOUT : CMEK_HTTP_NETWORK,
        .is_retried = row->failure != CMEK_FAILURE_PERMANENT,
        .is_unreachable = row->is_unreachable,
        .message = describe_failure(transfer, row, detail),
    };
}

/* A token that was good a moment ago may have been revoked or have expired on the way: one new one,
 * one replay. */
static bool reauthorize(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                        const struct cmek_token_header *sent)
{
    if (transfer->status != 401 || !sent || transfer->was_reauthorized)
        return false;
    transfer->was_reauthorized = true;
    engine->authorizer->rejected(engine->authorizer->payload, sent->token.bytes);
    cmek_engine_queue(engine, transfer, true);
    return true;
}

void cmek_engine_conclude(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                          CURLcode code)
{
    struct cmek_slot *slot = transfer->slot;
    struct cmek_lane *lane = transfer->lane;
    long status = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    transfer->status = (int)status;
    int64_t pause_ms = retry_after_ms(slot->easy);
    bool is_answer = status != 0 && (code == CURLE_OK || transfer->has_refused_body);
    bool is_too_large = transfer->has_too_large_body;
    struct cmek_token_header *sent = slot->token;
    if (sent)
        sent->references++;
    if (status != 0) {
        cmek_engine_learn_protocol(transfer);
        lane->unanswered = 0;
        if (status != 429)
            lane->down_until_ms = 0;
    }
    cmek_engine_land(engine, transfer);

    if (is_too_large) {
        cmek_pace_answered(&lane->pace, engine->now_ms);
        cmek_engine_finish(engine, transfer, CMEK_HTTP_TOO_LARGE,
                           transfer->has_no_room
                               ? "the answers under way are together larger than the ceiling for "
                                 "them, and this is a large one"
                               : "the answer is larger than the ceiling for it");
    } else if (!is_answer || !reauthorize(engine, transfer, sent)) {
        struct verdict verdict = is_answer ? judge_answer(engine, transfer, pause_ms)
                                           : judge_failure(transfer, code, slot->detail);
        /* Over HTTP/2 libcurl drops a broken connection itself, and a fresh one may be denied by
         * the cap for as long as the others are busy. */
        transfer->wants_fresh_connection = !is_answer && lane->is_http1;
        retry_or_finish(engine, transfer, &verdict);
        free(verdict.message);
    }
    cmek_token_header_unref(sent);
}
