/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/lease.h"

#include <stdio.h>
#include <string.h>

#include "auth/answer.h"
#include "base/limits.h"
#include "base/strings.h"
#include "base/time.h"

#define RENEW_BEFORE_MS ((int64_t)4 * 60 * 1000)
/* A token that is refused so soon after a refused one is not the trouble: do not fetch in a circle.
 */
#define REJECTION_MS 30000
/* One failure answers all who ask within this time; and a token that could not be renewed serves
 * on, while it lasts, for this long before the next try. */
#define FAILURE_MS     10000
#define TRY_AGAIN_MS   30000
#define LAST_MOMENT_MS 10000
#define FORM_TYPE      "application/x-www-form-urlencoded"

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void accept_token(struct cmek_token_lease *lease, int64_t life_ms)
{
    int64_t now = cmek_monotonic_ms();
    lease->was_renewed_after_rejection = lease->rejected_token.bytes != NULL;
    cmek_secret_done(&lease->rejected_token);
    lease->obtained_ms = now;
    lease->expires_ms = now + life_ms;
    /* A short life must not mean renewing without end. */
    lease->renew_ms = lease->expires_ms - least(RENEW_BEFORE_MS, life_ms / 2);
    lease->failed_ms = 0;
}

static struct cmek_http_engine *end_renewal(struct cmek_token_lease *lease)
{
    struct cmek_http_engine *engine = lease->engine;
    lease->engine = NULL;
    cmek_program_stop(&lease->program);
    cmek_token_call_clear(&lease->call);
    cmek_secret_wipe_text(lease->answer.data);
    cmek_strbuf_done(&lease->answer);
    return engine;
}

/* Ends the renewal: with the token that there still is, or with lease->failure. */
static void give_up(struct cmek_token_lease *lease)
{
    struct cmek_http_engine *engine = end_renewal(lease);
    int64_t now = cmek_monotonic_ms();
    if (lease->token.bytes && now < lease->expires_ms - LAST_MOMENT_MS) {
        lease->renew_ms = least(now + TRY_AGAIN_MS, lease->expires_ms - LAST_MOMENT_MS);
        cmek_http_token_ready(engine);
        return;
    }
    cmek_secret_done(&lease->token);
    lease->failed_ms = now;
    cmek_http_token_failed(engine, lease->failure);
}

void cmek_token_lease_fail(struct cmek_token_lease *lease, const char *reason)
{
    snprintf(lease->failure, sizeof lease->failure, "no access token from %s: %s",
             lease->description, reason);
    give_up(lease);
}

/* The credential was understood and is not accepted: someone has to do something. */
static void fail_refused(struct cmek_token_lease *lease, const char *reason)
{
    snprintf(lease->failure, sizeof lease->failure, "no access token from %s: %s; %s",
             lease->description, reason, lease->call.advice ? lease->call.advice : "log in again");
    give_up(lease);
}

/* Callbacks of a request */

static bool on_body(void *payload, const char *bytes, size_t length)
{
    struct cmek_token_lease *lease = payload;
    cmek_strbuf_append(&lease->answer, bytes, length);
    return true;
}

static void on_restart(void *payload)
{
    struct cmek_token_lease *lease = payload;
    cmek_strbuf_clear(&lease->answer);
    lease->has_metadata_flavor = false;
}

static void on_header(void *payload, const char *name, const char *value)
{
    struct cmek_token_lease *lease = payload;
    if (cmek_str_eq(name, "metadata-flavor") && cmek_str_eq(value, "Google"))
        lease->has_metadata_flavor = true;
}

static bool is_worth_retry(void *payload, int status)
{
    struct cmek_token_lease *lease = payload;
    return status == 400 && cmek_token_answer_is_transient(&lease->answer);
}

static void on_refusal(struct cmek_token_lease *lease, int status)
{
    struct cmek_strbuf text = {0};
    const char *endpoint = lease->call.endpoint ? lease->call.endpoint : "the token endpoint";
    cmek_strbuf_printf(&text, "%s answered %d", endpoint, status);
    struct cmek_strbuf why = {0};
    cmek_token_answer_explain(&lease->answer, lease->call.secrets, CMEK_TOKEN_SECRETS_MAX, &why);
    if (why.length > 0)
        cmek_strbuf_printf(&text, " (%s)", cmek_strbuf_text(&why));
    fail_refused(lease, cmek_strbuf_text(&text));
    cmek_strbuf_done(&why);
    cmek_strbuf_done(&text);
}

static void on_no_answer(struct cmek_token_lease *lease, const struct cmek_http_result *result)
{
    const char *reason = result->message ? result->message : "stopped";
    if (!lease->call.is_metadata || !lease->tried) {
        cmek_token_lease_fail(lease, reason);
        return;
    }
    snprintf(lease->failure, sizeof lease->failure,
             "no Google credentials: %s, no metadata server answers (%s); " CMEK_HOW_TO_LOG_IN,
             lease->tried, reason);
    give_up(lease);
}

