/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/exports.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strings.h"
#include "base/time.h"
#include "demo/asset_selection.h"
#include "demo/call.h"
#include "demo/method.h"
#include "json/json.h"

struct operation {
    const char *name, *parent, *uri_prefix;
    const char *failure; /* why it failed, or NULL */
    int64_t polls;       /* that were answered */
};

struct cmek_demo_exports {
    pthread_mutex_t lock;
    struct cmek_arena arena;
    struct cmek_map operations;
    CMEK_VEC(struct cmek_demo_object *) objects;
};

struct cmek_demo_exports *cmek_demo_exports_new(void)
{
    struct cmek_demo_exports *exports = cmek_calloc(1, sizeof *exports);
    pthread_mutex_init(&exports->lock, NULL);
    return exports;
}

void cmek_demo_exports_free(struct cmek_demo_exports *exports)
{
    if (!exports)
        return;
    pthread_mutex_destroy(&exports->lock);
    cmek_map_done(&exports->operations);
    CMEK_VEC_DONE(&exports->objects);
    cmek_arena_done(&exports->arena);
    free(exports);
}

const struct cmek_demo_object *cmek_demo_exports_object(struct cmek_demo_exports *exports,
                                                        const char *bucket, const char *name)
{
    const struct cmek_demo_object *found = NULL;
    pthread_mutex_lock(&exports->lock);
    for (size_t i = 0; i < exports->objects.count && !found; i++)
        if (cmek_str_eq(exports->objects.items[i]->item.status, bucket) &&
            cmek_str_eq(exports->objects.items[i]->item.name, name))
            found = exports->objects.items[i];
    pthread_mutex_unlock(&exports->lock);
    return found;
}

static int compare_items(const void *a, const void *b)
{
    return strcmp((*(const struct cmek_demo_item *const *)a)->name,
                  (*(const struct cmek_demo_item *const *)b)->name);
}

void cmek_demo_exports_list(struct cmek_demo_exports *exports, struct cmek_demo_items *items)
{
    pthread_mutex_lock(&exports->lock);
    for (size_t i = 0; i < exports->objects.count; i++)
        *CMEK_VEC_ADD(items) = &exports->objects.items[i]->item;
    pthread_mutex_unlock(&exports->lock);
    if (items->count > 0)
        qsort(items->items, items->count, sizeof *items->items, compare_items);
}

/* The request */

struct request {
    struct cmek_demo_selection selection;
    const char *uri_prefix, *bucket, *prefix; /* "gs://b/p", "b", "p" */
};

static bool read_types(struct cmek_demo_call *call, const struct cmek_json *types,
                       struct cmek_demo_selection *selection)
{
    selection->is_every_type = cmek_json_count(types) == 0;
    for (size_t i = 0; i < cmek_json_count(types); i++) {
        const char *type = cmek_json_string(cmek_json_item(types, i), &call->arena);
        if (type && cmek_demo_selection_add(call, selection, type))
            continue;
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Request contains an invalid argument: asset type '%.100s' matches no "
                       "supported asset type.",
                       type ? type : "");
        return false;
    }
    return true;
}

static bool read_destination(struct cmek_demo_call *call, const struct cmek_json *body,
                             struct request *request)
{
    request->uri_prefix =
        cmek_json_string(cmek_json_get_path(body, "outputConfig.gcsDestination.uriPrefix"),
                         &call->arena);
    const char *rest = cmek_str_after(request->uri_prefix, "gs://");
    const char *slash = rest ? strchr(rest, '/') : NULL;
    if (!slash || slash == rest || slash[1] == '\0' || cmek_str_ends(rest, "/")) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Request contains an invalid argument: output_config.gcs_destination: only "
                       "a uri_prefix gs://BUCKET/PREFIX is served here.");
        return false;
    }
    request->bucket = cmek_arena_strndup(&call->arena, rest, (size_t)(slash - rest));
    request->prefix = slash + 1;
    return true;
}

