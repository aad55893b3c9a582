/* SPDX-License-Identifier: Apache-2.0 */
/** @file effective.h  The policy that the hierarchy makes of one constraint for one chain of nodes.
 *
 * https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy. Rules
 * are collected from the nearest node up to the first root: a policy that resets or does not
 * inherit. Rules whose condition is certainly false are left out; those whose condition is
 * undecided stay, in groups of one condition text each: the rules of a group are in force together
 * or not at all.
 */
#ifndef CMEK_POLICY_EFFECTIVE_H
#define CMEK_POLICY_EFFECTIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/policy.h"

struct cmek_arena;
struct cmek_trail;
struct cmek_chain;
struct cmek_inventory;
struct cmek_node;

enum cmek_policy_mode {
    CMEK_POLICY_LIVE,
    CMEK_POLICY_DRY_RUN,   /* dry-run specs; a node without one contributes its live spec */
    CMEK_POLICY_SIMULATED, /* simulated specs, likewise */
    CMEK_POLICY_MODE_COUNT_,
};

struct cmek_explained_node;

struct cmek_effective_rule {
    const struct cmek_policy_rule *rule;
    const struct cmek_node *node; /* where it is set */
    unsigned group; /* 0: certainly in force; else 1-based index of an undecided condition */
};

struct cmek_undecided {
    const char *condition, *reason;
};

struct cmek_effective {
    size_t index; /* among those of a struct cmek_classes: a place in a table of the caller's */
    const struct cmek_effective_rule *rules; /* nearest first */
    size_t rule_count;
    const struct cmek_undecided *undecided; /* group g is undecided[g - 1] */
    size_t undecided_count;
    const char *unreadable;        /* from here on up anything may hold: a sentence why, or NULL */
    const char *unreadable_reason; /* the same as a word: "permission-denied" (what a failed call
                                      said), "policy-unreadable", "ancestors-not-visible", … */
    bool has_dry_run;              /* the walk met a dryRunSpec */
    bool default_deny;             /* what holds where no rule is in force */
};

/** Builds it in @p arena, to which it and its parts belong. Whoever asks for many chains asks a
 * struct cmek_classes. */
struct cmek_effective *cmek_effective_build(const struct cmek_inventory *inventory,
                                            const struct cmek_chain *chain,
                                            enum cmek_constraint constraint,
                                            enum cmek_policy_mode mode, struct cmek_arena *arena);
/** The same as seen from the node at @p first of the chain: policies below it are left out, while
 * conditions are still judged for the whole chain. */
struct cmek_effective *cmek_effective_build_from(const struct cmek_inventory *inventory,
                                                 const struct cmek_chain *chain, size_t first,
                                                 enum cmek_constraint constraint,
                                                 enum cmek_policy_mode mode,
                                                 struct cmek_arena *arena);

/** The spec that a policy contributes to the walk in a mode, or NULL. */
const struct cmek_policy_spec *cmek_policy_spec_in(const struct cmek_policy *policy,
                                                   enum cmek_policy_mode mode);

/** What one node says of a constraint in a mode. */
struct cmek_node_policy {
    const struct cmek_policy_spec *spec; /* NULL: nothing */
    const char *hidden, *hidden_reason;  /* it may say anything: a sentence why, and a word */
    bool has_dry_run;                    /* its policy has a readable dryRunSpec */
};
struct cmek_node_policy cmek_node_policy_in(const struct cmek_inventory *inventory,
                                            const struct cmek_node *node,
                                            enum cmek_constraint constraint,
                                            enum cmek_policy_mode mode);

/** The same, with the walk that led there: what is set at each node of the chain and what became of
 * it. The fates of rules in force are CONTRIBUTES; which of them decides depends on what is asked.
 */
const struct cmek_effective *
cmek_effective_trace(const struct cmek_inventory *inventory, const struct cmek_chain *chain,
                     enum cmek_constraint constraint, enum cmek_policy_mode mode,
                     struct cmek_arena *arena, struct cmek_trail *ret_trail);

/** A node's fate from those of its rules, after they were changed. */
void cmek_trail_settle(struct cmek_explained_node *step);

#endif
