/* SPDX-License-Identifier: Apache-2.0 */
/** @file evaluation.h  Inside src/rules: the state of an evaluation. */
#ifndef CMEK_RULES_EVALUATION_H
#define CMEK_RULES_EVALUATION_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "model/catalogue.h"
#include "model/policy.h"
#include "policy/classes.h"
#include "rules/evaluate.h"

/** What was asked of one effective policy, once. */
struct cmek_class_answers {
    unsigned char *services; /* sets of enum cmek_list_outcome by cmek_service.index, each 0: not
                                asked yet; NULL: none was */
};

/** The last answer about a key's project: resources of one project tend to share theirs. */
struct cmek_key_project_answer {
    const struct cmek_effective *effective;
    const char *project;
    unsigned answer; /* set of enum cmek_list_outcome; 0: none yet */
};

/** The verdicts of one rule on one target, by the policies in force and by the simulated ones. */
struct cmek_change_pair {
    struct cmek_verdict today, then;
    bool has_today, has_then;
};

struct cmek_evaluation {
    struct cmek_evaluation_options options;
    struct cmek_arena arena;
    struct cmek_arena scratch;        /* empty between two uses */
    const struct cmek_check **checks; /* by index of the rule */
    struct cmek_key_project_answer key_projects[CMEK_POLICY_MODE_COUNT_];
    struct cmek_map key_project_answers; /* of policies with many rules, by policy and project */
    struct cmek_classes *classes;
    CMEK_VEC(struct cmek_class_answers) answers;  /* by cmek_effective.index */
    const struct cmek_resource *const *resources; /* sorted; the inventory's list, or some of it */
    size_t resource_count;
    const struct cmek_resource **covered; /* that list, where it is not the inventory's, or NULL */
    CMEK_VEC(const struct cmek_node *) nodes; /* sorted: projects come last */
    CMEK_VEC(struct cmek_not_judged) not_judged;
    struct cmek_change_pair pair; /* of the check that is being asked, in a simulation */
    struct cmek_map suggestions;  /* keys to propose, by chain or policy and location */
    struct cmek_map postures;     /* struct cmek_posture by node reference */
    bool has_postures;            /* postures were worked out */
    struct cmek_map dry_runs;     /* struct cmek_posture_answer by the rules of two policies */
    bool (*verdict)(void *payload, const struct cmek_verdict *verdict);
    void *payload;
    bool stopped;
};

/** Keeps @p verdict as one half of the pair. */
void cmek_change_pair_add(struct cmek_change_pair *pair, const struct cmek_verdict *verdict);
/** Empties the pair into the simulated verdict; false when neither policy gives one to report. */
bool cmek_change_pair_take(struct cmek_change_pair *pair, struct cmek_verdict *ret_verdict);

/** A key that a resource may be given in a Cloud KMS location: a usable one that is in use and
 * whose project the policy allows for certain, best one that protects resources of that
 * service already; NULL when there is none. */
const char *cmek_suggest_key(struct cmek_evaluation *evaluation,
                             const struct cmek_resource *resource, const char *key_location);

#endif
