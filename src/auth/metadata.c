/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "auth/answer.h"
#include "auth/source.h"
#include "base/alloc.h"
#include "base/strings.h"
#include "http/engine.h"
#include "http/url.h"

/* google.auth: GCE_METADATA_TIMEOUT and GCE_METADATA_DETECT_RETRIES; more patience once it is known
 * that there is one. */
#define ATTEMPT_MS         3000
#define DETECTION_ATTEMPTS 3
#define TOKEN_ATTEMPTS     5

/* https://cloud.google.com/compute/docs/metadata/overview */
#define DEFAULT_HOST  "metadata.google.internal"
#define UNIVERSE_PATH "/computeMetadata/v1/universe/universe-domain"
#define TOKEN_PATH    "/computeMetadata/v1/instance/service-accounts/default/token?scopes="

struct metadata {
    char *origin, *universe; /* the latter is what was asked for */
    bool is_asking_universe, has_universe;
};

static void free_metadata(void *state)
{
    struct metadata *metadata = state;
    free(metadata->origin);
    free(metadata->universe);
    free(metadata);
}

static const struct cmek_token_source_ops metadata_ops;

enum cmek_status cmek_metadata_new(const struct cmek_auth_settings *settings,
                                   struct cmek_token_source *ret_source, struct cmek_error *err)
{
    const char *host = settings->metadata_host;
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
    struct metadata *metadata = cmek_calloc(1, sizeof *metadata);
    metadata->origin = cmek_strbuf_detach(&origin);
    metadata->universe = cmek_strdup(cmek_auth_universe(settings));
    *ret_source = (struct cmek_token_source){&metadata_ops, metadata, NULL};
    return CMEK_OK;
}

static void describe(const void *state, struct cmek_strbuf *text)
{
    const struct metadata *metadata = state;
    cmek_strbuf_printf(text, "metadata server %s", metadata->origin + sizeof "http://" - 1);
}

static void ask(const struct metadata *metadata, const char *path, struct cmek_token_call *call)
{
    cmek_strbuf_puts(&call->url, metadata->origin);
    cmek_strbuf_puts(&call->url, path);
    cmek_token_call_header(call, "Metadata-Flavor", "Google");
    call->endpoint = "the metadata server";
    call->advice = "check that this machine has a service account with the scope cloud-platform";
    call->attempt_ms = ATTEMPT_MS;
    call->is_metadata = call->is_direct = true;
}

static enum cmek_status take_universe(struct metadata *metadata, const struct cmek_strbuf *answer,
                                      struct cmek_error *err)
{
    metadata->is_asking_universe = false;
    char domain[256];
    snprintf(domain, sizeof domain, "%s", cmek_strbuf_text(answer));
    domain[strcspn(domain, "\r\n")] = '\0';
    enum cmek_status status =
        cmek_auth_check_universe(metadata->universe, domain, "the metadata server's account", err);
    metadata->has_universe = status == CMEK_OK;
    return status;
}

/* The universe once, then each time a token: of the scope that machines are given, whatever it is
 * for, since a server may refuse another. */
static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    struct metadata *metadata = state;
    if (answer && !metadata->is_asking_universe)
        return cmek_token_answer_take(answer, call, err);
    enum cmek_status status = answer ? take_universe(metadata, answer, err) : CMEK_OK;
    if (status != CMEK_OK)
        return status;
    metadata->is_asking_universe = !metadata->has_universe;
    if (metadata->is_asking_universe) {
        ask(metadata, UNIVERSE_PATH, call);
        call->max_attempts = DETECTION_ATTEMPTS;
        call->may_lack = true;
        return CMEK_OK;
    }
    ask(metadata, TOKEN_PATH, call);
    cmek_url_encode(&call->url, CMEK_TOKEN_SCOPE);
    call->max_attempts = TOKEN_ATTEMPTS;
    return CMEK_OK;
}

static const struct cmek_token_source_ops metadata_ops = {
    .describe = describe,
    .step = step,
    .free = free_metadata,
};
