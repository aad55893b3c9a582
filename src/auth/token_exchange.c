/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/token_exchange.h"

#include <stdlib.h>
#include <string.h>

#include "auth/answer.h"
#include "base/alloc.h"
#include "http/engine.h"

struct exchange {
    struct cmek_token_source subject;
    struct cmek_secret subject_token; /* while the service is asked with it */
    char *token_url, *audience, *subject_token_type, *scope, *options, *client_id;
    struct cmek_secret client_secret;
};

static void free_exchange(void *state)
{
    struct exchange *exchange = state;
    cmek_token_source_done(&exchange->subject);
    cmek_secret_done(&exchange->subject_token);
    cmek_secret_done(&exchange->client_secret);
    free(exchange->token_url);
    free(exchange->audience);
    free(exchange->subject_token_type);
    free(exchange->scope);
    free(exchange->options);
    free(exchange->client_id);
    free(exchange);
}

static const struct cmek_token_source_ops exchange_ops;

struct cmek_token_source cmek_token_exchange_new(struct cmek_token_source *subject,
                                                 const struct cmek_token_exchange *what)
{
    struct exchange *exchange = cmek_calloc(1, sizeof *exchange);
    exchange->subject = *subject;
    exchange->token_url = cmek_strdup(what->token_url);
    exchange->audience = cmek_strdup(what->audience);
    exchange->subject_token_type = cmek_strdup(what->subject_token_type);
    exchange->scope = cmek_strdup(what->scope);
    exchange->options = what->options ? cmek_strdup(what->options) : NULL;
    exchange->client_id = what->client_id ? cmek_strdup(what->client_id) : NULL;
    if (what->client_secret)
        cmek_secret_set(&exchange->client_secret, what->client_secret, strlen(what->client_secret));
    *subject = (struct cmek_token_source){0};
    return (struct cmek_token_source){&exchange_ops, exchange, NULL};
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct exchange *exchange = state;
    cmek_strbuf_printf(text, "external account of %s", exchange->audience);
}

/* https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
static void ask(const struct exchange *exchange, struct cmek_token_call *call)
{
    cmek_strbuf_puts(&call->url, exchange->token_url);
    cmek_token_call_form(call, "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    cmek_token_call_form(call, "audience", exchange->audience);
    cmek_token_call_form(call, "scope", exchange->scope);
    cmek_token_call_form(call, "requested_token_type",
                         "urn:ietf:params:oauth:token-type:access_token");
    cmek_token_call_form(call, "subject_token", exchange->subject_token.bytes);
    cmek_token_call_form(call, "subject_token_type", exchange->subject_token_type);
    if (exchange->options) {
        struct cmek_strbuf encoded = {0}; /* once more than a form does by itself */
        cmek_url_encode(&encoded, exchange->options);
        cmek_token_call_form(call, "options", cmek_strbuf_text(&encoded));
        cmek_strbuf_done(&encoded);
    }
    if (exchange->client_id)
        cmek_token_call_basic(call, exchange->client_id, exchange->client_secret.bytes);
    call->secrets[0] = exchange->subject_token.bytes;
    call->secrets[1] = exchange->client_secret.bytes;
    call->endpoint = "the Security Token Service";
    call->advice = "check the identity pool's provider (gcloud iam workload-identity-pools "
                   "providers describe): its issuer, audience and attribute condition";
}

static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    struct exchange *exchange = state;
    struct cmek_secret *token = &exchange->subject_token;
    if (answer && token->bytes) {
        cmek_secret_done(token);
        return cmek_token_answer_take(answer, call, err);
    }
    cmek_secret_done(token);
    enum cmek_status status = cmek_token_source_step(&exchange->subject, answer, call, token, err);
    if (status == CMEK_OK && token->bytes)
        ask(exchange, call);
    return status;
}

static const struct cmek_token_source_ops exchange_ops = {
    .describe = describe,
    .step = step,
    .free = free_exchange,
};
