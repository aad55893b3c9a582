/* SPDX-License-Identifier: Apache-2.0 */
/** @file catalogue.h  The service catalogue: the services that the CMEK constraints speak of, the
 * types of resources that hold their data, and where each shows its key.
 *
 * Plain data. rules/services/ is read into it by rules/catalogue_load.h; a service that Google
 * adds is a row there. Before a scan, the services that it looks at are marked as selected; after
 * that the catalogue does not change and any number of threads may read it.
 */
#ifndef CMEK_MODEL_CATALOGUE_H
#define CMEK_MODEL_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/strings.h"
#include "base/vec.h"
#include "model/asset_type.h"
#include "model/field_path.h"
#include "model/policy.h"

/** A value of the service constraint, or a service that has keys though no constraint knows it. */
struct cmek_service {
    const char *value;     /* "storage.googleapis.com" */
    const char *name;      /* "Cloud Storage" */
    const char *reference; /* a page about its keys, or NULL */
    const char *note;      /* why no resource shows its key; NULL: some do */
    size_t index;          /* in the catalogue, from 0 */
    bool is_selected;      /* the scan looks at it */
};

/** What to conclude from a resource that shows no key. */
enum cmek_absence {
    CMEK_ABSENCE_FAILS,   /* it has none */
    CMEK_ABSENCE_UNKNOWN, /* it may have one all the same */
};

/** Places that must, or may, hold a key. A place is one path, or several of which one suffices. */
struct cmek_key_places {
    const struct cmek_field_paths *items;
    size_t count;
};

/** A resource that the service constraint does not reach: by its short name, or by a field. */
struct cmek_exception {
    const char *name; /* short name; a * at its end stands for any rest; or NULL */
    struct cmek_field_path field;
    const char *value; /* of the field; NULL: any */
};

/** A field that stands for a key of another sort: with it set, no key is not "no key". */
struct cmek_other_key {
    struct cmek_field_path field;
    const char *reason; /* of the unknown verdict: "customer-supplied-key" */
    const char *detail; /* a clause that says why */
    bool is_kms_key;    /* a Cloud KMS key is behind it, named elsewhere */
};

/** A resource type of the Terraform provider that makes resources of a type. Fields are attributes
 * of it; its blocks are lists. */
struct cmek_terraform_type {
    const char *type; /* "google_storage_bucket" */
    const char *noun; /* for messages, where the type's own does not suit; or NULL */
    const char *each; /* the block whose every element is a resource of its own; or NULL */
    /** Pattern of the full resource name: {project} and {ATTRIBUTE} stand for values; NULL: its
     * `id` says it. */
    const char *name;
    struct cmek_key_places keys, further_keys;
    const struct cmek_exception *exceptions; /* besides those of the type by name */
    size_t exception_count;
    const struct cmek_other_key *other_keys;
    size_t other_key_count;
    bool is_verified; /* the attributes were looked up in the provider's schema */
};

/** A type of resource that a CMEK constraint governs, or that has a key. */
struct cmek_service_type {
    struct cmek_service *service;
    const char *asset_type;
    const char *noun;                         /* for messages */
    struct cmek_key_places keys;              /* where resource.data must hold one */
    struct cmek_key_places further_keys;      /* where it may hold more */
    struct cmek_field_path location, created; /* count 0: not told */
    bool has_many_keys;                       /* a resource may have more than one */
    unsigned governed_by;                     /* bits 1 << enum cmek_constraint */
    enum cmek_absence absence;
    bool is_verified; /* type and paths were looked up in Google's own documents */
    const struct cmek_exception *exceptions;
    size_t exception_count;
    const struct cmek_other_key *other_keys;
    size_t other_key_count;
    const struct cmek_terraform_type *terraform;
    size_t terraform_count;
    struct cmek_strings discovery; /* "storage.v1 Bucket": schemas that the paths are of */
    const char *origin;            /* "built in" or the file it came from */
    size_t index;                  /* in the catalogue, from 0 */
};

struct cmek_catalogue {
    struct cmek_arena arena; /* holds all of it */
    CMEK_VEC(struct cmek_service *) services;
    CMEK_VEC(struct cmek_service_type *) types;
    struct cmek_map services_by_value;
    struct cmek_map types_by_name; /* by asset type */
    struct cmek_map terraform;     /* types by Terraform type */
};

struct cmek_catalogue *cmek_catalogue_new(void);
void cmek_catalogue_free(struct cmek_catalogue *catalogue);

/** The service of a value, added if it is new. */
struct cmek_service *cmek_catalogue_add_service(struct cmek_catalogue *catalogue,
                                                const char *value);
/** Adds a type, or replaces the row of the same asset type; strings stay the catalogue's. */
void cmek_catalogue_add_type(struct cmek_catalogue *catalogue,
                             const struct cmek_service_type *type);

/** NULL: not in the catalogue. */
const struct cmek_service *cmek_catalogue_service(const struct cmek_catalogue *catalogue,
                                                  const char *value);
/** The service that a mistyped value, or the part before its first dot, may mean; NULL: none is
 * close enough. */
const struct cmek_service *cmek_catalogue_closest(const struct cmek_catalogue *catalogue,
                                                  const char *typed);
const struct cmek_service_type *cmek_catalogue_type(const struct cmek_catalogue *catalogue,
                                                    const char *asset_type);
/** The type that a Terraform type makes resources of, and its row in there (@p ret_row may be
 * NULL). */
const struct cmek_service_type *
cmek_catalogue_terraform(const struct cmek_catalogue *catalogue, const char *terraform_type,
                         const struct cmek_terraform_type **ret_row);

/** Marks every service as selected, or none. */
void cmek_catalogue_select_all(struct cmek_catalogue *catalogue, bool is_selected);
/** Marks the services called @p name: in full, or up to the first dot ("storage"). False: there is
 * none. */
bool cmek_catalogue_select(struct cmek_catalogue *catalogue, const char *name);
/** Whether an asset type is in the catalogue and its service selected. */
bool cmek_catalogue_selects(const struct cmek_catalogue *catalogue, const char *asset_type);
/** The asset types of the selected services, in the catalogue's order. */
struct cmek_strings cmek_catalogue_selected_types(const struct cmek_catalogue *catalogue,
                                                  struct cmek_arena *arena);

/** The values of the selected services, in the catalogue's order. */
struct cmek_strings cmek_catalogue_selected_services(const struct cmek_catalogue *catalogue,
                                                     struct cmek_arena *arena);

/** What an asset type is to a scan; for RESOURCE also its row. Types match exactly; a type whose
 * service is not selected is OTHER. @p catalogue NULL: no resources at all. */
enum cmek_asset_kind cmek_catalogue_kind(const struct cmek_catalogue *catalogue,
                                         const char *asset_type, size_t length,
                                         const struct cmek_service_type **ret_type);

/** Whether an exception of the type speaks of a resource's short name. */
bool cmek_exception_names(const struct cmek_exception *exception, const char *short_name);

#endif
