/* SPDX-License-Identifier: Apache-2.0 */
/** @file credentials.h  Google Application Default Credentials: finding them, and turning them into
 * access tokens.
 *
 * The order is Google's (google.auth.default): an access token given outright, the file named by
 * GOOGLE_APPLICATION_CREDENTIALS (an error if it cannot be read, no falling through), gcloud's own
 * file, the metadata server. What was found may impersonate a service account. One refresh serves
 * all requests that wait for it; a token is renewed 4 minutes before it expires.
 */
#ifndef CMEK_AUTH_CREDENTIALS_H
#define CMEK_AUTH_CREDENTIALS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strings.h"

struct cmek_http_engine;
struct cmek_credentials;

/** Everything from the environment and the command line that bears on credentials. NULL: not set.
 */
struct cmek_auth_settings {
    const char *access_token;      /* CLOUDSDK_AUTH_ACCESS_TOKEN */
    const char *access_token_file; /* --access-token-file, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE */
    const char *credentials_file;  /* GOOGLE_APPLICATION_CREDENTIALS */
    const char *cloudsdk_config;   /* CLOUDSDK_CONFIG: gcloud's folder, default ~/.config/gcloud */
    const char *home;              /* HOME */
    bool no_gce_check;             /* NO_GCE_CHECK=true */
    const char *metadata_host;     /* GCE_METADATA_HOST or GCE_METADATA_ROOT; default
                                      metadata.google.internal */
    const char *quota_project;   /* GOOGLE_CLOUD_QUOTA_PROJECT; beats the file's quota_project_id */
    const char *universe_domain; /* GOOGLE_CLOUD_UNIVERSE_DOMAIN; default googleapis.com */

    /* --impersonate-service-account: delegates first, the target last; none: no impersonation */
    struct cmek_strings impersonate;
    const char *iam_endpoint; /* CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS */

    /* What a credential file may do. */
    struct cmek_strings allowed_hosts; /* --allow-token-host, besides Google's own */
    bool allow_executables;            /* GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1 */
    const char *const *environment;    /* of such an executable: NULL-ended NAME=VALUE, outlives the
                                          credentials; NULL: empty */
    struct cmek_aws_settings {
        const char *access_key_id, *secret_access_key, *session_token;
        const char *region; /* AWS_REGION or AWS_DEFAULT_REGION */
    } aws;                  /* of an external account in AWS; what is not set its metadata has */
};

/** CMEK_E_USAGE for what no tool could use: an account, host, domain or endpoint that is none. */
CMEK_NODISCARD enum cmek_status cmek_auth_settings_check(const struct cmek_auth_settings *settings,
                                                         struct cmek_error *err);
/** The universe asked for: settings->universe_domain or googleapis.com. */
const char *cmek_auth_universe(const struct cmek_auth_settings *settings);

/** Finds and reads the credentials; no network. CMEK_E_AUTH says what was tried, where, and what to
 * do. */
CMEK_NODISCARD enum cmek_status cmek_credentials_find(const struct cmek_auth_settings *settings,
                                                      struct cmek_credentials **ret_credentials,
                                                      struct cmek_error *err);
void cmek_credentials_free(struct cmek_credentials *credentials);

/** "service account NAME from FILE": for progress lines; holds no secret. */
const char *cmek_credentials_describe(const struct cmek_credentials *credentials);
/** From the settings or the file, or NULL. */
const char *cmek_credentials_quota_project(const struct cmek_credentials *credentials);

/** Gets the first token now and makes the engine use these credentials. CMEK_E_AUTH when refused,
 * or when @p tick (may be NULL, called at least every 200 ms) returns false. */
CMEK_NODISCARD enum cmek_status cmek_credentials_attach(struct cmek_credentials *credentials,
                                                        struct cmek_http_engine *engine,
                                                        bool (*tick)(void *payload), void *payload,
                                                        struct cmek_error *err);

#endif
