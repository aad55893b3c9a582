/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_scan.h  Inside src/source: the state of a live reading, shared by the gcp_… files.
 *
 * gcp_direct.c   phases and scopes          gcp_emit.c    asking, records, gaps
 * gcp_nodes.c    hierarchy and policies
 * gcp_project.c  a project's resources      gcp_keys.c    keys, their projects, tags
 */
#ifndef CMEK_SOURCE_GCP_SCAN_H
#define CMEK_SOURCE_GCP_SCAN_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "source/gcp_call.h"
#include "source/gcp_direct.h"

/** A node that was met. */
struct cmek_gcp_node {
    const char *ref, *id;        /* "projects/123"; id of a project, else NULL */
    const char *name;            /* how people call it: "projects/my-project", else the reference */
    const char *parent;          /* "folders/2"; NULL: none told */
    struct cmek_gcp_node *above; /* the parent's node, once known; never leads back here */
    bool is_top;                 /* nothing lies above: an organization, or a project without one */
    bool in_scope, is_emitted, policies_asked, has_condition;
};

struct cmek_gcp_scan {
    struct cmek_gcp_client *client;
    const struct cmek_gcp_direct_options *options;
    const struct cmek_record_sink *sink;
    struct cmek_arena arena;                  /* nodes and names: lives as long as the reading */
    struct cmek_map nodes;                    /* by reference, projects by number and by id */
    struct cmek_map keys;                     /* names asked for */
    struct cmek_map key_projects;             /* of keys in use */
    CMEK_VEC(struct cmek_gcp_node *) waiting; /* projects not begun yet */
    size_t next_waiting;
    struct cmek_gcp_progress progress;
    struct cmek_error fatal; /* of a scope */
    bool second_phase;       /* begun */
    bool stopped;
};

/* gcp_nodes.c */

/** Reads the scope's own node, its ancestors, and all below it. */
void cmek_gcp_read_scope(struct cmek_gcp_scan *scan, const char *scope);
/** Reads a project ("projects/X") that lies outside the scope, and its ancestors, for a key's sake;
 * failures are silent: what depends on it will be unknown. */
void cmek_gcp_read_context_project(struct cmek_gcp_scan *scan, const char *project);
struct cmek_gcp_node *cmek_gcp_node_find(struct cmek_gcp_scan *scan, const char *ref);

/* gcp_project.c */

/** Asks for everything in one project. */
void cmek_gcp_read_project(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node);
/** Whether the options take in an asset type. */
bool cmek_gcp_selects(const struct cmek_gcp_scan *scan, const char *asset_type);

/* gcp_keys.c */

/** Notes a key in use and asks for it the first time. */
void cmek_gcp_note_key(struct cmek_gcp_scan *scan, const char *name);
/** Asks for the effective tags of a project. */
void cmek_gcp_read_tags(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node);

/* gcp_emit.c */

/** Emits an API object as a record below @p node. @p host is that of the full resource name. */
struct cmek_json;
void cmek_gcp_emit(struct cmek_gcp_scan *scan, const struct cmek_gcp_node *node,
                   const char *asset_type, const char *host, const char *name,
                   const struct cmek_json *data);
/** Emits a coverage gap. @p what says what is missing for it: "its buckets". */
void cmek_gcp_gap(struct cmek_gcp_scan *scan, const char *scope, const char *operation,
                  const struct cmek_gcp_error *error, const char *what);
/** The payload of a call's pages; lives until the call ends. */
struct cmek_gcp_task {
    struct cmek_gcp_scan *scan;
    struct cmek_gcp_node *node; /* what the call is about, or NULL */
    const char *operation, *missing;
    char scope[];
};
/** Submits @p call with a task as its payload (`end` and `payload` are filled in here). An error
 * leaves a coverage gap of @p scope (copied) that names @p missing, "its buckets"; NULL: no gap. */
void cmek_gcp_ask(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node, const char *scope,
                  const char *missing, struct cmek_gcp_call call);

#endif
