/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/asset-inventory/docs/reference/rest */
#include <string.h>

#include "base/strings.h"
#include "base/time.h"
#include "demo/asset_answer.h"
#include "demo/asset_query.h"
#include "demo/asset_selection.h"
#include "demo/call.h"
#include "demo/exports.h"
#include "demo/field_mask.h"
#include "demo/method.h"
#include "demo/page.h"

/* The inventory's own picture of the node: it may know it no more, or not yet. */
static bool find_scope(struct cmek_demo_call *call, struct cmek_demo_selection *selection)
{
    selection->scope = cmek_demo_index_node(call->stale, call->scope);
    if (!selection->scope)
        cmek_demo_fail_denied(call, call->scope);
    return selection->scope != NULL;
}

static bool read_types(struct cmek_demo_call *call, struct cmek_demo_selection *selection)
{
    selection->is_every_type = true;
    for (size_t i = 0; i < call->param_count; i++) {
        if (!cmek_str_eq(call->params[i].name, "assetTypes"))
            continue;
        selection->is_every_type = false;
        if (cmek_demo_selection_add(call, selection, call->params[i].value))
            continue;
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Request contains an invalid argument: asset type '%.100s' matches no "
                       "supported asset type.",
                       call->params[i].value);
        return false;
    }
    return true;
}

/* Writes a page as `"NAME": [...]`. An offset is a place among all assets, so that a listing of any
 * length is one walk. */
static void write_page(struct cmek_demo_call *call, const struct cmek_demo_selection *selection,
                       const struct cmek_demo_page *page, const char *name,
                       void (*write)(struct cmek_demo_call *call,
                                     const struct cmek_demo_selection *selection,
                                     const struct cmek_demo_asset_item *asset))
{
    int64_t count = 0;
    size_t at = (size_t)page->offset;
    bool has_more = false;
    for (; at < call->stale->assets.count && !has_more; at++) {
        const struct cmek_demo_asset_item *asset = &call->stale->assets.items[at];
        if (!cmek_demo_selection_keeps(selection, asset))
            continue;
        has_more = count == page->size;
        if (has_more)
            break;
        if (count++ == 0) {
            cmek_json_key(&call->writer, name);
            cmek_json_begin_array(&call->writer);
        }
        write(call, selection, asset);
    }
    if (count > 0)
        cmek_json_end_array(&call->writer);
    if (has_more)
        cmek_json_member_text(&call->writer, "nextPageToken", cmek_demo_page_token(call, page, at));
}

static void write_asset(struct cmek_demo_call *call, const struct cmek_demo_selection *selection,
                        const struct cmek_demo_asset_item *asset)
{
    cmek_demo_asset_write(asset, selection->content, &call->arena, &call->writer);
}

static void list_assets(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .default_size = 100,
                                                   .max_size = 1000};
    struct cmek_demo_selection selection = {.without_policies = call->faults->no_policy_assets};
    struct cmek_demo_page page;
    char now[CMEK_TIME_TEXT_SIZE];
    if (!find_scope(call, &selection) || !read_types(call, &selection) ||
        !cmek_demo_selection_content(call, &selection, cmek_demo_call_param(call, "contentType")) ||
        !cmek_demo_page_read(call, &paging, &page))
        return;
    cmek_time_format(cmek_time_now(), now);
    cmek_json_begin_object(&call->writer);
    cmek_json_member_text(&call->writer, "readTime", now);
    write_page(call, &selection, &page, "assets", write_asset);
    cmek_json_end_object(&call->writer);
}

/* Search */

static bool is_result_member(const char *name, size_t length)
{
    static const char *const members[] = {
        "additionalAttributes",
        "assetType",
        "createTime",
        "description",
        "displayName",
        "folders",
        "kmsKey",
        "kmsKeys",
        "labels",
        "location",
        "name",
        "networkTags",
        "organization",
        "project",
        "state",
        "parentAssetType",
        "tagKeys",
        "tagValues",
        "tagValueIds",
        "parentFullResourceName",
        "tags",
        "updateTime",
        "effectiveTags",
        "versionedResources",
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strlen(members[i]) == length && memcmp(members[i], name, length) == 0)
            return true;
    return length == 1 && name[0] == '*';
}

/* @p ret_mask stays NULL where all members are wanted. */
static bool read_mask(struct cmek_demo_call *call, const struct cmek_demo_mask **ret_mask)
{
    const char *text = cmek_demo_call_param(call, "readMask");
    if (!text || text[0] == '\0')
        return true;
    for (const char *at = text; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        if (!is_result_member(at, length)) {
            cmek_demo_fail(call, CMEK_DEMO_INVALID,
                           "Request contains an invalid argument: read_mask path '%.*s'.",
                           (int)(length < 100 ? length : 100), at);
            return false;
        }
        at += length;
    }
    *ret_mask =
        cmek_demo_mask_parse(cmek_arena_printf(&call->arena, "nextPageToken,results(%s)", text),
                             &call->arena);
    return true;
}

static void write_result(struct cmek_demo_call *call, const struct cmek_demo_selection *selection,
                         const struct cmek_demo_asset_item *asset)
{
    (void)selection;
    cmek_demo_asset_write_result(asset, &call->arena, &call->writer);
}

static void search_resources(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .default_size = 100,
                                                   .max_size = 500};
    struct cmek_demo_selection selection = {0};
    struct cmek_demo_page page;
    struct cmek_demo_asset_query query = {0};
    const struct cmek_demo_mask *mask = NULL;
    const char *text = cmek_demo_call_param(call, "query");
    if (!find_scope(call, &selection) || !read_types(call, &selection) || !read_mask(call, &mask) ||
        !cmek_demo_page_read(call, &paging, &page))
        return;
    if (!cmek_demo_asset_query_parse(text, &call->arena, &query)) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid query: %.200s", text);
        return;
    }
    selection.query = &query;
    cmek_json_begin_object(&call->writer);
    write_page(call, &selection, &page, "results", write_result);
    cmek_json_end_object(&call->writer);
    cmek_demo_asset_query_done(&query);
    if (!mask)
        return;
    struct cmek_strbuf kept = {0};
    cmek_demo_mask_apply(mask, cmek_strbuf_text(&call->answer), &kept);
    cmek_strbuf_done(&call->answer);
    call->answer = kept;
}

static const char *const list_params[] = {
    "assetTypes", "contentType", "pageSize", "pageToken", "readTime", "relationshipTypes", NULL,
};
static const char *const search_params[] = {
    "assetTypes", "orderBy", "pageSize", "pageToken", "query", "readMask", NULL,
};

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_CLOUD_ASSET, "GET", "v1/{node}/*/assets", "cloudasset.assets.list",
     CMEK_DEMO_SCOPE_PATH, list_params, list_assets},
    {CMEK_DEMO_CLOUD_ASSET, "GET", "v1/{node}/*:searchAllResources",
     "cloudasset.searchAllResources", CMEK_DEMO_SCOPE_PATH, search_params, search_resources},
    {CMEK_DEMO_CLOUD_ASSET, "POST", "v1/{node}/*:exportAssets", "cloudasset.exportAssets",
     CMEK_DEMO_SCOPE_PATH, NULL, cmek_demo_export_assets},
    {CMEK_DEMO_CLOUD_ASSET, "GET", "v1/{node}/*/operations/*/*/*", "cloudasset.operations.get",
     CMEK_DEMO_SCOPE_NONE, NULL, cmek_demo_get_export},
};

const struct cmek_demo_methods cmek_demo_cloud_asset_methods = CMEK_DEMO_METHODS(methods);
