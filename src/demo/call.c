/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/call.h"

#include <string.h>

#include "base/strings.h"
#include "demo/field_mask.h"
#include "demo/identity.h"
#include "demo/method.h"

/* cloud.google.com/apis/docs/system-parameters */
static const char *const system_params[] = {
    "alt",         "access_token", "callback",   "fields",          "key",    "oauth_token",
    "prettyPrint", "quotaUser",    "uploadType", "upload_protocol", "userIp",
};

static bool is_listed(const char *name, const char *const *names)
{
    for (; names && *names; names++)
        if (cmek_str_eq(*names, name))
            return true;
    return false;
}

static bool is_system_param(const char *name)
{
    for (size_t i = 0; i < sizeof system_params / sizeof *system_params; i++)
        if (cmek_str_eq(system_params[i], name))
            return true;
    return name[0] == '$';
}

/* Cloud Storage ignores what it does not know; all others refuse it. */
static bool check_params(struct cmek_demo_call *call)
{
    if (call->api->old_errors || !call->api->service)
        return true;
    for (size_t i = 0; i < call->param_count; i++) {
        const char *name = call->params[i].name;
        if (is_system_param(name) || is_listed(name, call->method->params))
            continue;
        cmek_demo_fail(call, CMEK_DEMO_INVALID,
                       "Invalid JSON payload received. Unknown name \"%.100s\": Cannot bind query "
                       "parameter. Field '%.100s' could not be found in request message.",
                       name, name);
        return false;
    }
    return true;
}

static bool check_token(struct cmek_demo_call *call)
{
    static const char expected[] =
        "Expected OAuth 2 access token, login cookie or other valid authentication credential. See "
        "https://developers.google.com/identity/sign-in/web/devconsole-project.";
    const char *token = cmek_str_after(call->authorization, "Bearer ");
    if (!token && call->faults->anonymous && !call->authorization)
        return true;
    if (!token) {
        cmek_demo_fail(call, CMEK_DEMO_NO_TOKEN,
                       "Request is missing required authentication credential. %s", expected);
        return false;
    }
    enum cmek_demo_token_state state =
        cmek_demo_identity_check(call->identity, token, call->api->service);
    if (state == CMEK_DEMO_TOKEN_GOOD)
        return true;
    cmek_demo_fail(call,
                   state == CMEK_DEMO_TOKEN_EXPIRED ? CMEK_DEMO_OLD_TOKEN : CMEK_DEMO_BAD_TOKEN,
                   "Request had invalid authentication credentials. %s", expected);
    return false;
}

static const char *permission(struct cmek_demo_call *call)
{
    /* IAM calls the API of the Resource Manager so. */
    const char *rest = cmek_str_after(call->method->operation, "cloudresourcemanager.");
    return rest ? cmek_arena_printf(&call->arena, "resourcemanager.%s", rest)
                : call->method->operation;
}

void cmek_demo_fail_denied(struct cmek_demo_call *call, const char *resource)
{
    cmek_demo_fail(call, CMEK_DEMO_DENIED,
                   "Permission '%s' denied on resource '//%s/%.200s' (or it may not exist).",
                   permission(call), call->api->service, resource ? resource : "");
}

static void fail_as_recorded(struct cmek_demo_call *call, const struct cmek_demo_gap *gap)
{
    static const struct {
        const char *word;
        enum cmek_demo_error error;
    } words[] = {
        {"permission-denied", CMEK_DEMO_DENIED}, {"api-disabled", CMEK_DEMO_DISABLED},
        {"not-found", CMEK_DEMO_NOT_FOUND},      {"invalid", CMEK_DEMO_INVALID},
        {"rate-limited", CMEK_DEMO_THROTTLED},
    };
    enum cmek_demo_error error = CMEK_DEMO_UNAVAILABLE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (cmek_str_eq(words[i].word, gap->error))
            error = words[i].error;
    if (gap->message)
        cmek_demo_fail(call, error, "%s", gap->message);
    else if (error == CMEK_DEMO_DISABLED)
        cmek_demo_fail_disabled(call, NULL);
    else
        cmek_demo_fail_denied(call, call->node->name);
}

static bool is_same_node(const struct cmek_demo_call *call, const char *scope)
{
    return cmek_str_eq(scope, call->scope) ||
           (call->node && cmek_demo_index_node(call->index, scope) == call->node);
}

/* What was asked for with deny= and disable=, and what the asset file says could not be read. */
static bool check_blocks(struct cmek_demo_call *call)
{
    for (size_t i = 0; i < call->faults->blocks.count; i++) {
        const struct cmek_demo_block *block = &call->faults->blocks.items[i];
        if (!is_same_node(call, block->scope) ||
            (block->operation &&
             !cmek_demo_operation_matches(block->operation, call->method->operation)))
            continue;
        if (block->is_disabled)
            cmek_demo_fail_disabled(call, NULL);
        else
            cmek_demo_fail_denied(call, block->scope);
        return false;
    }
    if (!call->node)
        return true;
    for (size_t i = 0; i < call->node->gaps.count; i++) {
        const struct cmek_demo_gap *gap = &call->node->gaps.items[i];
        if (!cmek_demo_operation_matches(gap->operation, call->method->operation) ||
            (gap->rest && !cmek_str_ends(call->path, gap->rest)))
            continue;
        fail_as_recorded(call, gap);
        return false;
    }
    return true;
}

static void apply_fields(struct cmek_demo_call *call)
{
    const char *fields = cmek_demo_call_param(call, "fields");
    if (!fields)
        fields = cmek_demo_call_param(call, "$fields");
    if (!fields || fields[0] == '\0' || cmek_str_eq(fields, "*"))
        return;
    const struct cmek_demo_mask *mask = cmek_demo_mask_parse(fields, &call->arena);
    if (!mask) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid field selection %.200s", fields);
        return;
    }
    struct cmek_strbuf kept = {0};
    cmek_demo_mask_apply(mask, cmek_strbuf_text(&call->answer), &kept);
    cmek_strbuf_done(&call->answer);
    call->answer = kept;
}

void cmek_demo_call_answer(struct cmek_demo_call *call)
{
    if (!call->method) {
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND,
                       call->api && call->api->old_errors ? "Not Found" : "Method not found.");
        return;
    }
    bool is_api = call->api->service != NULL;
    if (is_api && (!check_token(call) || !check_params(call) || !check_blocks(call)))
        return;
    call->method->answer(call);
    if (is_api && call->status == 200)
        apply_fields(call);
}