/* An enum may come as its number. */
static const char *content_type(const struct cmek_json *json, struct cmek_arena *arena)
{
    if (cmek_json_kind(json) != CMEK_JSON_INTEGER)
        return cmek_json_string(json, arena);
    struct cmek_strbuf text = {0};
    cmek_json_print(json, &text);
    const char *copy = cmek_arena_strdup(arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return copy;
}

static bool read_request(struct cmek_demo_call *call, struct request *request)
{
    struct cmek_json *body = NULL;
    request->selection.without_policies = call->faults->no_policy_assets;
    request->selection.scope = cmek_demo_index_node(call->stale, call->scope);
    if (!request->selection.scope) {
        cmek_demo_fail_denied(call, call->scope);
        return false;
    }
    if (cmek_json_parse(call->body, strlen(call->body), &body, NULL) != CMEK_OK) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid JSON payload received.");
        return false;
    }
    const char *content = content_type(cmek_json_get(body, "contentType"), &call->arena);
    bool ok = read_types(call, cmek_json_get(body, "assetTypes"), &request->selection) &&
              cmek_demo_selection_content(call, &request->selection, content) &&
              read_destination(call, body, request);
    cmek_json_free(body);
    return ok;
}

/* The objects */

static void add_object(struct cmek_demo_exports *exports, const struct request *request,
                       const char *type, const struct cmek_strbuf *lines)
{
    struct cmek_arena *arena = &exports->arena;
    struct cmek_demo_object *object = cmek_arena_alloc(arena, sizeof *object);
    object->bytes = cmek_arena_strndup(arena, cmek_strbuf_text(lines), lines->length);
    object->length = lines->length;
    object->item.status = cmek_arena_strdup(arena, request->bucket);
    object->item.name = cmek_arena_printf(arena, "%s/%s/0", request->prefix, type);
    char size[24];
    snprintf(size, sizeof size, "%zu", lines->length);
    struct cmek_strbuf json = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &json, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "kind", "storage#object");
    cmek_json_member_text(&writer, "name", object->item.name);
    cmek_json_member_text(&writer, "bucket", object->item.status);
    cmek_json_member_text(&writer, "generation", "1");
    cmek_json_member_text(&writer, "size", size);
    cmek_json_end_object(&writer);
    object->item.json = cmek_arena_strdup(arena, cmek_strbuf_text(&json));
    cmek_strbuf_done(&json);
    *CMEK_VEC_ADD(&exports->objects) = object;
}

/* A type without assets gets an object too, an empty one. */
static void write_type(struct cmek_demo_call *call, const struct request *request, const char *type)
{
    struct cmek_strbuf lines = {0};
    struct cmek_demo_selection selection = request->selection;
    selection.types[0] = type;
    selection.type_count = 1;
    selection.is_every_type = false;
    for (size_t i = 0; i < call->stale->assets.count; i++) {
        const struct cmek_demo_asset_item *asset = &call->stale->assets.items[i];
        if (!cmek_demo_selection_keeps(&selection, asset))
            continue;
        struct cmek_arena arena = {0};
        struct cmek_json_writer writer;
        cmek_json_writer_init(&writer, &lines, 0);
        cmek_demo_asset_write(asset, selection.content, &arena, &writer);
        cmek_strbuf_putc(&lines, '\n');
        cmek_arena_done(&arena);
    }
    add_object(call->exports, request, type, &lines);
    cmek_strbuf_done(&lines);
}

static void write_objects(struct cmek_demo_call *call, const struct request *request)
{
    const struct cmek_demo_selection *selection = &request->selection;
    const char *type;
    for (size_t i = 0; i < selection->type_count; i++)
        write_type(call, request, selection->types[i]);
    for (size_t i = 0;
         selection->is_every_type && (type = cmek_demo_inventory_type(call->stale, i)); i++)
        write_type(call, request, type);
}

