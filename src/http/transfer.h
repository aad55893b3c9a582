/* SPDX-License-Identifier: Apache-2.0 */
/** @file transfer.h  One request on its way: its own copy of what was asked, and the attempt under
 * way. Inside src/http only.
 */
#ifndef CMEK_HTTP_TRANSFER_H
#define CMEK_HTTP_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/secret.h"
#include "http/engine.h"
#include "http/url.h"

struct cmek_lane;

/** An easy handle, used again and again. */
struct cmek_slot {
    CURL *easy;
    char detail[CURL_ERROR_SIZE];
    struct curl_slist *own_headers;  /* of the attempt under way */
    struct cmek_token_header *token; /* sent with the attempt under way */
};

/** The headers of authorized requests, shared by all that send the same token. */
struct cmek_token_header {
    int references;
    struct cmek_secret token;
    struct curl_slist *list;
};

struct cmek_transfer {
    TAILQ_ENTRY(cmek_transfer) link; /* in exactly one list, but while it waits for its time */
    struct cmek_http_engine *engine;
    struct cmek_lane *lane;           /* NULL when the URL was refused */
    struct cmek_http_request request; /* its strings lie behind this struct */
    struct cmek_url url;
    struct cmek_slot *slot;  /* while in flight */
    int attempts, throttled; /* sent; and of those, answered with "slower" */
    bool was_reauthorized;   /* a 401 was followed by a new token once */
    bool wants_fresh_connection;
    bool has_refused_body, has_too_large_body;
    bool has_no_room; /* its body is too large because of the others under way */
    size_t received;  /* decoded body bytes of this attempt */
    int64_t first_sent_ms, sent_ms, due_ms;
    enum cmek_http_outcome outcome;
    int status;
    char *message; /* owned */
};

TAILQ_HEAD(cmek_transfers, cmek_transfer);

/** Copies @p request. */
struct cmek_transfer *cmek_transfer_new(struct cmek_http_engine *engine,
                                        const struct cmek_http_request *request);
void cmek_transfer_free(struct cmek_transfer *transfer);
/** Its sink has forgotten what it had. */
void cmek_transfer_forget_body(struct cmek_transfer *transfer);

struct cmek_slot *cmek_slot_new(const struct cmek_http_options *options);
void cmek_slot_free(struct cmek_slot *slot);
/** Readies @p slot for an attempt of at most @p timeout_ms; @p token may be NULL. */
void cmek_slot_prepare(struct cmek_slot *slot, struct cmek_transfer *transfer,
                       struct cmek_token_header *token, int64_t timeout_ms, int64_t connect_ms);
/** Forgets the headers of the attempt. */
void cmek_slot_clear(struct cmek_slot *slot);

struct cmek_token_header *cmek_token_header_new(const char *token, const char *quota_project);
void cmek_token_header_unref(struct cmek_token_header *header);

#endif
