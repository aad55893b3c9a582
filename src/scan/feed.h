/* SPDX-License-Identifier: Apache-2.0 */
/** @file feed.h  Records from wherever the user said: asset files or live APIs. */
#ifndef CMEK_SCAN_FEED_H
#define CMEK_SCAN_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/credentials.h"
#include "base/arena.h"
#include "base/strings.h"
#include "cmekscan/reporter.h"
#include "http/engine.h"
#include "model/record.h"
#include "model/shard.h"
#include "source/gcp_quota.h"
#include "source/gcp_read.h"

/** A live reading that has ended, while further calls can still be made. */
struct cmek_feed_live {
    struct cmek_gcp_client *client;
    /** Says how far things are; false: stop. */
    bool (*go_on)(void *payload);
    void *payload;
};

/** Where to read from, and with what. */
struct cmek_feed_options {
    struct cmek_strings asset_paths; /* not empty: offline */
    struct cmek_strings scopes;      /* else: live */
    const char *plan_path;           /* a Terraform plan to lay over those, or alone; or NULL */
    const char *plan_directory;      /* where its configuration is, or NULL */
    struct cmek_shard shard;         /* whose projects are read; of files everything is */
    const struct cmek_catalogue *catalogue; /* what is read: its selected services */
    enum cmek_gcp_via via;
    const char *export_to, *export_operation; /* of cmek_gcp_read_options; or NULL */
    bool no_confirm;                          /* let the inventory's word stand */
    const char *checkpoint; /* file of a live reading's answers, to go on with; or NULL */
    struct cmek_gcp_endpoints endpoints;
    struct cmek_gcp_quotas quotas;
    struct cmek_auth_settings auth;
    struct cmek_http_options http;
    /** Called now and then during a live reading; false: stop. May be NULL. */
    bool (*progress)(void *payload, const struct cmek_gcp_progress *progress,
                     const struct cmek_http_counters *counters);
    /** One line for the user: a warning, or what is being done. May be NULL. */
    void (*note)(void *payload, const char *text);
    void *payload;
};

/** What was done, for the report. */
struct cmek_feed_result {
    const char *source; /* "asset-file", "gcp-direct", "gcp-inventory", "gcp-mixed", "plan" */
    struct cmek_count *api_calls; /* sorted; owned by the arena given */
    size_t api_call_count;
    struct cmek_counts quota_waits_ms;           /* sorted */
    const struct cmek_gcp_scope_source *sources; /* one for each live scope */
    size_t source_count;
    const char *resumed_since; /* when the first answers of the checkpoint came, RFC 3339; NULL: it
                                  was not gone on with */
    uint64_t resumed_answers;  /* that it gave */
};

/** A source that is open: credentials and connections live as long. */
struct cmek_feed;

/** Opens the source. CMEK_E_AUTH: credentials; CMEK_E_USAGE, CMEK_E_IO, CMEK_E_NET: the connection;
 * CMEK_E_USAGE, CMEK_E_DENIED, CMEK_E_IO: the checkpoint. */
CMEK_NODISCARD enum cmek_status cmek_feed_open(const struct cmek_feed_options *options,
                                               struct cmek_feed **ret_feed, struct cmek_error *err);
/** Reads everything into @p sink. CMEK_E_IO, CMEK_E_INVALID: an asset file; CMEK_E_NOT_FOUND,
 * CMEK_E_DENIED: a scope. */
CMEK_NODISCARD enum cmek_status
cmek_feed_read(struct cmek_feed *feed, const struct cmek_record_sink *sink, struct cmek_error *err);
/** For what else there is to ask once all was read; false: the source is not live. */
bool cmek_feed_live(struct cmek_feed *feed, struct cmek_feed_live *ret_live);
/** Whether anything was read through Cloud Asset Inventory, and there is time to ask again. */
bool cmek_feed_can_confirm(const struct cmek_feed *feed);
/** Reads resources from their own APIs: cmek_gcp_confirm. Of a live source only. */
void cmek_feed_confirm(struct cmek_feed *feed, const struct cmek_gcp_target *targets, size_t count,
                       const struct cmek_record_sink *sink,
                       void (*gone)(void *payload, const char *name), void *payload,
                       struct cmek_gcp_confirm_result *ret_result);
/** Whether `progress` said to stop. */
bool cmek_feed_is_interrupted(const struct cmek_feed *feed);
/** What was done up to now; lists are in @p arena. */
void cmek_feed_tell(const struct cmek_feed *feed, struct cmek_arena *arena,
                    struct cmek_feed_result *ret_result);
/** Says that what was read has been put to its use: the checkpoint will be removed, unless
 * something in it is worth going on with. */
void cmek_feed_settle(struct cmek_feed *feed);
void cmek_feed_close(struct cmek_feed *feed);

#endif
