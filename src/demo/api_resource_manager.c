/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/resource-manager/reference/rest */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/effective_tags.h"
#include "demo/method.h"
#include "demo/node_query.h"
#include "demo/page.h"

#define DEFAULT_PAGE 300
#define MAX_PAGE     1000

static void get_node(struct cmek_demo_call *call)
{
    if (call->node && call->node->item.json)
        cmek_demo_answer_json(call, call->node->item.json);
    else
        cmek_demo_fail_denied(call, call->scope);
}

static bool is_shown(void *payload, const struct cmek_demo_item *item)
{
    const bool *show_deleted = payload;
    return *show_deleted || !cmek_str_eq(item->status, "DELETE_REQUESTED");
}

static void list_children(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                          enum cmek_demo_kind kind)
{
    bool show_deleted = cmek_demo_call_flag(call, "showDeleted");
    if (!call->scope || cmek_str_starts(call->scope, "projects/"))
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Invalid parent: expected folders/{id} or organizations/{id}");
    else if (!call->node)
        cmek_demo_fail_denied(call, call->scope);
    else
        cmek_demo_page_answer(call, paging, &call->node->lists[kind], is_shown, &show_deleted);
}

static const struct cmek_demo_paging folder_paging = {.size_param = "pageSize",
                                                      .member = "folders",
                                                      .default_size = DEFAULT_PAGE,
                                                      .max_size = MAX_PAGE};
static const struct cmek_demo_paging project_paging = {.size_param = "pageSize",
                                                       .member = "projects",
                                                       .default_size = DEFAULT_PAGE,
                                                       .max_size = MAX_PAGE};
static const struct cmek_demo_paging organization_paging = {.size_param = "pageSize",
                                                            .member = "organizations",
                                                            .default_size = DEFAULT_PAGE,
                                                            .max_size = MAX_PAGE};

static void list_folders(struct cmek_demo_call *call)
{
    list_children(call, &folder_paging, CMEK_DEMO_FOLDERS);
}

static void list_projects(struct cmek_demo_call *call)
{
    list_children(call, &project_paging, CMEK_DEMO_PROJECTS);
}

static void search(struct cmek_demo_call *call, const struct cmek_demo_paging *paging,
                   const struct cmek_demo_items *items, bool any_term)
{
    struct cmek_demo_query query;
    const char *text = cmek_demo_call_param(call, "query");
    if (cmek_demo_query_parse(text ? text : "", any_term, &call->arena, &query))
        cmek_demo_page_answer(call, paging, items, cmek_demo_query_keeps, &query);
    else
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid query: %.200s", text);
}

static void search_organizations(struct cmek_demo_call *call)
{
    search(call, &organization_paging, &call->index->organizations, true);
}

static void search_folders(struct cmek_demo_call *call)
{
    search(call, &folder_paging, &call->index->folders, false);
}

/* "If multiple fields are included in the query, then it will return results that match any of the
 * fields." */
static void search_projects(struct cmek_demo_call *call)
{
    search(call, &project_paging, &call->index->projects, true);
}

static void write_ancestor(struct cmek_demo_call *call, const struct cmek_demo_node *node)
{
    static const char *const types[][2] = {{"projects/", "project"},
                                           {"folders/", "folder"},
                                           {"organizations/", "organization"}};
    const char *id = strchr(node->name, '/') + 1;
    cmek_json_begin_object(&call->writer);
    cmek_json_key(&call->writer, "resourceId");
    cmek_json_begin_object(&call->writer);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (cmek_str_starts(node->name, types[i][0]))
            cmek_json_member_text(&call->writer, "type", types[i][1]);
    cmek_json_member_text(&call->writer, "id", node->project_id ? node->project_id : id);
    cmek_json_end_object(&call->writer);
    cmek_json_end_object(&call->writer);
}

static void get_ancestry(struct cmek_demo_call *call)
{
    if (!call->node || !call->node->item.json) {
        cmek_demo_fail_denied(call, call->scope);
        return;
    }
    cmek_json_begin_object(&call->writer);
    cmek_json_key(&call->writer, "ancestor");
    cmek_json_begin_array(&call->writer);
    for (const struct cmek_demo_node *node = call->node; node; node = node->parent)
        write_ancestor(call, node);
    cmek_json_end_array(&call->writer);
    cmek_json_end_object(&call->writer);
}

static const char *const get_params[] = {NULL};
static const char *const list_params[] = {"parent", "pageSize", "pageToken", "showDeleted", NULL};
static const char *const search_params[] = {"query", "pageSize", "pageToken", NULL};
static const char *const tag_params[] = {"parent", "pageSize", "pageToken", NULL};

#define METHOD(path, operation, scope, params, function)                                           \
    {                                                                                              \
        CMEK_DEMO_RESOURCE_MANAGER, "GET", path, "cloudresourcemanager." operation, scope, params, \
            function                                                                               \
    }

static const struct cmek_demo_method methods[] = {
    METHOD("v3/organizations:search", "organizations.search", CMEK_DEMO_SCOPE_NONE, search_params,
           search_organizations),
    METHOD("v3/organizations/*", "organizations.get", CMEK_DEMO_SCOPE_PATH, get_params, get_node),
    METHOD("v3/folders", "folders.list", CMEK_DEMO_SCOPE_PARENT, list_params, list_folders),
    METHOD("v3/folders:search", "folders.search", CMEK_DEMO_SCOPE_NONE, search_params,
           search_folders),
    METHOD("v3/folders/*", "folders.get", CMEK_DEMO_SCOPE_PATH, get_params, get_node),
    METHOD("v3/projects", "projects.list", CMEK_DEMO_SCOPE_PARENT, list_params, list_projects),
    METHOD("v3/projects:search", "projects.search", CMEK_DEMO_SCOPE_NONE, search_params,
           search_projects),
    METHOD("v3/projects/*", "projects.get", CMEK_DEMO_SCOPE_PATH, get_params, get_node),
    METHOD("v3/effectiveTags", "effectiveTags.list", CMEK_DEMO_SCOPE_FULL_NAME, tag_params,
           cmek_demo_list_effective_tags),
    {CMEK_DEMO_RESOURCE_MANAGER, "POST", "v1/projects/*:getAncestry",
     "cloudresourcemanager.projects.getAncestry", CMEK_DEMO_SCOPE_PATH, NULL, get_ancestry},
};

const struct cmek_demo_methods cmek_demo_resource_manager_methods = CMEK_DEMO_METHODS(methods);
