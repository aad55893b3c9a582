/* SPDX-License-Identifier: Apache-2.0 */
/** @file record.h  What every source yields: one Cloud Asset Inventory asset, decoded.
 *
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets (Asset). A
 * record and all it points to are valid during the call that hands it over.
 */
#ifndef CMEK_MODEL_RECORD_H
#define CMEK_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strings.h"
#include "base/time.h"
#include "model/catalogue.h"
#include "model/policy.h"

struct cmek_json;

/** A label that its owner gave a resource. */
struct cmek_label {
    const char *name, *value;
};

/** What is known of a record that comes from a plan. */
struct cmek_planned {
    const char *address; /* "module.a.google_pubsub_topic.t[0]" */
    const char *noun;    /* for messages, where that of its type does not suit; or NULL */
    const char *file;    /* where its block is written, or NULL */
    unsigned line;       /* from 1; 0: not known */
    bool is_change;      /* the plan makes or changes it, or takes it away */
    /* Why its key is not known before the plan is applied; NULL: it is. */
    const char *unknown_reason, *unknown_detail;
};

/** A resource that holds data. Type and other key are the catalogue's. */
struct cmek_resource_data {
    const struct cmek_service_type *type;
    const char *kms_key;                    /* as given, the first of all; NULL: none shown */
    struct cmek_strings more_keys;          /* the others, each once */
    const char *keyless_place;              /* that lacks a key while others have one, or NULL */
    const struct cmek_other_key *other_key; /* what is set in a missing key's stead, or NULL */
    bool is_excepted;                       /* the service constraint does not reach it */
    bool key_unreadable;                    /* the key field has a shape that it cannot have */
    bool google_keys_refused; /* bucket: googleManagedEncryptionEnforcementConfig FullyRestricted */
    const char *created_at, *location, *project_number;
    const struct cmek_label *labels;
    size_t label_count;
};

struct cmek_key_data {
    const char *purpose;       /* "ENCRYPT_DECRYPT", … */
    const char *primary_name;  /* full name of the primary version, or NULL */
    const char *primary_state; /* "ENABLED", …; NULL: no primary version */
};

/** An organization, folder or project. References look like "folders/2". */
struct cmek_node_data {
    const char *number, *id;  /* of a project */
    const char *parent;       /* "folders/2"; NULL: not told */
    const char *display_name; /* what people call it, or NULL */
};

struct cmek_policy_data {
    const char *node;                /* "projects/123" or "projects/id", "folders/2", … */
    enum cmek_constraint constraint; /* CMEK_CONSTRAINT_COUNT_: another constraint's policy */
    struct cmek_policy policy;
};

/** TagKey and TagValue. */
struct cmek_tag_data {
    const char *id;     /* "tagKeys/1", "tagValues/1" */
    const char *parent; /* of a value: "tagKeys/1"; of a key: "organizations/1" or "projects/1" */
    const char *short_name;
    const char *namespaced_name; /* "123/env", "123/env/prod" */
};

struct cmek_tag_binding_data {
    const char *node;             /* "projects/123"; NULL: bound to something else */
    const char *value;            /* "tagValues/1", or NULL */
    const char *value_namespaced; /* "123/env/prod", or NULL */
};

/** Services whose being enabled matters: bits of struct cmek_node.services. */
enum cmek_enabled_service {
    CMEK_SERVICE_CONTAINER_REGISTRY,
    CMEK_SERVICE_ARTIFACT_REGISTRY,
    CMEK_SERVICE_PUBSUB,
    CMEK_SERVICE_COUNT_,
};
/** "containerregistry.googleapis.com", … */
const char *cmek_enabled_service_name(enum cmek_enabled_service service);

struct cmek_service_data {
    const char *project;               /* "projects/123" */
    enum cmek_enabled_service service; /* CMEK_SERVICE_COUNT_: another one */
    bool enabled;
};

/** Artifact Registry's legacyRedirectionState of a project. */
struct cmek_registry_settings_data {
    const char *project;
    const char *redirection; /* "REDIRECTION_FROM_GCR_IO_ENABLED", … */
};

struct cmek_constraint_data {
    enum cmek_constraint constraint;
    bool default_deny;
};

struct cmek_gap_data {
    const char *scope, *operation, *error, *message;
};

/** Operations of gaps that speak of all that lies below a node: a listing of Cloud Asset Inventory
 * that broke off. */
#define CMEK_OPERATION_LIST_HIERARCHY                                                              \
    "cloudasset.assets.list.hierarchy" /* nodes, policies, tags                                    \
                                        */
#define CMEK_OPERATION_LIST_RESOURCES  "cloudasset.assets.list"
#define CMEK_OPERATION_SEARCH_SERVICES "cloudasset.searchAllResources"

/** Head of a collected file: what the collector set out to read, so that "none found" differs from
 * "not looked". */
struct cmek_collection_data {
    struct cmek_strings scopes;
    struct cmek_strings selected; /* services that the scan looked at; none: not told */
    bool policies, tags, services, settings, topics;
    bool v1_policies; /* there were policies, in their v1 form */
};

/** Org policies of an asset's `org_policy` content (v1). */
struct cmek_v1_policy {
    enum cmek_constraint constraint;
    struct cmek_policy_spec spec;
};

struct cmek_record {
    enum cmek_asset_kind kind;
    const char *name, *asset_type;
    struct cmek_strings ancestors;
    bool has_ancestors;
    const char *parent; /* "projects/123" from resource.parent, or NULL */
    struct cmek_time updated;
    bool has_resource; /* the line has a `resource` */
    bool has_data;     /* … and it has readable `data` */
    bool truncated;    /* assetExceptions TRUNCATION */
    bool is_deleted;   /* by a plan: it will be gone */
    bool is_created;   /* by a plan: it does not exist yet */
    bool context;      /* outside the scope, there for a key's sake */
    bool lags; /* what Cloud Asset Inventory says, which may be behind what the API itself says */
    bool has_v1_policies;
    const struct cmek_planned *planned;       /* NULL: it exists */
    const struct cmek_v1_policy *v1_policies; /* those of our constraints */
    size_t v1_policy_count;
    union {
        struct cmek_resource_data resource;
        struct cmek_key_data key;
        struct cmek_node_data node;
        struct cmek_policy_data policy;
        struct cmek_tag_data tag;
        struct cmek_tag_binding_data binding;
        struct cmek_service_data service;
        struct cmek_registry_settings_data settings;
        struct cmek_constraint_data constraint;
        struct cmek_gap_data gap;
        struct cmek_collection_data collection;
    } data;
    const struct cmek_json *raw; /* resource.data as it came, for `collect`; NULL when made by us */
};

/** Takes records one by one. */
struct cmek_record_sink {
    void (*record)(void *payload, const struct cmek_record *record);
    void *payload;
};

#endif
