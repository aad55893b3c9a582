/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/source.h"
#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"

struct static_token {
    struct cmek_secret token; /* empty: read from the file each time, someone may renew it */
    char *path;
};

static void free_token(void *state)
{
    struct static_token *fixed = state;
    cmek_secret_done(&fixed->token);
    free(fixed->path);
    free(fixed);
}

static enum cmek_status check(const char *token, const char *origin, struct cmek_error *err)
{
    if (*token == '\0')
        return cmek_fail(err, CMEK_E_AUTH, "the access token in %s is empty", origin);
    if (!cmek_token_is_sendable(token))
        return cmek_fail(err, CMEK_E_AUTH,
                         "the access token in %s holds blanks, line ends or other characters that "
                         "no token has",
                         origin);
    return CMEK_OK;
}

static size_t trimmed_length(const struct cmek_strbuf *content)
{
    size_t length = content->length;
    while (length > 0 && (content->data[length - 1] == '\n' || content->data[length - 1] == '\r'))
        length--;
    return length;
}

static enum cmek_status read_token(const char *path, struct cmek_secret *ret_token,
                                   struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_CREDENTIAL_BYTES, &content, err);
    if (status != CMEK_OK) {
        cmek_secret_wipe_text(content.data);
        cmek_strbuf_done(&content);
        cmek_error_prefix(err, "access token file");
        return CMEK_E_AUTH;
    }
    struct cmek_secret token = {0};
    cmek_secret_set(&token, cmek_strbuf_text(&content), trimmed_length(&content));
    bool has_nul = strlen(token.bytes) != token.length;
    if (content.data)
        explicit_bzero(content.data, content.length);
    cmek_strbuf_done(&content);
    char origin[512];
    snprintf(origin, sizeof origin, "'%s'", path);
    status = has_nul ? cmek_fail(err, CMEK_E_AUTH, "the access token in %s holds a NUL", origin)
                     : check(token.bytes, origin, err);
    if (status != CMEK_OK) {
        cmek_secret_done(&token);
        return status;
    }
    *ret_token = token;
    return CMEK_OK;
}

static const struct cmek_token_source_ops static_ops;

enum cmek_status cmek_static_token_new(const char *token, const char *path,
                                       struct cmek_token_source *ret_source, struct cmek_error *err)
{
    struct cmek_secret first = {0};
    enum cmek_status status =
        token ? check(token, "CLOUDSDK_AUTH_ACCESS_TOKEN", err) : read_token(path, &first, err);
    cmek_secret_done(&first);
    if (status != CMEK_OK)
        return status;
    struct static_token *fixed = cmek_calloc(1, sizeof *fixed);
    if (token)
        cmek_secret_set(&fixed->token, token, strlen(token));
    else
        fixed->path = cmek_strdup(path);
    *ret_source = (struct cmek_token_source){&static_ops, fixed, NULL};
    return CMEK_OK;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct static_token *fixed = state;
    cmek_strbuf_puts(text,
                     fixed->path ? "access token" : "access token from CLOUDSDK_AUTH_ACCESS_TOKEN");
}

static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    (void)answer;
    const struct static_token *fixed = state;
    call->advice = "get a new one: gcloud auth print-access-token";
    if (fixed->path)
        return read_token(fixed->path, &call->token, err);
    cmek_secret_set(&call->token, fixed->token.bytes, fixed->token.length);
    return CMEK_OK;
}

static const struct cmek_token_source_ops static_ops = {
    .describe = describe,
    .step = step,
    .free = free_token,
};
