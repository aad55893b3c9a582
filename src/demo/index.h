/* SPDX-License-Identifier: Apache-2.0 */
/** @file index.h  An asset file, turned into what the APIs answer: made once, then only read.
 *
 * JSON texts are compact and final, so that serving an item is copying bytes; any number of threads
 * may read a finished index.
 */
#ifndef CMEK_DEMO_INDEX_H
#define CMEK_DEMO_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/strings.h"
#include "base/vec.h"

struct cmek_demo_node;
struct cmek_inventory;

/** Something an API lists or gets. */
struct cmek_demo_item {
    const char *name;      /* as the API knows it: "folders/2", "projects/p/topics/gcr", a bucket */
    const char *json;      /* the API's representation */
    const char *full_json; /* bucket: with access control lists (projection=full) */
    const char *status;    /* service: its state; folder, project: its lifecycle state; policy:
                              "live", or "dry-run": it is nothing else */
    struct cmek_demo_node *node; /* what it lies in; a node's own item: that node */
};

struct cmek_demo_items CMEK_VEC_OF(const struct cmek_demo_item *);

/** An asset as Cloud Asset Inventory has it. */
struct cmek_demo_asset_item {
    const char *name, *type;     /* full resource name; "storage.googleapis.com/Bucket" */
    const char *updated;         /* RFC 3339, or NULL */
    const char *state;           /* data.state or data.lifecycleState, or NULL */
    const char *json;            /* Asset.resource, without its parent */
    const char *parent;          /* resource.parent as given, or NULL */
    struct cmek_demo_node *node; /* what it lies in; of a node: itself */
    bool is_node;
};

enum cmek_demo_kind {
    CMEK_DEMO_FOLDERS,
    CMEK_DEMO_PROJECTS,
    CMEK_DEMO_BUCKETS,
    CMEK_DEMO_OBJECTS,
    CMEK_DEMO_TOPICS,
    CMEK_DEMO_REPOSITORIES,
    CMEK_DEMO_KEYS,
    CMEK_DEMO_KEY_VERSIONS,
    CMEK_DEMO_SERVICES,
    CMEK_DEMO_POLICIES,
    CMEK_DEMO_KIND_COUNT_,
};

/** A recorded coverage gap: that method fails on that node. */
struct cmek_demo_gap {
    const char *operation, *error, *message;
    const char *rest; /* of the one resource that is meant, "locations/us/…"; NULL: any */
};

/** An organization, folder or project. */
struct cmek_demo_node {
    const char *name;       /* "projects/123" (the number where it is known), "folders/2" */
    const char *project_id; /* NULL: not a project, or not known */
    const char *display_name;
    const char *parent_name;
    struct cmek_demo_node *parent;
    struct cmek_demo_item item;                          /* json NULL: no asset speaks of it */
    struct cmek_demo_items lists[CMEK_DEMO_KIND_COUNT_]; /* what lies in it */
    struct cmek_map items;             /* the same by the rest of the name, "topics/gcr" */
    CMEK_VEC(const char *) tag_values; /* bound here, "tagValues/1" */
    CMEK_VEC(struct cmek_demo_gap) gaps;
    const char *settings_json; /* Artifact Registry's ProjectSettings, or NULL */
};

struct cmek_demo_tag {
    const char *id;     /* "tagValues/1" */
    const char *parent; /* of a value: "tagKeys/1"; of a key: "organizations/1" */
    const char *namespaced_name;
};

struct cmek_demo_index {
    struct cmek_arena arena;
    struct cmek_map nodes;       /* by "projects/123", "projects/id", … */
    struct cmek_map buckets;     /* items by name, all projects */
    struct cmek_map tags;        /* keys and values by id */
    struct cmek_map constraints; /* items by constraint name */
    struct cmek_demo_items organizations, folders, projects;
    CMEK_VEC(struct cmek_demo_asset_item) assets; /* in the order of the file */
    struct cmek_strings inventory_types;          /* that no other API serves; borrowed */
    CMEK_VEC(struct cmek_demo_node *) all_nodes;
    struct cmek_inventory *inventory; /* nodes, policies and tags, for effective policies */
};

struct cmek_demo_loader;

/** Collecting assets: from files, from bytes, in any order. @p inventory_types (borrowed): those
 * that only Cloud Asset Inventory serves. */
struct cmek_demo_loader *cmek_demo_loader_new(struct cmek_strings inventory_types);
void cmek_demo_loader_free(struct cmek_demo_loader *loader);
CMEK_NODISCARD enum cmek_status cmek_demo_loader_file(struct cmek_demo_loader *loader,
                                                      const char *path, struct cmek_error *err);
/** NDJSON in memory. Lines that are no assets are left out, as in a file. */
void cmek_demo_loader_bytes(struct cmek_demo_loader *loader, const char *bytes, size_t length);
/** Builds the index; CMEK_E_INVALID when no line held an asset of a type that is served. */
CMEK_NODISCARD enum cmek_status cmek_demo_loader_finish(struct cmek_demo_loader *loader,
                                                        struct cmek_demo_index **ret_index,
                                                        struct cmek_error *err);
void cmek_demo_index_free(struct cmek_demo_index *index);

/** The asset types that Cloud Asset Inventory knows here; NULL past the last one. */
const char *cmek_demo_inventory_type(const struct cmek_demo_index *index, size_t number);

/** The node "projects/p", "projects/123", "folders/2" or "organizations/1"; NULL: unknown. */
struct cmek_demo_node *cmek_demo_index_node(const struct cmek_demo_index *index, const char *name);
/** The node that the first two segments of @p name speak of, and what follows them ("topics/gcr" of
 * "projects/p/topics/gcr"); NULL: unknown or no such name. */
struct cmek_demo_node *cmek_demo_index_split(const struct cmek_demo_index *index, const char *name,
                                             const char **ret_rest);
const struct cmek_demo_item *cmek_demo_node_item(const struct cmek_demo_node *node,
                                                 const char *rest);

#endif
