/* SPDX-License-Identifier: Apache-2.0 */
/** @file api.h  The APIs that the demo cloud plays. */
#ifndef CMEK_DEMO_API_H
#define CMEK_DEMO_API_H

#include <stdbool.h>

enum cmek_demo_api_id {
    CMEK_DEMO_ARTIFACT_REGISTRY,
    CMEK_DEMO_CLOUD_ASSET,
    CMEK_DEMO_KMS,
    CMEK_DEMO_ORG_POLICY,
    CMEK_DEMO_PUBSUB,
    CMEK_DEMO_RESOURCE_MANAGER,
    CMEK_DEMO_SERVICE_USAGE,
    CMEK_DEMO_STORAGE,
    CMEK_DEMO_OAUTH,
    CMEK_DEMO_METADATA,
};

struct cmek_demo_api {
    enum cmek_demo_api_id id;
    const char *name;    /* first part of operation names and of the path: "pubsub" */
    const char *service; /* "pubsub.googleapis.com", or NULL: not an API proper */
    const char *title;   /* as Google's messages call it */
    bool old_errors;     /* errors[] instead of google.rpc.Status */
};

/** The API that an operation such as "storage" or "storage.buckets.list" belongs to, or NULL. */
const struct cmek_demo_api *cmek_demo_api_of_operation(const char *operation);
const struct cmek_demo_api *cmek_demo_api_get(enum cmek_demo_api_id id);

/** True if @p wanted ("storage", "storage.buckets.list", or a Discovery id such as
 * "pubsub.projects.topics.list") names @p operation ("pubsub.topics.list"). */
bool cmek_demo_operation_matches(const char *wanted, const char *operation);

#endif
