/* SPDX-License-Identifier: Apache-2.0 */
/** @file engine.h  Many HTTP requests at once on one thread: queue, window, pacing, retry,
 * deadlines.
 *
 * A caller submits requests and gets one `done` for each; `done` may submit more. cmek_http_run
 * returns when nothing is queued or in flight. Each response body streams into the request's sink;
 * when an attempt is repeated, `restart` tells the sink to forget what it had. Redirects are never
 * followed. The engine knows no JSON and no API: what is worth a retry beyond HTTP's own codes it
 * asks the request (`retry`).
 */
#ifndef CMEK_HTTP_ENGINE_H
#define CMEK_HTTP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct cmek_http_engine;

/** A quota that requests of one host count against. Requests of different quotas do not wait for
 * each other. */
struct cmek_http_quota {
    const char *name; /* "cloudasset.list" */
    int per_minute;   /* 0: not known; the server's answers alone set the pace */
};

struct cmek_http_options {
    int window;       /* requests in flight, all hosts together; 0: 400 */
    int connections;  /* per host over plain HTTP/1.1; 0: 256. Over HTTP/2 it is 4 with 100 streams
                         each */
    int max_attempts; /* per request; 0: 6 */
    int64_t
        backoff_ms; /* first pause before a retry, doubled each time, with full jitter; 0: 1000 */
    int64_t max_backoff_ms; /* 0: 32000 */
    int64_t deadline_ms; /* per request with all its attempts and pauses, from its first dispatch;
                            0: 120000 */
    int64_t patience_ms; /* a lane that gets nothing but "slower" for so long is given up, no
                            request before; 0: five times the deadline */
    int64_t attempt_ms;  /* per attempt; 0: 60000 */
    int64_t connect_ms;  /* 0: 10000 */
    size_t bodies_limit; /* of all decoded answers under way together; 0: CMEK_LIMIT_BODIES_BYTES */
    const char *ca_file; /* PEM bundle; NULL: the system's */
    const char *user_agent; /* NULL: cmekscan/VERSION (gzip) */
    const char
        *quota_project; /* sent as x-goog-user-project with authorized requests; NULL: none */
};

enum cmek_http_outcome {
    CMEK_HTTP_OK,        /* 2xx, body complete */
    CMEK_HTTP_STATUS,    /* an answer with another status, after retries where they make sense */
    CMEK_HTTP_NETWORK,   /* no (whole) answer: connection, TLS, truncated body; message says what */
    CMEK_HTTP_TIMEOUT,   /* deadline passed */
    CMEK_HTTP_TOO_LARGE, /* the body passed the ceiling, or the one for all bodies under way */
    CMEK_HTTP_NO_TOKEN,  /* no access token could be had; message says why */
    CMEK_HTTP_ABORTED,   /* cmek_http_stop was called */
};

struct cmek_http_result {
    enum cmek_http_outcome outcome;
    int status;          /* HTTP status of the last attempt, 0 without one */
    const char *message; /* for NETWORK, TIMEOUT, TOO_LARGE, NO_TOKEN: one sentence without URL
                            parameters or secrets */
    int attempts;
};

/** All strings are copied by submit. */
struct cmek_http_request {
    const char *method; /* "GET", "POST", "PUT" */
    const char *url;
    const char *body, *content_type;     /* of a POST or PUT */
    const char *const *headers;          /* "Name: value", NULL-ended, or NULL */
    const struct cmek_http_quota *quota; /* NULL: none; must outlive the engine */
    bool authorize;     /* send the access token; refused (NO_TOKEN) unless https or loopback */
    bool no_proxy;      /* metadata server */
    size_t body_limit;  /* of the decoded answer; 0: CMEK_LIMIT_BODY_BYTES */
    int max_attempts;   /* 0: the engine's */
    int64_t attempt_ms; /* 0: the engine's; also caps the time to connect */

    /** Takes bytes of the decoded body, of error answers too; false: cannot be used, stop reading
     * (the attempt then counts as a whole answer with its status; `done` is called). NULL: the body
     * is dropped. */
    bool (*body_sink)(void *payload, const char *bytes, size_t length);
    void (*restart)(void *payload);
    /** Called for a response header the caller may care for; NULL: none. Name is lower case. */
    void (*header)(void *payload, const char *name, const char *value);
    /** Whether an answer with that status (not 2xx and not one of the always retried 408, 429, 500,
     * 502, 503, 504) is worth another attempt, e.g. 403 rateLimitExceeded; it then counts as a 429.
     * NULL: no. */
    bool (*retry)(void *payload, int status);
    /** What the body of such an answer says of when to come back, in milliseconds, e.g. its
     * RetryInfo; 0: nothing. NULL: only the header Retry-After is read. */
    int64_t (*retry_after_ms)(void *payload, int status);
    void (*done)(void *payload, const struct cmek_http_result *result);
    void *payload;
};

