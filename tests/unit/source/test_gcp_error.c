/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of Google's APIs in both dialects: google.rpc.Status (cloud.google.com/apis/design/errors)
 * and Cloud Storage's (cloud.google.com/storage/docs/json_api/v1/status-codes). */
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "source/gcp_call.h"
#include "suite.h"
#include "json/json.h"

static struct cmek_arena arena;
static struct cmek_json *json;

static void clean_up(void)
{
    cmek_arena_done(&arena);
    cmek_json_free(json);
    json = NULL;
}

static struct cmek_gcp_error read_error(int status, const char *body)
{
    struct cmek_error err = {0};
    if (body)
        ck_assert_msg(cmek_json_parse(body, strlen(body), &json, &err) == CMEK_OK, "%s: %s",
                      err.message, body);
    struct cmek_gcp_error error;
    cmek_gcp_error_read(status, json, &arena, &error);
    ck_assert_int_eq(error.status, status);
    return error;
}

#define STATUS(code, status, reason)                                                               \
    "{\"error\": {\"code\": " code ", \"message\": \"it says so\", \"status\": \"" status "\","    \
    " \"details\": [{\"@type\": \"type.googleapis.com/google.rpc.LocalizedMessage\"},"             \
    " {\"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\", \"reason\": \"" reason "\","       \
    " \"domain\": \"googleapis.com\", \"metadata\": {\"reason\": \"SERVICE_DISABLED\"}}]}}"
#define STORAGE(code, reason)                                                                      \
    "{\"error\": {\"code\": " code ", \"message\": \"it says so\", \"errors\":"                    \
    " [{\"domain\": \"global\", \"reason\": \"" reason "\", \"message\": \"other\"}]}}"

