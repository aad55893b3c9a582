/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata server of a virtual machine: cloud.google.com/compute/docs/metadata/overview. */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/identity.h"
#include "demo/method.h"

#define CLOUD_SCOPE     "https://www.googleapis.com/auth/cloud-platform"
#define DEFAULT_TOKEN_S 3600

static bool is_asked_rightly(struct cmek_demo_call *call)
{
    call->content_type = "application/text";
    if (cmek_str_eq(call->metadata_flavor, "Google"))
        return true;
    call->status = 403;
    cmek_strbuf_puts(&call->answer, "Missing Metadata-Flavor:Google header.");
    return false;
}

static void root(struct cmek_demo_call *call)
{
    if (is_asked_rightly(call))
        cmek_strbuf_puts(&call->answer, "computeMetadata/\n");
}

static void project_id(struct cmek_demo_call *call)
{
    if (is_asked_rightly(call))
        cmek_strbuf_puts(&call->answer, "cmekscan-demo");
}

static void universe(struct cmek_demo_call *call)
{
    if (is_asked_rightly(call))
        cmek_strbuf_puts(&call->answer, "googleapis.com");
}

static bool is_known_account(struct cmek_demo_call *call)
{
    if (!is_asked_rightly(call))
        return false;
    if (cmek_str_eq(call->captures[0], "default") ||
        cmek_str_eq(call->captures[0], CMEK_DEMO_SERVICE_ACCOUNT))
        return true;
    call->status = 404;
    cmek_strbuf_puts(&call->answer, "Not Found");
    return false;
}

static void account(struct cmek_demo_call *call)
{
    if (!is_known_account(call))
        return;
    call->content_type = "application/json";
    cmek_json_begin_object(&call->writer);
    cmek_json_key(&call->writer, "aliases");
    cmek_json_begin_array(&call->writer);
    cmek_json_text(&call->writer, "default");
    cmek_json_end_array(&call->writer);
    cmek_json_member_text(&call->writer, "email", CMEK_DEMO_SERVICE_ACCOUNT);
    cmek_json_key(&call->writer, "scopes");
    cmek_json_begin_array(&call->writer);
    cmek_json_text(&call->writer, CLOUD_SCOPE);
    cmek_json_end_array(&call->writer);
    cmek_json_end_object(&call->writer);
}

static void email(struct cmek_demo_call *call)
{
    if (is_known_account(call))
        cmek_strbuf_puts(&call->answer, CMEK_DEMO_SERVICE_ACCOUNT);
}

static void scopes(struct cmek_demo_call *call)
{
    if (is_known_account(call))
        cmek_strbuf_puts(&call->answer, CLOUD_SCOPE "\n");
}

static void account_token(struct cmek_demo_call *call)
{
    if (!is_known_account(call))
        return;
    call->content_type = "application/json";
    int64_t seconds = call->faults->token_ttl_s > 0 ? call->faults->token_ttl_s : DEFAULT_TOKEN_S;
    char token[CMEK_DEMO_TOKEN_SIZE];
    cmek_demo_identity_issue(call->identity, seconds, token);
    cmek_json_begin_object(&call->writer);
    cmek_json_member_text(&call->writer, "access_token", token);
    cmek_json_member_int(&call->writer, "expires_in", seconds);
    cmek_json_member_text(&call->writer, "token_type", "Bearer");
    cmek_json_end_object(&call->writer);
}

#define METADATA(path, function)                                                                   \
    {                                                                                              \
        CMEK_DEMO_METADATA, "GET", path, "metadata.get", CMEK_DEMO_SCOPE_NONE, NULL, function      \
    }
#define ACCOUNTS "computeMetadata/v1/instance/service-accounts/*"

static const struct cmek_demo_method methods[] = {
    METADATA("", root),
    METADATA("computeMetadata/v1", root),
    METADATA("computeMetadata/v1/project/project-id", project_id),
    METADATA("computeMetadata/v1/universe/universe-domain", universe),
    METADATA("computeMetadata/v1/universe/universe_domain", universe),
    METADATA(ACCOUNTS, account),
    METADATA(ACCOUNTS "/email", email),
    METADATA(ACCOUNTS "/scopes", scopes),
    METADATA(ACCOUNTS "/token", account_token),
};

const struct cmek_demo_methods cmek_demo_metadata_methods = CMEK_DEMO_METHODS(methods);
