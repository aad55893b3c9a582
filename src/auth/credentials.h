/* SPDX-License-Identifier: Apache-2.0 */
/** @file credentials.h  Google Application Default Credentials: finding them, and turning them into
 * access tokens.
 *
 * The order is Google's (google.auth.default): an access token given outright, the file named by
 * GOOGLE_APPLICATION_CREDENTIALS (an error if it cannot be read, no falling through), gcloud's own
 * file, the metadata server. One refresh serves all requests that wait for it; a token is renewed 4
 * minutes before it expires.
 */
#ifndef CMEK_AUTH_CREDENTIALS_H
#define CMEK_AUTH_CREDENTIALS_H

#include <stdbool.h>

#include "base/error.h"

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
    const char *quota_project; /* GOOGLE_CLOUD_QUOTA_PROJECT; beats the file's quota_project_id */
};

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

/** Gets the first token now and makes the engine use these credentials. CMEK_E_AUTH when refused.
 */
CMEK_NODISCARD enum cmek_status cmek_credentials_attach(struct cmek_credentials *credentials,
                                                        struct cmek_http_engine *engine,
                                                        struct cmek_error *err);

#endif
