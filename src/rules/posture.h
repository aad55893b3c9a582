/* SPDX-License-Identifier: Apache-2.0 */
/** @file posture.h  Inside src/rules: what the policies set at a node make of the projects below
 * it, for the rules that judge policies and not resources.
 *
 * Each project is judged by itself, with its own tags; a node is told once how many of them fail.
 * All selected services are asked about, but for the question that is Container Registry's own.
 * The services, and the two constraints, are asked about apart from each other, so where they
 * depend on the same undecided condition an answer may be more cautious than need be, never less.
 */
#ifndef CMEK_RULES_POSTURE_H
#define CMEK_RULES_POSTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmekscan/finding.h"
#include "model/asset_type.h"
#include "policy/effective.h"

struct cmek_chain;
struct cmek_evaluation;
struct cmek_inventory;
struct cmek_node;
struct cmek_service;

/** What was found about one project. */
struct cmek_posture_answer {
    unsigned outcomes; /* set of enum cmek_outcome; 0: nothing to say */
    unsigned services; /* of a failure, bits 1 << enum cmek_registry_service: part of it */
    const char *value; /* of a failure: what shows it, for the message, or NULL */
    const char *reason, *detail; /* why it is undecided */
};

/** The answers of all projects that look to one node. */
struct cmek_posture_tally {
    uint64_t fails, unknowns, passes;
    const struct cmek_node
        *failing; /* the first by id; NULL: none, or the node without a project */
    const struct cmek_node *undecided;
    unsigned services;           /* of all failures */
    const char *value;           /* of `failing` */
    const char *reason, *detail; /* of `undecided` */
};

struct cmek_posture {
    /** Projects with Container Registry resources, by whether the service constraint denies the
     * three services: at the nearest node with a policy for it, else at the top of their chain. */
    struct cmek_posture_tally registry;
    /** Projects in which a policy set here restricts keys, by whether the service constraint denies
     * anything there. */
    struct cmek_posture_tally key_only;
    /** Projects that a dry run set here reaches, by whether the live policy here demands as much.
     */
    struct cmek_posture_tally dry_run[CMEK_CONSTRAINT_COUNT_];
    bool is_reached[CMEK_CONSTRAINT_COUNT_]; /* a project may be, even if it has nothing to say */
};

/** What is to be said about a node, or NULL. Worked out for all nodes when first asked. */
const struct cmek_posture *cmek_posture_of(struct cmek_evaluation *evaluation,
                                           const struct cmek_node *node);

/** The outcomes for a node: one project that fails is enough. 0: nothing to say. */
unsigned cmek_posture_outcomes(const struct cmek_posture_tally *tally);

/** Whether a policy is set at a node itself, even if it cannot be read. */
bool cmek_node_sets_policy(const struct cmek_inventory *inventory, const struct cmek_node *node,
                           enum cmek_constraint constraint, enum cmek_policy_mode mode);

/* What follows is how the postures are worked out. */

/** A project of the scan. */
struct cmek_posture_unit {
    const struct cmek_node *project; /* NULL: not of the scan */
    const struct cmek_chain *chain;
    enum cmek_tristate has_registry; /* holds resources of Container Registry or gcr.io */
    bool is_unlisted;                /* … but not all that could be some was listed */
};

struct cmek_posture *cmek_posture_at(struct cmek_evaluation *evaluation,
                                     const struct cmek_node *node);
void cmek_posture_add(struct cmek_posture_tally *tally, const struct cmek_posture_answer *answer,
                      const struct cmek_node *project);

/** Gives an answer the reason for which the policy it rests on is undecided, if it has none yet. */
void cmek_posture_explain(const struct cmek_effective *effective,
                          struct cmek_posture_answer *answer);
/** A policy between the project and the node cannot be read: perhaps they have nothing to do with
 * each other. */
void cmek_posture_doubt(struct cmek_posture_answer *answer);

/** A way up from a project to the first root of a constraint. */
struct cmek_posture_walk {
    const struct cmek_inventory *inventory;
    const struct cmek_chain *chain;
    enum cmek_constraint constraint;
    enum cmek_policy_mode mode;
    size_t at;        /* the node at hand */
    bool is_doubtful; /* a policy below it cannot be read, and may be a root */
};
/** To the next node; false behind a root, and at the top. */
bool cmek_posture_climb(struct cmek_posture_walk *walk);
/** What the node at hand contributes, or NULL; not readable: there may be something else. */
const struct cmek_policy_spec *cmek_posture_spec(const struct cmek_posture_walk *walk,
                                                 bool *ret_is_readable);

/** A service to ask the policies about; NULL where `--services` leaves it out. */
const struct cmek_service *cmek_posture_service(const struct cmek_evaluation *evaluation,
                                                enum cmek_registry_service service);
bool cmek_rule_restricts(const struct cmek_policy_rule *rule);

void cmek_posture_judge_registry(struct cmek_evaluation *evaluation,
                                 const struct cmek_posture_unit *unit);
void cmek_posture_judge_keys(struct cmek_evaluation *evaluation,
                             const struct cmek_posture_unit *unit);
/** What of the dry-run policy in effect at the node @p first of a chain the live one there does not
 * demand, with conditions judged for the whole chain. For the key-project constraint all projects
 * that keys could come from are asked about, those to come as well: each that an entry names, one
 * in each subtree that an entry names, and one that nothing names. */
struct cmek_posture_answer cmek_posture_compare_dry_run(struct cmek_evaluation *evaluation,
                                                        const struct cmek_chain *chain,
                                                        size_t first,
                                                        enum cmek_constraint constraint);

#endif
