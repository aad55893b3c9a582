/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_endpoints.h"

#include <string.h>

#include "base/arena.h"
#include "base/strings.h"
#include "http/engine.h"
#include "http/url.h"

static const char *const google[CMEK_GCP_API_COUNT_] = {
    [CMEK_GCP_CLOUD_ASSET] = "https://cloudasset.googleapis.com/",
    [CMEK_GCP_RESOURCE_MANAGER] = "https://cloudresourcemanager.googleapis.com/",
    [CMEK_GCP_ORG_POLICY] = "https://orgpolicy.googleapis.com/",
    [CMEK_GCP_STORAGE] = "https://storage.googleapis.com/storage/v1/",
    [CMEK_GCP_PUBSUB] = "https://pubsub.googleapis.com/",
    [CMEK_GCP_KMS] = "https://cloudkms.googleapis.com/",
    [CMEK_GCP_ARTIFACT_REGISTRY] = "https://artifactregistry.googleapis.com/",
    [CMEK_GCP_SERVICE_USAGE] = "https://serviceusage.googleapis.com/",
};

const struct cmek_gcp_endpoint_variable cmek_gcp_endpoint_variables[] = {
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDASSET", CMEK_GCP_CLOUD_ASSET, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER", CMEK_GCP_RESOURCE_MANAGER, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_ORGPOLICY", CMEK_GCP_ORG_POLICY, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", CMEK_GCP_STORAGE, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB", CMEK_GCP_PUBSUB, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", CMEK_GCP_KMS, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY", CMEK_GCP_ARTIFACT_REGISTRY, false},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE", CMEK_GCP_SERVICE_USAGE, false},
    {"STORAGE_EMULATOR_HOST", CMEK_GCP_STORAGE, true},
    {"PUBSUB_EMULATOR_HOST", CMEK_GCP_PUBSUB, true},
    {NULL, CMEK_GCP_API_COUNT_, false},
};

void cmek_gcp_endpoints_init(struct cmek_gcp_endpoints *endpoints)
{
    *endpoints = (struct cmek_gcp_endpoints){0};
    memcpy(endpoints->base, google, sizeof google);
}

void cmek_gcp_endpoints_move(struct cmek_gcp_endpoints *endpoints, const char *universe_domain,
                             struct cmek_arena *arena)
{
    static const char domain[] = "googleapis.com";
    for (size_t i = 0; i < CMEK_GCP_API_COUNT_; i++) {
        const char *at = strstr(google[i], domain);
        endpoints->base[i] = cmek_arena_printf(arena, "%.*s%s%s", (int)(at - google[i]), google[i],
                                               universe_domain, at + sizeof domain - 1);
    }
}

enum cmek_status cmek_gcp_endpoints_override(struct cmek_gcp_endpoints *endpoints,
                                             const struct cmek_gcp_endpoint_variable *variable,
                                             const char *value, struct cmek_arena *arena,
                                             struct cmek_error *err)
{
    if (value[strcspn(value, " \t\r\n?#@")] != '\0')
        return cmek_fail(err, CMEK_E_USAGE,
                         "%s: the URL may hold no blanks, user, query or fragment", variable->name);
    bool has_scheme = cmek_str_starts(value, "https://") || cmek_str_starts(value, "http://");
    bool is_host = variable->is_emulator && !strstr(value, "://");
    const char *url =
        is_host ? cmek_arena_printf(arena, "http://%s", value) : cmek_arena_strdup(arena, value);
    struct cmek_url parts;
    if ((!has_scheme && !is_host) || !cmek_url_parse(url, &parts))
        return cmek_fail(err, CMEK_E_USAGE, "%s: '%s' is no http:// or https:// URL",
                         variable->name, value);
    if (!parts.https && !cmek_url_is_loopback(url))
        return cmek_fail(
            err, CMEK_E_USAGE,
            "%s: '%s' is plain http and not this machine; access tokens are sent over https only",
            variable->name, url);
    if (!cmek_str_ends(url, "/"))
        url = cmek_arena_printf(arena, "%s/", url);
    /* An emulator's variable names the host alone; the JSON API lies under /storage/v1/ there as it
     * does at Google. */
    if (variable->is_emulator && variable->api == CMEK_GCP_STORAGE && !strstr(url, "/storage/v1/"))
        url = cmek_arena_printf(arena, "%sstorage/v1/", url);
    endpoints->base[variable->api] = url;
    endpoints->overridden[variable->api] = true;
    endpoints->anonymous[variable->api] = variable->is_emulator;
    return CMEK_OK;
}
