/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/environment.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "base/strings.h"

extern char **environ; /* POSIX declares it nowhere */

const char *cmek_environment(const char *name)
{
    const char *value = getenv(name);
    return value && value[0] != '\0' ? value : NULL;
}

void cmek_environment_each(const char *prefix, void (*visit)(const char *name))
{
    for (char **entry = environ; *entry; entry++) {
        if (!cmek_str_starts(*entry, prefix))
            continue;
        struct cmek_strbuf name = {0};
        cmek_strbuf_append(&name, *entry, strcspn(*entry, "="));
        visit(cmek_strbuf_text(&name));
        cmek_strbuf_done(&name);
    }
}

bool cmek_environment_is_true(const char *name)
{
    const char *value = cmek_environment(name);
    return value && (strcasecmp(value, "true") == 0 || strcasecmp(value, "1") == 0);
}

void cmek_environment_auth(struct cmek_auth_settings *ret_settings)
{
    const char *metadata_host = cmek_environment("GCE_METADATA_HOST");
    const char *region = cmek_environment("AWS_REGION");
    *ret_settings = (struct cmek_auth_settings){
        .access_token = cmek_environment("CLOUDSDK_AUTH_ACCESS_TOKEN"),
        .access_token_file = cmek_environment("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"),
        .credentials_file = cmek_environment("GOOGLE_APPLICATION_CREDENTIALS"),
        .cloudsdk_config = cmek_environment("CLOUDSDK_CONFIG"),
        .home = cmek_environment("HOME"),
        .no_gce_check = cmek_environment_is_true("NO_GCE_CHECK"),
        .metadata_host = metadata_host ? metadata_host : cmek_environment("GCE_METADATA_ROOT"),
        .quota_project = cmek_environment("GOOGLE_CLOUD_QUOTA_PROJECT"),
        .universe_domain = cmek_environment("GOOGLE_CLOUD_UNIVERSE_DOMAIN"),
        .iam_endpoint = cmek_environment("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS"),
        .allow_executables =
            cmek_str_eq(cmek_environment("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"), "1"),
        .environment = (const char *const *)environ,
        .aws = {.access_key_id = cmek_environment("AWS_ACCESS_KEY_ID"),
                .secret_access_key = cmek_environment("AWS_SECRET_ACCESS_KEY"),
                .session_token = cmek_environment("AWS_SESSION_TOKEN"),
                .region = region ? region : cmek_environment("AWS_DEFAULT_REGION")},
    };
}

enum cmek_status cmek_environment_endpoints(struct cmek_arena *arena,
                                            struct cmek_gcp_endpoints *ret_endpoints,
                                            struct cmek_error *err)
{
    struct cmek_gcp_endpoints endpoints;
    cmek_gcp_endpoints_init(&endpoints);
    const char *universe = cmek_environment("GOOGLE_CLOUD_UNIVERSE_DOMAIN");
    if (universe)
        cmek_gcp_endpoints_move(&endpoints, universe, arena);
    for (const struct cmek_gcp_endpoint_variable *at = cmek_gcp_endpoint_variables; at->name;
         at++) {
        const char *value = cmek_environment(at->name);
        if (!value)
            continue;
        enum cmek_status status = cmek_gcp_endpoints_override(&endpoints, at, value, arena, err);
        if (status != CMEK_OK)
            return status;
    }
    *ret_endpoints = endpoints;
    return CMEK_OK;
}

const char *cmek_environment_ca_file(void)
{
    const char *file = cmek_environment("SSL_CERT_FILE");
    return file ? file : cmek_environment("CURL_CA_BUNDLE");
}