/** Where access tokens come from; src/auth implements it. */
struct cmek_http_authorizer {
    /** The token to send now. Returns NULL while none is at hand: the engine then calls `refresh`
     * once, holds back authorized requests, and asks again when cmek_http_token_ready or
     * cmek_http_token_failed is called. */
    const char *(*token)(void *payload, int64_t now_ms);
    /** Starts getting a token; may submit requests (without `authorize`) to the engine. */
    void (*refresh)(void *payload, struct cmek_http_engine *engine);
    /** The server answered 401 to @p token: forget it if it is still the current one. */
    void (*rejected)(void *payload, const char *token);
    void *payload;
};

struct cmek_http_counters {
    uint64_t requests; /* attempts sent */
    uint64_t retries;
    uint64_t throttled; /* answers 429 or alike */
    uint64_t bytes;     /* decoded body bytes */
    uint64_t queued, in_flight;
    const char *waiting_for; /* the quota, or host, that now holds requests back for longest; valid
                                until the next turn of the loop; NULL: none */
};

/** How long requests stood in line for one quota, or for a host that asked to slow down. */
struct cmek_http_wait {
    const char *name; /* of the quota, else the host: "storage.googleapis.com" */
    int64_t waited_ms;
};

/** CMEK_E_NET when libcurl cannot be set up, CMEK_E_IO when the CA file cannot be read,
 * CMEK_E_USAGE for a quota project that cannot stand in a header. */
CMEK_NODISCARD enum cmek_status cmek_http_engine_new(const struct cmek_http_options *options,
                                                     struct cmek_http_engine **ret_engine,
                                                     struct cmek_error *err);
/** Requests that never ran are dropped without `done`. */
void cmek_http_engine_free(struct cmek_http_engine *engine);

/** @p authorizer is borrowed and must outlive the engine. */
void cmek_http_set_authorizer(struct cmek_http_engine *engine,
                              const struct cmek_http_authorizer *authorizer);
void cmek_http_token_ready(struct cmek_http_engine *engine);
/** All requests that wait for a token end with CMEK_HTTP_NO_TOKEN and @p message. */
void cmek_http_token_failed(struct cmek_http_engine *engine, const char *message);

void cmek_http_submit(struct cmek_http_engine *engine, const struct cmek_http_request *request);

/** Something else that the loop waits for besides requests, e.g. another program's output: one at a
 * time. While it is set, `turn` is called at each turn of the loop, at least every 200 ms and when
 * `fd` (-1: none) can be read; it may change `fd`, and ends the wait with cmek_http_watch(NULL).
 * When the loop is to stop, `turn` is called a last time with @p is_stopping. */
struct cmek_http_watch {
    int fd;
    void (*turn)(void *payload, struct cmek_http_engine *engine, bool is_stopping);
    void *payload;
};
/** @p watch is borrowed until it is replaced. */
void cmek_http_watch(struct cmek_http_engine *engine, const struct cmek_http_watch *watch);

/** Works until nothing is left. @p tick (may be NULL) is called at least every 200 ms; returning
 * false stops. */
void cmek_http_run(struct cmek_http_engine *engine, bool (*tick)(void *payload), void *payload);
/** Ends everything that is queued or in flight with CMEK_HTTP_ABORTED. */
void cmek_http_stop(struct cmek_http_engine *engine);
void cmek_http_counters(const struct cmek_http_engine *engine,
                        struct cmek_http_counters *ret_counters);

/** Calls @p visit for each lane that had to wait. */
void cmek_http_waits(const struct cmek_http_engine *engine,
                     void (*visit)(void *payload, const struct cmek_http_wait *wait),
                     void *payload);

/** Appends @p text percent-encoded for a path segment or query value (RFC 3986 unreserved
 * characters stay). */
struct cmek_strbuf;
void cmek_url_encode(struct cmek_strbuf *buffer, const char *text);
/** True for http(s)://127.x, [::1] or localhost, judged by the URL's own host part. */
bool cmek_url_is_loopback(const char *url);

#endif
