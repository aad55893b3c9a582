/* SPDX-License-Identifier: Apache-2.0 */
/** @file faults.h  What the demo cloud does wrong on request. */
#ifndef CMEK_DEMO_FAULTS_H
#define CMEK_DEMO_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

/** An API, or one method of it, that answers with an error on one scope. */
struct cmek_demo_block {
    const char *scope;     /* "projects/p", "folders/2", "organizations/1" */
    const char *operation; /* "storage", "storage.buckets.list", or NULL: every API */
    bool is_disabled;      /* SERVICE_DISABLED instead of PERMISSION_DENIED */
};

struct cmek_demo_blocks CMEK_VEC_OF(struct cmek_demo_block);

/** An API, or one method of it, that may be called so often in so much time. */
struct cmek_demo_quota {
    const char *operation; /* "cloudasset", "cloudasset.assets.list" */
    int64_t count, window_ms;
};

struct cmek_demo_quota_list CMEK_VEC_OF(struct cmek_demo_quota);

/** All zero: no faults. Numbers of the kind `every_…` mean every Nth API request, 0 never. */
struct cmek_demo_faults {
    int64_t latency_ms; /* before each answer of an API */
    int64_t every_401, every_429, every_500, every_503;
    int64_t retry_after_s;      /* sent with 429; 0: 1 */
    int64_t every_reset;        /* the connection is reset instead of an answer */
    int64_t every_truncated;    /* the body breaks off in the middle */
    int64_t slow_body_ms;       /* pause between the pieces of a body */
    int64_t every_slow;         /* with slow_body_ms; 0: every one */
    int64_t page_size;          /* no page is longer, whatever the request asks for; 0: as Google */
    int64_t every_expired_page; /* of the requests that carry a page token: it has expired */
    int64_t token_ttl_s;        /* life of an access token; 0: 3600 */
    int64_t export_polls;       /* how often an export answers that it is not done yet */
    bool anonymous;             /* requests without a token are served, as emulators do */
    bool few_locations;         /* Artifact Registry names only locations that hold something */
    bool no_policy_assets;      /* Cloud Asset Inventory has policies as ORG_POLICY content only */
    struct cmek_demo_quota_list quotas;
    struct cmek_demo_blocks blocks;
    struct cmek_arena arena;
};

/** Reads a comma-separated list, e.g.
 * `latency=30ms,429-every=10,retry-after=2,deny=projects/p:storage,disable=projects/p:pubsub`.
 * `quota=cloudasset.assets.list:100/60s` answers 429 to what is more, `quota=published` knows the
 * limits that Google publishes.
 * CMEK_E_USAGE names the piece that is wrong and what is known. On failure @p ret_faults is as
 * after done. */
CMEK_NODISCARD enum cmek_status cmek_demo_faults_parse(const char *text,
                                                       struct cmek_demo_faults *ret_faults,
                                                       struct cmek_error *err);
void cmek_demo_faults_done(struct cmek_demo_faults *faults);

#endif
