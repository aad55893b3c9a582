/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of an export: lines of assets, in pieces, several objects at once.
 * https://cloud.google.com/storage/docs/json_api/v1/objects */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/vec.h"
#include "http/engine.h"
#include "source/gcp_scan.h"
#include "json/json.h"

#define PIECE_BYTES     ((size_t)4 * 1024 * 1024)
#define OBJECTS_AT_ONCE 4

struct object {
    struct reading *reading;
    const char *name, *generation;
    uint64_t size, offset;
    struct cmek_strbuf rest; /* of the last line so far */
};

struct reading {
    struct cmek_gcp_scope *scope;
    const char *bucket, *prefix;
    struct cmek_arena arena;      /* names */
    struct cmek_arena line_arena; /* of the line at hand */
    CMEK_VEC(struct object *) objects;
    size_t next;
    bool is_listed;
};

static void begin_next(struct reading *reading);

/* The list */

static uint64_t size_of(const struct cmek_json *item)
{
    int64_t size;
    bool is_known = cmek_json_int64(cmek_json_get(item, "size"), &size);
    return is_known && size > 0 ? (uint64_t)size : 0;
}

static void list_page(void *payload, const struct cmek_json *answer)
{
    struct reading *reading = payload;
    const struct cmek_json *items = cmek_json_get(answer, "items");
    for (size_t i = 0; i < cmek_json_count(items); i++) {
        const struct cmek_json *item = cmek_json_item(items, i);
        const char *name = cmek_json_peek(cmek_json_get(item, "name"));
        if (!name || !cmek_str_starts(name, reading->prefix) || size_of(item) == 0)
            continue;
        struct object *object = cmek_arena_alloc(&reading->arena, sizeof *object);
        *object = (struct object){
            .reading = reading,
            .name = cmek_arena_strdup(&reading->arena, name),
            .generation = cmek_json_string(cmek_json_get(item, "generation"), &reading->arena),
            .size = size_of(item),
            .rest.limit = CMEK_LIMIT_LINE_BYTES,
        };
        *CMEK_VEC_ADD(&reading->objects) = object;
    }
}

static void list_end(void *payload, const struct cmek_gcp_error *error)
{
    struct reading *reading = payload;
    struct cmek_gcp_scan *scan = reading->scope->scan;
    reading->is_listed = !error;
    if (!error || scan->stopped)
        return;
    cmek_fail(&scan->fatal, error->status == 403 ? CMEK_E_DENIED : CMEK_E_NET,
              "cannot list the objects gs://%s/%s* that the export wrote: %s (%s); grant "
              "roles/storage.objectViewer on the bucket",
              reading->bucket, reading->prefix, error->message, error->word);
    scan->stopped = true;
}

static void list(struct reading *reading)
{
    struct cmek_strbuf path = {0}, query = {0};
    cmek_strbuf_puts(&path, "b/");
    cmek_url_encode(&path, reading->bucket);
    cmek_strbuf_puts(&path, "/o");
    cmek_strbuf_puts(&query, "fields=nextPageToken,items(name,size,generation)&prefix=");
    cmek_url_encode(&query, reading->prefix);
    cmek_gcp_submit(reading->scope->scan->client, &(struct cmek_gcp_call){
                                                      .api = CMEK_GCP_STORAGE,
                                                      .method = "storage.objects.list",
                                                      .list = "items",
                                                      .path = cmek_strbuf_text(&path),
                                                      .query = cmek_strbuf_text(&query),
                                                      .page_size = "maxResults=1000",
                                                      .page = list_page,
                                                      .end = list_end,
                                                      .payload = reading,
                                                  });
    cmek_strbuf_done(&query);
    cmek_strbuf_done(&path);
    cmek_gcp_run(reading->scope->scan);
}

/* The lines */

/* What an object does not show of the scope and all below is unknown. */
static void report_object(const struct object *object, const struct cmek_gcp_error *error)
{
    static const char *const governing[] = {"/cloudresourcemanager.googleapis.com/",
                                            "/orgpolicy.googleapis.com/"};
    const char *operation = CMEK_OPERATION_LIST_RESOURCES;
    for (size_t i = 0; i < sizeof governing / sizeof *governing; i++)
        if (strstr(object->name, governing[i]))
            operation = CMEK_OPERATION_LIST_HIERARCHY;
    struct cmek_arena arena = {0};
    cmek_gcp_report_broken(object->reading->scope, operation, error,
                           cmek_arena_printf(&arena, "all of the exported object gs://%s/%s",
                                             object->reading->bucket, object->name));
    cmek_arena_done(&arena);
}