static void on_done(void *payload, const struct cmek_http_result *result)
{
    struct cmek_token_lease *lease = payload;
    bool is_answer = result->outcome == CMEK_HTTP_OK || result->outcome == CMEK_HTTP_STATUS;
    bool is_lacking = is_answer && result->status == 404 && lease->call.may_lack;
    if (is_lacking)
        cmek_strbuf_clear(&lease->answer);
    if (!is_answer)
        on_no_answer(lease, result);
    else if (lease->call.is_metadata && !lease->has_metadata_flavor)
        cmek_token_lease_fail(
            lease, "what answers there is no metadata server (no Metadata-Flavor: Google)");
    else if (result->outcome == CMEK_HTTP_STATUS && !is_lacking)
        on_refusal(lease, result->status);
    else
        cmek_token_lease_answered(lease);
}

static void ask(struct cmek_token_lease *lease)
{
    const struct cmek_token_call *call = &lease->call;
    bool has_body = call->body.length > 0;
    const char *method = call->method ? call->method : (has_body ? "POST" : "GET");
    const char *type = call->content_type ? call->content_type : FORM_TYPE;
    lease->has_metadata_flavor = false;
    cmek_http_submit(lease->engine, &(struct cmek_http_request){
                                        .method = method,
                                        .url = cmek_strbuf_text(&call->url),
                                        .body = has_body ? cmek_strbuf_text(&call->body) : NULL,
                                        .content_type = has_body ? type : NULL,
                                        .headers = (const char *const *)call->headers,
                                        .no_proxy = call->is_direct,
                                        .body_limit = CMEK_LIMIT_CREDENTIAL_BYTES,
                                        .max_attempts = call->max_attempts,
                                        .attempt_ms = call->attempt_ms,
                                        .body_sink = on_body,
                                        .restart = on_restart,
                                        .header = call->is_metadata ? on_header : NULL,
                                        .retry = is_worth_retry,
                                        .done = on_done,
                                        .payload = lease,
                                    });
}

/* The engine's side */

static void take_token(struct cmek_token_lease *lease)
{
    struct cmek_secret *token = &lease->call.token;
    bool has_life = lease->call.life_s > 0;
    if (!has_life && cmek_str_eq(token->bytes, lease->rejected_token.bytes)) {
        fail_refused(lease, "the server refuses it (401): it has expired or was revoked");
        return;
    }
    int64_t life_ms =
        has_life ? lease->call.life_s * 1000 : INT64_MAX / 4; /* nobody told how long; a 401 will */
    cmek_secret_done(&lease->token);
    lease->token = *token;
    *token = (struct cmek_secret){0};
    accept_token(lease, life_ms);
    cmek_http_token_ready(end_renewal(lease));
}

static void advance(struct cmek_token_lease *lease, const struct cmek_strbuf *answer)
{
    struct cmek_error err = {0};
    const struct cmek_token_source *source = lease->source;
    cmek_token_call_clear(&lease->call);
    if (source->ops->step(source->state, answer, &lease->call, &err) != CMEK_OK)
        cmek_token_lease_fail(lease, err.message);
    else if (lease->call.token.bytes)
        take_token(lease);
    else if (lease->call.program)
        cmek_token_lease_run_program(lease);
    else
        ask(lease);
}

/* The answer moves out, since the next step may bring another. */
void cmek_token_lease_answered(struct cmek_token_lease *lease)
{
    struct cmek_strbuf answer = lease->answer;
    lease->answer = (struct cmek_strbuf){0};
    advance(lease, &answer);
    cmek_secret_wipe_text(answer.data);
    cmek_strbuf_done(&answer);
}

void cmek_token_lease_renew(struct cmek_token_lease *lease, struct cmek_http_engine *engine)
{
    if (lease->engine)
        return;
    if (lease->failed_ms != 0 && cmek_monotonic_ms() - lease->failed_ms < FAILURE_MS) {
        cmek_http_token_failed(engine, lease->failure);
        return;
    }
    lease->engine = engine;
    advance(lease, NULL);
}

static const char *current_token(void *payload, int64_t now_ms)
{
    const struct cmek_token_lease *lease = payload;
    return lease->token.bytes && now_ms < lease->renew_ms ? lease->token.bytes : NULL;
}

static void refresh(void *payload, struct cmek_http_engine *engine)
{
    cmek_token_lease_renew(payload, engine);
}

static void reject(void *payload, const char *token)
{
    struct cmek_token_lease *lease = payload;
    if (!lease->token.bytes || !cmek_str_eq(lease->token.bytes, token))
        return;
    if (lease->was_renewed_after_rejection &&
        cmek_monotonic_ms() - lease->obtained_ms < REJECTION_MS)
        return;
    cmek_secret_done(&lease->rejected_token);
    lease->rejected_token = lease->token;
    lease->token = (struct cmek_secret){0};
}

struct cmek_http_authorizer cmek_token_lease_authorizer(struct cmek_token_lease *lease)
{
    return (struct cmek_http_authorizer){.token = current_token,
                                         .refresh = refresh,
                                         .rejected = reject,
                                         .payload = lease};
}

void cmek_token_lease_done(struct cmek_token_lease *lease)
{
    end_renewal(lease);
    cmek_secret_done(&lease->token);
    cmek_secret_done(&lease->rejected_token);
}
