/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/route.h"

#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/method.h"
#include "demo/uri.h"

#define MAX_SEGMENTS 16

struct segments {
    const char *items[MAX_SEGMENTS]; /* decoded */
    size_t count;
};

/* In the order in which they are tried where no prefix tells. */
static const struct {
    enum cmek_demo_api_id api;
    const struct cmek_demo_methods *methods;
    size_t prefix; /* segments of the API's own before the method's path */
    bool needs_prefix;
} tables[] = {
    {CMEK_DEMO_STORAGE, &cmek_demo_storage_methods, 2, true},
    {CMEK_DEMO_PUBSUB, &cmek_demo_pubsub_methods, 1, false},
    {CMEK_DEMO_ARTIFACT_REGISTRY, &cmek_demo_artifact_registry_methods, 1, false},
    {CMEK_DEMO_ORG_POLICY, &cmek_demo_org_policy_methods, 1, false},
    {CMEK_DEMO_RESOURCE_MANAGER, &cmek_demo_resource_manager_methods, 1, false},
    {CMEK_DEMO_SERVICE_USAGE, &cmek_demo_service_usage_methods, 1, false},
    {CMEK_DEMO_KMS, &cmek_demo_kms_methods, 1, false},
    {CMEK_DEMO_CLOUD_ASSET, &cmek_demo_cloud_asset_methods, 1, false},
    {CMEK_DEMO_OAUTH, &cmek_demo_oauth_methods, 0, false},
    {CMEK_DEMO_METADATA, &cmek_demo_metadata_methods, 0, false},
};

static bool split(struct cmek_demo_call *call, struct segments *ret_segments)
{
    const char *at = call->path;
    ret_segments->count = 0;
    while (*at == '/') {
        size_t length = strcspn(++at, "/");
        if (length == 0 && at[0] == '\0')
            return true; /* a slash at the end */
        if (ret_segments->count == MAX_SEGMENTS)
            return false;
        ret_segments->items[ret_segments->count++] =
            cmek_demo_uri_decode(at, length, false, &call->arena);
        at += length;
    }
    return *at == '\0';
}

static bool is_node_kind(const char *text)
{
    return cmek_str_eq(text, "projects") || cmek_str_eq(text, "folders") ||
           cmek_str_eq(text, "organizations");
}

static bool match_segment(struct cmek_demo_call *call, const char *pattern, size_t length,
                          const char *segment)
{
    if (pattern[0] == '{')
        return is_node_kind(segment);
    size_t segment_length = strlen(segment);
    if (pattern[0] != '*')
        return segment_length == length && memcmp(pattern, segment, length) == 0;
    size_t suffix = length - 1;
    if (segment_length <= suffix || call->capture_count == CMEK_DEMO_MAX_CAPTURES ||
        memcmp(segment + segment_length - suffix, pattern + 1, suffix) != 0)
        return false;
    call->captures[call->capture_count++] =
        cmek_arena_strndup(&call->arena, segment, segment_length - suffix);
    return true;
}

static bool match_path(struct cmek_demo_call *call, const char *pattern,
                       const char *const *segments, size_t count)
{
    call->capture_count = 0;
    size_t used = 0;
    while (pattern[0] != '\0') {
        size_t length = strcspn(pattern, "/");
        if (used == count || !match_segment(call, pattern, length, segments[used]))
            return false;
        used++;
        pattern += length + (pattern[length] == '/');
    }
    return used == count;
}

static void read_scope(struct cmek_demo_call *call, const char *const *segments)
{
    const char *parent = cmek_demo_call_param(call, "parent");
    const char *project = cmek_demo_call_param(call, "project");
    switch (call->method->scope) {
    case CMEK_DEMO_SCOPE_NONE:
        return;
    case CMEK_DEMO_SCOPE_PATH:
        call->scope = cmek_arena_printf(&call->arena, "%s/%s", segments[1], call->captures[0]);
        break;
    case CMEK_DEMO_SCOPE_PARENT:
        call->scope = parent;
        break;
    case CMEK_DEMO_SCOPE_FULL_NAME:
        call->scope = cmek_str_after(parent, "//cloudresourcemanager.googleapis.com/");
        break;
    case CMEK_DEMO_SCOPE_PROJECT:
        call->scope = project ? cmek_arena_printf(&call->arena, "projects/%s", project) : NULL;
        break;
    case CMEK_DEMO_SCOPE_BUCKET:
        call->item = cmek_map_get(&call->index->buckets, call->captures[0]);
        call->node = call->item ? call->item->node : NULL;
        return;
    }
    call->node = cmek_demo_index_node(call->index, call->scope);
}

static bool route_in(struct cmek_demo_call *call, const struct cmek_demo_methods *methods,
                     const char *const *segments, size_t count)
{
    for (size_t i = 0; i < methods->count; i++) {
        const struct cmek_demo_method *method = &methods->items[i];
        if (!cmek_str_eq(method->http_method, call->http_method) ||
            !match_path(call, method->path, segments, count))
            continue;
        call->method = method;
        call->api = cmek_demo_api_get(method->api);
        read_scope(call, segments);
        return true;
    }
    return false;
}

void cmek_demo_route(struct cmek_demo_call *call)
{
    struct segments segments;
    if (!split(call, &segments))
        return;
    size_t table_count = sizeof tables / sizeof *tables;
    for (size_t i = 0; i < table_count; i++) {
        const struct cmek_demo_api *api = cmek_demo_api_get(tables[i].api);
        size_t prefix = tables[i].prefix;
        if (prefix == 0 || segments.count < prefix || !cmek_str_eq(segments.items[0], api->name) ||
            (prefix == 2 && !cmek_str_eq(segments.items[1], "v1")))
            continue;
        call->api = api;
        route_in(call, tables[i].methods, segments.items + prefix, segments.count - prefix);
        return;
    }
    for (size_t i = 0; i < table_count; i++)
        if (!tables[i].needs_prefix &&
            route_in(call, tables[i].methods, segments.items, segments.count))
            return;
}
