/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_scan.h  Inside src/source: the state of a live reading, shared by the gcp_… files.
 *
 * gcp_read.c       phases and scopes           gcp_emit.c     asking, records, gaps
 * gcp_nodes.c      hierarchy and policies      gcp_above.c    what governs a scope from above
 * gcp_project.c    a project's resources       gcp_keys.c     keys, their projects, tags
 * gcp_inventory.c  a scope through Cloud Asset Inventory
 * gcp_resources.c  its listing of resources    gcp_assets.c   what its assets mean
 * gcp_rest.c       what it leaves to be asked directly
 * gcp_export.c     the same scope through an export to Cloud Storage
 * gcp_export_objects.c  the objects that it wrote
 */
#ifndef CMEK_SOURCE_GCP_SCAN_H
#define CMEK_SOURCE_GCP_SCAN_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "source/gcp_call.h"
#include "source/gcp_read.h"

/** A node that was met. */
struct cmek_gcp_node {
    const char *ref, *id;        /* "projects/123"; id of a project, else NULL */
    const char *name;            /* how people call it: "projects/my-project", else the reference */
    const char *parent;          /* "folders/2"; NULL: none told */
    struct cmek_gcp_node *above; /* the parent's node, once known; never leads back here */
    bool is_top;                 /* nothing lies above: an organization, or a project without one */
    bool in_scope, is_emitted, policies_asked, has_condition;
    bool name_asked;   /* as one above a scope */
    bool is_under_way; /* a project whose resources are being read */
    size_t calls;      /* about it that have not ended */
};

enum cmek_gcp_scope_state {
    CMEK_GCP_SCOPE_WAITING,
    CMEK_GCP_SCOPE_ASKED, /* for the first page of its inventory */
    CMEK_GCP_SCOPE_BY_INVENTORY,
    CMEK_GCP_SCOPE_DIRECT,
    CMEK_GCP_SCOPE_COVERED, /* lies in another one that the inventory showed */
};

/** What the user asked for, and what its inventory has shown. */
struct cmek_gcp_scope {
    struct cmek_gcp_scan *scan;
    const char *name; /* as given: a project may be named by its id */
    enum cmek_gcp_scope_state state;
    const char *reason;         /* why it is read directly, or NULL */
    struct cmek_gcp_node *node; /* its own, with all above it; NULL: no asset came yet */
    size_t assets, policies;    /* that came; policies of whatever constraint */
    bool has_condition;
    bool without_policy_type; /* the inventory does not know policies as an asset type */
    bool needs_node_policies; /* nor as anything that could be used: each node is asked */
};

struct cmek_gcp_scan {
    struct cmek_gcp_client *client;
    const struct cmek_gcp_read_options *options;
    const struct cmek_record_sink *sink;
    struct cmek_arena arena;                  /* nodes and names: lives as long as the reading */
    struct cmek_map nodes;                    /* by reference, projects by number and by id */
    struct cmek_map keys;                     /* names asked for */
    struct cmek_map key_projects;             /* of keys in use */
    CMEK_VEC(struct cmek_gcp_node *) waiting; /* projects not begun yet */
    size_t next_waiting;
    /* Of the inventory. */
    struct cmek_gcp_scope *scopes;     /* one for each of the options */
    struct cmek_map scope_names;       /* struct cmek_gcp_scope by name */
    struct cmek_map used_keys;         /* names; value: their own text */
    struct cmek_map registry_projects; /* "projects/123" of buckets with a registry's name */
    struct cmek_map tag_values;        /* that assets describe */
    struct cmek_map bound_values;      /* value: the reference of a node that it is bound to */
    bool has_v1_policies;              /* used in place of v2 ones */
    struct cmek_gcp_progress progress;
    size_t unfolding;        /* scopes, organizations and folders below which more may turn up */
    const char *late_phase;  /* all its calls are under way but … ; NULL: not so far yet */
    size_t calls_to_come;    /* … these */
    struct cmek_error fatal; /* of a scope */
    bool second_phase;       /* begun */
    bool stopped;
};

/* gcp_read.c */

/** Tells how far things are and begins what there is room for; false: the scan is stopped. */
bool cmek_gcp_tick(struct cmek_gcp_scan *scan);
/** Works until nothing is under way and no project waits, or the scan is stopped. */
void cmek_gcp_run(struct cmek_gcp_scan *scan);
/** Asks for the projects of keys in use that lie outside of the scopes. */
void cmek_gcp_read_key_projects(struct cmek_gcp_scan *scan);
/** Frees what the scan holds, but not the scan itself. */
void cmek_gcp_scan_done(struct cmek_gcp_scan *scan);
/** Begins projects that wait, as long as there is room. */
void cmek_gcp_begin_projects(struct cmek_gcp_scan *scan);

/* gcp_nodes.c */

struct cmek_json;
struct cmek_strbuf;

/** Reads a scope node by node, each from its own API; @p reason: why not by the inventory, or NULL.
 */
void cmek_gcp_read_directly(struct cmek_gcp_scope *scope, const char *reason);
/** Reads the scope's own node, its ancestors, and all below it. */
void cmek_gcp_read_scope(struct cmek_gcp_scan *scan, const char *scope);
/** Reads a project ("projects/X") that lies outside the scope, and its ancestors, for a key's sake;
 * failures are silent: what depends on it will be unknown. */
