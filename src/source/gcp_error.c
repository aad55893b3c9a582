/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "source/gcp_call.h"
#include "json/json.h"

/* Reasons of google.rpc.ErrorInfo and of Cloud Storage's errors[] that say more than the status
 * does. */
static const struct {
    const char *reason, *word;
} reasons[] = {
    {"SERVICE_DISABLED", "api-disabled"},
    {"accessNotConfigured", "api-disabled"},
    {"BILLING_DISABLED", "billing-disabled"},
    {"accountDisabled", "billing-disabled"},
    {"RATE_LIMIT_EXCEEDED", "rate-limited"},
    {"RESOURCE_EXHAUSTED", "rate-limited"},
    {"rateLimitExceeded", "rate-limited"},
    {"userRateLimitExceeded", "rate-limited"},
    {"quotaExceeded", "rate-limited"},
    {"SECURITY_POLICY_VIOLATED", "vpc-service-controls"},
    {"USER_PROJECT_DENIED", "quota-project-denied"},
    {"userProjectMissing", "quota-project-denied"},
};

static const struct {
    int status;
    const char *word;
} statuses[] = {
    {400, "invalid-request"}, {401, "unauthenticated"}, {403, "permission-denied"},
    {404, "not-found"},       {408, "timeout"},         {429, "rate-limited"},
};

static const char *word_for_reason(const char *reason)
{
    for (size_t i = 0; reason && i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i].reason) == 0)
            return reasons[i].word;
    return NULL;
}

static const char *word_for_status(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (status == statuses[i].status)
            return statuses[i].word;
    return status >= 500 ? "unavailable" : "unexpected-answer";
}

/* `details[].reason` or `errors[].reason`: whichever dialect it is. */
static const char *known_word(const struct cmek_json *error, const char *list_name)
{
    const struct cmek_json *list = cmek_json_get(error, list_name);
    for (size_t i = 0; i < cmek_json_count(list); i++) {
        const char *word =
            word_for_reason(cmek_json_peek(cmek_json_get(cmek_json_item(list, i), "reason")));
        if (word)
            return word;
    }
    return NULL;
}

#define MESSAGE_BYTES ((size_t)400)
#define LONGEST_S     86400.0

/* One line, of reasonable length: it goes into reports. */
static const char *one_line(const char *text, struct cmek_arena *arena)
{
    size_t length = strnlen(text, MESSAGE_BYTES);
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--; /* never within a character */
    char *copy = cmek_arena_strndup(arena, text, length);
    for (char *at = copy; *at; at++)
        if ((unsigned char)*at < 0x20)
            *at = ' ';
    return copy;
}

void cmek_gcp_error_read(int status, const struct cmek_json *body, struct cmek_arena *arena,
                         struct cmek_gcp_error *ret_error)
{
    const struct cmek_json *error = cmek_json_get(body, "error");
    const char *word = known_word(error, "details");
    if (!word)
        word = known_word(error, "errors");
    const char *message = cmek_json_string(cmek_json_get(error, "message"), arena);
    *ret_error = (struct cmek_gcp_error){
        .status = status,
        .word = word ? word : word_for_status(status),
        .message =
            message ? one_line(message, arena) : cmek_arena_printf(arena, "HTTP status %d", status),
    };
}

/* A protobuf Duration in JSON: "30s", "1.500s". */
static int64_t duration_ms(const char *text)
{
    char *end = NULL;
    double seconds = text ? strtod(text, &end) : 0;
    bool is_duration = end && end != text && strcmp(end, "s") == 0;
    return is_duration && seconds > 0 && seconds < LONGEST_S ? (int64_t)(seconds * 1000) : 0;
}

int64_t cmek_gcp_retry_delay_ms(const struct cmek_json *body)
{
    const struct cmek_json *details = cmek_json_get(cmek_json_get(body, "error"), "details");
    for (size_t i = 0; i < cmek_json_count(details); i++) {
        const struct cmek_json *detail = cmek_json_item(details, i);
        if (cmek_str_eq(cmek_json_peek(cmek_json_get(detail, "@type")),
                        "type.googleapis.com/google.rpc.RetryInfo"))
            return duration_ms(cmek_json_peek(cmek_json_get(detail, "retryDelay")));
    }
    return 0;
}

/* The least of Google's own roles that permits a call; deploy/terraform has a smaller one for all.
 * https://cloud.google.com/iam/docs/understanding-roles */
static const char *role_for(const char *operation)
{
    static const struct {
        const char *prefix, *role;
    } roles[] = {
        {"artifactregistry.", "roles/artifactregistry.reader"},
        {"cloudasset.", "roles/cloudasset.viewer"},
        {"cloudkms.", "roles/cloudkms.viewer"},
        {"cloudresourcemanager.effectiveTags.", "roles/resourcemanager.tagViewer"},
        {"cloudresourcemanager.", "roles/browser"},
        {"orgpolicy.", "roles/orgpolicy.policyViewer"},
        {"pubsub.", "roles/pubsub.viewer"},
        {"serviceusage.", "roles/serviceusage.serviceUsageViewer"},
        {"storage.buckets.get", "a role with storage.buckets.get"},
        {"storage.", "a role with storage.buckets.list"},
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (cmek_str_starts(operation, roles[i].prefix))
            return roles[i].role;
    return "read access";
}

void cmek_gcp_error_describe(const struct cmek_gcp_error *error, const char *operation,
                             const char *what, struct cmek_strbuf *buffer)
{
    static const struct {
        const char *word, *advice;
    } advices[] = {
        {"api-disabled",
         "enable the API, or accept that what was made before it was disabled is not seen"},
        {"rate-limited", "scan again later, or raise the quota"},
        {"unauthenticated", "check the credentials"},
        {"not-listed", "scan with --via inventory, or an export of it, which holds them"},
        {"vpc-service-controls", "let the scanner's account through the service perimeter"},
    };
    const char *advice = "scan again";
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (strcmp(advices[i].word, error->word) == 0)
            advice = advices[i].advice;
    size_t length = strlen(error->message); /* servers end theirs with a period, ours go on */
    while (length > 0 && error->message[length - 1] == '.')
        length--;
    cmek_strbuf_printf(buffer, "could not read %s: %.*s; ", what, (int)length, error->message);
    if (strcmp(error->word, "permission-denied") == 0)
        cmek_strbuf_printf(buffer, "grant the scanner's account %s there or above",
                           role_for(operation));
    else
        cmek_strbuf_puts(buffer, advice);
}

static const char *outcome_word(enum cmek_http_outcome outcome)
{
    static const char *const words[] = {
        [CMEK_HTTP_NETWORK] = "network-error",      [CMEK_HTTP_TIMEOUT] = "timeout",
        [CMEK_HTTP_TOO_LARGE] = "answer-too-large", [CMEK_HTTP_NO_TOKEN] = "unauthenticated",
        [CMEK_HTTP_ABORTED] = "interrupted",
    };
    return words[outcome];
}

void cmek_gcp_error_of(const struct cmek_http_result *result, const struct cmek_json *body,
                       struct cmek_arena *arena, struct cmek_gcp_error *ret_error)
{
    if (result->outcome == CMEK_HTTP_STATUS) {
        cmek_gcp_error_read(result->status, body, arena, ret_error);
        return;
    }
    const char *word = outcome_word(result->outcome);
    const char *otherwise =
        result->outcome == CMEK_HTTP_ABORTED ? "the scan was interrupted" : word;
    *ret_error = (struct cmek_gcp_error){.status = result->status,
                                         .word = word,
                                         .message = result->message ? result->message : otherwise};
}
