/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_type.h  The Cloud Asset Inventory asset types that mean something to cmekscan. */
#ifndef CMEK_MODEL_ASSET_TYPE_H
#define CMEK_MODEL_ASSET_TYPE_H

#include <stdbool.h>
#include <stddef.h>

enum cmek_asset_kind {
    CMEK_ASSET_OTHER, /* skipped */
    CMEK_ASSET_ORGANIZATION,
    CMEK_ASSET_FOLDER,
    CMEK_ASSET_PROJECT,
    CMEK_ASSET_RESOURCE, /* holds data: see struct cmek_service_type */
    CMEK_ASSET_CRYPTO_KEY,
    CMEK_ASSET_POLICY,
    CMEK_ASSET_CONSTRAINT,
    CMEK_ASSET_TAG_KEY,
    CMEK_ASSET_TAG_VALUE,
    CMEK_ASSET_TAG_BINDING,
    CMEK_ASSET_SERVICE,
    CMEK_ASSET_REGISTRY_SETTINGS,
    CMEK_ASSET_COVERAGE_GAP, /* written by `cmekscan collect` */
    CMEK_ASSET_COLLECTION,   /* written by `cmekscan collect` */
};

/** A type of resource that a CMEK constraint governs (cloud.google.com/kms/docs/cmek-org-policy).
 */
struct cmek_service_type {
    const char *service; /* the value of the service constraint */
    const char *asset_type;
    const char *noun;         /* for messages */
    const char *key_path;     /* where resource.data holds the key */
    const char *created_path; /* where it holds the creation time, or NULL */
};

#define CMEK_SERVICE_TYPES_MAX 3
extern const struct cmek_service_type cmek_service_types[CMEK_SERVICE_TYPES_MAX];
extern const size_t cmek_service_type_count;

#define CMEK_TYPE_BUCKET     "storage.googleapis.com/Bucket"
#define CMEK_TYPE_TOPIC      "pubsub.googleapis.com/Topic"
#define CMEK_TYPE_REPOSITORY "artifactregistry.googleapis.com/Repository"
#define CMEK_TYPE_PROJECT    "cloudresourcemanager.googleapis.com/Project"

/** What an asset type is to us; for RESOURCE also its row. Types match exactly. */
enum cmek_asset_kind cmek_asset_kind(const char *asset_type, size_t length,
                                     const struct cmek_service_type **ret_type);
/** The asset type of a kind that has exactly one. */
const char *cmek_asset_type_name(enum cmek_asset_kind kind);

#endif