static const struct {
    const char *label;
    int status;
    const char *body, *word, *message;
} rows[] = {
    {"API off", 403, STATUS("403", "PERMISSION_DENIED", "SERVICE_DISABLED"), "api-disabled",
     "it says so"},
    {"no permission", 403, STATUS("403", "PERMISSION_DENIED", "IAM_PERMISSION_DENIED"),
     "permission-denied", "it says so"},
    {"billing off", 403, STATUS("403", "PERMISSION_DENIED", "BILLING_DISABLED"), "billing-disabled",
     "it says so"},
    {"quota", 429, STATUS("429", "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), "rate-limited",
     "it says so"},
    {"VPC service controls", 403, STATUS("403", "PERMISSION_DENIED", "SECURITY_POLICY_VIOLATED"),
     "vpc-service-controls", "it says so"},
    {"quota project", 403, STATUS("403", "PERMISSION_DENIED", "USER_PROJECT_DENIED"),
     "quota-project-denied", "it says so"},
    {"expired token", 401, STATUS("401", "UNAUTHENTICATED", "ACCESS_TOKEN_EXPIRED"),
     "unauthenticated", "it says so"},
    {"a reason nobody knows", 404, STATUS("404", "NOT_FOUND", "WHATEVER"), "not-found",
     "it says so"},
    {"storage: API off", 403, STORAGE("403", "accessNotConfigured"), "api-disabled", "it says so"},
    {"storage: no permission", 403, STORAGE("403", "forbidden"), "permission-denied", "it says so"},
    {"storage: not found", 404, STORAGE("404", "notFound"), "not-found", "it says so"},
    {"storage: rate by 403", 403, STORAGE("403", "rateLimitExceeded"), "rate-limited",
     "it says so"},
    {"storage: rate of a user", 403, STORAGE("403", "userRateLimitExceeded"), "rate-limited",
     "it says so"},
    {"storage: rate by 429", 429, STORAGE("429", "rateLimitExceeded"), "rate-limited",
     "it says so"},
    {"storage: billing", 403, STORAGE("403", "accountDisabled"), "billing-disabled", "it says so"},
    {"storage: requester pays", 400, STORAGE("400", "userProjectMissing"), "quota-project-denied",
     "it says so"},
    {"storage: no token", 401, STORAGE("401", "required"), "unauthenticated", "it says so"},
    {"no body", 503, NULL, "unavailable", "HTTP status 503"},
    {"no body, 500", 500, NULL, "unavailable", "HTTP status 500"},
    {"no body, 403", 403, NULL, "permission-denied", "HTTP status 403"},
    {"no body, 408", 408, NULL, "timeout", "HTTP status 408"},
    {"no body, 400", 400, NULL, "invalid-request", "HTTP status 400"},
    {"a redirect", 302, NULL, "unexpected-answer", "HTTP status 302"},
    {"a teapot", 418, "{}", "unexpected-answer", "HTTP status 418"},
    {"OAuth's dialect", 400, "{\"error\": \"invalid_grant\", \"error_description\": \"x\"}",
     "invalid-request", "HTTP status 400"},
    {"a list", 404, "[{\"error\": {\"message\": \"x\"}}]", "not-found", "HTTP status 404"},
    {"error null", 404, "{\"error\": null}", "not-found", "HTTP status 404"},
    {"message of another type", 404, "{\"error\": {\"message\": 5}}", "not-found",
     "HTTP status 404"},
    {"details of another type", 403,
     "{\"error\": {\"message\": \"m\", \"details\": {\"reason\": \"SERVICE_DISABLED\"}}}",
     "permission-denied", "m"},
    {"a detail of another type", 403,
     "{\"error\": {\"message\": \"m\", \"details\": [5, null, \"SERVICE_DISABLED\", []]}}",
     "permission-denied", "m"},
    {"a reason of another type", 403,
     "{\"error\": {\"message\": \"m\", \"errors\": [{\"reason\": [\"rateLimitExceeded\"]}]}}",
     "permission-denied", "m"},
    {"line breaks and control characters", 404,
     "{\"error\": {\"message\": \"a\\nb\\tc\\u001b[31md\"}}", "not-found", "a b c [31md"},
};

START_TEST(errors_have_a_word_and_one_line)
{
    struct cmek_gcp_error error = read_error(rows[_i].status, rows[_i].body);
    ck_assert_msg(strcmp(error.word, rows[_i].word) == 0, "%s: %s", rows[_i].label, error.word);
    ck_assert_msg(strcmp(error.message, rows[_i].message) == 0, "%s: '%s'", rows[_i].label,
                  error.message);
}
END_TEST

static bool is_utf8(const char *text)
{
    uint32_t code = 0;
    while (*text && code != CMEK_UTF8_INVALID)
        text += cmek_utf8_decode(text, strlen(text), &code);
    return code != CMEK_UTF8_INVALID;
}

/* Wherever a long message is cut, it stays text. */
START_TEST(a_long_message_is_cut_between_characters)
{
    struct cmek_strbuf body = {0};
    cmek_strbuf_puts(&body, "{\"error\": {\"message\": \"");
    for (int i = 0; i < _i; i++)
        cmek_strbuf_putc(&body, 'x');
    for (int i = 0; i < 500; i++)
        cmek_strbuf_puts(&body, "\xF0\x9F\x90\x8E");
    cmek_strbuf_puts(&body, "\"}}");
    struct cmek_gcp_error error = read_error(403, cmek_strbuf_text(&body));
    size_t length = strlen(error.message);
    ck_assert_uint_gt(length, 300);
    ck_assert_uint_le(length, 400);
    ck_assert(is_utf8(error.message));
    cmek_strbuf_done(&body);
}
END_TEST

#define RETRY_INFO(delay)                                                                          \
    "{\"error\": {\"details\": [{\"@type\": \"type.googleapis.com/google.rpc.Help\"},"             \
    " {\"@type\": \"type.googleapis.com/google.rpc.RetryInfo\", \"retryDelay\": " delay "}]}}"

static const struct {
    const char *body;
    int64_t want_ms;
} delays[] = {
    {RETRY_INFO("\"30s\""), 30000},
    {RETRY_INFO("\"0.250s\""), 250},
    {RETRY_INFO("\"30\""), 0},
    {RETRY_INFO("\"-1s\""), 0},
    {RETRY_INFO("\"s\""), 0},
    {RETRY_INFO("\"1e99s\""), 0},
    {RETRY_INFO("\"nans\""), 0},
    {RETRY_INFO("30"), 0},
    {RETRY_INFO("{}"), 0},
    {"{\"error\": {\"details\": {}}}", 0},
    {"[]", 0},
    {"{\"error\": {\"details\": [{\"retryDelay\": \"3s\"}]}}", 0},
};

START_TEST(the_delay_is_read_from_retry_info)
{
    struct cmek_error err = {0};
    ck_assert_int_eq(cmek_json_parse(delays[_i].body, strlen(delays[_i].body), &json, &err),
                     CMEK_OK);
    ck_assert_msg(cmek_gcp_retry_delay_ms(json) == delays[_i].want_ms, "%s", delays[_i].body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/gcp_error");
    TCase *tests = tcase_create("gcp_error");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, errors_have_a_word_and_one_line, 0, COUNT(rows));
    tcase_add_loop_test(tests, a_long_message_is_cut_between_characters, 0, 4);
    tcase_add_loop_test(tests, the_delay_is_read_from_retry_info, 0, COUNT(delays));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
