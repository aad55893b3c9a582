/* SPDX-License-Identifier: Apache-2.0 */
/* Logins of people: with a Google account, or through a workforce pool. Both are refresh tokens. */
#include <stdlib.h>
#include <string.h>

#include "auth/answer.h"
#include "auth/source.h"
#include "auth/trust.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "json/decode.h"
#include "json/json.h"

struct kind {
    const char *name;     /* for messages */
    const char *endpoint; /* where no other is named; NULL: one must be */
    const char *member;   /* that names it */
    enum cmek_token_place place;
    bool has_client_in_header; /* RFC 6749 section 2.3.1, else in the form */
    const char *advice;
};

/* `gcloud auth application-default login` */
static const struct kind google_user = {
    .name = "user login",
    .endpoint = CMEK_TOKEN_ENDPOINT,
    .member = "token_uri",
    .place = CMEK_PLACE_OAUTH,
    .advice = "log in again: gcloud auth application-default login",
};

/* The same with --login-config */
static const struct kind workforce_user = {
    .name = "workforce user login",
    .member = "token_url",
    .place = CMEK_PLACE_STS,
    .has_client_in_header = true,
    .advice = "log in again: gcloud auth application-default login --login-config=FILE",
};

struct user_file {
    const char *client_id, *client_secret, *refresh_token, *token_uri, *token_url;
};

static const struct cmek_json_field user_file_fields[] = {
    CMEK_JSON_FIELD(struct user_file, client_id, "client_id", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct user_file, client_secret, "client_secret", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct user_file, refresh_token, "refresh_token", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct user_file, token_uri, "token_uri", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct user_file, token_url, "token_url", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct user {
    const struct kind *kind;
    char *client_id, *endpoint;
    struct cmek_secret client_secret, refresh_token;
};

static void free_user(void *state)
{
    struct user *user = state;
    free(user->client_id);
    free(user->endpoint);
    cmek_secret_done(&user->client_secret);
    cmek_secret_done(&user->refresh_token);
    free(user);
}

static const struct cmek_token_source_ops user_ops;

static enum cmek_status take_file(const struct kind *kind, const struct user_file *file,
                                  const struct cmek_token_load *how,
                                  struct cmek_token_source *ret_source, struct cmek_error *err)
{
    if (file->refresh_token[0] == '\0')
        return cmek_fail(err, CMEK_E_AUTH, "refresh_token is empty");
    const char *named = kind == &google_user ? file->token_uri : file->token_url;
    const char *endpoint = named ? named : kind->endpoint;
    if (!endpoint)
        return cmek_fail(err, CMEK_E_AUTH, "%s is missing", kind->member);
    enum cmek_status status =
        cmek_token_trust_check(how->settings, kind->place, kind->member, endpoint, err);
    if (status != CMEK_OK)
        return status;
    struct user *user = cmek_calloc(1, sizeof *user);
    user->kind = kind;
    user->client_id = cmek_strdup(file->client_id);
    user->endpoint = cmek_strdup(endpoint);
    cmek_secret_set(&user->client_secret, file->client_secret, strlen(file->client_secret));
    cmek_secret_set(&user->refresh_token, file->refresh_token, strlen(file->refresh_token));
    *ret_source = (struct cmek_token_source){&user_ops, user, NULL};
    return CMEK_OK;
}

static enum cmek_status load(const struct kind *kind, const struct cmek_json *json,
                             const struct cmek_token_load *how,
                             struct cmek_token_source *ret_source, struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct user_file file = {0};
    enum cmek_status status = cmek_json_decode(json, user_file_fields, &arena, &file, err);
    if (status == CMEK_OK)
        status = take_file(kind, &file, how, ret_source, err);
    cmek_secret_wipe_text(file.client_secret);
    cmek_secret_wipe_text(file.refresh_token);
    cmek_arena_done(&arena);
    return status;
}

enum cmek_status cmek_authorized_user_load(const struct cmek_json *json,
                                           const struct cmek_token_load *how,
                                           struct cmek_token_source *ret_source,
                                           struct cmek_error *err)
{
    return load(&google_user, json, how, ret_source, err);
}

enum cmek_status cmek_external_user_load(const struct cmek_json *json,
                                         const struct cmek_token_load *how,
                                         struct cmek_token_source *ret_source,
                                         struct cmek_error *err)
{
    return load(&workforce_user, json, how, ret_source, err);
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct user *user = state;
    cmek_strbuf_puts(text, user->kind->name); /* the file does not say who it is */
}

/* A new refresh token that came with the answer is good from now on; the file is not ours to
 * change.
 */
static void keep_refresh_token(struct user *user, const struct cmek_strbuf *answer)
{
    struct cmek_json *json = NULL;
    if (cmek_json_parse(cmek_strbuf_text(answer), answer->length, &json, NULL) != CMEK_OK)
        return;
    const char *token = cmek_json_peek(cmek_json_get(json, "refresh_token"));
    if (token && *token)
        cmek_secret_set(&user->refresh_token, token, strlen(token));
    cmek_json_free(json);
}

/* https://developers.google.com/identity/protocols/oauth2/native-app#offline */
static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    struct user *user = state;
    if (answer) {
        keep_refresh_token(user, answer);
        return cmek_token_answer_take(answer, call, err);
    }
    cmek_strbuf_puts(&call->url, user->endpoint);
    cmek_token_call_form(call, "grant_type", "refresh_token");
    if (user->kind->has_client_in_header) {
        cmek_token_call_basic(call, user->client_id, user->client_secret.bytes);
    } else {
        cmek_token_call_form(call, "client_id", user->client_id);
        cmek_token_call_form(call, "client_secret", user->client_secret.bytes);
    }
    cmek_token_call_form(call, "refresh_token", user->refresh_token.bytes);
    call->secrets[0] = user->refresh_token.bytes;
    call->secrets[1] = user->client_secret.bytes;
    call->advice = user->kind->advice;
    return CMEK_OK;
}

static const struct cmek_token_source_ops user_ops = {
    .describe = describe,
    .step = step,
    .free = free_user,
};
