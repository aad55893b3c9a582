/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2 */
#include "base/strings.h"
#include "demo/call.h"
#include "demo/effective_policy.h"
#include "demo/method.h"
#include "demo/page.h"
#include "model/policy.h"

/* "Not used" by the API: every policy is on the first page. */
#define ALL_ON_ONE_PAGE 100000

static bool find_node(struct cmek_demo_call *call)
{
    if (call->node)
        return true;
    cmek_demo_fail_denied(call, call->scope);
    return false;
}

static void list_policies(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "policies",
                                                   .default_size = ALL_ON_ONE_PAGE,
                                                   .max_size = ALL_ON_ONE_PAGE};
    if (find_node(call))
        cmek_demo_page_answer(call, &paging, &call->node->lists[CMEK_DEMO_POLICIES], NULL, NULL);
}

static void get_policy(struct cmek_demo_call *call)
{
    if (!find_node(call))
        return;
    const char *rest = cmek_arena_printf(&call->arena, "policies/%s", call->captures[1]);
    const struct cmek_demo_item *item = cmek_demo_node_item(call->node, rest);
    if (item)
        cmek_demo_answer_json(call, item->json);
    else
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "Requested entity was not found.");
}

static void get_effective_policy(struct cmek_demo_call *call)
{
    if (!find_node(call))
        return;
    enum cmek_constraint constraint = cmek_constraint_parse(call->captures[1]);
    if (constraint != CMEK_CONSTRAINT_COUNT_ &&
        cmek_demo_write_effective_policy(call->index->inventory, call->node->name, constraint,
                                         &call->writer, &call->arena))
        return;
    cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "Requested entity was not found.");
}

/* https://cloud.google.com/kms/docs/cmek-org-policy */
static const struct {
    enum cmek_constraint constraint;
    const char *display_name, *description;
    bool supports_under;
} constraints[] = {
    {CMEK_CONSTRAINT_SERVICE, "Restrict which services may create resources without CMEK",
     "This list constraint defines which services require Customer-Managed Encryption Keys "
     "(CMEK).",
     false},
    {CMEK_CONSTRAINT_KEY_PROJECT, "Restrict which projects may supply KMS CryptoKeys for CMEK",
     "This list constraint defines which projects may be used to supply Customer-Managed "
     "Encryption Keys (CMEK) when creating resources.",
     true},
};
#define CONSTRAINT_COUNT (sizeof constraints / sizeof *constraints)

static const char *constraint_json(struct cmek_demo_call *call, size_t which)
{
    const char *bare =
        cmek_str_after(cmek_constraint_name(constraints[which].constraint), "constraints/");
    const struct cmek_demo_item *known = cmek_map_get(&call->index->constraints, bare);
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "name",
                          cmek_arena_printf(&call->arena, "%s/constraints/%s", call->node->name,
                                            bare));
    cmek_json_member_text(&writer, "displayName", constraints[which].display_name);
    cmek_json_member_text(&writer, "description", constraints[which].description);
    cmek_json_member_text(&writer, "constraintDefault",
                          known && known->status ? known->status : "ALLOW");
    cmek_json_key(&writer, "listConstraint");
    cmek_json_begin_object(&writer);
    if (constraints[which].supports_under)
        cmek_json_member_bool(&writer, "supportsUnder", true);
    cmek_json_end_object(&writer);
    cmek_json_member_bool(&writer, "supportsDryRun", true);
    cmek_json_end_object(&writer);
    const char *json = cmek_arena_strdup(&call->arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return json;
}

static void list_constraints(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "constraints",
                                                   .default_size = ALL_ON_ONE_PAGE,
                                                   .max_size = ALL_ON_ONE_PAGE};
    if (!find_node(call))
        return;
    struct cmek_demo_item *made = cmek_arena_array(&call->arena, CONSTRAINT_COUNT, sizeof *made);
    const struct cmek_demo_item **list =
        cmek_arena_array(&call->arena, CONSTRAINT_COUNT, sizeof *list);
    for (size_t i = 0; i < CONSTRAINT_COUNT; i++) {
        made[i].name = constraints[i].display_name;
        made[i].json = constraint_json(call, i);
        list[i] = &made[i];
    }
    const struct cmek_demo_items items = {.items = list, .count = CONSTRAINT_COUNT};
    cmek_demo_page_answer(call, &paging, &items, NULL, NULL);
}

static const char *const list_params[] = {"pageSize", "pageToken", NULL};

#define METHOD(path, operation, params, function)                                                  \
    {                                                                                              \
        CMEK_DEMO_ORG_POLICY, "GET", path, "orgpolicy." operation, CMEK_DEMO_SCOPE_PATH, params,   \
            function                                                                               \
    }

static const struct cmek_demo_method methods[] = {
    METHOD("v2/{node}/*/policies", "policies.list", list_params, list_policies),
    METHOD("v2/{node}/*/policies/*:getEffectivePolicy", "policies.getEffectivePolicy", NULL,
           get_effective_policy),
    METHOD("v2/{node}/*/policies/*", "policies.get", NULL, get_policy),
    METHOD("v2/{node}/*/constraints", "constraints.list", list_params, list_constraints),
};

const struct cmek_demo_methods cmek_demo_org_policy_methods = CMEK_DEMO_METHODS(methods);