void cmek_gcp_read_context_project(struct cmek_gcp_scan *scan, const char *project);
struct cmek_gcp_node *cmek_gcp_node_find(struct cmek_gcp_scan *scan, const char *ref);
/** The node of that reference, made if need be. */
struct cmek_gcp_node *cmek_gcp_node_named(struct cmek_gcp_scan *scan, const char *ref);
/** The call that gets a node, but for its callbacks; @p path has to live until it is submitted. */
struct cmek_gcp_call cmek_gcp_node_call(const char *ref, struct cmek_strbuf *path);
/** Asks for the policies set at a node, once. */
void cmek_gcp_read_policies(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node);
/** Asks for the defaults of the constraints. */
void cmek_gcp_read_constraints(struct cmek_gcp_scan *scan, struct cmek_gcp_node *organization);
/** The node that an API's Organization, Folder or Project speaks of, or NULL; emits its record. */
struct cmek_gcp_node *cmek_gcp_take_node(struct cmek_gcp_scan *scan, const struct cmek_json *json);
/** Puts a node below another. False where that would lead in a circle or deeper than any hierarchy
 * goes: the server's answers contradict each other. */
bool cmek_gcp_put_below(struct cmek_gcp_node *node, struct cmek_gcp_node *above);

/* gcp_above.c */

/** The node at the bottom of an `ancestors` list, with those above it; NULL where they contradict
 * what is known. */
struct cmek_gcp_node *cmek_gcp_place(struct cmek_gcp_scan *scan, const struct cmek_strings *refs);
/** Asks for the names and policies of all nodes above one, and for its organization's defaults. */
void cmek_gcp_read_above(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node);

/* gcp_inventory.c */

/** Begins to read a scope through the inventory; where that cannot be, directly if the options
 * leave it open. */
void cmek_gcp_inventory_read(struct cmek_gcp_scope *scope);
/** What is not in the listings of assets: enabled services, by searching; and, where no policy was
 * among the assets, those of the first version. */
void cmek_gcp_read_beside_assets(struct cmek_gcp_scope *scope);
/** One line for the user. */
void cmek_gcp_note(struct cmek_gcp_scan *scan, const char *text);
/** The kinds of what governs, but for policies; so many. */
#define CMEK_GCP_HIERARCHY_KINDS 7
extern const enum cmek_asset_kind cmek_gcp_hierarchy_kinds[CMEK_GCP_HIERARCHY_KINDS];
/** The asset types to ask for, "assetTypes=…&assetTypes=…&". */
void cmek_gcp_append_hierarchy_types(struct cmek_strbuf *query, bool with_policies);
void cmek_gcp_append_node_types(struct cmek_strbuf *query);
void cmek_gcp_append_type(struct cmek_strbuf *query, const char *asset_type);
/** A listing of a scope's assets. */
struct cmek_gcp_listing {
    const char *types; /* as above */
    const char *content;
    void (*page)(void *payload, const struct cmek_json *answer);
    void (*end)(void *payload, const struct cmek_gcp_error *error);
    void *payload;
};
void cmek_gcp_list_assets(struct cmek_gcp_scope *scope, const struct cmek_gcp_listing *listing);
/** Says that a listing broke off: what it did not show of the scope and all below is unknown. */
void cmek_gcp_report_broken(struct cmek_gcp_scope *scope, const char *operation,
                            const struct cmek_gcp_error *error, const char *what);

/* gcp_resources.c */

/** Lists the resources of the selected services in a scope. */
void cmek_gcp_list_resources(struct cmek_gcp_scope *scope);

/* gcp_export.c */

/** Reads a scope through an export to Cloud Storage, to its end. */
void cmek_gcp_export_read(struct cmek_gcp_scope *scope);

/* gcp_export_objects.c */

/** Reads the objects PREFIX/… of a bucket, lines of assets, to the end. False: they cannot be
 * listed, and the scan's `fatal` says why. */
bool cmek_gcp_read_objects(struct cmek_gcp_scope *scope, const char *bucket, const char *prefix);

/* gcp_assets.c */

/** Takes one asset; @p arena is cleared for it. */
void cmek_gcp_take_asset(struct cmek_gcp_scope *scope, const struct cmek_json *asset,
                         struct cmek_arena *arena);
/** Takes the assets of one page: emits records, and notes what they leave to be asked. */
void cmek_gcp_take_assets(struct cmek_gcp_scope *scope, const struct cmek_json *answer);
/** The same of ORG_POLICY content. */
void cmek_gcp_take_v1_policies(struct cmek_gcp_scope *scope, const struct cmek_json *answer);

/* gcp_rest.c */

/** Once all listings ended: keys, redirection, and policies where the inventory has none to use. */
void cmek_gcp_read_rest(struct cmek_gcp_scan *scan);
/** Once all policies are known: tags from above the scopes, and those that no asset describes. */
void cmek_gcp_read_rest_of_tags(struct cmek_gcp_scan *scan);

/* gcp_project.c */

/** Asks for a project's redirection settings, "projects/123". @p node may be NULL. */
void cmek_gcp_read_settings(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node,
                            const char *project);
/** Asks for everything in one project. */
void cmek_gcp_read_project(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node);
/** Whether the options take in an asset type. */
bool cmek_gcp_selects(const struct cmek_gcp_scan *scan, const char *asset_type);

/* gcp_keys.c */

/** What is missing of a key that cannot be read. */
#define CMEK_GCP_KEY_STATE "the key's state, so whether it can be used is unknown"
/** Notes a key in use and asks for it the first time. */
void cmek_gcp_note_key(struct cmek_gcp_scan *scan, const char *name);
/** Asks for the effective tags of a project. */
void cmek_gcp_read_tags(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node);

/* gcp_emit.c */

/** Emits an API object as a record below @p node. @p host is that of the full resource name. */
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
