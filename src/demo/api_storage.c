/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/storage/docs/json_api/v1 */
#include <stdio.h>
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/exports.h"
#include "demo/method.h"
#include "demo/page.h"

static bool check_projection(struct cmek_demo_call *call)
{
    const char *projection = cmek_demo_call_param(call, "projection");
    if (!projection || cmek_str_eq(projection, "noAcl") || cmek_str_eq(projection, "full"))
        return true;
    cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid value for parameter projection: %.100s",
                   projection);
    return false;
}

static bool has_prefix(void *payload, const struct cmek_demo_item *item)
{
    return cmek_str_starts(item->name, payload);
}

static bool keep_none(void *payload, const struct cmek_demo_item *item)
{
    (void)payload;
    (void)item;
    return false;
}

static void list_buckets(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {
        .size_param = "maxResults",
        .member = "items",
        .kind = "storage#buckets",
        .default_size = 1000,
        .max_size = 1000,
    };
    if (!cmek_demo_call_param(call, "project")) {
        cmek_demo_fail(call, CMEK_DEMO_REQUIRED, "Required parameter: project");
        return;
    }
    if (!check_projection(call))
        return;
    if (!call->node) {
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "The requested project was not found.");
        return;
    }
    const char *prefix = cmek_demo_call_param(call, "prefix");
    char *payload = cmek_arena_strdup(&call->arena, prefix ? prefix : "");
    cmek_demo_page_answer(call, &paging, &call->node->lists[CMEK_DEMO_BUCKETS],
                          cmek_demo_call_flag(call, "softDeleted") ? keep_none : has_prefix,
                          payload);
}

static bool find_bucket(struct cmek_demo_call *call)
{
    if (call->item && !cmek_demo_call_flag(call, "softDeleted"))
        return true;
    cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "The specified bucket does not exist.");
    return false;
}

static void get_bucket(struct cmek_demo_call *call)
{
    if (!find_bucket(call) || !check_projection(call))
        return;
    bool full = cmek_str_eq(cmek_demo_call_param(call, "projection"), "full");
    cmek_demo_answer_json(call, full ? call->item->full_json : call->item->json);
}

struct object_filter {
    const char *bucket, *prefix, *start, *end;
};

static bool keep_object(void *payload, const struct cmek_demo_item *item)
{
    const struct object_filter *filter = payload;
    return cmek_str_eq(item->status, filter->bucket) &&
           cmek_str_starts(item->name, filter->prefix) &&
           (!filter->start || strcmp(item->name, filter->start) >= 0) &&
           (!filter->end || strcmp(item->name, filter->end) < 0);
}

static void list_objects(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {
        .size_param = "maxResults",
        .member = "items",
        .kind = "storage#objects",
        .default_size = 1000,
        .max_size = 1000,
    };
    if (!find_bucket(call) || !check_projection(call))
        return;
    const char *prefix = cmek_demo_call_param(call, "prefix");
    struct object_filter filter = {
        .bucket = call->item->name,
        .prefix = prefix ? prefix : "",
        .start = cmek_demo_call_param(call, "startOffset"),
        .end = cmek_demo_call_param(call, "endOffset"),
    };
    struct cmek_demo_items objects = {0};
    const struct cmek_demo_items *others = &call->node->lists[CMEK_DEMO_OBJECTS];
    for (size_t i = 0; i < others->count; i++)
        *CMEK_VEC_ADD(&objects) = others->items[i];
    cmek_demo_exports_list(call->exports, &objects);
    cmek_demo_page_answer(call, &paging, &objects,
                          cmek_demo_call_flag(call, "softDeleted") ? keep_none : keep_object,
                          &filter);
    CMEK_VEC_DONE(&objects);
}

/* "bytes=0-99"; any other Range is none (RFC 9110 14.2). */
static void give_bytes(struct cmek_demo_call *call, const struct cmek_demo_object *object)
{
    unsigned long long first = 0, last = 0;
    size_t length = object->length;
    call->content_type = "application/octet-stream";
    if (!call->range || sscanf(call->range, "bytes=%llu-%llu", &first, &last) != 2 ||
        first >= length || last < first) {
        cmek_strbuf_append(&call->answer, object->bytes, length);
        return;
    }
    size_t end = last < length - 1 ? (size_t)last + 1 : length;
    call->status = 206;
    cmek_strbuf_append(&call->answer, object->bytes + first, end - (size_t)first);
}

static void get_object(struct cmek_demo_call *call)
{
    if (!find_bucket(call))
        return;
    const struct cmek_demo_object *object =
        cmek_demo_exports_object(call->exports, call->captures[0], call->captures[1]);
    if (!object)
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "No such object: %.100s/%.300s",
                       call->captures[0], call->captures[1]);
    else if (cmek_str_eq(cmek_demo_call_param(call, "alt"), "media"))
        give_bytes(call, object);
    else
        cmek_demo_answer_json(call, object->item.json);
}

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_STORAGE, "GET", "b", "storage.buckets.list", CMEK_DEMO_SCOPE_PROJECT, NULL,
     list_buckets},
    {CMEK_DEMO_STORAGE, "GET", "b/*", "storage.buckets.get", CMEK_DEMO_SCOPE_BUCKET, NULL,
     get_bucket},
    {CMEK_DEMO_STORAGE, "GET", "b/*/o", "storage.objects.list", CMEK_DEMO_SCOPE_BUCKET, NULL,
     list_objects},
    {CMEK_DEMO_STORAGE, "GET", "b/*/o/*", "storage.objects.get", CMEK_DEMO_SCOPE_BUCKET, NULL,
     get_object},
};

const struct cmek_demo_methods cmek_demo_storage_methods = CMEK_DEMO_METHODS(methods);
