/* SPDX-License-Identifier: Apache-2.0 */
/** @file state.h  The engine's insides, shared by engine.c (the loop), dispatch.c (what goes out)
 * and outcome.c (what comes back).
 */
#ifndef CMEK_HTTP_STATE_H
#define CMEK_HTTP_STATE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/map.h"
#include "base/vec.h"
#include "http/engine.h"
#include "http/pace.h"
#include "http/retry.h"
#include "http/transfer.h"
#include "http/waiting.h"

/** One line of requests: a quota of one origin (scheme, host and port as written), or the origin
 * itself. */
struct cmek_lane {
    TAILQ_ENTRY(cmek_lane) link; /* in the engine's `ready` while something is queued */
    char *key;                   /* the origin, then the quota */
    char *origin;
    const struct cmek_http_quota *quota; /* NULL: none */
    int64_t waiting_since_ms, waited_ms; /* with something queued that only the quota, or a pause
                                            that was asked for, holds back; 0: not now */
    struct cmek_transfers queue;
    struct cmek_pace pace;
    bool is_https;
    bool is_http1;         /* once known */
    int unanswered;        /* requests given up since the last answer of any kind */
    int64_t down_until_ms; /* until then requests end like the one that was given up */
    enum cmek_http_outcome down_outcome;
    int down_status;
    char *down_message;
};

TAILQ_HEAD(cmek_lanes, cmek_lane);

struct cmek_http_engine {
    struct cmek_http_options options;
    char *ca_file, *user_agent, *quota_project; /* what the options point to */
    CURLM *multi;
    CMEK_VEC(struct cmek_slot *) idle_slots;
    struct cmek_map lanes;   /* by key */
    struct cmek_lanes ready; /* lanes with something queued */
    struct cmek_waiting waiting;
    struct cmek_transfers held, in_flight, finished;
    const struct cmek_http_authorizer *authorizer;
    const struct cmek_http_watch *watch; /* NULL: none */
    struct cmek_token_header *token_header;
    struct cmek_backoff backoff;
    struct cmek_jitter jitter;
    size_t bodies;                      /* bytes of the answers under way, which their sinks hold */
    struct cmek_http_counters counters; /* `queued` and `in_flight` are kept current */
    int64_t now_ms;                     /* of this turn of the loop */
    bool is_refreshing, is_running, is_stopping;
};

/* dispatch.c */

/** Puts a transfer where it belongs: its host's queue, or `finished` when it cannot be sent. */
void cmek_engine_admit(struct cmek_http_engine *engine, struct cmek_transfer *transfer);
void cmek_engine_queue(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                       bool at_front);
/** Sends what may be sent; returns how many attempts were started. */
int cmek_engine_dispatch(struct cmek_http_engine *engine);
void cmek_engine_release_held(struct cmek_http_engine *engine);
void cmek_engine_fail_held(struct cmek_http_engine *engine, const char *message);

/* outcome.c */

/** Takes a transfer out of flight; safe for one that never finished. */
void cmek_engine_land(struct cmek_http_engine *engine, struct cmek_transfer *transfer);
/** Judges a finished attempt: the end, or another one. */
void cmek_engine_conclude(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                          CURLcode code);
/** Ends a transfer that is in no list; `done` is called by the loop. @p message may be NULL. */
void cmek_engine_finish(struct cmek_http_engine *engine, struct cmek_transfer *transfer,
                        enum cmek_http_outcome outcome, const char *message);
/** Sets the host's ceiling once its answer shows the protocol. Called in mid-answer. */
void cmek_engine_learn_protocol(struct cmek_transfer *transfer);

#endif
