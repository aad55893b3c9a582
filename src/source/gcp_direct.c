/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_direct.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"
#include "json/writer.h"

/* Projects are begun as calls end, so that the queue stays short whatever the organization's size.
 */
#define OUTSTANDING_MAX 2000

/* The path to the top, or none: a path that is known in part only must not pass for all of it. */
static size_t ancestors_of(const struct cmek_gcp_node *node,
                           const char *ancestors[CMEK_LIMIT_ANCESTORS])
{
    size_t count = 0;
    for (; node; node = node->above) {
        if (count == CMEK_LIMIT_ANCESTORS)
            return 0;
        ancestors[count++] = node->ref;
        if (node->is_top)
            return count;
    }
    return 0;
}

void cmek_gcp_emit(struct cmek_gcp_scan *scan, const struct cmek_gcp_node *node,
                   const char *asset_type, const char *host, const char *name,
                   const struct cmek_json *data)
{
    struct cmek_arena arena = {0};
    const char *ancestors[CMEK_LIMIT_ANCESTORS];
    struct cmek_record record =
        cmek_asset_record(asset_type, cmek_arena_printf(&arena, "//%s/%s", host, name), data,
                          &arena);
    if (node) {
        size_t count = ancestors_of(node, ancestors);
        record.ancestors = (struct cmek_strings){ancestors, count};
        record.has_ancestors = count > 0;
        record.parent = cmek_str_ends(record.name, node->ref) ? node->parent : node->ref;
        record.context = !node->in_scope;
    }
    scan->sink->record(scan->sink->payload, &record);
    cmek_arena_done(&arena);
}

void cmek_gcp_gap(struct cmek_gcp_scan *scan, const char *scope, const char *operation,
                  const struct cmek_gcp_error *error, const char *what)
{
    static const struct {
        const char *word, *advice;
    } advices[] = {
        {"permission-denied", "grant the scanner's account read access"},
        {"api-disabled",
         "enable the API, or accept that what was made before it was disabled is not seen"},
        {"rate-limited", "scan again later, or raise the quota"},
        {"unauthenticated", "check the credentials"},
        {"vpc-service-controls", "let the scanner's account through the service perimeter"},
    };
    const char *advice = "scan again";
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (strcmp(advices[i].word, error->word) == 0)
            advice = advices[i].advice;
    struct cmek_strbuf message = {0}, json = {0};
    size_t length = strlen(error->message); /* servers end theirs with a period, ours go on */
    while (length > 0 && error->message[length - 1] == '.')
        length--;
    cmek_strbuf_printf(&message, "could not read %s: %.*s; %s", what, (int)length, error->message,
                       advice);
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &json, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "scope", scope);
    cmek_json_member_text(&writer, "operation", operation);
    cmek_json_member_text(&writer, "error", error->word);
    cmek_json_member_text(&writer, "message", cmek_strbuf_text(&message));
    cmek_json_end_object(&writer);
    struct cmek_json *data = NULL;
    if (cmek_json_parse(cmek_strbuf_text(&json), json.length, &data, NULL) == CMEK_OK) {
        struct cmek_arena arena = {0};
        const char *name = cmek_arena_printf(&arena, "//cmekscan.dev/%s/%s", scope, operation);
        struct cmek_record record =
            cmek_asset_record(cmek_asset_type_name(CMEK_ASSET_COVERAGE_GAP), name, data, &arena);
        scan->sink->record(scan->sink->payload, &record);
        cmek_arena_done(&arena);
    }
    cmek_json_free(data);
    cmek_strbuf_done(&json);
    cmek_strbuf_done(&message);
}

static void end_task(void *payload, const struct cmek_gcp_error *error)
{
    struct cmek_gcp_task *task = payload;
    if (error && task->missing)
        cmek_gcp_gap(task->scan, task->scope, task->operation, error, task->missing);
    free(task);
}

void cmek_gcp_ask(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node, const char *scope,
                  const char *missing, struct cmek_gcp_call call)
{
    size_t size = strlen(scope) + 1;
    struct cmek_gcp_task *task = cmek_malloc(sizeof *task + size);
    *task = (struct cmek_gcp_task){scan, node, call.method, missing};
    memcpy(task->scope, scope, size);
    call.end = end_task;
    call.payload = task;
    cmek_gcp_submit(scan->client, &call);
}

