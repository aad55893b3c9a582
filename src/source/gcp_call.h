/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_call.h  One call of a Google Cloud API: all pages of its JSON answer, or an error in
 * our words.
 *
 * Both error dialects are read: google.rpc.Status (https://cloud.google.com/apis/design/errors) and
 * the older one of Cloud Storage (https://cloud.google.com/storage/docs/json_api/v1/status-codes).
 */
#ifndef CMEK_SOURCE_GCP_CALL_H
#define CMEK_SOURCE_GCP_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "source/gcp_client.h"

struct cmek_json;

struct cmek_gcp_error {
    int status;          /* HTTP status, 0 without an answer */
    const char *word;    /* "permission-denied", "api-disabled", "not-found", "rate-limited",
                            "unavailable", … */
    const char *message; /* what the server or the engine said, one line */
};

struct cmek_gcp_call {
    enum cmek_gcp_api api;
    const char *method;    /* "storage.buckets.list": static */
    const char *path;      /* after the endpoint's base, percent-encoded; copied */
    const char *query;     /* "a=b&c=d" without the page token, or NULL; copied */
    const char *body;      /* JSON, which is then posted; or NULL; copied */
    const char *page_size; /* "pageSize=500" or NULL: not a listing */
    const char *list; /* the answer's list of items, "topics", or NULL: the answer is the item */
    const char *item_key; /* a text that every item has; NULL: "name" */
    /** One page; values are valid during the call. A listing whose page token expires begins anew,
     * so that items may come twice. */
    void (*page)(void *payload, const struct cmek_json *answer);
    /** The end: @p error is NULL when all pages came, whole and of the shape above. */
    void (*end)(void *payload, const struct cmek_gcp_error *error);
    void *payload;
};

/** Begins a call; `page` and `end` are called by cmek_gcp_client_run only. */
void cmek_gcp_submit(struct cmek_gcp_client *client, const struct cmek_gcp_call *call);
/** A part of an object in Cloud Storage, as bytes. */
struct cmek_gcp_piece {
    const char *bucket, *object;
    const char *generation; /* of the object, or NULL: the latest */
    uint64_t offset;
    size_t length; /* not 0; an object that ends earlier gives less */
    /** The bytes are there when @p error is NULL, and valid during the call. */
    void (*end)(void *payload, const char *bytes, size_t length,
                const struct cmek_gcp_error *error);
    void *payload;
};
/** Asks for it; all strings are copied. */
void cmek_gcp_fetch(struct cmek_gcp_client *client, const struct cmek_gcp_piece *piece);

/** What went wrong, in our words: of an outcome that is not OK. Strings are in @p arena, or the
 * result's. @p body: the error answer's, or NULL. */
struct cmek_http_result;
void cmek_gcp_error_of(const struct cmek_http_result *result, const struct cmek_json *body,
                       struct cmek_arena *arena, struct cmek_gcp_error *ret_error);

/** Appends a resource name ("projects/example.com:p/topics") with each segment percent-encoded. */
struct cmek_strbuf;
void cmek_gcp_append_path(struct cmek_strbuf *buffer, const char *name);

/** Turns an error answer into words; exposed for its table of tests. */
void cmek_gcp_error_read(int status, const struct cmek_json *body, struct cmek_arena *arena,
                         struct cmek_gcp_error *ret_error);

/** When the body of an error answer says to come back, in milliseconds (google.rpc.RetryInfo); 0:
 * it does not say. */
int64_t cmek_gcp_retry_delay_ms(const struct cmek_json *body);
/** Appends the sentence of a coverage gap: that @p what ("its buckets") could not be read by @p
 * operation ("storage.buckets.list"), why, and what to do. */
void cmek_gcp_error_describe(const struct cmek_gcp_error *error, const char *operation,
                             const char *what, struct cmek_strbuf *buffer);

#endif
