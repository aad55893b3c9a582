/* SPDX-License-Identifier: Apache-2.0 */
/* Google's token endpoint. Its errors are RFC 6749 section 5.2, not google.rpc.Status. */
#include "base/strings.h"
#include "demo/call.h"
#include "demo/identity.h"
#include "demo/method.h"
#include "demo/uri.h"

#define JWT_GRANT       "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define DEFAULT_TOKEN_S 3600

struct form {
    struct cmek_demo_param *params;
    size_t count;
};

static const char *form_value(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (cmek_str_eq(form->params[i].name, name))
            return form->params[i].value;
    return NULL;
}

static void fail_oauth(struct cmek_demo_call *call, int status, const char *error,
                       const char *description)
{
    call->status = status;
    cmek_json_begin_object(&call->writer);
    cmek_json_member_text(&call->writer, "error", error);
    cmek_json_member_text(&call->writer, "error_description", description);
    cmek_json_end_object(&call->writer);
}

static void answer_token(struct cmek_demo_call *call)
{
    int64_t seconds = call->faults->token_ttl_s > 0 ? call->faults->token_ttl_s : DEFAULT_TOKEN_S;
    char token[CMEK_DEMO_TOKEN_SIZE];
    cmek_demo_identity_issue(call->identity, seconds, token);
    cmek_json_begin_object(&call->writer);
    cmek_json_member_text(&call->writer, "access_token", token);
    cmek_json_member_int(&call->writer, "expires_in", seconds);
    cmek_json_member_text(&call->writer, "token_type", "Bearer");
    cmek_json_end_object(&call->writer);
}

static void grant_jwt(struct cmek_demo_call *call, const struct form *form)
{
    const char *assertion = form_value(form, "assertion");
    const char *complaint =
        assertion ? cmek_demo_identity_check_jwt(call->identity, assertion, call->port)
                  : "Missing parameter: assertion";
    if (complaint)
        fail_oauth(call, 400, assertion ? "invalid_grant" : "invalid_request", complaint);
    else
        answer_token(call);
}

static void grant_refresh(struct cmek_demo_call *call, const struct form *form)
{
    bool bad_client = false;
    if (cmek_demo_identity_check_refresh(call->identity, form_value(form, "client_id"),
                                         form_value(form, "client_secret"),
                                         form_value(form, "refresh_token"), &bad_client))
        answer_token(call);
    else if (bad_client)
        fail_oauth(call, 401, "invalid_client", "The OAuth client was not found.");
    else
        fail_oauth(call, 400, "invalid_grant", "Token has been expired or revoked.");
}

static void token(struct cmek_demo_call *call)
{
    struct form form = {0};
    form.count = cmek_demo_uri_params(call->body, &call->arena, &form.params);
    const char *grant = form_value(&form, "grant_type");
    if (cmek_str_eq(grant, JWT_GRANT))
        grant_jwt(call, &form);
    else if (cmek_str_eq(grant, "refresh_token"))
        grant_refresh(call, &form);
    else
        fail_oauth(call, 400, grant ? "unsupported_grant_type" : "invalid_request",
                   grant ? "Invalid grant_type" : "Required parameter is missing: grant_type");
}

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_OAUTH, "POST", "token", "oauth2.token", CMEK_DEMO_SCOPE_NONE, NULL, token},
};

const struct cmek_demo_methods cmek_demo_oauth_methods = CMEK_DEMO_METHODS(methods);
