/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/asset-inventory/docs/reference/rest */
#include <regex.h>
#include <string.h>

#include "base/strings.h"
#include "base/time.h"
#include "demo/asset_answer.h"
#include "demo/asset_query.h"
#include "demo/call.h"
#include "demo/field_mask.h"
#include "demo/method.h"
#include "demo/page.h"

#define MAX_TYPES 256

/* Which assets a request is about. */
struct selection {
    const struct cmek_demo_node *scope;
    const char *types[MAX_TYPES]; /* those that are asked for; none: all */
    size_t type_count;
    bool is_every_type, without_policies;
    enum cmek_demo_content content;
    const struct cmek_demo_asset_query *query; /* or NULL */
};

/* The inventory's own picture of the node: it may know it no more, or not yet. */
static bool find_scope(struct cmek_demo_call *call, struct selection *selection)
{
    selection->scope = cmek_demo_index_node(call->stale, call->scope);
    if (!selection->scope)
        cmek_demo_fail_denied(call, call->scope);
    return selection->scope != NULL;
}

static void add_type(struct selection *selection, const char *type)
{
    for (size_t i = 0; i < selection->type_count; i++)
        if (cmek_str_eq(selection->types[i], type))
            return;
    if (selection->type_count < MAX_TYPES)
        selection->types[selection->type_count++] = type;
}

/* A name or a pattern; false when no type of the inventory is meant by it. */
static bool add_types(struct cmek_demo_call *call, struct selection *selection, const char *pattern)
{
    regex_t expression;
    if (regcomp(&expression, cmek_arena_printf(&call->arena, "^(%.300s)$", pattern),
                REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool any = false;
    const char *type;
    for (size_t i = 0; (type = cmek_demo_inventory_type(call->stale, i)); i++) {
        if (regexec(&expression, type, 0, NULL, 0) != 0)
            continue;
        any = true;
        add_type(selection, type);
    }
    regfree(&expression);
    return any;
}

static bool read_types(struct cmek_demo_call *call, struct selection *selection)
{
    selection->is_every_type = true;
    for (size_t i = 0; i < call->param_count; i++) {
        if (!cmek_str_eq(call->params[i].name, "assetTypes"))
            continue;
        selection->is_every_type = false;
        if (add_types(call, selection, call->params[i].value))
            continue;
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Request contains an invalid argument: asset type '%.100s' matches no "
                       "supported asset type.",
                       call->params[i].value);
        return false;
    }
    return true;
}

static bool is_below(const struct cmek_demo_node *node, const struct cmek_demo_node *scope)
{
    while (node && node != scope)
        node = node->parent;
    return node != NULL;
}

static bool keeps(const struct selection *selection, const struct cmek_demo_asset_item *asset)
{
    bool is_asked_for = selection->is_every_type;
    for (size_t i = 0; i < selection->type_count && !is_asked_for; i++)
        is_asked_for = cmek_str_eq(selection->types[i], asset->type);
    if (!is_asked_for || !is_below(asset->node, selection->scope) ||
        !cmek_demo_asset_has(asset, selection->content))
        return false;
    if (selection->without_policies && cmek_str_eq(asset->type, "orgpolicy.googleapis.com/Policy"))
        return false;
    return !selection->query || cmek_demo_asset_query_keeps(selection->query, asset);
}

/* Writes a page as `"NAME": [...]`. An offset is a place among all assets, so that a listing of any
 * length is one walk. */
static void write_page(struct cmek_demo_call *call, const struct selection *selection,
                       const struct cmek_demo_page *page, const char *name,
                       void (*write)(struct cmek_demo_call *call, const struct selection *selection,
                                     const struct cmek_demo_asset_item *asset))
{
    int64_t count = 0;
    size_t at = (size_t)page->offset;
    bool has_more = false;
    for (; at < call->stale->assets.count && !has_more; at++) {
        const struct cmek_demo_asset_item *asset = &call->stale->assets.items[at];
        if (!keeps(selection, asset))
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

static bool read_content(struct cmek_demo_call *call, struct selection *selection)
{
    static const struct {
        const char *name, *number; /* an enum may come as either */
        enum cmek_demo_content content;
    } contents[] = {
        {"CONTENT_TYPE_UNSPECIFIED", "0", CMEK_DEMO_CONTENT_NONE},
        {"RESOURCE", "1", CMEK_DEMO_CONTENT_RESOURCE},
        {"ORG_POLICY", "4", CMEK_DEMO_CONTENT_ORG_POLICY},
    };
    const char *wanted = cmek_demo_call_param(call, "contentType");
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        if (!wanted || cmek_str_eq(wanted, contents[i].name) ||
            cmek_str_eq(wanted, contents[i].number)) {
            selection->content = contents[i].content;
            return true;
        }
    cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid value at 'content_type': \"%.100s\"", wanted);
    return false;
}

static void write_asset(struct cmek_demo_call *call, const struct selection *selection,
                        const struct cmek_demo_asset_item *asset)
{
    cmek_demo_asset_write(asset, selection->content, &call->arena, &call->writer);
}

static void list_assets(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .default_size = 100,
                                                   .max_size = 1000};
    struct selection selection = {.without_policies = call->faults->no_policy_assets};
    struct cmek_demo_page page;
    char now[CMEK_TIME_TEXT_SIZE];
    if (!find_scope(call, &selection) || !read_types(call, &selection) ||
        !read_content(call, &selection) || !cmek_demo_page_read(call, &paging, &page))
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

static void write_result(struct cmek_demo_call *call, const struct selection *selection,
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
    struct selection selection = {0};
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
};

const struct cmek_demo_methods cmek_demo_cloud_asset_methods = CMEK_DEMO_METHODS(methods);
