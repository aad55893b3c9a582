/* SPDX-License-Identifier: Apache-2.0 */
/** @file inventory.h  All that is known of the scanned organizations: hierarchy, policies, tags,
 * keys, resources.
 *
 * Records go in in any order; cmek_inventory_finish joins them; after that the inventory does not
 * change and everything in it is valid until it is freed, unless more records go in (resources that
 * were read again): then it has to be finished again, and what was worked out from it before is
 * void. Coverage gaps may be added at any time. Lines of one name are one asset: what an API says
 * itself beats what Cloud Asset Inventory says live; else the newest `update_time` with data wins,
 * of equals the later line.
 */
#ifndef CMEK_MODEL_INVENTORY_H
#define CMEK_MODEL_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "cmekscan/finding.h"
#include "model/names.h"
#include "model/record.h"

struct cmek_chain;

/** A policy of one constraint at a node, with what decides between two lines that speak of it. */
struct cmek_policy_slot {
    bool has_data, lags;
    struct cmek_time updated;
    struct cmek_policy policy;
    const struct cmek_planned *planned; /* it comes from a plan; NULL: it is set */
};

struct cmek_tag_binding {
    const char *value, *value_namespaced; /* either may be NULL */
};

/** A binding that a plan takes away. */
struct cmek_unbound {
    struct cmek_node *node; /* or NULL */
    struct cmek_tag_binding binding;
};

/** The listings of Cloud Asset Inventory that may break off: what one did not show of a node and
 * all below may still be there. */
enum cmek_partial_listing {
    CMEK_PARTIAL_HIERARCHY,
    CMEK_PARTIAL_RESOURCES,
    CMEK_PARTIAL_SERVICES,
    CMEK_PARTIAL_COUNT_,
};

/** What few nodes have, so that the others need not carry it. */
struct cmek_node_extras {
    /* NULL: none is set here. */
    struct cmek_policy_slot *policies[CMEK_CONSTRAINT_COUNT_]; /* v2 */
    struct cmek_policy_slot
        *v1_policies[CMEK_CONSTRAINT_COUNT_]; /* used when the inventory has no v2 at all */
    const char *policies_unreadable;          /* why they could not be read, or NULL */
    /* What a simulation judges by instead of all these: NULL: nothing else; ABSENT: none is set. */
    const struct cmek_policy_spec *simulated[CMEK_CONSTRAINT_COUNT_];

    CMEK_VEC(struct cmek_tag_binding) bindings;
    const char *tags_unreadable;

    const char *services_unreadable;
    const char *redirection; /* legacyRedirectionState, or NULL */
    const char *settings_unreadable;
    const char *topics_unreadable;
    const char *unlisted_reason;   /* why resources of `unlisted` could not all be listed */
    unsigned unlisted;             /* bits 1 << enum cmek_registry_service */
    const char *children_unlisted; /* why folders or projects below may be missing, or NULL */
    const char *partial[CMEK_PARTIAL_COUNT_]; /* why its own listings broke off, or NULL */
};

/** An organization, folder or project. There may be a hundred thousand: what not nearly all of them
 * have is an extra. */
struct cmek_node {
    enum cmek_node_kind kind;
    unsigned order; /* among the projects by id (or reference, where that is not known), from 1; set
                       by finish */
    const char *ref;             /* "projects/123", "folders/2" */
    const char *number, *id;     /* of a project; NULL: not known */
    struct cmek_node *canonical; /* another node for the same project, or itself */
    bool is_listed;              /* its own asset was seen */
    bool is_known;               /* … with data */
    bool is_context;             /* outside the scope, there for a key's sake */
    bool has_gcr_topic;
    bool is_created; /* only a plan makes it: nothing is set there yet */
    struct cmek_time updated;
    const char *parent;                        /* "folders/2", from its asset */
    const char *display_name;                  /* what people call it, or NULL */
    const struct cmek_chain *given;            /* the `ancestors` of its own asset, or NULL */
    const struct cmek_chain *chain;            /* itself up to the organization; set by finish */
    struct cmek_chain *chains;                 /* all that begin with it, as given and resolved */
    unsigned services_known, services_enabled; /* bits 1 << enum cmek_enabled_service */
    const struct cmek_node_extras *extras; /* never NULL: where it has none, all zero and shared */
};

