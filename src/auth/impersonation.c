/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/impersonation.h"

#include <stdlib.h>
#include <string.h>

#include "auth/answer.h"
#include "base/alloc.h"
#include "base/strings.h"
#include "json/writer.h"

#define METHOD             ":generateAccessToken"
#define ACCOUNTS           "projects/-/serviceAccounts/"
#define DEFAULT_LIFETIME_S 3600

struct impersonator {
    struct cmek_token_source inner;
    char *url, *email, *body;
    struct cmek_secret inner_token; /* while the API is asked with it */
};

static void free_impersonator(void *state)
{
    struct impersonator *impersonator = state;
    cmek_token_source_done(&impersonator->inner);
    cmek_secret_done(&impersonator->inner_token);
    free(impersonator->url);
    free(impersonator->email);
    free(impersonator->body);
    free(impersonator);
}

bool cmek_impersonation_email(const char *url, struct cmek_strbuf *email)
{
    const char *slash = strrchr(url, '/');
    size_t length = slash ? strcspn(slash + 1, ":") : 0;
    if (length == 0 || !cmek_str_eq(slash + 1 + length, METHOD))
        return false;
    cmek_strbuf_append(email, slash + 1, length);
    return true;
}

static void write_delegate(struct cmek_json_writer *writer, const char *account)
{
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%s%s", strchr(account, '/') ? "" : ACCOUNTS, account);
    cmek_json_text(writer, cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
}

/* https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
 */
static char *make_body(const struct cmek_impersonation *what)
{
    struct cmek_strbuf body = {0};
    struct cmek_json_writer writer;
    char lifetime[32];
    snprintf(lifetime, sizeof lifetime, "%llds",
             (long long)(what->lifetime_s > 0 ? what->lifetime_s : DEFAULT_LIFETIME_S));
    cmek_json_writer_init(&writer, &body, 0);
    cmek_json_begin_object(&writer);
    if (what->delegates.count > 0) {
        cmek_json_key(&writer, "delegates");
        cmek_json_begin_array(&writer);
        for (size_t i = 0; i < what->delegates.count; i++)
            write_delegate(&writer, what->delegates.items[i]);
        cmek_json_end_array(&writer);
    }
    cmek_json_key(&writer, "scope");
    cmek_json_begin_array(&writer);
    cmek_json_text(&writer, what->scope);
    cmek_json_end_array(&writer);
    cmek_json_member_text(&writer, "lifetime", lifetime);
    cmek_json_end_object(&writer);
    return cmek_strbuf_detach(&body);
}

static const struct cmek_token_source_ops impersonation_ops;

enum cmek_status cmek_impersonation_new(struct cmek_token_source *inner,
                                        const struct cmek_impersonation *what,
                                        struct cmek_token_source *ret_source,
                                        struct cmek_error *err)
{
    struct cmek_strbuf email = {0};
    if (!cmek_impersonation_email(what->url, &email)) {
        cmek_token_source_done(inner);
        return cmek_fail(err, CMEK_E_AUTH,
                         "service_account_impersonation_url does not end with "
                         "/serviceAccounts/EMAIL" METHOD);
    }
    struct impersonator *impersonator = cmek_calloc(1, sizeof *impersonator);
    impersonator->inner = *inner;
    impersonator->url = cmek_strdup(what->url);
    impersonator->email = cmek_strbuf_detach(&email);
    impersonator->body = make_body(what);
    *inner = (struct cmek_token_source){0};
    *ret_source = (struct cmek_token_source){&impersonation_ops, impersonator, NULL};
    return CMEK_OK;
}

/* --impersonate-service-account: as gcloud has it, the account to become comes last. */
enum cmek_status cmek_impersonation_wrap(struct cmek_token_source *source,
                                         const struct cmek_auth_settings *settings,
                                         struct cmek_error *err)
{
    size_t last = settings->impersonate.count - 1;
    struct cmek_strbuf url = {0};
    const char *base = settings->iam_endpoint;
    if (base && *base)
        cmek_strbuf_printf(&url, "%s%s", base, cmek_str_ends(base, "/") ? "" : "/");
    else
        cmek_strbuf_printf(&url, "https://iamcredentials.%s/", cmek_auth_universe(settings));
    cmek_strbuf_printf(&url, "v1/" ACCOUNTS "%s" METHOD, settings->impersonate.items[last]);
    const struct cmek_impersonation what = {
        .url = cmek_strbuf_text(&url),
        .scope = CMEK_TOKEN_SCOPE,
        .delegates = {settings->impersonate.items, last},
    };
    struct cmek_token_source inner = *source;
    *source = (struct cmek_token_source){0};
    enum cmek_status status = cmek_impersonation_new(&inner, &what, source, err);
    cmek_strbuf_done(&url);
    return status;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct impersonator *impersonator = state;
    cmek_strbuf_printf(text, "service account %s impersonated by ", impersonator->email);
    impersonator->inner.ops->describe(impersonator->inner.state, text);
}

static void ask(const struct impersonator *impersonator, struct cmek_token_call *call)
{
    struct cmek_strbuf bearer = {0};
    cmek_strbuf_printf(&bearer, "Bearer %s", impersonator->inner_token.bytes);
    cmek_token_call_header(call, "Authorization", bearer.data);
    cmek_secret_wipe_text(bearer.data);
    cmek_strbuf_done(&bearer);
    if (impersonator->inner.quota_project)
        cmek_token_call_header(call, "x-goog-user-project", impersonator->inner.quota_project);
    cmek_strbuf_puts(&call->url, impersonator->url);
    cmek_strbuf_puts(&call->body, impersonator->body);
    call->content_type = "application/json";
    call->secrets[0] = impersonator->inner_token.bytes;
    call->endpoint = "the IAM Credentials API";
    call->advice = "the impersonating account (or the delegate before) needs "
                   "roles/iam.serviceAccountTokenCreator on the service account, and the API "
                   "iamcredentials.googleapis.com must be enabled";
}

static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    struct impersonator *impersonator = state;
    struct cmek_secret *token = &impersonator->inner_token;
    if (answer && token->bytes) {
        cmek_secret_done(token);
        return cmek_iam_answer_take(answer, call, err);
    }
    cmek_secret_done(token);
    enum cmek_status status =
        cmek_token_source_step(&impersonator->inner, answer, call, token, err);
    if (status == CMEK_OK && token->bytes)
        ask(impersonator, call);
    return status;
}

static const struct cmek_token_source_ops impersonation_ops = {
    .describe = describe,
    .step = step,
    .free = free_impersonator,
};
