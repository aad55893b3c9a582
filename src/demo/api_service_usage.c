/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/service-usage/docs/reference/rest/v1/services */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/method.h"
#include "demo/page.h"

#define MAX_BATCH 30

static bool find_project(struct cmek_demo_call *call)
{
    if (call->node)
        return true;
    cmek_demo_fail(call, CMEK_DEMO_DENIED, "Project '%.100s' not found or permission denied.",
                   call->captures[0]);
    return false;
}

static bool has_state(void *payload, const struct cmek_demo_item *item)
{
    return cmek_str_eq(item->status, payload);
}

static void list_services(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "services",
                                                   .default_size = 50,
                                                   .max_size = 200,
                                                   .refuses_more = true};
    const char *filter = cmek_demo_call_param(call, "filter");
    const char *state = cmek_str_after(filter, "state:");
    if (filter && filter[0] != '\0' && !cmek_str_eq(state, "ENABLED") &&
        !cmek_str_eq(state, "DISABLED")) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid filter: %.100s", filter);
        return;
    }
    if (!find_project(call))
        return;
    char *payload = state ? cmek_arena_strdup(&call->arena, state) : NULL;
    cmek_demo_page_answer(call, &paging, &call->node->lists[CMEK_DEMO_SERVICES],
                          payload ? has_state : NULL, payload);
}

/* A service that the project never enabled exists all the same. */
static const char *service_json(struct cmek_demo_call *call, const char *service)
{
    const char *rest = cmek_arena_printf(&call->arena, "services/%s", service);
    const struct cmek_demo_item *item = cmek_demo_node_item(call->node, rest);
    if (item)
        return item->json;
    if (!cmek_str_ends(service, ".googleapis.com"))
        return NULL;
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "name",
                          cmek_arena_printf(&call->arena, "%s/%s", call->node->name, rest));
    cmek_json_member_text(&writer, "parent", call->node->name);
    cmek_json_member_text(&writer, "state", "DISABLED");
    cmek_json_end_object(&writer);
    const char *json = cmek_arena_strdup(&call->arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return json;
}

static void fail_unknown(struct cmek_demo_call *call, const char *service)
{
    cmek_demo_fail(call, CMEK_DEMO_DENIED, "Not found or permission denied for service(s): %.100s.",
                   service);
}

static void get_service(struct cmek_demo_call *call)
{
    if (!find_project(call))
        return;
    const char *json = service_json(call, call->captures[1]);
    if (json)
        cmek_demo_answer_json(call, json);
    else
        fail_unknown(call, call->captures[1]);
}

static const char *batch_entry(struct cmek_demo_call *call, const char *name)
{
    const char *rest = NULL;
    const struct cmek_demo_node *node = cmek_demo_index_split(call->index, name, &rest);
    const char *service = rest ? cmek_str_after(rest, "services/") : NULL;
    return service && node == call->node ? service_json(call, service) : NULL;
}

static void batch_get(struct cmek_demo_call *call)
{
    if (!find_project(call))
        return;
    size_t count = 0;
    cmek_json_begin_object(&call->writer);
    cmek_json_key(&call->writer, "services");
    cmek_json_begin_array(&call->writer);
    for (size_t i = 0; i < call->param_count; i++) {
        if (!cmek_str_eq(call->params[i].name, "names"))
            continue;
        const char *json = batch_entry(call, call->params[i].value);
        if (!json) {
            fail_unknown(call, call->params[i].value);
            return;
        }
        if (++count > MAX_BATCH) {
            cmek_demo_fail(call, CMEK_DEMO_INVALID,
                           "A single request can get a maximum of %d services at a time.",
                           MAX_BATCH);
            return;
        }
        cmek_json_raw(&call->writer, json);
    }
    cmek_json_end_array(&call->writer);
    cmek_json_end_object(&call->writer);
    if (count == 0)
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "names is required");
}

static const char *const list_params[] = {"filter", "pageSize", "pageToken", NULL};
static const char *const batch_params[] = {"names", NULL};

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_SERVICE_USAGE, "GET", "v1/projects/*/services", "serviceusage.services.list",
     CMEK_DEMO_SCOPE_PATH, list_params, list_services},
    {CMEK_DEMO_SERVICE_USAGE, "GET", "v1/projects/*/services:batchGet",
     "serviceusage.services.batchGet", CMEK_DEMO_SCOPE_PATH, batch_params, batch_get},
    {CMEK_DEMO_SERVICE_USAGE, "GET", "v1/projects/*/services/*", "serviceusage.services.get",
     CMEK_DEMO_SCOPE_PATH, NULL, get_service},
};

const struct cmek_demo_methods cmek_demo_service_usage_methods = CMEK_DEMO_METHODS(methods);