/** A path from a project (or whatever a resource lies in) up towards its organization. */
struct cmek_chain {
    unsigned count;   /* of nodes */
    unsigned index;   /* 0 … chain_count-1: a place in a table of the caller's */
    bool is_complete; /* nothing above the last node is missing */
    const struct cmek_chain
        *resolved; /* the same with canonical nodes, itself when they are; set by finish */
    struct cmek_chain *next;   /* another one that begins with the same node */
    struct cmek_node *nodes[]; /* nearest first, canonical */
};

/** A CryptoKey that is used or described. */
struct cmek_key {
    const char *name;               /* without a version; verbatim where it is malformed */
    const char *project, *location; /* NULL: malformed name */
    bool is_known;                  /* its asset was seen with data */
    bool is_truncated;
    uint64_t used_for; /* cmek_service_bit of the services whose resources use it; 0: none does */
    struct cmek_time updated;
    const char *purpose, *primary_name, *primary_state;
    const char *unreadable; /* error word of a failed read, or NULL */
    bool lags;              /* cmek_record.lags */
};

/** What few resources have, so that the others need not carry it. */
struct cmek_resource_extras {
    struct cmek_key *const *keys; /* besides the first */
    size_t key_count;
    const char *keyless_place;              /* that lacks a key while others have one, or NULL */
    const struct cmek_other_key *other_key; /* what is set in a missing key's stead, or NULL */
    const struct cmek_planned *planned;     /* a plan speaks of it; NULL: it exists, and stays */
    const struct cmek_label *labels;        /* kept only where inventory.keep_labels says so */
    size_t label_count;
};

/** A resource that holds data. */
struct cmek_resource {
    const char *name; /* full resource name */
    const struct cmek_service_type *type;
    const struct cmek_chain *chain; /* before finish: its given ancestors, or NULL */
    struct cmek_node *project;      /* canonical; NULL: not known. Before finish: a reference */
    struct cmek_key *key;           /* the first; NULL: none shown */
    const struct cmek_resource_extras *extras; /* never NULL, as those of nodes */
    const char *location, *created_at;
    struct cmek_time updated;
    bool has_data, is_truncated, google_keys_refused;
    bool lags;          /* cmek_record.lags */
    bool is_gone;       /* dropped, or deleted by a plan; finish leaves it out */
    bool is_excepted;   /* the service constraint does not reach it */
    bool has_own_chain; /* its asset gave its ancestors; else it has its project's */
};

struct cmek_tag {
    const char *id, *parent, *short_name, *namespaced_name;
    struct cmek_time updated;
    bool has_data;
};

struct cmek_gap {
    const char *scope, *operation, *error, *message;
};

enum cmek_policy_knowledge {
    CMEK_POLICIES_NONE, /* the input says nothing about policies */
    CMEK_POLICIES_V1,
    CMEK_POLICIES_V2,
};

struct cmek_inventory {
    struct cmek_arena arena;
    struct cmek_arena scratch;  /* of the record at hand */
    struct cmek_map strings;    /* interned */
    struct cmek_map nodes;      /* by reference */
    struct cmek_map projects;   /* canonical nodes by id, made by finish */
    struct cmek_chain *nowhere; /* chains without nodes */
    struct cmek_map keys;
    struct cmek_map resources;                            /* by name */
    struct cmek_map tag_keys, tag_values;                 /* by id */
    struct cmek_map tag_keys_by_name, tag_values_by_name; /* by namespaced name, made by finish */
    struct cmek_map gaps_seen;
    CMEK_VEC(struct cmek_resource *) resource_list; /* by project order and name, once finished */
    CMEK_VEC(struct cmek_gap) gaps;
    uint64_t gaps_not_listed;
    CMEK_VEC(const struct cmek_chain *) chains; /* canonical, by index; made by finish */
    bool has_partial_listings;                  /* some node has extras.partial */
    size_t chain_count;
    CMEK_VEC(struct cmek_node *) project_list; /* canonical, by order; made by finish */
    struct cmek_strings scopes;                /* of a collected file */
    struct cmek_strings selected; /* services that the scan looks at, or that of a report did */
    bool keep_labels; /* set before the first record by who asks for labels: they take room */
    /* Records of a plan were added: it says what there is to judge. Policies that it holds count
     * where no others are known, or over those that are; what else is set at nodes that exist is
     * then not known. */
    bool has_plan, has_planned_policies, has_planned_tags;
    CMEK_VEC(struct cmek_unbound) unbound; /* not found yet: taken away by finish */
    /* What is judged by where no policies are known; NULL: then nothing can be told. */
    const struct cmek_policy_spec *assumed[CMEK_CONSTRAINT_COUNT_];
    bool policies_are_simulated; /* those that are judged by are not in force anywhere */
    bool has_v2_policies, has_v1_policies, tags_known, services_known, settings_known;
    bool topics_known; /* some were seen, or looked for: a project without one has none */
    bool default_deny[CMEK_CONSTRAINT_COUNT_];
    /* What was said of projects by a name that no Project asset maps to the other kind of name: by
     * id and by number; made by finish. */
    struct {
        bool policies[CMEK_CONSTRAINT_COUNT_], simulated[CMEK_CONSTRAINT_COUNT_], bindings;
    } unmapped[2];
    bool is_finished;
};

