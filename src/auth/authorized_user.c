/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "auth/source.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "http/engine.h"
#include "json/decode.h"

/* What `gcloud auth application-default login` writes. */
struct user_file {
    const char *client_id, *client_secret, *refresh_token, *token_uri;
};

static const struct cmek_json_field user_file_fields[] = {
    CMEK_JSON_FIELD(struct user_file, client_id, "client_id", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct user_file, client_secret, "client_secret", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct user_file, refresh_token, "refresh_token", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct user_file, token_uri, "token_uri", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct authorized_user {
    char *client_id, *token_uri;
    struct cmek_secret client_secret, refresh_token;
};

static void free_user(void *state)
{
    struct authorized_user *user = state;
    free(user->client_id);
    free(user->token_uri);
    cmek_secret_done(&user->client_secret);
    cmek_secret_done(&user->refresh_token);
    free(user);
}

static enum cmek_status take_file(const struct user_file *file, void **ret_state,
                                  struct cmek_error *err)
{
    if (file->refresh_token[0] == '\0')
        return cmek_fail(err, CMEK_E_AUTH, "refresh_token is empty");
    const char *uri = file->token_uri ? file->token_uri : CMEK_TOKEN_ENDPOINT;
    enum cmek_status status = cmek_token_endpoint_check(uri, err);
    if (status != CMEK_OK)
        return status;
    struct authorized_user *user = cmek_calloc(1, sizeof *user);
    user->client_id = cmek_strdup(file->client_id);
    user->token_uri = cmek_strdup(uri);
    cmek_secret_set(&user->client_secret, file->client_secret, strlen(file->client_secret));
    cmek_secret_set(&user->refresh_token, file->refresh_token, strlen(file->refresh_token));
    *ret_state = user;
    return CMEK_OK;
}

static enum cmek_status load(const struct cmek_json *json, void **ret_state, struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct user_file file = {0};
    enum cmek_status status = cmek_json_decode(json, user_file_fields, &arena, &file, err);
    if (status == CMEK_OK)
        status = take_file(&file, ret_state, err);
    cmek_secret_wipe_text(file.client_secret);
    cmek_secret_wipe_text(file.refresh_token);
    cmek_arena_done(&arena);
    return status;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    (void)state; /* the file does not name the user */
    cmek_strbuf_puts(text, "user login");
}

/* https://developers.google.com/identity/protocols/oauth2/native-app#offline */
static enum cmek_status prepare(const void *state, struct cmek_token_call *call,
                                struct cmek_error *err)
{
    (void)err;
    const struct authorized_user *user = state;
    const char *const members[][2] = {
        {"grant_type=", "refresh_token"},
        {"&client_id=", user->client_id},
        {"&client_secret=", user->client_secret.bytes},
        {"&refresh_token=", user->refresh_token.bytes},
    };
    cmek_strbuf_puts(&call->url, user->token_uri);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        cmek_strbuf_puts(&call->body, members[i][0]);
        cmek_url_encode(&call->body, members[i][1]);
    }
    call->secrets[0] = user->refresh_token.bytes;
    call->secrets[1] = user->client_secret.bytes;
    return CMEK_OK;
}

const struct cmek_token_source_ops cmek_token_source_authorized_user = {
    .type = "authorized_user",
    .load = load,
    .describe = describe,
    .prepare = prepare,
    .free = free_user,
    .advice = "log in again: gcloud auth application-default login",
};
