/* SPDX-License-Identifier: Apache-2.0 */
/** @file environment.h  The environment, read in this one place. */
#ifndef CMEK_CLI_ENVIRONMENT_H
#define CMEK_CLI_ENVIRONMENT_H

#include <stdbool.h>

#include "auth/credentials.h"
#include "base/arena.h"
#include "source/gcp_endpoints.h"

/** A variable's value; NULL when it is not set or empty. */
const char *cmek_environment(const char *name);
bool cmek_environment_is_true(const char *name);

/** Calls @p visit with the name of each variable that begins with @p prefix. */
void cmek_environment_each(const char *prefix, void (*visit)(const char *name));

/** What Google's and AWS's tools take from the environment for credentials. */
void cmek_environment_auth(struct cmek_auth_settings *ret_settings);
/** Google's endpoints, as the environment overrides them. */
CMEK_NODISCARD enum cmek_status cmek_environment_endpoints(struct cmek_arena *arena,
                                                           struct cmek_gcp_endpoints *ret_endpoints,
                                                           struct cmek_error *err);
/** SSL_CERT_FILE or CURL_CA_BUNDLE, or NULL. */
const char *cmek_environment_ca_file(void);

#endif
