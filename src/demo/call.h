/* SPDX-License-Identifier: Apache-2.0 */
/** @file call.h  One request to the demo cloud and the answer that is being made of it. */
#ifndef CMEK_DEMO_CALL_H
#define CMEK_DEMO_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "demo/api.h"
#include "demo/faults.h"
#include "demo/index.h"
#include "json/writer.h"

struct cmek_demo_exports;
struct cmek_demo_identity;
struct cmek_demo_method;

struct cmek_demo_param {
    const char *name, *value; /* decoded */
};

#define CMEK_DEMO_MAX_CAPTURES 6

struct cmek_demo_call {
    /* What all calls share. */
    const struct cmek_demo_index *index;
    const struct cmek_demo_index *stale; /* what Cloud Asset Inventory knows: the same, or older */
    const struct cmek_demo_faults *faults;
    struct cmek_demo_identity *identity;
    struct cmek_demo_exports *exports;
    int port;

    /* The request. */
    const char *http_method;
    const char *path, *query;                    /* as sent; query without "?", "" for none */
    const char *authorization, *metadata_flavor; /* headers, or NULL */
    const char *range;                           /* header, or NULL */
    const char *body;
    struct cmek_demo_param *params;
    size_t param_count;

    /* What routing made of it. */
    const struct cmek_demo_api *api;
    const struct cmek_demo_method *method;
    const char *captures[CMEK_DEMO_MAX_CAPTURES]; /* what stood for the * of the path, decoded */
    size_t capture_count;
    const char *scope;                 /* the node's name as the request has it, or NULL */
    const struct cmek_demo_node *node; /* NULL: unknown, or the method has none */
    const struct cmek_demo_item *item; /* a bucket that the path names, or NULL */

    /* The answer. */
    int status;
    const char *content_type;
    struct cmek_strbuf answer;
    struct cmek_json_writer writer; /* writes to answer */
    struct cmek_arena arena;
};

/** What can go wrong, in both of Google's dialects. */
enum cmek_demo_error {
    CMEK_DEMO_NO_TOKEN,
    CMEK_DEMO_BAD_TOKEN,
    CMEK_DEMO_OLD_TOKEN,
    CMEK_DEMO_DENIED,
    CMEK_DEMO_DISABLED,
    CMEK_DEMO_NOT_FOUND,
    CMEK_DEMO_INVALID,
    CMEK_DEMO_REQUIRED, /* a parameter is missing */
    CMEK_DEMO_THROTTLED,
    CMEK_DEMO_UNAVAILABLE,
    CMEK_DEMO_INTERNAL,
    CMEK_DEMO_TOO_LARGE,
};

/** Reads path and query of @p uri into @p call; the arena holds them. */
void cmek_demo_call_read_uri(struct cmek_demo_call *call, const char *uri);
/** A decoded parameter, NULL when absent. */
const char *cmek_demo_call_param(const struct cmek_demo_call *call, const char *name);
bool cmek_demo_call_flag(const struct cmek_demo_call *call, const char *name);

/** Makes the answer an error of the API's dialect; what was written before is dropped. */
void cmek_demo_fail(struct cmek_demo_call *call, enum cmek_demo_error error, const char *format,
                    ...) CMEK_PRINTF(3, 4);
/** Google's "… denied on resource … (or it may not exist)". */
void cmek_demo_fail_denied(struct cmek_demo_call *call, const char *resource);
void cmek_demo_fail_disabled(struct cmek_demo_call *call, const char *message);
/** Answers with JSON that is ready. */
void cmek_demo_answer_json(struct cmek_demo_call *call, const char *json);

/** Answers the request: authorization, routing, faults by scope, the API, `fields`. */
void cmek_demo_call_answer(struct cmek_demo_call *call);

#endif