/* Why the service agent of Cloud Asset Inventory cannot write there, or NULL. */
static const char *why_not(struct cmek_demo_call *call, const struct request *request)
{
    const struct cmek_demo_item *bucket = cmek_map_get(&call->index->buckets, request->bucket);
    if (!bucket)
        return cmek_arena_printf(&call->exports->arena, "The bucket '%s' does not exist.",
                                 request->bucket);
    for (size_t i = 0; i < call->faults->blocks.count; i++) {
        const struct cmek_demo_block *block = &call->faults->blocks.items[i];
        if (block->operation &&
            cmek_demo_operation_matches(block->operation, "storage.objects.create") &&
            cmek_demo_index_node(call->index, block->scope) == bucket->node)
            return cmek_arena_printf(&call->exports->arena,
                                     "The Cloud Asset service agent has no permission "
                                     "storage.objects.create on the bucket '%s'.",
                                     request->bucket);
    }
    return NULL;
}

/* The answers */

static void write_config(struct cmek_json_writer *writer, const struct operation *operation)
{
    cmek_json_key(writer, "outputConfig");
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "gcsDestination");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "uriPrefix", operation->uri_prefix);
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
}

static void write_outcome(struct cmek_json_writer *writer, const struct operation *operation)
{
    cmek_json_member_bool(writer, "done", true);
    cmek_json_key(writer, operation->failure ? "error" : "response");
    cmek_json_begin_object(writer);
    if (operation->failure) {
        cmek_json_member_int(writer, "code", 7);
        cmek_json_member_text(writer, "message", operation->failure);
    } else {
        char now[CMEK_TIME_TEXT_SIZE];
        cmek_time_format(cmek_time_now(), now);
        cmek_json_member_text(writer, "@type",
                              "type.googleapis.com/google.cloud.asset.v1.ExportAssetsResponse");
        cmek_json_member_text(writer, "readTime", now);
        write_config(writer, operation);
    }
    cmek_json_end_object(writer);
}

static void write_operation(struct cmek_demo_call *call, const struct operation *operation,
                            bool is_done)
{
    struct cmek_json_writer *writer = &call->writer;
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name", operation->name);
    cmek_json_key(writer, "metadata");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "@type",
                          "type.googleapis.com/google.cloud.asset.v1.ExportAssetsRequest");
    cmek_json_member_text(writer, "parent", operation->parent);
    write_config(writer, operation);
    cmek_json_end_object(writer);
    if (is_done)
        write_outcome(writer, operation);
    cmek_json_end_object(writer);
}

void cmek_demo_export_assets(struct cmek_demo_call *call)
{
    struct request request = {0};
    if (!read_request(call, &request))
        return;
    struct cmek_demo_exports *exports = call->exports;
    pthread_mutex_lock(&exports->lock);
    struct operation *operation = cmek_arena_alloc(&exports->arena, sizeof *operation);
    operation->name =
        cmek_arena_printf(&exports->arena, "%s/operations/ExportAssets/RESOURCE/%016zx",
                          request.selection.scope->name, cmek_map_count(&exports->operations) + 1);
    operation->parent = request.selection.scope->name;
    operation->uri_prefix = cmek_arena_strdup(&exports->arena, request.uri_prefix);
    operation->failure = why_not(call, &request);
    cmek_map_put_borrowed(&exports->operations, operation->name, operation);
    if (!operation->failure)
        write_objects(call, &request);
    pthread_mutex_unlock(&exports->lock);
    write_operation(call, operation, /* is_done= */ false);
}

void cmek_demo_get_export(struct cmek_demo_call *call)
{
    const char *name = strstr(call->path, "v1/");
    struct cmek_demo_exports *exports = call->exports;
    pthread_mutex_lock(&exports->lock);
    struct operation *operation = name ? cmek_map_get(&exports->operations, name + 3) : NULL;
    bool is_done = operation && operation->polls++ >= call->faults->export_polls;
    pthread_mutex_unlock(&exports->lock);
    if (operation)
        write_operation(call, operation, is_done);
    else
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "Operation not found.");
}