static bool take_line(struct object *object, const char *text, size_t length)
{
    struct cmek_json *asset = NULL;
    struct cmek_error err = {0};
    if (length == 0)
        return true;
    if (cmek_json_parse(text, length, &asset, &err) != CMEK_OK) {
        const struct cmek_gcp_error error = {.word = "invalid-answer", .message = err.message};
        report_object(object, &error);
        return false;
    }
    cmek_gcp_take_asset(object->reading->scope, asset, &object->reading->line_arena);
    cmek_json_free(asset);
    return true;
}

static bool take_rest(struct object *object)
{
    static const struct cmek_gcp_error too_long = {.word = "invalid-answer",
                                                   .message = "a line is longer than any asset"};
    if (object->rest.overflow) {
        report_object(object, &too_long);
        return false;
    }
    bool ok = take_line(object, cmek_strbuf_text(&object->rest), object->rest.length);
    cmek_strbuf_clear(&object->rest);
    return ok;
}

/* False: the rest of the object is of no use. */
static bool take_bytes(struct object *object, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    for (const char *newline; (newline = memchr(bytes, '\n', (size_t)(end - bytes)));
         bytes = newline + 1) {
        if (object->rest.length == 0 && !object->rest.overflow) {
            if (!take_line(object, bytes, (size_t)(newline - bytes)))
                return false;
            continue;
        }
        cmek_strbuf_append(&object->rest, bytes, (size_t)(newline - bytes));
        if (!take_rest(object))
            return false;
    }
    cmek_strbuf_append(&object->rest, bytes, (size_t)(end - bytes));
    return true;
}

/* The bytes */

static void ask(struct object *object);

static void piece_end(void *payload, const char *bytes, size_t length,
                      const struct cmek_gcp_error *error)
{
    static const struct cmek_gcp_error too_short = {.status = 200,
                                                    .word = "invalid-answer",
                                                    .message = "the object ends too early"};
    struct object *object = payload;
    if (!error && length == 0)
        error = &too_short;
    if (error)
        report_object(object, error);
    bool goes_on = !error && take_bytes(object, bytes, length);
    object->offset += length;
    if (goes_on && object->offset < object->size) {
        ask(object);
        return;
    }
    if (goes_on)
        take_rest(object);
    cmek_strbuf_done(&object->rest);
    begin_next(object->reading);
}

static void ask(struct object *object)
{
    uint64_t left = object->size - object->offset;
    cmek_gcp_fetch(object->reading->scope->scan->client,
                   &(struct cmek_gcp_piece){
                       .bucket = object->reading->bucket,
                       .object = object->name,
                       .generation = object->generation,
                       .offset = object->offset,
                       .length = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES,
                       .end = piece_end,
                       .payload = object,
                   });
}

static void begin_next(struct reading *reading)
{
    struct cmek_gcp_scan *scan = reading->scope->scan;
    if (reading->next < reading->objects.count && !scan->stopped)
        ask(reading->objects.items[reading->next++]);
}

/* Those that an interrupt left unread. */
static void report_unread(struct reading *reading)
{
    static const struct cmek_gcp_error error = {.word = "interrupted",
                                                .message = "the scan was interrupted"};
    while (reading->next < reading->objects.count)
        report_object(reading->objects.items[reading->next++], &error);
}

bool cmek_gcp_read_objects(struct cmek_gcp_scope *scope, const char *bucket, const char *prefix)
{
    struct reading reading = {.scope = scope, .bucket = bucket};
    reading.prefix = cmek_arena_printf(&reading.arena, "%s/", prefix);
    list(&reading);
    for (size_t i = 0; reading.is_listed && i < OBJECTS_AT_ONCE; i++)
        begin_next(&reading);
    cmek_gcp_run(scope->scan);
    report_unread(&reading);
    for (size_t i = 0; i < reading.objects.count; i++)
        cmek_strbuf_done(&reading.objects.items[i]->rest);
    CMEK_VEC_DONE(&reading.objects);
    cmek_arena_done(&reading.line_arena);
    cmek_arena_done(&reading.arena);
    return reading.is_listed && !scope->scan->stopped;
}