struct cmek_inventory *cmek_inventory_new(void);
void cmek_inventory_free(struct cmek_inventory *inventory);

void cmek_inventory_add(struct cmek_inventory *inventory, const struct cmek_record *record);
/** The inventory as a place to send records to. */
struct cmek_record_sink cmek_inventory_sink(struct cmek_inventory *inventory);
/** Adds a gap; the same one twice counts once. */
void cmek_inventory_add_gap(struct cmek_inventory *inventory, const struct cmek_gap_data *gap);
/** Takes a resource out, or what is known of a key: it is no more. Of no effect where @p name is
 * neither. */
void cmek_inventory_drop(struct cmek_inventory *inventory, const char *name);
/** Joins what was added: projects by id and number, chains, resources to their projects. */
void cmek_inventory_finish(struct cmek_inventory *inventory);

enum cmek_policy_knowledge cmek_inventory_policies(const struct cmek_inventory *inventory);
/** The policy in force at a node for a constraint, or NULL when none is set there. */
const struct cmek_policy_slot *cmek_node_policy(const struct cmek_inventory *inventory,
                                                const struct cmek_node *node,
                                                enum cmek_constraint constraint);

/** What a plan changes about the policy of a constraint, at the nearest node of the chain where it
 * does; NULL: nothing. */
const struct cmek_planned *cmek_chain_planned_policy(const struct cmek_inventory *inventory,
                                                     const struct cmek_chain *chain,
                                                     enum cmek_constraint constraint);

/** Whether a policy of a constraint, a simulated one, or a tag binding, that stands under another
 * project's name may be this node's: one is named by id, one by number, and no Project asset maps
 * either. */
bool cmek_node_may_have_policy(const struct cmek_inventory *inventory, const struct cmek_node *node,
                               enum cmek_constraint constraint);
bool cmek_node_may_be_simulated(const struct cmek_inventory *inventory,
                                const struct cmek_node *node, enum cmek_constraint constraint);
bool cmek_node_may_have_bindings(const struct cmek_inventory *inventory,
                                 const struct cmek_node *node);

/** The node "folders/2", "organizations/1", or a project by "projects/id" or "projects/number";
 * NULL when nothing that was read speaks of it. */
struct cmek_node *cmek_inventory_find_node(const struct cmek_inventory *inventory, const char *ref);
/** Puts a copy of @p spec beside what is set at @p node, to be judged by in its stead; an ABSENT
 * one takes the policy away. Live policies stay what they are. Once the inventory is finished. */
void cmek_inventory_simulate(struct cmek_inventory *inventory, struct cmek_node *node,
                             enum cmek_constraint constraint, const struct cmek_policy_spec *spec);
/** The same with the dryRunSpec that is set there; false, and nothing is done, when there is none.
 */
bool cmek_inventory_simulate_dry_run(struct cmek_inventory *inventory, struct cmek_node *node,
                                     enum cmek_constraint constraint);

/** What is read of a node, each with a call of its own. */
enum cmek_node_part {
    CMEK_NODE_POLICIES,
    CMEK_NODE_TAGS,
    CMEK_NODE_SERVICES,
    CMEK_NODE_SETTINGS,
    CMEK_NODE_TOPICS,
    CMEK_NODE_PART_COUNT_,
};
/** "orgpolicy.policies.list", … */
const char *cmek_node_operation(enum cmek_node_part part);
/** The error word that reading a part failed with, or NULL. */
const char *cmek_node_unreadable(const struct cmek_node *node, enum cmek_node_part part);
/** The call that reads a key. */
#define CMEK_OPERATION_KEY "cloudkms.cryptoKeys.get"
/** Stands for reading all of a project's resources; and what lists those of one service. */
#define CMEK_OPERATION_SCAN "scan"
const char *cmek_listing_operation(enum cmek_registry_service service);

