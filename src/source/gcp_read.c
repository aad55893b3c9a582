/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_read.h"

#include "base/strbuf.h"
#include "base/strings.h"
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
        {"policies", !scan->has_v1_policies},
        {"v1_policies", scan->has_v1_policies},
        {"tags", true},
        {"services", cmek_gcp_selects(scan, CMEK_TYPE_TOPIC)},
        {"settings", cmek_gcp_selects(scan, CMEK_TYPE_BUCKET)},
        {"topics", cmek_gcp_selects(scan, CMEK_TYPE_TOPIC)},
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
static void report_other_services(struct cmek_gcp_scope *scope)
{
    const struct cmek_catalogue *catalogue = scope->scan->options->catalogue;
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
    if (what.length > 0)
        cmek_gcp_gap(scope->scan, scope->name, "services.list", &error, cmek_strbuf_text(&what));
    cmek_strbuf_done(&what);
}

static void begin_project(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    cmek_gcp_read_project(scan, node);
    node->is_under_way = node->calls > 0;
    scan->progress.projects_done += !node->is_under_way;
}

void cmek_gcp_begin_projects(struct cmek_gcp_scan *scan)
{
    while (!scan->stopped && scan->client->outstanding < OUTSTANDING_MAX &&
           scan->next_waiting < scan->waiting.count)
        begin_project(scan, scan->waiting.items[scan->next_waiting++]);
}

static bool has_scope(const struct cmek_gcp_scan *scan, enum cmek_gcp_scope_state state)
{
    for (size_t i = 0; i < scan->options->scope_count; i++)
        if (scan->scopes[i].state == state)
            return true;
    return false;
}

/* How many steps are left is known only when nothing can add to them; how many pages an inventory
 * has, never. */
static void note_phase(struct cmek_gcp_scan *scan)
{
    struct cmek_gcp_progress *progress = &scan->progress;
    if (scan->late_phase) {
        progress->phase = scan->late_phase;
        progress->may_find_projects = false;
        progress->steps_done = scan->client->ended;
        progress->steps_left = scan->client->outstanding + scan->calls_to_come;
        return;
    }
    bool is_direct = has_scope(scan, CMEK_GCP_SCOPE_DIRECT);
    progress->may_find_projects = !is_direct || scan->unfolding > 0 ||
                                  has_scope(scan, CMEK_GCP_SCOPE_WAITING) ||
                                  has_scope(scan, CMEK_GCP_SCOPE_ASKED);
    progress->phase = !is_direct                    ? "inventory"
                      : progress->may_find_projects ? "hierarchy"
                                                    : "resources";
    progress->steps_done = progress->projects_done;
    progress->steps_left =
        progress->may_find_projects ? 0 : progress->projects_known - progress->projects_done;
}

bool cmek_gcp_tick(struct cmek_gcp_scan *scan)
{
    if (scan->fatal.status != CMEK_OK)
        scan->stopped = true;
    cmek_gcp_begin_projects(scan);
    note_phase(scan);
    if (scan->options->progress &&
        !scan->options->progress(scan->options->payload, &scan->progress))
        scan->stopped = true;
    return !scan->stopped;
}

static bool tick(void *payload)
{
    return cmek_gcp_tick(payload);
}

