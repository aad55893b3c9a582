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
#include "source/gcp_direct.h"

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
    const struct cmek_catalogue *catalogue; /* what is read: its selected services */
    struct cmek_gcp_endpoints endpoints;
    struct cmek_auth_settings auth;
    struct cmek_http_options http;
    /** Called now and then during a live reading; false: stop. May be NULL. */
    bool (*progress)(void *payload, const struct cmek_gcp_progress *progress,
                     const struct cmek_http_counters *counters);
    /** One line for the user: a warning, or what is being done. May be NULL. */
    void (*note)(void *payload, const char *text);
    void *payload;
    /** Called when all was read from live APIs, for what else there is to ask. May be NULL. */
    void (*after)(void *payload, const struct cmek_feed_live *live);
    void *after_payload;
};

/** What was done, for the report. */
struct cmek_feed_result {
    const char *source;           /* "asset-file", "gcp-direct", "plan" */
    struct cmek_count *api_calls; /* sorted; owned by the arena given */
    size_t api_call_count;
};

/** Reads everything into @p sink. CMEK_E_IO, CMEK_E_INVALID: an asset file; CMEK_E_AUTH:
 * credentials; CMEK_E_NOT_FOUND, CMEK_E_DENIED: a scope. */
CMEK_NODISCARD enum cmek_status
cmek_feed(const struct cmek_feed_options *options, const struct cmek_record_sink *sink,
          struct cmek_arena *arena, struct cmek_feed_result *ret_result, struct cmek_error *err);

#endif
