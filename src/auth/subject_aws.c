/* SPDX-License-Identifier: Apache-2.0 */
/* A subject token made from AWS keys, which are in the environment or at the instance's metadata
 * address: google.aip.dev/auth/4117, "AWS". */
#include <stdlib.h>
#include <string.h>

#include "auth/aws_keys.h"
#include "auth/aws_sign.h"
#include "auth/subject.h"
#include "auth/trust.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/strings.h"
#include "json/decode.h"

#define ATTEMPT_MS   3000
#define MAX_ATTEMPTS 3
/* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html; the session
 * is used at once. */
#define SESSION_TTL_HEADER "X-aws-ec2-metadata-token-ttl-seconds"
#define SESSION_TTL        "300"
#define SESSION_HEADER     "X-aws-ec2-metadata-token"
#define ROLE_BYTES         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@_-"

struct aws_source {
    const char *environment_id, *region_url, *keys_url, *verification_url, *session_url;
};

static const struct cmek_json_field aws_fields[] = {
    CMEK_JSON_FIELD(struct aws_source, environment_id, "environment_id", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct aws_source, region_url, "region_url", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct aws_source, keys_url, "url", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct aws_source, verification_url, "regional_cred_verification_url",
                    CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct aws_source, session_url, "imdsv2_session_token_url", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

enum item { SESSION, REGION, ROLE, KEYS, ITEM_COUNT };

struct aws {
    char *verification_url, *audience;
    char *urls[ITEM_COUNT]; /* that of ROLE is the beginning of that of KEYS; NULL: not named */
    char *given_region;     /* by the environment, or NULL */
    struct cmek_aws_keys given_keys;

    /* Of this run */
    enum item asked;
    struct cmek_strbuf region, role;
    struct cmek_secret session;
    struct cmek_aws_keys keys;
};

static void forget_run(struct aws *aws)
{
    cmek_strbuf_done(&aws->region);
    cmek_strbuf_done(&aws->role);
    cmek_secret_done(&aws->session);
    cmek_aws_keys_done(&aws->keys);
}

static void free_aws(void *state)
{
    struct aws *aws = state;
    forget_run(aws);
    cmek_aws_keys_done(&aws->given_keys);
    for (int i = 0; i < ITEM_COUNT; i++)
        free(aws->urls[i]);
    free(aws->given_region);
    free(aws->verification_url);
    free(aws->audience);
    free(aws);
}

static enum cmek_status check_source(const struct aws_source *source,
                                     const struct cmek_subject_load *how, struct cmek_error *err)
{
    const char *const urls[][2] = {
        {"credential_source.region_url", source->region_url},
        {"credential_source.url", source->keys_url},
        {"credential_source.imdsv2_session_token_url", source->session_url},
    };
    if (!cmek_str_eq(source->environment_id, "aws1"))
        return cmek_fail(err, CMEK_E_AUTH,
                         "credential_source.environment_id is not \"aws1\", the only one there is");
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        enum cmek_status status =
            urls[i][1] ? cmek_token_trust_check(how->settings, CMEK_PLACE_AWS_METADATA, urls[i][0],
                                                urls[i][1], err)
                       : CMEK_OK;
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

static const struct cmek_token_source_ops aws_ops;

static enum cmek_status take_source(const struct aws_source *source,
                                    const struct cmek_subject_load *how,
                                    struct cmek_token_source *ret_source, struct cmek_error *err)
{
    enum cmek_status status = check_source(source, how, err);
    if (status != CMEK_OK)
        return status;
    const struct cmek_aws_settings *given = &how->settings->aws;
    struct aws *aws = cmek_calloc(1, sizeof *aws);
    aws->audience = cmek_strdup(how->audience);
    aws->verification_url = cmek_strdup(source->verification_url);
    aws->urls[SESSION] = source->session_url ? cmek_strdup(source->session_url) : NULL;
    aws->urls[REGION] = source->region_url ? cmek_strdup(source->region_url) : NULL;
    aws->urls[ROLE] = source->keys_url ? cmek_strdup(source->keys_url) : NULL;
    aws->given_region = given->region ? cmek_strdup(given->region) : NULL;
    if (given->access_key_id && given->secret_access_key)
        cmek_aws_keys_set(&aws->given_keys, given->access_key_id, given->secret_access_key,
                          given->session_token);
    *ret_source = (struct cmek_token_source){&aws_ops, aws, NULL};
    return CMEK_OK;
}

enum cmek_status cmek_subject_aws_load(const struct cmek_subject_load *how,
                                       struct cmek_token_source *ret_source, struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct aws_source source = {0};
    enum cmek_status status = cmek_json_decode(how->source, aws_fields, &arena, &source, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "credential_source");
    else
        status = take_source(&source, how, ret_source, err);
    cmek_arena_done(&arena);
    return status;
}

/* Answers of the metadata address */

static enum cmek_status take_region(struct aws *aws, const char *zone, size_t length,
                                    struct cmek_error *err)
{
    if (length < 2)
        return cmek_fail(err, CMEK_E_AUTH, "it names no availability zone");
    cmek_strbuf_append(&aws->region, zone, length - 1); /* us-east-1 of us-east-1b */
    return CMEK_OK;
}

static enum cmek_status take_role(struct aws *aws, const char *role, size_t length,
                                  struct cmek_error *err)
{
    if (length == 0 || strspn(role, ROLE_BYTES) != length)
        return cmek_fail(err, CMEK_E_AUTH, "it names no role: does the instance have one?");
    cmek_strbuf_append(&aws->role, role, length);
    return CMEK_OK;
}

static enum cmek_status take_session(struct aws *aws, const char *text, size_t length,
                                     struct cmek_error *err)
{
    cmek_secret_set(&aws->session, text, length);
    return cmek_token_is_sendable(aws->session.bytes)
               ? CMEK_OK
               : cmek_fail(err, CMEK_E_AUTH, "the session token is empty or malformed");
}

static enum cmek_status take(struct aws *aws, const struct cmek_strbuf *answer,
                             struct cmek_error *err)
{
    const char *text = cmek_strbuf_text(answer);
    size_t length = strcspn(text, " \t\r\n");
    enum cmek_status status = CMEK_OK;
    switch (aws->asked) {
    case SESSION:
        status = take_session(aws, text, length, err);
        break;
    case REGION:
        status = take_region(aws, text, length, err);
        break;
    case ROLE:
        status = take_role(aws, text, length, err);
        break;
    case KEYS:
    case ITEM_COUNT:
        status = cmek_aws_keys_read(answer, &aws->keys, err);
        break;
    }
    if (status != CMEK_OK)
        cmek_error_prefix(err, "the answer of AWS's metadata address");
    return status == CMEK_OK ? CMEK_OK : CMEK_E_AUTH;
}

/* What is missing next */

static enum cmek_status ask(struct aws *aws, enum item item, struct cmek_token_call *call,
                            struct cmek_error *err)
{
    const char *url = aws->urls[item == KEYS ? ROLE : item];
    if (!url)
        return cmek_fail(err, CMEK_E_AUTH, "%s, and credential_source has no %s",
                         item == REGION ? "AWS_REGION is not set"
                                        : "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
                         item == REGION ? "region_url" : "url");
    aws->asked = item;
    cmek_strbuf_puts(&call->url, url);
    if (item == KEYS)
        cmek_strbuf_printf(&call->url, "/%s", cmek_strbuf_text(&aws->role));
    if (item == SESSION) {
        call->method = "PUT";
        cmek_token_call_header(call, SESSION_TTL_HEADER, SESSION_TTL);
    } else if (aws->session.bytes) {
        cmek_token_call_header(call, SESSION_HEADER, aws->session.bytes);
        call->secrets[0] = aws->session.bytes;
    }
    call->endpoint = "AWS's metadata address";
    call->advice = "check that this machine is an instance with a role, or set AWS_REGION, "
                   "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    call->max_attempts = MAX_ATTEMPTS;
    call->attempt_ms = ATTEMPT_MS;
    call->is_direct = true;
    return CMEK_OK;
}

static enum cmek_status sign(const struct aws *aws, const char *region,
                             const struct cmek_aws_keys *keys, struct cmek_token_call *call,
                             struct cmek_error *err)
{
    const struct cmek_aws_identity identity = {
        .url = aws->verification_url,
        .region = region,
        .access_key_id = keys->id.bytes,
        .secret_access_key = keys->secret.bytes,
        .session_token = keys->session_token.bytes,
        .target_resource = aws->audience,
        .now = cmek_time_now(),
    };
    struct cmek_strbuf token = {0};
    enum cmek_status status = cmek_aws_sign_identity(&identity, &token, err);
    if (status == CMEK_OK)
        cmek_secret_set(&call->token, token.data, token.length);
    cmek_secret_wipe_text(token.data);
    cmek_strbuf_done(&token);
    return status;
}

static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    struct aws *aws = state;
    enum cmek_status status = CMEK_OK;
    if (answer)
        status = take(aws, answer, err);
    else
        forget_run(aws);
    if (status != CMEK_OK)
        return status;
    const char *region = aws->given_region ? aws->given_region : aws->region.data;
    const struct cmek_aws_keys *keys = aws->given_keys.id.bytes ? &aws->given_keys : &aws->keys;
    bool has_all = region && keys->id.bytes;
    if (!has_all && aws->urls[SESSION] && !aws->session.bytes)
        return ask(aws, SESSION, call, err);
    if (!region)
        return ask(aws, REGION, call, err);
    if (!keys->id.bytes)
        return ask(aws, aws->role.length > 0 ? KEYS : ROLE, call, err);
    status = sign(aws, region, keys, call, err);
    forget_run(aws);
    return status;
}

static const struct cmek_token_source_ops aws_ops = {
    .step = step,
    .free = free_aws,
};
