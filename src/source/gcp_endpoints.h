/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_endpoints.h  Where the Google Cloud APIs are. */
#ifndef CMEK_SOURCE_GCP_ENDPOINTS_H
#define CMEK_SOURCE_GCP_ENDPOINTS_H

#include <stdbool.h>

#include "base/error.h"

struct cmek_arena;

enum cmek_gcp_api {
    CMEK_GCP_CLOUD_ASSET,
    CMEK_GCP_RESOURCE_MANAGER,
    CMEK_GCP_ORG_POLICY,
    CMEK_GCP_STORAGE,
    CMEK_GCP_PUBSUB,
    CMEK_GCP_KMS,
    CMEK_GCP_ARTIFACT_REGISTRY,
    CMEK_GCP_SERVICE_USAGE,
    CMEK_GCP_API_COUNT_,
};

struct cmek_gcp_endpoints {
    const char *base[CMEK_GCP_API_COUNT_]; /* ends with a slash; paths after it are Google's */
    bool anonymous[CMEK_GCP_API_COUNT_];   /* an emulator: send no credentials */
    bool overridden[CMEK_GCP_API_COUNT_];  /* not Google's own */
};

/** The environment variables that override an endpoint, as Google's own tools name them. */
struct cmek_gcp_endpoint_variable {
    const char *name;
    enum cmek_gcp_api api;
    bool is_emulator;
};
extern const struct cmek_gcp_endpoint_variable
    cmek_gcp_endpoint_variables[]; /* ends with a NULL name */

/** Fills in Google's own endpoints. */
void cmek_gcp_endpoints_init(struct cmek_gcp_endpoints *endpoints);
/** Puts Google's own endpoints into another universe (googleapis.com is one). */
void cmek_gcp_endpoints_move(struct cmek_gcp_endpoints *endpoints, const char *universe_domain,
                             struct cmek_arena *arena);
/** Applies the value of one variable. CMEK_E_USAGE when it is no http(s) URL (an emulator may be a
 * bare host:port), or plain http to something other than loopback. */
CMEK_NODISCARD enum cmek_status
cmek_gcp_endpoints_override(struct cmek_gcp_endpoints *endpoints,
                            const struct cmek_gcp_endpoint_variable *variable, const char *value,
                            struct cmek_arena *arena, struct cmek_error *err);

#endif
