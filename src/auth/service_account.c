/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "auth/jwt.h"
#include "auth/source.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/strings.h"
#include "base/time.h"
#include "http/engine.h"
#include "json/decode.h"

/* Google refuses a longer life. */
#define ASSERTION_SECONDS 3600

/* What `gcloud iam service-accounts keys create` writes. */
struct key_file {
    const char *client_email, *private_key, *private_key_id, *token_uri, *universe_domain;
};

static const struct cmek_json_field key_file_fields[] = {
    CMEK_JSON_FIELD(struct key_file, client_email, "client_email", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct key_file, private_key, "private_key", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct key_file, private_key_id, "private_key_id", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct key_file, token_uri, "token_uri", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct key_file, universe_domain, "universe_domain", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct service_account {
    char *email, *key_id, *token_uri;
    struct cmek_jwt_key *key;
};

static void free_account(void *state)
{
    struct service_account *account = state;
    cmek_jwt_key_free(account->key);
    free(account->email);
    free(account->key_id);
    free(account->token_uri);
    free(account);
}

static enum cmek_status check_file(const struct key_file *file, struct cmek_error *err)
{
    if (!cmek_token_is_printable(file->client_email))
        return cmek_fail(err, CMEK_E_AUTH, "client_email is empty or holds control characters");
    if (file->universe_domain && !cmek_str_eq(file->universe_domain, "googleapis.com"))
        return cmek_fail(err, CMEK_E_AUTH,
                         "universe_domain is not googleapis.com; other universes are not supported "
                         "yet");
    return file->token_uri ? cmek_token_endpoint_check(file->token_uri, err) : CMEK_OK;
}

static enum cmek_status take_file(const struct key_file *file, void **ret_state,
                                  struct cmek_error *err)
{
    enum cmek_status status = check_file(file, err);
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
    *ret_state = account;
    return CMEK_OK;
}

static enum cmek_status load(const struct cmek_json *json, void **ret_state, struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct key_file file = {0};
    enum cmek_status status = cmek_json_decode(json, key_file_fields, &arena, &file, err);
    if (status == CMEK_OK)
        status = take_file(&file, ret_state, err);
    cmek_secret_wipe_text(file.private_key);
    cmek_arena_done(&arena);
    return status;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct service_account *account = state;
    cmek_strbuf_printf(text, "service account %s", account->email);
}

/* https://developers.google.com/identity/protocols/oauth2/service-account#httprest; the audience is
 * Google's endpoint wherever the request goes. */
static enum cmek_status prepare(const void *state, struct cmek_token_call *call,
                                struct cmek_error *err)
{
    const struct service_account *account = state;
    int64_t now = cmek_time_now().seconds;
    struct cmek_jwt_claims claims = {
        .issuer = account->email,
        .audience = CMEK_TOKEN_ENDPOINT,
        .scope = CMEK_TOKEN_SCOPE,
        .issued_at = now,
        .expires_at = now + ASSERTION_SECONDS,
    };
    cmek_strbuf_puts(&call->url, account->token_uri);
    cmek_strbuf_puts(&call->body, "grant_type=");
    cmek_url_encode(&call->body, "urn:ietf:params:oauth:grant-type:jwt-bearer");
    cmek_strbuf_puts(&call->body, "&assertion=");
    size_t assertion = call->body.length;
    enum cmek_status status =
        cmek_jwt_sign(&claims, account->key_id, account->key, &call->body, err);
    call->secrets[0] = cmek_strbuf_text(&call->body) + assertion;
    return status;
}

const struct cmek_token_source_ops cmek_token_source_service_account = {
    .type = "service_account",
    .load = load,
    .describe = describe,
    .prepare = prepare,
    .free = free_account,
    .advice = "check that the key still exists and is enabled (gcloud iam service-accounts keys "
              "list) and that this machine's clock is right",
};
