/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "auth/source.h"
#include "base/strings.h"
#include "http/engine.h"
#include "http/url.h"

/* google.auth: GCE_METADATA_TIMEOUT and GCE_METADATA_DETECT_RETRIES */
#define ATTEMPT_MS   3000
#define MAX_ATTEMPTS 3

/* https://cloud.google.com/compute/docs/metadata/overview */
#define DEFAULT_HOST "metadata.google.internal"
#define TOKEN_PATH   "/computeMetadata/v1/instance/service-accounts/default/token?scopes="

enum cmek_status cmek_metadata_new(const char *host, void **ret_state, struct cmek_error *err)
{
    const char *name = host && *host ? host : DEFAULT_HOST;
    const char *rest = cmek_str_after(name, "http://");
    struct cmek_strbuf origin = {0};
    cmek_strbuf_printf(&origin, "http://%s", rest ? rest : name);
    if (origin.length > 7 && origin.data[origin.length - 1] == '/')
        origin.data[--origin.length] = '\0';
    struct cmek_url url;
    if (!cmek_url_parse(origin.data, &url) || url.origin_length != origin.length) {
        cmek_strbuf_done(&origin);
        return cmek_fail(err, CMEK_E_AUTH,
                         "the metadata server's address (GCE_METADATA_HOST) is not HOST or "
                         "HOST:PORT");
    }
    *ret_state = cmek_strbuf_detach(&origin);
    return CMEK_OK;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const char *origin = state;
    cmek_strbuf_printf(text, "metadata server %s", origin + sizeof "http://" - 1);
}

static enum cmek_status prepare(const void *state, struct cmek_token_call *call,
                                struct cmek_error *err)
{
    static const char *const headers[] = {"Metadata-Flavor: Google", NULL};
    (void)err;
    const char *origin = state;
    cmek_strbuf_puts(&call->url, origin);
    cmek_strbuf_puts(&call->url, TOKEN_PATH);
    cmek_url_encode(&call->url, CMEK_TOKEN_SCOPE);
    call->headers = headers;
    call->max_attempts = MAX_ATTEMPTS;
    call->attempt_ms = ATTEMPT_MS;
    call->is_metadata = true;
    return CMEK_OK;
}

const struct cmek_token_source_ops cmek_token_source_metadata = {
    .describe = describe,
    .prepare = prepare,
    .free = free,
    .advice = "check that this machine has a service account with the scope cloud-platform",
};
