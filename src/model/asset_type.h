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
    CMEK_ASSET_RESOURCE, /* holds data: a row of the service catalogue (model/catalogue.h) */
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

#define CMEK_TYPE_BUCKET     "storage.googleapis.com/Bucket"
#define CMEK_TYPE_TOPIC      "pubsub.googleapis.com/Topic"
#define CMEK_TYPE_REPOSITORY "artifactregistry.googleapis.com/Repository"
#define CMEK_TYPE_CRYPTO_KEY "cloudkms.googleapis.com/CryptoKey"
#define CMEK_TYPE_PROJECT    "cloudresourcemanager.googleapis.com/Project"

/** The services that Container Registry keeps its images in, tells of them through, and moves to.
 * Sets of them are bits 1 << i. */
enum cmek_registry_service {
    CMEK_REGISTRY_STORAGE,
    CMEK_REGISTRY_PUBSUB,
    CMEK_REGISTRY_ARTIFACT,
    CMEK_REGISTRY_SERVICE_COUNT_,
};
#define CMEK_REGISTRY_ALL ((1U << CMEK_REGISTRY_SERVICE_COUNT_) - 1)
/** Its value in the catalogue: "storage.googleapis.com". */
const char *cmek_registry_service_value(enum cmek_registry_service service);

/** What an asset type is to us, but for resources: those are the catalogue's (cmek_catalogue_kind).
 * Types match exactly. */
enum cmek_asset_kind cmek_asset_kind(const char *asset_type, size_t length);
/** The asset type of a kind that has exactly one. */
const char *cmek_asset_type_name(enum cmek_asset_kind kind);

#endif