void cmek_gcp_run(struct cmek_gcp_scan *scan)
{
    do {
        cmek_gcp_client_run(scan->client, tick, scan);
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

/* The same of one scope. Policies that nothing but their first version has shown yet would pass for
 * none at all. */
static void report_late_phase(struct cmek_gcp_scope *scope, const struct cmek_gcp_error *error)
{
    if (scope->needs_node_policies)
        cmek_gcp_report_broken(scope, CMEK_OPERATION_LIST_HIERARCHY, error,
                               "the organization policies of its nodes");
    if (scope->node)
        cmek_gcp_gap(scope->scan, scope->node->ref, "cloudresourcemanager.effectiveTags.list",
                     error, "the tags from above it, so conditional policies are undecided");
}

static void report_unread_scopes(struct cmek_gcp_scan *scan)
{
    struct cmek_gcp_error error = {.word = "interrupted", .message = "the scan was interrupted"};
    for (size_t i = 0; i < scan->options->scope_count; i++) {
        struct cmek_gcp_scope *scope = &scan->scopes[i];
        if (scope->state == CMEK_GCP_SCOPE_WAITING || scope->state == CMEK_GCP_SCOPE_ASKED)
            cmek_gcp_gap(scan, scope->name, "scan", &error, "the scope");
        if (scope->state == CMEK_GCP_SCOPE_BY_INVENTORY && !scan->second_phase)
            report_late_phase(scope, &error);
    }
}

void cmek_gcp_read_key_projects(struct cmek_gcp_scan *scan)
{
    const struct cmek_map *projects = &scan->key_projects;
    for (struct cmek_map_entry *e = cmek_map_first(projects); e; e = cmek_map_next(e))
        if (!cmek_gcp_node_find(scan, cmek_map_key(e)))
            cmek_gcp_read_context_project(scan, cmek_map_key(e));
}

/* What can be asked only when all projects and policies are known. */
static void read_second_phase(struct cmek_gcp_scan *scan)
{
    scan->late_phase = "keys and tags";
    cmek_gcp_read_rest(scan);
    cmek_gcp_run(scan);
    if (scan->stopped)
        return;
    scan->second_phase = true;
    cmek_gcp_read_key_projects(scan);
    cmek_gcp_read_rest_of_tags(scan);
    for (size_t i = 0; i < scan->waiting.count; i++)
        if (needs_tags(scan->waiting.items[i]))
            cmek_gcp_read_tags(scan, scan->waiting.items[i]);
    cmek_gcp_run(scan);
}

void cmek_gcp_read_directly(struct cmek_gcp_scope *scope, const char *reason)
{
    scope->state = CMEK_GCP_SCOPE_DIRECT;
    scope->reason = reason;
    report_other_services(scope);
    cmek_gcp_read_scope(scope->scan, scope->name);
}

/* An emulator stands for no organization that an inventory knows. */
static bool has_emulator(const struct cmek_gcp_endpoints *endpoints)
{
    for (size_t i = 0; i < CMEK_GCP_API_COUNT_; i++)
        if (endpoints->anonymous[i])
            return true;
    return false;
}

/* Organizations first, then folders, then projects: what an inventory has shown by then of another
 * scope is not read again. */
static void read_by_inventory(struct cmek_gcp_scan *scan)
{
    static const char *const kinds[] = {"organizations/", "folders/", "projects/"};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        size_t begun = 0;
        for (size_t i = 0; i < scan->options->scope_count && !scan->stopped; i++) {
            struct cmek_gcp_scope *scope = &scan->scopes[i];
            if (scope->state != CMEK_GCP_SCOPE_WAITING ||
                !cmek_str_starts(scope->name, kinds[kind]))
                continue;
            if (scan->options->export_to || scan->options->export_operation)
                cmek_gcp_export_read(scope);
            else
                cmek_gcp_inventory_read(scope);
            begun++;
        }
        if (begun > 0)
            cmek_gcp_run(scan);
    }
}

static void read_scopes(struct cmek_gcp_scan *scan)
{
    const struct cmek_gcp_read_options *options = scan->options;
    bool is_emulated = options->via == CMEK_GCP_VIA_AUTO && has_emulator(&scan->client->endpoints);
    if (options->via != CMEK_GCP_VIA_DIRECT && !is_emulated) {
        read_by_inventory(scan);
        return;
    }
    for (size_t i = 0; i < options->scope_count; i++)
        cmek_gcp_read_directly(&scan->scopes[i], is_emulated ? "an emulator is used" : NULL);
    cmek_gcp_run(scan);
}

static void list_scopes(struct cmek_gcp_scan *scan)
{
    size_t count = scan->options->scope_count;
    scan->scopes = cmek_arena_array(&scan->arena, count, sizeof *scan->scopes);
    for (size_t i = 0; i < count; i++) {
        struct cmek_gcp_scope *scope = &scan->scopes[i];
        scope->scan = scan;
        scope->name = scan->options->scopes[i];
        if (cmek_map_get(&scan->scope_names, scope->name))
            scope->state = CMEK_GCP_SCOPE_COVERED; /* named twice */
        else
            cmek_map_put_borrowed(&scan->scope_names, scope->name, scope);
    }
}

static void tell_sources(const struct cmek_gcp_scan *scan, struct cmek_arena *arena,
                         struct cmek_gcp_read_result *ret_result)
{
    size_t count = scan->options->scope_count;
    *ret_result = (struct cmek_gcp_read_result){
        .sources = cmek_arena_array(arena, count, sizeof *ret_result->sources),
        .source_count = count,
        .is_interrupted = scan->stopped,
    };
    for (size_t i = 0; i < count; i++) {
        const struct cmek_gcp_scope *scope = &scan->scopes[i];
        const struct cmek_gcp_scope *first = cmek_map_get(&scan->scope_names, scope->name);
        ret_result->sources[i] = (struct cmek_gcp_scope_source){
            .scope = scope->name,
            .by_inventory = first->state != CMEK_GCP_SCOPE_DIRECT,
            .reason = first->reason ? cmek_arena_strdup(arena, first->reason) : NULL,
        };
    }
}

void cmek_gcp_scan_done(struct cmek_gcp_scan *scan)
{
    struct cmek_map *maps[] = {
        &scan->nodes,     &scan->keys,       &scan->key_projects, &scan->scope_names,
        &scan->used_keys, &scan->tag_values, &scan->bound_values, &scan->registry_projects,
    };
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        cmek_map_done(maps[i]);
    CMEK_VEC_DONE(&scan->waiting);
    cmek_arena_done(&scan->arena);
}

enum cmek_status cmek_gcp_read(struct cmek_gcp_client *client,
                               const struct cmek_gcp_read_options *options,
                               const struct cmek_record_sink *sink, struct cmek_arena *arena,
                               struct cmek_gcp_read_result *ret_result, struct cmek_error *err)
{
    struct cmek_gcp_scan scan = {.client = client, .options = options, .sink = sink};
    list_scopes(&scan);
    read_scopes(&scan);
    if (!scan.stopped && scan.fatal.status == CMEK_OK)
        read_second_phase(&scan);
    report_unread_projects(&scan);
    report_unread_scopes(&scan);
    emit_collection(&scan);
    tell_sources(&scan, arena, ret_result);
    cmek_gcp_scan_done(&scan);
    if (scan.fatal.status != CMEK_OK) {
        if (err)
            *err = scan.fatal;
        return scan.fatal.status;
    }
    return CMEK_OK;
}
