/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/storage/docs/json_api/v1 */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
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
    cmek_demo_page_answer(call, &paging, &call->node->lists[CMEK_DEMO_OBJECTS],
                          cmek_demo_call_flag(call, "softDeleted") ? keep_none : keep_object,
                          &filter);
}

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_STORAGE, "GET", "b", "storage.buckets.list", CMEK_DEMO_SCOPE_PROJECT, NULL,
     list_buckets},
    {CMEK_DEMO_STORAGE, "GET", "b/*", "storage.buckets.get", CMEK_DEMO_SCOPE_BUCKET, NULL,
     get_bucket},
    {CMEK_DEMO_STORAGE, "GET", "b/*/o", "storage.objects.list", CMEK_DEMO_SCOPE_BUCKET, NULL,
     list_objects},
};

const struct cmek_demo_methods cmek_demo_storage_methods = CMEK_DEMO_METHODS(methods);
