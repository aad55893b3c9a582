/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "model/catalogue.h"
#include "scan/feed_checkpoint.h"
#include "source/asset_file.h"
#include "source/checkpoint.h"
#include "source/gcp_call.h"
#include "source/terraform_plan.h"

struct cmek_feed {
    const struct cmek_feed_options *options;
    struct cmek_credentials *credentials;
    struct cmek_http_engine *engine; /* NULL: files */
    struct cmek_gcp_client client;
    struct cmek_checkpoint *checkpoint; /* NULL: none */
    bool told_failure;                  /* of the checkpoint */
    bool is_refused, is_settled;        /* the reading */
    struct cmek_gcp_read_result read;
    struct cmek_gcp_progress last; /* that was told */
    bool is_stopped;               /* `progress` said so */
    struct cmek_arena arena;
};

static void note(const struct cmek_feed_options *options, const char *text)
{
    if (options->note)
        options->note(options->payload, text);
}

static enum cmek_status read_files(const struct cmek_feed_options *options,
                                   const struct cmek_record_sink *sink, struct cmek_error *err)
{
    for (size_t i = 0; i < options->asset_paths.count; i++) {
        enum cmek_status status =
            cmek_asset_file_read(options->catalogue, options->asset_paths.items[i],
                                 /* threads= */ 0, sink, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

/* A scan is worth more than its checkpoint: it goes on without. */
static void tell_failure(struct cmek_feed *feed)
{
    const char *failure = feed->checkpoint ? cmek_checkpoint_failure(feed->checkpoint) : NULL;
    if (!failure || feed->told_failure)
        return;
    feed->told_failure = true;
    note(feed->options,
         cmek_arena_printf(&feed->arena,
                           "cannot write the checkpoint '%s': %s; the scan goes on, but what it "
                           "reads from now on would have to be read again",
                           feed->options->checkpoint, failure));
}

/* The progress of the source together with the engine's counters. */
static bool watch(void *payload, const struct cmek_gcp_progress *progress)
{
    struct cmek_feed *feed = payload;
    feed->last = *progress;
    tell_failure(feed);
    if (!feed->options->progress)
        return true;
    struct cmek_http_counters counters;
    cmek_http_counters(feed->engine, &counters);
    bool goes_on = feed->options->progress(feed->options->payload, progress, &counters);
    feed->is_stopped = feed->is_stopped || !goes_on;
    return goes_on;
}

static void pass_note(void *payload, const char *text)
{
    const struct cmek_feed *feed = payload;
    note(feed->options, text);
}

static bool watch_on(void *payload)
{
    struct cmek_feed *feed = payload;
    const struct cmek_gcp_progress last = feed->last;
    return watch(feed, &last);
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

static enum cmek_status attach_credentials(struct cmek_feed *feed, struct cmek_error *err)
{
    if (!feed->credentials)
        return CMEK_OK;
    note(feed->options, cmek_arena_printf(&feed->arena, "credentials: %s",
                                          cmek_credentials_describe(feed->credentials)));
    feed->last.phase = "credentials";
    enum cmek_status status =
        cmek_credentials_attach(feed->credentials, feed->engine, watch_on, feed, err);
    /* An interrupt is no failure: the reading goes on to say that nothing was read. */
    return feed->is_stopped ? CMEK_OK : status;
}

static enum cmek_status open_checkpoint(struct cmek_feed *feed, const char *quota_project,
                                        struct cmek_error *err)
{
    const struct cmek_feed_options *options = feed->options;
    const char *text = NULL;
    if (!options->checkpoint)
        return CMEK_OK;
    enum cmek_status status =
        cmek_feed_checkpoint_open(options, feed->credentials, quota_project, &feed->arena,
                                  &feed->checkpoint, &text, err);
    if (text)
        note(options, text);
    return status;
}

static enum cmek_status open_live(struct cmek_feed *feed, struct cmek_error *err)
{
    const struct cmek_feed_options *options = feed->options;
    enum cmek_status status = CMEK_OK;
    if (needs_credentials(&options->endpoints))
        status = cmek_credentials_find(&options->auth, &feed->credentials, err);
    struct cmek_http_options http = options->http;
    if (status == CMEK_OK && feed->credentials && !http.quota_project)
        http.quota_project = cmek_credentials_quota_project(feed->credentials);
    if (status == CMEK_OK)
        status = cmek_http_engine_new(&http, &feed->engine, err);
    if (status == CMEK_OK)
        status = open_checkpoint(feed, http.quota_project, err);
    if (status == CMEK_OK)
        status = attach_credentials(feed, err);
    return status;
}

/* Resources of the plan that a scan of more services would look at. */
static void note_left_out(const struct cmek_feed_options *options, const uint64_t *left_out)
{
    struct cmek_strbuf text = {0};
    uint64_t total = 0;
    for (size_t i = 0; i < options->catalogue->services.count; i++) {
        const char *service = options->catalogue->services.items[i]->value;
        if (left_out[i] == 0)
            continue;
        cmek_strbuf_printf(&text, "%s%.*s (%" PRIu64 ")", total > 0 ? ", " : "",
                           (int)strcspn(service, "."), service, left_out[i]);
        total += left_out[i];
    }
    if (total > 0) {
        struct cmek_strbuf line = {0};
        cmek_strbuf_printf(&line,
                           "%" PRIu64 " resource%s of the plan %s of services that this scan does "
                           "not look at: %s (see --services)",
                           total, total == 1 ? "" : "s", total == 1 ? "is" : "are",
                           cmek_strbuf_text(&text));
        note(options, cmek_strbuf_text(&line));
        cmek_strbuf_done(&line);
    }
    cmek_strbuf_done(&text);
}

static enum cmek_status feed_plan(const struct cmek_feed_options *options,
                                  const struct cmek_record_sink *sink, struct cmek_error *err)
{
    uint64_t *left_out = cmek_calloc(options->catalogue->services.count, sizeof *left_out);
    enum cmek_status status =
        cmek_terraform_plan_read(options->catalogue, options->plan_path, options->plan_directory,
                                 sink, left_out, err);
    if (status == CMEK_OK)
        note_left_out(options, left_out);
    free(left_out);
    return status;
}

enum cmek_status cmek_feed_open(const struct cmek_feed_options *options,
                                struct cmek_feed **ret_feed, struct cmek_error *err)
{
    struct cmek_feed *feed = cmek_calloc(1, sizeof *feed);
    feed->options = options;
    enum cmek_status status = options->scopes.count > 0 ? open_live(feed, err) : CMEK_OK;
    cmek_gcp_client_init(&feed->client, feed->engine, &options->endpoints, &options->quotas);
    feed->client.checkpoint = feed->checkpoint;
    if (status == CMEK_OK)
        *ret_feed = feed;
    else
        cmek_feed_close(feed);
    return status;
}

static struct cmek_gcp_read_options read_options(struct cmek_feed *feed)
{
    return (struct cmek_gcp_read_options){
        .scopes = feed->options->scopes.items,
        .scope_count = feed->options->scopes.count,
        .catalogue = feed->options->catalogue,
        .via = feed->options->via,
        .shard = feed->options->shard,
        .export_to = feed->options->export_to,
        .export_operation = feed->options->export_operation,
        .progress = watch,
        .note = pass_note,
        .payload = feed,
    };
}

enum cmek_status cmek_feed_read(struct cmek_feed *feed, const struct cmek_record_sink *sink,
                                struct cmek_error *err)
{
    const struct cmek_feed_options *options = feed->options;
    const struct cmek_gcp_read_options live = read_options(feed);
    enum cmek_status status =
        feed->engine ? cmek_gcp_read(&feed->client, &live, sink, &feed->arena, &feed->read, err)
                     : read_files(options, sink, err);
    feed->is_refused = status == CMEK_E_NOT_FOUND || status == CMEK_E_DENIED;
    if (status != CMEK_OK || !options->plan_path)
        return status;
    return feed_plan(options, sink, err);
}

static size_t count_by_inventory(const struct cmek_feed *feed)
{
    size_t count = 0;
    for (size_t i = 0; i < feed->read.source_count; i++)
        count += feed->read.sources[i].by_inventory;
    return count;
}

static const char *source_name(const struct cmek_feed *feed)
{
    size_t by_inventory = count_by_inventory(feed);
    if (feed->options->plan_path)
        return "plan";
    if (!feed->engine)
        return "asset-file";
    if (by_inventory == 0)
        return "gcp-direct";
    return by_inventory == feed->read.source_count ? "gcp-inventory" : "gcp-mixed";
}

bool cmek_feed_can_confirm(const struct cmek_feed *feed)
{
    return count_by_inventory(feed) > 0 && !feed->read.is_interrupted;
}

bool cmek_feed_is_interrupted(const struct cmek_feed *feed)
{
    return feed->is_stopped;
}

bool cmek_feed_live(struct cmek_feed *feed, struct cmek_feed_live *ret_live)
{
    *ret_live = (struct cmek_feed_live){&feed->client, watch_on, feed};
    feed->last.phase = "effective policies";
    feed->last.steps_left = 0;
    return feed->engine != NULL;
}

void cmek_feed_confirm(struct cmek_feed *feed, const struct cmek_gcp_target *targets, size_t count,
                       const struct cmek_record_sink *sink,
                       void (*gone)(void *payload, const char *name), void *payload,
                       struct cmek_gcp_confirm_result *ret_result)
{
    const struct cmek_gcp_read_options options = read_options(feed);
    cmek_gcp_confirm(&feed->client, &options, targets, count, sink, gone, payload, ret_result);
}

struct waits {
    struct cmek_arena *arena;
    struct cmek_count *items;
    size_t count, capacity;
};

static void add_wait(void *payload, const struct cmek_http_wait *wait)
{
    struct waits *waits = payload;
    if (waits->count < waits->capacity)
        waits->items[waits->count++] =
            (struct cmek_count){cmek_arena_strdup(waits->arena, wait->name),
                                (uint64_t)wait->waited_ms};
}

static void count_wait(void *payload, const struct cmek_http_wait *wait)
{
    (void)wait;
    ++*(size_t *)payload;
}

static struct cmek_counts list_waits(const struct cmek_feed *feed, struct cmek_arena *arena)
{
    struct waits waits = {.arena = arena};
    if (!feed->engine)
        return (struct cmek_counts){0};
    cmek_http_waits(feed->engine, count_wait, &waits.capacity);
    waits.items = cmek_arena_array(arena, waits.capacity, sizeof *waits.items);
    cmek_http_waits(feed->engine, add_wait, &waits);
    if (waits.count > 0)
        qsort(waits.items, waits.count, sizeof *waits.items, compare_counts);
    return (struct cmek_counts){waits.items, waits.count};
}

void cmek_feed_tell(const struct cmek_feed *feed, struct cmek_arena *arena,
                    struct cmek_feed_result *ret_result)
{
    struct cmek_gcp_scope_source *sources =
        cmek_arena_array(arena, feed->read.source_count, sizeof *sources);
    for (size_t i = 0; i < feed->read.source_count; i++) {
        sources[i] = feed->read.sources[i];
        if (sources[i].reason)
            sources[i].reason = cmek_arena_strdup(arena, sources[i].reason);
    }
    *ret_result = (struct cmek_feed_result){
        .source = source_name(feed),
        .sources = sources,
        .source_count = feed->read.source_count,
    };
    list_calls(&feed->client, arena, ret_result);
    ret_result->quota_waits_ms = list_waits(feed, arena);
    if (!feed->checkpoint)
        return;
    const char *since;
    ret_result->resumed_answers = cmek_checkpoint_found(feed->checkpoint, &since);
    ret_result->resumed_since = since ? cmek_arena_strdup(arena, since) : NULL;
}

void cmek_feed_settle(struct cmek_feed *feed)
{
    if (!feed)
        return;
    tell_failure(feed);
    feed->is_settled = feed->client.unanswered == 0 && !feed->is_stopped;
    if (feed->checkpoint && !feed->is_settled && !cmek_checkpoint_is_empty(feed->checkpoint))
        note(feed->options,
             cmek_arena_printf(&feed->arena,
                               "the checkpoint '%s' is kept: the same scan, started within %d "
                               "hours, asks only for what is missing",
                               feed->options->checkpoint, CMEK_CHECKPOINT_HOURS));
}

/* The answer that refused a scope must not stand in the way of the next scan. */
void cmek_feed_close(struct cmek_feed *feed)
{
    if (!feed)
        return;
    cmek_checkpoint_close(feed->checkpoint, feed->is_settled || feed->is_refused);
    cmek_gcp_client_done(&feed->client);
    cmek_http_engine_free(feed->engine);
    cmek_credentials_free(feed->credentials);
    cmek_arena_done(&feed->arena);
    free(feed);
}
