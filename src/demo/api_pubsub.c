/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics */
#include "demo/call.h"
#include "demo/method.h"
#include "demo/page.h"

static bool find_project(struct cmek_demo_call *call)
{
    if (call->node)
        return true;
    cmek_demo_fail(
        call, CMEK_DEMO_NOT_FOUND,
        "Requested project not found or user does not have access to it (project=%.100s). "
        "Make sure to specify the unique project identifier and not the Google Cloud "
        "Console display name.",
        call->captures[0]);
    return false;
}

static void list_topics(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "topics",
                                                   .default_size = 100,
                                                   .max_size = 1000};
    if (find_project(call))
        cmek_demo_page_answer(call, &paging, &call->node->lists[CMEK_DEMO_TOPICS], NULL, NULL);
}

static void get_topic(struct cmek_demo_call *call)
{
    if (!find_project(call))
        return;
    const char *rest = cmek_arena_printf(&call->arena, "topics/%s", call->captures[1]);
    const struct cmek_demo_item *item = cmek_demo_node_item(call->node, rest);
    if (item)
        cmek_demo_answer_json(call, item->json);
    else
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "Resource not found (resource=%.200s).",
                       call->captures[1]);
}

static const char *const list_params[] = {"pageSize", "pageToken", NULL};

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_PUBSUB, "GET", "v1/projects/*/topics", "pubsub.topics.list", CMEK_DEMO_SCOPE_PATH,
     list_params, list_topics},
    {CMEK_DEMO_PUBSUB, "GET", "v1/projects/*/topics/*", "pubsub.topics.get", CMEK_DEMO_SCOPE_PATH,
     NULL, get_topic},
};

const struct cmek_demo_methods cmek_demo_pubsub_methods = CMEK_DEMO_METHODS(methods);
