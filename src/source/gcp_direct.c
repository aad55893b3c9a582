/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_direct.h"

#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"
#include "json/writer.h"

/* Projects are begun as calls end, so that the queue stays short whatever the organization's size.
 */
#define OUTSTANDING_MAX 2000

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

static bool is_listed_here(const char *asset_type)
{
    static const char *const listed[] = {CMEK_TYPE_BUCKET, CMEK_TYPE_TOPIC, CMEK_TYPE_REPOSITORY};
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        if (cmek_str_eq(asset_type, listed[i]))
            return true;
    return false;
}

/* Services that were asked for, though no call here lists their resources. */
static void report_other_services(struct cmek_gcp_scan *scan)
{
    const struct cmek_catalogue *catalogue = scan->options->catalogue;
    struct cmek_strbuf what = {0};
    const struct cmek_service *last = NULL;
    for (size_t i = 0; i < catalogue->types.count; i++) {
        const struct cmek_service_type *type = catalogue->types.items[i];
        if (!type->service->is_selected || is_listed_here(type->asset_type) ||
            type->service == last)
            continue;
        last = type->service;
        cmek_strbuf_printf(&what, "%s%s", what.length > 0 ? ", " : "the resources of ",
                           last->value);
    }
    const struct cmek_gcp_error error = {
        .word = "not-listed",
        .message = "their APIs are not asked project by project",
    };
    for (size_t i = 0; i < scan->options->scope_count && what.length > 0; i++)
        cmek_gcp_gap(scan, scan->options->scopes[i], "services.list", &error,
                     cmek_strbuf_text(&what));
    cmek_strbuf_done(&what);
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
    report_other_services(&scan);
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
