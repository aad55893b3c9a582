/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of the live reading does: ask, hand records on, say what is missing. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"
#include "json/writer.h"

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
        cmek_asset_record(scan->options->catalogue, asset_type,
                          cmek_arena_printf(&arena, "//%s/%s", host, name), data, &arena);
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
    struct cmek_strbuf message = {0}, json = {0};
    cmek_gcp_error_describe(error, operation, what, &message);
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
            cmek_asset_record(/* catalogue= */ NULL, cmek_asset_type_name(CMEK_ASSET_COVERAGE_GAP),
                              name, data, &arena);
        scan->sink->record(scan->sink->payload, &record);
        cmek_arena_done(&arena);
    }
    cmek_json_free(data);
    cmek_strbuf_done(&json);
    cmek_strbuf_done(&message);
}

/* What is under way: below a folder more projects may turn up, and a project is done once nothing
 * about it is left to come. */
static void begin_call(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    if (node && node->calls++ == 0 && !cmek_str_starts(node->ref, "projects/"))
        scan->unfolding++;
}

static void end_call(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    if (!node || --node->calls > 0)
        return;
    if (!cmek_str_starts(node->ref, "projects/"))
        scan->unfolding--;
    scan->progress.projects_done += node->is_under_way;
    node->is_under_way = false;
}

static void end_task(void *payload, const struct cmek_gcp_error *error)
{
    struct cmek_gcp_task *task = payload;
    if (error && task->missing)
        cmek_gcp_gap(task->scan, task->scope, task->operation, error, task->missing);
    end_call(task->scan, task->node);
    cmek_gcp_begin_projects(task->scan);
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
    begin_call(scan, node);
    cmek_gcp_submit(scan->client, &call);
}
