/* SPDX-License-Identifier: Apache-2.0 */
/** @file method.h  The methods of the APIs: path, parameters, what they are about, who answers. */
#ifndef CMEK_DEMO_METHOD_H
#define CMEK_DEMO_METHOD_H

#include <stddef.h>

#include "demo/api.h"

struct cmek_demo_call;

/** Which node (and so which permission) a method is about. */
enum cmek_demo_scope {
    CMEK_DEMO_SCOPE_NONE,
    CMEK_DEMO_SCOPE_PATH,      /* first two parts of the path, "folders" and "2" */
    CMEK_DEMO_SCOPE_PARENT,    /* parameter parent=folders/2 */
    CMEK_DEMO_SCOPE_FULL_NAME, /* parameter parent=//cloudresourcemanager.googleapis.com/… */
    CMEK_DEMO_SCOPE_PROJECT,   /* parameter project=ID */
    CMEK_DEMO_SCOPE_BUCKET,    /* the project of the bucket in the path */
};

struct cmek_demo_method {
    enum cmek_demo_api_id api;
    const char *http_method;
    /** Segments; `*` stands for any text and is captured, `{node}` for organizations, folders or
     * projects and the segment after it, both captured. */
    const char *path;
    const char *operation; /* "pubsub.topics.list" */
    enum cmek_demo_scope scope;
    const char *const *params; /* NULL-ended; those that every API takes are not in it */
    void (*answer)(struct cmek_demo_call *call);
};

/** One table per API, in the file of that API. */
struct cmek_demo_methods {
    const struct cmek_demo_method *items;
    size_t count;
};

extern const struct cmek_demo_methods cmek_demo_artifact_registry_methods;
extern const struct cmek_demo_methods cmek_demo_cloud_asset_methods;
extern const struct cmek_demo_methods cmek_demo_kms_methods;
extern const struct cmek_demo_methods cmek_demo_metadata_methods;
extern const struct cmek_demo_methods cmek_demo_oauth_methods;
extern const struct cmek_demo_methods cmek_demo_org_policy_methods;
extern const struct cmek_demo_methods cmek_demo_pubsub_methods;
extern const struct cmek_demo_methods cmek_demo_resource_manager_methods;
extern const struct cmek_demo_methods cmek_demo_service_usage_methods;
extern const struct cmek_demo_methods cmek_demo_storage_methods;

#define CMEK_DEMO_METHODS(table)                                                                   \
    {                                                                                              \
        (table), sizeof(table) / sizeof *(table)                                                   \
    }

#endif
