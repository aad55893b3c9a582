/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/answer.h"

#include <string.h>
#include <strings.h>

#include "auth/source.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/time.h"
#include "json/decode.h"
#include "json/json.h"

/* RFC 6749 only recommends expires_in; Google always sends it. */
#define DEFAULT_LIFE_SECONDS  3600
#define LONGEST_LIFE_SECONDS  86400
#define LONGEST_DETAIL_LENGTH 300
#define PIECE_LENGTH          16

struct token_answer {
    const char *access_token, *token_type;
    int64_t expires_in;
};

static const struct cmek_json_field token_answer_fields[] = {
    CMEK_JSON_FIELD(struct token_answer, access_token, "access_token", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct token_answer, token_type, "token_type", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct token_answer, expires_in, "expires_in", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static enum cmek_status check(const struct token_answer *answer, struct cmek_error *err)
{
    if (!cmek_token_is_sendable(answer->access_token))
        return cmek_fail(err, CMEK_E_AUTH,
                         "the access token is empty or holds characters that no token has");
    if (answer->token_type && strcasecmp(answer->token_type, "Bearer") != 0)
        return cmek_fail(err, CMEK_E_AUTH, "the token is not a bearer token");
    if (answer->expires_in <= 0)
        return cmek_fail(err, CMEK_E_AUTH,
                         "the access token has expired already; is this machine's clock right?");
    return CMEK_OK;
}

enum cmek_status cmek_token_answer_read(const struct cmek_strbuf *body,
                                        struct cmek_secret *ret_token, int64_t *ret_expires_in,
                                        struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    enum cmek_status status = cmek_json_parse(cmek_strbuf_text(body), body->length, &json, err);
    struct cmek_arena arena = {0};
    struct token_answer answer = {.expires_in = DEFAULT_LIFE_SECONDS};
    if (status == CMEK_OK)
        status = cmek_json_decode(json, token_answer_fields, &arena, &answer, err);
    if (status == CMEK_OK)
        status = check(&answer, err);
    if (status == CMEK_OK) {
        cmek_secret_set(ret_token, answer.access_token, strlen(answer.access_token));
        *ret_expires_in =
            answer.expires_in < LONGEST_LIFE_SECONDS ? answer.expires_in : LONGEST_LIFE_SECONDS;
    }
    cmek_secret_wipe_text(answer.access_token);
    cmek_arena_done(&arena);
    cmek_json_free(json);
    return status == CMEK_OK ? CMEK_OK : CMEK_E_AUTH;
}

enum cmek_status cmek_token_answer_take(const struct cmek_strbuf *body,
                                        struct cmek_token_call *call, struct cmek_error *err)
{
    enum cmek_status status = cmek_token_answer_read(body, &call->token, &call->life_s, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "the token endpoint's answer is unusable");
    return status;
}

/* https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
struct iam_answer {
    const char *access_token, *expire_time;
};

static const struct cmek_json_field iam_answer_fields[] = {
    CMEK_JSON_FIELD(struct iam_answer, access_token, "accessToken", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct iam_answer, expire_time, "expireTime", CMEK_JSON_REQUIRED),
    CMEK_JSON_END,
};

static enum cmek_status take_iam(const struct iam_answer *answer, struct cmek_token_call *call,
                                 struct cmek_error *err)
{
    struct cmek_time expires;
    if (!cmek_time_parse(answer->expire_time, &expires))
        return cmek_fail(err, CMEK_E_AUTH, "expireTime is no time");
    struct token_answer token = {
        .access_token = answer->access_token,
        .expires_in = expires.seconds - cmek_time_now().seconds,
    };
    enum cmek_status status = check(&token, err);
    if (status != CMEK_OK)
        return status;
    cmek_secret_set(&call->token, token.access_token, strlen(token.access_token));
    call->life_s =
        token.expires_in < LONGEST_LIFE_SECONDS ? token.expires_in : LONGEST_LIFE_SECONDS;
    return CMEK_OK;
}

enum cmek_status cmek_iam_answer_take(const struct cmek_strbuf *body, struct cmek_token_call *call,
                                      struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    struct cmek_arena arena = {0};
    struct iam_answer answer = {0};
    enum cmek_status status = cmek_json_parse(cmek_strbuf_text(body), body->length, &json, err);
    if (status == CMEK_OK)
        status = cmek_json_decode(json, iam_answer_fields, &arena, &answer, err);
    if (status == CMEK_OK)
        status = take_iam(&answer, call, err);
    cmek_secret_wipe_text(answer.access_token);
    cmek_arena_done(&arena);
    cmek_json_free(json);
    if (status == CMEK_OK)
        return CMEK_OK;
    cmek_error_prefix(err, "the IAM Credentials API's answer is unusable");
    return CMEK_E_AUTH;
}

static void append_printable(struct cmek_strbuf *text, const char *untrusted)
{
    size_t length = strnlen(untrusted, LONGEST_DETAIL_LENGTH);
    for (size_t i = 0; i < length; i++) {
        bool is_printable = untrusted[i] >= ' ' && untrusted[i] <= '~';
        cmek_strbuf_putc(text, is_printable ? untrusted[i] : '?');
    }
}

/* All of it, or so much that the rest might be guessed or looked up: servers like to quote what
 * they could not parse, cut short. */
static bool repeats(const char *text, const char *secret)
{
    if (strstr(text, secret))
        return true;
    size_t length = strnlen(text, LONGEST_DETAIL_LENGTH);
    for (size_t i = 0; i + PIECE_LENGTH <= length; i++) {
        char piece[PIECE_LENGTH + 1] = {0};
        memcpy(piece, text + i, PIECE_LENGTH);
        if (strstr(secret, piece))
            return true;
    }
    return false;
}

static bool repeats_secret(const char *text, const char *const *secrets, size_t secret_count)
{
    for (size_t i = 0; i < secret_count; i++)
        if (secrets[i] && *secrets[i] && repeats(text, secrets[i]))
            return true;
    return false;
}

void cmek_token_answer_explain(const struct cmek_strbuf *body, const char *const *secrets,
                               size_t secret_count, struct cmek_strbuf *text)
{
    struct cmek_json *json = NULL;
    if (cmek_json_parse(cmek_strbuf_text(body), body->length, &json, NULL) != CMEK_OK)
        return;
    /* OAuth's own form, and that of Google's front ends: {"error": {"status", "message"}}. */
    const char *code = cmek_json_peek(cmek_json_get(json, "error"));
    const char *detail = cmek_json_peek(cmek_json_get(json, "error_description"));
    if (!code) {
        code = cmek_json_peek(cmek_json_get_path(json, "error.status"));
        detail = cmek_json_peek(cmek_json_get_path(json, "error.message"));
    }
    if (code && !repeats_secret(code, secrets, secret_count))
        append_printable(text, code);
    if (detail && !repeats_secret(detail, secrets, secret_count)) {
        cmek_strbuf_puts(text, text->length > 0 ? ": " : "");
        append_printable(text, detail);
    }
    cmek_json_free(json);
}

bool cmek_token_answer_is_transient(const struct cmek_strbuf *body)
{
    static const char *const transient[] = {"internal_failure", "server_error",
                                            "temporarily_unavailable"};
    struct cmek_json *json = NULL;
    if (cmek_json_parse(cmek_strbuf_text(body), body->length, &json, NULL) != CMEK_OK)
        return false;
    const char *code = cmek_json_peek(cmek_json_get(json, "error"));
    bool is_transient = false;
    for (size_t i = 0; code && i < sizeof transient / sizeof *transient; i++)
        is_transient = is_transient || cmek_str_eq(code, transient[i]);
    cmek_json_free(json);
    return is_transient;
}
