/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"

/* google.rpc.Code and google.rpc.ErrorInfo on one side, the reasons of the older errors[] (which
 * Cloud Storage still speaks) on the other. */
static const struct {
    int code;
    const char *status, *info_reason;
    const char *old_reason, *old_domain;
} kinds[] = {
    [CMEK_DEMO_NO_TOKEN] = {401, "UNAUTHENTICATED", "CREDENTIALS_MISSING", "required", "global"},
    [CMEK_DEMO_BAD_TOKEN] = {401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED", "authError",
                             "global"},
    [CMEK_DEMO_OLD_TOKEN] = {401, "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED", "authError", "global"},
    [CMEK_DEMO_DENIED] = {403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED", "forbidden", "global"},
    [CMEK_DEMO_DISABLED] = {403, "PERMISSION_DENIED", "SERVICE_DISABLED", "accessNotConfigured",
                            "usageLimits"},
    [CMEK_DEMO_NOT_FOUND] = {404, "NOT_FOUND", NULL, "notFound", "global"},
    [CMEK_DEMO_INVALID] = {400, "INVALID_ARGUMENT", NULL, "invalid", "global"},
    [CMEK_DEMO_REQUIRED] = {400, "INVALID_ARGUMENT", NULL, "required", "global"},
    [CMEK_DEMO_THROTTLED] = {429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "rateLimitExceeded",
                             "usageLimits"},
    [CMEK_DEMO_UNAVAILABLE] = {503, "UNAVAILABLE", NULL, "backendError", "global"},
    [CMEK_DEMO_INTERNAL] = {500, "INTERNAL", NULL, "backendError", "global"},
    [CMEK_DEMO_TOO_LARGE] = {413, "INVALID_ARGUMENT", NULL, "uploadTooLarge", "global"},
};

/* The project that has an API enabled or not: by number where that is known. Where the request is
 * about no project, Google means the caller's own. */
static const char *consumer(const struct cmek_demo_call *call)
{
    const char *name = call->node ? call->node->name : call->scope;
    return name && cmek_str_starts(name, "projects/") ? name : "projects/cmekscan-demo";
}

static void write_error_info(struct cmek_demo_call *call, const char *reason)
{
    struct cmek_json_writer *writer = &call->writer;
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "@type", "type.googleapis.com/google.rpc.ErrorInfo");
    cmek_json_member_text(writer, "reason", reason);
    cmek_json_member_text(writer, "domain",
                          cmek_str_eq(reason, "IAM_PERMISSION_DENIED") ? "iam.googleapis.com"
                                                                       : "googleapis.com");
    cmek_json_key(writer, "metadata");
    cmek_json_begin_object(writer);
    if (call->api && call->api->service)
        cmek_json_member_text(writer, "service", call->api->service);
    cmek_json_member_text(writer, "consumer", consumer(call));
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
}

static void write_old_errors(struct cmek_demo_call *call, enum cmek_demo_error error,
                             const char *message)
{
    struct cmek_json_writer *writer = &call->writer;
    cmek_json_key(writer, "errors");
    cmek_json_begin_array(writer);
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "message", message);
    cmek_json_member_text(writer, "domain", kinds[error].old_domain);
    cmek_json_member_text(writer, "reason", kinds[error].old_reason);
    if (kinds[error].code == 401 || error == CMEK_DEMO_DENIED) {
        cmek_json_member_text(writer, "locationType", "header");
        cmek_json_member_text(writer, "location", "Authorization");
    }
    cmek_json_end_object(writer);
    cmek_json_end_array(writer);
}

static void write_status(struct cmek_demo_call *call, enum cmek_demo_error error)
{
    struct cmek_json_writer *writer = &call->writer;
    cmek_json_member_text(writer, "status", kinds[error].status);
    if (!kinds[error].info_reason)
        return;
    cmek_json_key(writer, "details");
    cmek_json_begin_array(writer);
    write_error_info(call, kinds[error].info_reason);
    cmek_json_end_array(writer);
}

void cmek_demo_fail(struct cmek_demo_call *call, enum cmek_demo_error error, const char *format,
                    ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    call->status = kinds[error].code;
    cmek_strbuf_clear(&call->answer);
    cmek_json_writer_init(&call->writer, &call->answer, 0);
    cmek_json_begin_object(&call->writer);
    cmek_json_key(&call->writer, "error");
    cmek_json_begin_object(&call->writer);
    cmek_json_member_int(&call->writer, "code", kinds[error].code);
    cmek_json_member_text(&call->writer, "message", message);
    if (call->api && call->api->old_errors)
        write_old_errors(call, error, message);
    else
        write_status(call, error);
    cmek_json_end_object(&call->writer);
    cmek_json_end_object(&call->writer);
}

void cmek_demo_fail_disabled(struct cmek_demo_call *call, const char *message)
{
    const char *project = consumer(call);
    const char *bare = project && strchr(project, '/') ? strchr(project, '/') + 1 : "";
    if (message)
        cmek_demo_fail(call, CMEK_DEMO_DISABLED, "%s", message);
    else
        cmek_demo_fail(call, CMEK_DEMO_DISABLED,
                       "%s has not been used in project %s before or it is disabled. Enable it by "
                       "visiting "
                       "https://console.developers.google.com/apis/api/%s/overview?project=%s then "
                       "retry. If you enabled this API recently, wait a few minutes for the action "
                       "to propagate to our systems and retry.",
                       call->api->title, bare, call->api->service, bare);
}

void cmek_demo_answer_json(struct cmek_demo_call *call, const char *json)
{
    cmek_strbuf_puts(&call->answer, json);
}
