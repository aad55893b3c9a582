/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/answer.h"
#include "auth/jwt.h"
#include "auth/source.h"
#include "auth/trust.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/time.h"
#include "json/decode.h"

/* Google refuses a longer life. */
#define ASSERTION_SECONDS 3600

/* What `gcloud iam service-accounts keys create` writes. */
struct key_file {
    const char *client_email, *private_key, *private_key_id, *token_uri;
};

static const struct cmek_json_field key_file_fields[] = {
    CMEK_JSON_FIELD(struct key_file, client_email, "client_email", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct key_file, private_key, "private_key", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct key_file, private_key_id, "private_key_id", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct key_file, token_uri, "token_uri", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct service_account {
    char *email, *key_id, *token_uri, *scope;
    struct cmek_jwt_key *key;
    bool is_self_signed; /* the JWT itself is the token: no endpoint is asked */
};

static void free_account(void *state)
{
    struct service_account *account = state;
    cmek_jwt_key_free(account->key);
    free(account->email);
    free(account->key_id);
    free(account->token_uri);
    free(account->scope);
    free(account);
}

static enum cmek_status check_file(const struct key_file *file, const struct cmek_token_load *how,
                                   struct cmek_error *err)
{
    if (!cmek_token_is_printable(file->client_email))
        return cmek_fail(err, CMEK_E_AUTH, "client_email is empty or holds control characters");
    if (!file->token_uri)
        return CMEK_OK;
    return cmek_token_trust_check(how->settings, CMEK_PLACE_OAUTH, "token_uri", file->token_uri,
                                  err);
}

static const struct cmek_token_source_ops account_ops;

static enum cmek_status take_file(const struct key_file *file, const struct cmek_token_load *how,
                                  struct cmek_token_source *ret_source, struct cmek_error *err)
{
    enum cmek_status status = check_file(file, how, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_jwt_key *key;
    status = cmek_jwt_key_parse(file->private_key, strlen(file->private_key), &key, err);
    if (status != CMEK_OK)
        return status;
    struct service_account *account = cmek_calloc(1, sizeof *account);
    account->key = key;
    account->email = cmek_strdup(file->client_email);
    account->key_id = file->private_key_id ? cmek_strdup(file->private_key_id) : NULL;
    account->token_uri = cmek_strdup(file->token_uri ? file->token_uri : CMEK_TOKEN_ENDPOINT);
    account->scope = cmek_strdup(how->scope);
    /* Other universes have no OAuth endpoint for service accounts. */
    account->is_self_signed = strcasecmp(cmek_auth_universe(how->settings), "googleapis.com") != 0;
    *ret_source = (struct cmek_token_source){&account_ops, account, NULL};
    return CMEK_OK;
}

enum cmek_status cmek_service_account_load(const struct cmek_json *json,
                                           const struct cmek_token_load *how,
                                           struct cmek_token_source *ret_source,
                                           struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct key_file file = {0};
    enum cmek_status status = cmek_json_decode(json, key_file_fields, &arena, &file, err);
    if (status == CMEK_OK)
        status = take_file(&file, how, ret_source, err);
    cmek_secret_wipe_text(file.private_key);
    cmek_arena_done(&arena);
    return status;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct service_account *account = state;
    cmek_strbuf_printf(text, "service account %s", account->email);
}

/* https://google.aip.dev/auth/4111, with a scope instead of an audience. */
static enum cmek_status sign_own(const struct service_account *account,
                                 const struct cmek_jwt_claims *claims, struct cmek_token_call *call,
                                 struct cmek_error *err)
{
    struct cmek_strbuf token = {0};
    enum cmek_status status = cmek_jwt_sign(claims, account->key_id, account->key, &token, err);
    if (status == CMEK_OK)
        cmek_secret_set(&call->token, token.data, token.length);
    call->life_s = ASSERTION_SECONDS;
    cmek_secret_wipe_text(token.data);
    cmek_strbuf_done(&token);
    return status;
}

/* https://developers.google.com/identity/protocols/oauth2/service-account#httprest; the audience is
 * Google's endpoint wherever the request goes. */
static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    if (answer)
        return cmek_token_answer_take(answer, call, err);
    const struct service_account *account = state;
    int64_t now = cmek_time_now().seconds;
    struct cmek_jwt_claims claims = {
        .issuer = account->email,
        .subject = account->is_self_signed ? account->email : NULL,
        .audience = account->is_self_signed ? NULL : CMEK_TOKEN_ENDPOINT,
        .scope = account->scope,
        .issued_at = now,
        .expires_at = now + ASSERTION_SECONDS,
    };
    if (account->is_self_signed)
        return sign_own(account, &claims, call, err);
    cmek_strbuf_puts(&call->url, account->token_uri);
    cmek_token_call_form(call, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    cmek_strbuf_puts(&call->body, "&assertion=");
    size_t assertion = call->body.length;
    enum cmek_status status =
        cmek_jwt_sign(&claims, account->key_id, account->key, &call->body, err);
    call->secrets[0] = cmek_strbuf_text(&call->body) + assertion;
    call->advice = "check that the key still exists and is enabled (gcloud iam service-accounts "
                   "keys list) and that this machine's clock is right";
    return status;
}

static const struct cmek_token_source_ops account_ops = {
    .describe = describe,
    .step = step,
    .free = free_account,
};
