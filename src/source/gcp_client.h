/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_client.h  What all calls of a scan share, and the loop that they run in. */
#ifndef CMEK_SOURCE_GCP_CLIENT_H
#define CMEK_SOURCE_GCP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "source/gcp_endpoints.h"
#include "source/gcp_quota.h"

struct cmek_checkpoint;
struct cmek_http_engine;
struct cmek_json_parser;

/** Something to be done at the next turn of the loop. */
struct cmek_gcp_deferred {
    void (*work)(void *payload);
    void *payload;
};

struct cmek_gcp_client {
    struct cmek_http_engine *engine;
    struct cmek_gcp_endpoints endpoints;
    struct cmek_gcp_quotas quotas;
    struct cmek_map calls; /* number of requests by method, struct cmek_gcp_method_count */
    struct cmek_json_parser **idle_parsers;
    size_t idle_parser_count;
    size_t outstanding;                 /* calls that have not ended */
    size_t ended;                       /* and that have */
    struct cmek_checkpoint *checkpoint; /* answers from before, and for later; borrowed, or NULL */
    size_t unanswered;                  /* answers that are worth asking for again, another time */
    CMEK_VEC(struct cmek_gcp_deferred) deferred;
    size_t next_deferred;
    bool is_stopping; /* what is under way is to end as interrupted */
    struct cmek_arena arena;
};

struct cmek_gcp_method_count {
    const char *method;
    uint64_t count;
};

/** The client must outlive the requests of the engine. */
void cmek_gcp_client_init(struct cmek_gcp_client *client, struct cmek_http_engine *engine,
                          const struct cmek_gcp_endpoints *endpoints,
                          const struct cmek_gcp_quotas *quotas);
void cmek_gcp_client_done(struct cmek_gcp_client *client);
/** Works until no call is under way. @p tick is called at least every 200 ms and may submit more;
 * returning false ends all calls that are left as interrupted. */
void cmek_gcp_client_run(struct cmek_gcp_client *client, bool (*tick)(void *payload),
                         void *payload);

/* For gcp_call.c */

/** A parser of its own until it is given back; NULL may be given back. */
struct cmek_json_parser *cmek_gcp_client_take_parser(struct cmek_gcp_client *client);
void cmek_gcp_client_give_parser(struct cmek_gcp_client *client, struct cmek_json_parser *parser);
/** Counts a request. */
void cmek_gcp_client_count(struct cmek_gcp_client *client, const char *method);
/** Has something done by the loop, in the order in which it was deferred. */
void cmek_gcp_client_defer(struct cmek_gcp_client *client, void (*work)(void *payload),
                           void *payload);
/** Does the first thing that was deferred, if there is one. */
void cmek_gcp_client_catch_up(struct cmek_gcp_client *client);

#endif