/* What the reading sets out to find: services and settings serve rules on topics and buckets. */
static void emit_collection(struct cmek_gcp_scan *scan)
{
    const struct {
        const char *name;
        bool is_read;
    } members[] = {
        {"policies", true},
        {"tags", true},
        {"services", cmek_gcp_selects(scan, CMEK_TYPE_TOPIC)},
        {"settings", cmek_gcp_selects(scan, CMEK_TYPE_BUCKET)},
    };
    struct cmek_strbuf json = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &json, 0);
    cmek_json_begin_object(&writer);
    cmek_json_key(&writer, "scopes");
    cmek_json_begin_array(&writer);
    for (size_t i = 0; i < scan->options->scope_count; i++)
        cmek_json_text(&writer, scan->options->scopes[i]);
    cmek_json_end_array(&writer);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        cmek_json_member_bool(&writer, members[i].name, members[i].is_read);
    cmek_json_end_object(&writer);
    struct cmek_json *data = NULL;
    if (cmek_json_parse(cmek_strbuf_text(&json), json.length, &data, NULL) == CMEK_OK)
        cmek_gcp_emit(scan, NULL, cmek_asset_type_name(CMEK_ASSET_COLLECTION), "cmekscan.dev",
                      "collection", data);
    cmek_json_free(data);
    cmek_strbuf_done(&json);
}

/* Works off the queue and begins further projects as there is room. */
static bool tick(void *payload)
{
    struct cmek_gcp_scan *scan = payload;
    if (scan->fatal.status != CMEK_OK)
        scan->stopped = true;
    while (!scan->stopped && scan->client->outstanding < OUTSTANDING_MAX &&
           scan->next_waiting < scan->waiting.count)
        cmek_gcp_read_project(scan, scan->waiting.items[scan->next_waiting++]);
    scan->progress.projects_done = scan->next_waiting;
    if (scan->options->progress &&
        !scan->options->progress(scan->options->payload, &scan->progress))
        scan->stopped = true;
    return !scan->stopped;
}

static void run(struct cmek_gcp_scan *scan)
{
    do {
        cmek_http_run(scan->client->engine, tick, scan);
        tick(scan);
    } while (!scan->stopped &&
             (scan->client->outstanding > 0 || scan->next_waiting < scan->waiting.count));
}

static bool needs_tags(const struct cmek_gcp_node *node)
{
    for (; node; node = node->above)
        if (node->has_condition)
            return true;
    return false;
}

/* What an interrupt left unread is said, project by project. Tags that were not asked for would
 * otherwise pass for tags that are not bound. */
static void report_unread_projects(struct cmek_gcp_scan *scan)
{
    struct cmek_gcp_error error = {.word = "interrupted", .message = "the scan was interrupted"};
    for (size_t i = scan->next_waiting; i < scan->waiting.count; i++)
        cmek_gcp_gap(scan, scan->waiting.items[i]->name, "scan", &error, "the project");
    for (size_t i = 0; i < scan->waiting.count && !scan->second_phase; i++)
        if (needs_tags(scan->waiting.items[i]))
            cmek_gcp_gap(scan, scan->waiting.items[i]->ref,
                         "cloudresourcemanager.effectiveTags.list", &error,
                         "its tags, so conditional policies above it are undecided");
}

/* What can be asked only when all projects and policies are known. */
static void read_second_phase(struct cmek_gcp_scan *scan)
{
    scan->second_phase = true;
    const struct cmek_map *projects = &scan->key_projects;
    for (struct cmek_map_entry *e = cmek_map_first(projects); e; e = cmek_map_next(e))
        if (!cmek_gcp_node_find(scan, cmek_map_key(e)))
            cmek_gcp_read_context_project(scan, cmek_map_key(e));
    for (size_t i = 0; i < scan->waiting.count; i++)
        if (needs_tags(scan->waiting.items[i]))
            cmek_gcp_read_tags(scan, scan->waiting.items[i]);
}

enum cmek_status cmek_gcp_direct_read(struct cmek_gcp_client *client,
                                      const struct cmek_gcp_direct_options *options,
                                      const struct cmek_record_sink *sink, struct cmek_error *err)
{
    struct cmek_gcp_scan scan = {.client = client, .options = options, .sink = sink};
    emit_collection(&scan);
    for (size_t i = 0; i < options->scope_count; i++)
        cmek_gcp_read_scope(&scan, options->scopes[i]);
    run(&scan);
    if (!scan.stopped && scan.fatal.status == CMEK_OK) {
        read_second_phase(&scan);
        run(&scan);
    }
    report_unread_projects(&scan);
    cmek_map_done(&scan.nodes);
    cmek_map_done(&scan.keys);
    cmek_map_done(&scan.key_projects);
    CMEK_VEC_DONE(&scan.waiting);
    cmek_arena_done(&scan.arena);
    if (scan.fatal.status != CMEK_OK) {
        *err = scan.fatal;
        return scan.fatal.status;
    }
    return CMEK_OK;
}
