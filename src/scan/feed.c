/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/asset_file.h"
#include "source/gcp_call.h"
#include "source/terraform_plan.h"

static void note(const struct cmek_feed_options *options, const char *text)
{
    if (options->note)
        options->note(options->payload, text);
}

static enum cmek_status feed_files(const struct cmek_feed_options *options,
                                   const struct cmek_record_sink *sink,
                                   struct cmek_feed_result *ret_result, struct cmek_error *err)
{
    for (size_t i = 0; i < options->asset_paths.count; i++) {
        enum cmek_status status =
            cmek_asset_file_read(options->catalogue, options->asset_paths.items[i],
                                 /* threads= */ 0, sink, err);
        if (status != CMEK_OK)
            return status;
    }
    *ret_result = (struct cmek_feed_result){.source = "asset-file"};
    return CMEK_OK;
}

/* The progress of the source together with the engine's counters. */
struct watcher {
    const struct cmek_feed_options *options;
    struct cmek_http_engine *engine;
    struct cmek_gcp_progress last;
};

static bool watch(void *payload, const struct cmek_gcp_progress *progress)
{
    struct watcher *watcher = payload;
    watcher->last = *progress;
    if (!watcher->options->progress)
        return true;
    struct cmek_http_counters counters;
    cmek_http_counters(watcher->engine, &counters);
    return watcher->options->progress(watcher->options->payload, progress, &counters);
}

static bool watch_on(void *payload)
{
    struct watcher *watcher = payload;
    const struct cmek_gcp_progress last = watcher->last;
    return watch(watcher, &last);
}

static int compare_counts(const void *a, const void *b)
{
    return strcmp(((const struct cmek_count *)a)->name, ((const struct cmek_count *)b)->name);
}

static void list_calls(const struct cmek_gcp_client *client, struct cmek_arena *arena,
                       struct cmek_feed_result *result)
{
    size_t count = cmek_map_count(&client->calls), i = 0;
    result->api_calls = cmek_arena_array(arena, count, sizeof *result->api_calls);
    for (struct cmek_map_entry *e = cmek_map_first(&client->calls); e; e = cmek_map_next(e)) {
        const struct cmek_gcp_method_count *method = cmek_map_value(e);
        result->api_calls[i++] = (struct cmek_count){method->method, method->count};
    }
    result->api_call_count = count;
    if (count > 0)
        qsort(result->api_calls, count, sizeof *result->api_calls, compare_counts);
}

static bool needs_credentials(const struct cmek_gcp_endpoints *endpoints)
{
    for (size_t i = 0; i < CMEK_GCP_API_COUNT_; i++)
        if (!endpoints->anonymous[i])
            return true;
    return false;
}

static enum cmek_status attach_credentials(const struct cmek_feed_options *options,
                                           struct cmek_credentials *credentials,
                                           struct cmek_http_engine *engine,
                                           struct cmek_arena *arena, struct cmek_error *err)
{
    if (!credentials)
        return CMEK_OK;
    note(options,
         cmek_arena_printf(arena, "credentials: %s", cmek_credentials_describe(credentials)));
    struct watcher watcher = {.options = options, .engine = engine};
    return cmek_credentials_attach(credentials, engine, watch_on, &watcher, err);
}

static enum cmek_status feed_live(const struct cmek_feed_options *options,
                                  const struct cmek_record_sink *sink, struct cmek_arena *arena,
                                  struct cmek_feed_result *ret_result, struct cmek_error *err)
{
    struct cmek_credentials *credentials = NULL;
    struct cmek_http_engine *engine = NULL;
    enum cmek_status status = CMEK_OK;
    if (needs_credentials(&options->endpoints))
        status = cmek_credentials_find(&options->auth, &credentials, err);
    struct cmek_http_options http = options->http;
    if (status == CMEK_OK && credentials && !http.quota_project)
        http.quota_project = cmek_credentials_quota_project(credentials);
    if (status == CMEK_OK)
        status = cmek_http_engine_new(&http, &engine, err);
    if (status == CMEK_OK)
        status = attach_credentials(options, credentials, engine, arena, err);
    if (status == CMEK_OK) {
        struct cmek_gcp_client client;
        cmek_gcp_client_init(&client, engine, &options->endpoints);
        struct watcher watcher = {.options = options, .engine = engine};
        struct cmek_gcp_direct_options direct = {
            .scopes = options->scopes.items,
            .scope_count = options->scopes.count,
            .catalogue = options->catalogue,
            .progress = watch,
            .payload = &watcher,
        };
        status = cmek_gcp_direct_read(&client, &direct, sink, err);
        if (status == CMEK_OK && options->after)
            options->after(options->after_payload,
                           &(struct cmek_feed_live){&client, watch_on, &watcher});
        *ret_result = (struct cmek_feed_result){.source = "gcp-direct"};
        list_calls(&client, arena, ret_result);
        cmek_gcp_client_done(&client);
    }
    cmek_http_engine_free(engine);
    cmek_credentials_free(credentials);
    return status;
}

enum cmek_status cmek_feed(const struct cmek_feed_options *options,
                           const struct cmek_record_sink *sink, struct cmek_arena *arena,
                           struct cmek_feed_result *ret_result, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    *ret_result = (struct cmek_feed_result){0};
    if (options->asset_paths.count > 0)
        status = feed_files(options, sink, ret_result, err);
    else if (options->scopes.count > 0)
        status = feed_live(options, sink, arena, ret_result, err);
    if (status != CMEK_OK || !options->plan_path)
        return status;
    ret_result->source = "plan";
    return cmek_terraform_plan_read(options->catalogue, options->plan_path, options->plan_directory,
                                    sink, err);
}
