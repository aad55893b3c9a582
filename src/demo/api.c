/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/api.h"

#include <stddef.h>
#include <string.h>

#include "base/strings.h"

static const struct cmek_demo_api apis[] = {
    [CMEK_DEMO_ARTIFACT_REGISTRY] = {CMEK_DEMO_ARTIFACT_REGISTRY, "artifactregistry",
                                     "artifactregistry.googleapis.com", "Artifact Registry API",
                                     false},
    [CMEK_DEMO_CLOUD_ASSET] = {CMEK_DEMO_CLOUD_ASSET, "cloudasset", "cloudasset.googleapis.com",
                               "Cloud Asset API", false},
    [CMEK_DEMO_KMS] = {CMEK_DEMO_KMS, "cloudkms", "cloudkms.googleapis.com",
                       "Cloud Key Management Service (KMS) API", false},
    [CMEK_DEMO_ORG_POLICY] = {CMEK_DEMO_ORG_POLICY, "orgpolicy", "orgpolicy.googleapis.com",
                              "Organization Policy API", false},
    [CMEK_DEMO_PUBSUB] = {CMEK_DEMO_PUBSUB, "pubsub", "pubsub.googleapis.com", "Cloud Pub/Sub API",
                          false},
    [CMEK_DEMO_RESOURCE_MANAGER] = {CMEK_DEMO_RESOURCE_MANAGER, "cloudresourcemanager",
                                    "cloudresourcemanager.googleapis.com",
                                    "Cloud Resource Manager API", false},
    [CMEK_DEMO_SERVICE_USAGE] = {CMEK_DEMO_SERVICE_USAGE, "serviceusage",
                                 "serviceusage.googleapis.com", "Service Usage API", false},
    [CMEK_DEMO_STORAGE] = {CMEK_DEMO_STORAGE, "storage", "storage.googleapis.com",
                           "Cloud Storage JSON API", true},
    [CMEK_DEMO_OAUTH] = {CMEK_DEMO_OAUTH, "oauth2", NULL, "OAuth", false},
    [CMEK_DEMO_METADATA] = {CMEK_DEMO_METADATA, "metadata", NULL, "metadata server", false},
};

#define API_COUNT (sizeof apis / sizeof *apis)

/* Names that findings and people use besides the host's. */
static const struct {
    const char *alias, *name;
} aliases[] = {
    {"resourcemanager", "cloudresourcemanager"},
    {"kms", "cloudkms"},
};

const struct cmek_demo_api *cmek_demo_api_get(enum cmek_demo_api_id id)
{
    return &apis[id];
}

const struct cmek_demo_api *cmek_demo_api_of_operation(const char *operation)
{
    size_t length = strcspn(operation, ".");
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strlen(aliases[i].alias) != length || strncmp(aliases[i].alias, operation, length) != 0)
            continue;
        operation = aliases[i].name;
        length = strlen(operation);
    }
    for (size_t i = 0; i < API_COUNT; i++)
        if (apis[i].service && strlen(apis[i].name) == length &&
            strncmp(apis[i].name, operation, length) == 0)
            return &apis[i];
    return NULL;
}

/* The last two parts, "topics.list" of "pubsub.projects.topics.list". */
static const char *collection_and_verb(const char *operation)
{
    const char *last = strrchr(operation, '.');
    if (!last)
        return operation;
    const char *at = last;
    while (at > operation && at[-1] != '.')
        at--;
    return at;
}

bool cmek_demo_operation_matches(const char *wanted, const char *operation)
{
    if (cmek_demo_api_of_operation(wanted) != cmek_demo_api_of_operation(operation))
        return false;
    return !strchr(wanted, '.') ||
           cmek_str_eq(collection_and_verb(wanted), collection_and_verb(operation));
}
