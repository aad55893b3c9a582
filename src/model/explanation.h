/* SPDX-License-Identifier: Apache-2.0 */
/** @file explanation.h  Why a verdict is what it is, step by step: plain data.
 *
 * The walk that evaluation itself takes from a project up to the organization, with what became of
 * each policy and each rule on the way. policy/effective.h records the walk, rules/explain.h holds
 * it against the verdict, report/explain_text.h and report/explain_json.h draw it. Strings and
 * arrays are in the arena of whoever built it, or in the inventory.
 */
#ifndef CMEK_MODEL_EXPLANATION_H
#define CMEK_MODEL_EXPLANATION_H

#include <stdbool.h>
#include <stddef.h>

#include "cmekscan/finding.h"
#include "model/policy.h"

struct cmek_chain;
struct cmek_key;
struct cmek_node;
struct cmek_resource;

/** What became of a rule, or of all that is set at a node. */
enum cmek_fate {
    CMEK_FATE_NOT_SET, /* of a node: no policy for the constraint */
    CMEK_FATE_DECIDES,
    CMEK_FATE_CONTRIBUTES,     /* in force, though another rule decides */
    CMEK_FATE_UNDECIDED,       /* whether it is in force, or what it covers, cannot be told */
    CMEK_FATE_SHADOWED,        /* in force, but said nearer as well, or beaten by a denial */
    CMEK_FATE_CONDITION_FALSE, /* its condition does not hold for this project */
    CMEK_FATE_EMPTY,           /* says nothing that this constraint knows */
    CMEK_FATE_RESET,           /* goes back to the default; rules beside a reset do not count */
    CMEK_FATE_OVERRIDDEN,      /* above a policy that resets or does not inherit */
    CMEK_FATE_UNREADABLE,      /* of a node: what it says is not known */
    CMEK_FATE_HIDDEN,          /* above an unreadable policy, which may or may not inherit it */
    CMEK_FATE_COUNT_,
};

/** One tag function of a condition, asked for this project. */
struct cmek_explained_test {
    bool by_id;
    const char *key, *value; /* as written; value NULL: hasTagKey, hasTagKeyId */
    enum cmek_tristate answer;
    const struct cmek_node *bound_at; /* where the key is bound, NULL: nowhere, or not known */
    const char *bound_value;          /* what is bound there, or NULL */
    const char *reason;               /* of an unknown answer */
};

/** One entry of a value list, held against what the verdict is about. */
struct cmek_explained_entry {
    const char *entry;
    bool denied;
    enum cmek_tristate covers;
};

struct cmek_explained_rule {
    const struct cmek_policy_rule *rule;
    enum cmek_fate fate;
    const char *why;               /* a clause, or NULL where the fate says it all */
    enum cmek_tristate condition;  /* whether its condition holds; YES where it has none */
    bool is_condition_asked;       /* it has one, and the walk came to it */
    const char *condition_unknown; /* why it is undecided, or NULL */
    const struct cmek_explained_test *tests; /* of the condition, in its order */
    size_t test_count;
    const struct cmek_explained_entry *entries; /* NULL: not held against anything */
    size_t entry_count;
};

/** One node of the path, and the policy set there. */
struct cmek_explained_node {
    const struct cmek_node *node;
    const struct cmek_policy_spec *spec; /* NULL: none */
    bool is_live_spec; /* in a dry run: the node has no dryRunSpec and contributes what is live */
    enum cmek_fate fate;
    const char *why;    /* a clause, or NULL */
    const char *reason; /* of UNREADABLE: a word, "permission-denied" */
    struct cmek_explained_rule *rules;
    size_t rule_count;
};

/** Where the walk upwards ended. */
enum cmek_walk_end {
    CMEK_WALK_TOP,           /* past the organization */
    CMEK_WALK_NO_INHERITING, /* at a policy that does not inherit */
    CMEK_WALK_RESET,         /* at a policy that resets */
    CMEK_WALK_BROKEN_OFF,    /* at an ancestor above which nothing can be seen */
    CMEK_WALK_NO_POLICIES,   /* the input holds no policies at all */
};

/** The walk of one constraint over one path. */
struct cmek_trail {
    struct cmek_explained_node *nodes; /* of the whole path, nearest first */
    size_t count;
    size_t walked; /* nodes that the walk came to */
    enum cmek_walk_end end;
    bool default_deny; /* what holds where no rule is in force */
};

/** A tag bound along the path. */
struct cmek_explained_tag {
    const char *key, *value;      /* namespaced or short names where known, else ids */
    const struct cmek_node *node; /* where it is bound */
    bool is_inherited;
    bool is_overridden; /* a nearer binding of the same key wins */
};

struct cmek_explanation {
    struct cmek_finding finding;
    const struct cmek_chain *chain;       /* the path that was judged */
    const struct cmek_resource *resource; /* NULL: the finding is on a node */
    enum cmek_constraint constraint;      /* CMEK_CONSTRAINT_COUNT_: none */
    bool is_on_policy;       /* the finding is on what is set at the node, judged by all below it */
    struct cmek_trail trail; /* without a constraint: the path, with nothing set */
    const struct cmek_node *decided_at;    /* NULL: no rule for certain, or only the default */
    const struct cmek_explained_tag *tags; /* where a condition or a binding makes them matter */
    size_t tag_count;
    const struct cmek_key *key;          /* of the resource, or NULL */
    const struct cmek_node *key_project; /* where an asset speaks of it */
    const char *key_state;               /* a clause on whether it can encrypt */
    const char *const *needs;            /* of an unknown: what would have to be known */
    size_t need_count;
};

/** "decides", "not-set", …: for machines. */
const char *cmek_fate_name(enum cmek_fate fate);

#endif