/** A known project by "id" or "number"; NULL when no Project asset speaks of it. */
const struct cmek_node *cmek_inventory_project(const struct cmek_inventory *inventory,
                                               const char *name);
/** Whether two project names, each an id or a number, mean the same project. */
enum cmek_tristate cmek_same_project(const struct cmek_inventory *inventory, const char *a,
                                     const char *b);

/** All keys of a resource: 0 … count-1, the first being `key`. */
size_t cmek_resource_key_count(const struct cmek_resource *resource);
struct cmek_key *cmek_resource_key(const struct cmek_resource *resource, size_t index);
/** What people call its kind: "bucket". */
const char *cmek_resource_noun(const struct cmek_resource *resource);
/** Whether some place that must hold a key shows none. */
bool cmek_resource_lacks_key(const struct cmek_resource *resource);
/** A bit for a service in cmek_key.used_for. There are 64, so services may share one: enough to
 * prefer keys by. */
uint64_t cmek_service_bit(const struct cmek_service *service);

/** What a resource is to Container Registry: CMEK_UNKNOWN when its bucket's project cannot be told.
 */
enum cmek_tristate cmek_is_registry_bucket(const struct cmek_inventory *inventory,
                                           const struct cmek_resource *resource);
/** "container-registry-bucket", "gcr-topic", "gcr-repository" or NULL. */
const char *cmek_resource_role(const struct cmek_inventory *inventory,
                               const struct cmek_resource *resource);

struct cmek_strbuf;
/** For messages: "folders/2 (Production)", "projects/123 (my-project)"; the name only where it is
 * known. */
void cmek_describe_node(const struct cmek_node *node, struct cmek_strbuf *buffer);

/* Inside src/model only. */
void cmek_inventory_add_policy(struct cmek_inventory *inventory, const struct cmek_record *record);
void cmek_inventory_add_v1_policies(struct cmek_inventory *inventory,
                                    const struct cmek_record *record);
struct cmek_policy_spec cmek_inventory_keep_spec(struct cmek_inventory *inventory,
                                                 const struct cmek_policy_spec *spec);
bool cmek_node_is_unmapped(const struct cmek_node *node);
const struct cmek_planned *cmek_inventory_keep_planned(struct cmek_inventory *inventory,
                                                       const struct cmek_planned *planned);
/** Policies that only a plan tells of: what it does not is not known. */
void cmek_inventory_finish_planned(struct cmek_inventory *inventory);
/** Marks as gone what a plan speaks of under another form of the name. Projects are unified by
 * then. */
void cmek_inventory_mark_superseded(struct cmek_inventory *inventory);
/** Takes away the bindings that a plan does. Projects are unified by then. */
void cmek_inventory_finish_bindings(struct cmek_inventory *inventory);
/** Whether a record takes the place of what an earlier one of the same name said. */
bool cmek_record_supersedes(const struct cmek_record *record, bool has_data,
                            struct cmek_time updated, bool lags);
/** Adds a record of a tag key or value to its map, or of a binding to its node. */
void cmek_inventory_add_tag(struct cmek_inventory *inventory, struct cmek_map *tags,
                            const struct cmek_record *record);
void cmek_inventory_add_binding(struct cmek_inventory *inventory, const struct cmek_record *record);
struct cmek_strings cmek_inventory_keep_strings(struct cmek_inventory *inventory,
                                                struct cmek_strings strings);
struct cmek_node *cmek_inventory_node(struct cmek_inventory *inventory, const char *ref);
/** The extras of nodes that have none of their own. */
extern const struct cmek_node_extras cmek_node_no_extras;
/** A node's own extras, to be written to. */
struct cmek_node_extras *cmek_inventory_extras(struct cmek_inventory *inventory,
                                               struct cmek_node *node);
/** The key of a name, with or without a version. */
struct cmek_key *cmek_inventory_key(struct cmek_inventory *inventory, const char *name);
/** Marks what a broken listing leaves unknown; inventory_partial.c. */
void cmek_inventory_note_partial(struct cmek_inventory *inventory, const struct cmek_gap_data *gap,
                                 struct cmek_node *scope, const char *error);
void cmek_inventory_resolve_partial(struct cmek_inventory *inventory);
const char *cmek_inventory_intern(struct cmek_inventory *inventory, const char *text);
/** The chain of these nodes, one object however often it is asked for. */
struct cmek_chain *cmek_inventory_chain(struct cmek_inventory *inventory,
                                        struct cmek_node *const *nodes, size_t count,
                                        bool is_complete);

#endif
