/* SPDX-License-Identifier: Apache-2.0 */
/** @file check.h  Inside src/rules: what a check is, and what it may ask the evaluation. */
#ifndef CMEK_RULES_CHECK_H
#define CMEK_RULES_CHECK_H

#include "policy/list.h"
#include "rules/evaluate.h"

struct cmek_key;
struct cmek_service;
struct cmek_strbuf;

/** Outcomes of a rule on a resource that are possible, as a set. */
enum cmek_outcome {
    CMEK_OUTCOME_NONE = 1 << 0, /* not governed */
    CMEK_OUTCOME_PASS = 1 << 1,
    CMEK_OUTCOME_FAIL = 1 << 2,
};

/** A check in code. A rule of a pack names the one it runs. */
struct cmek_check {
    const char *name;
    enum cmek_constraint constraint; /* CMEK_CONSTRAINT_COUNT_: none */
    bool is_simulated;               /* it depends on policies, so it is judged by simulated ones */
    const char *service;             /* that verdicts on a node are about, or NULL */
    /** Emits verdicts on a resource, or on an organization, folder or project; either may be NULL.
     */
    void (*resource)(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                     const struct cmek_resource *resource);
    void (*node)(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                 const struct cmek_node *node);
    /** Appends the finding's sentence. */
    void (*message)(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                    struct cmek_strbuf *buffer);
};

extern const struct cmek_check cmek_check_cmek_required;
extern const struct cmek_check cmek_check_key_project_allowed;
extern const struct cmek_check cmek_check_key_usable;
extern const struct cmek_check cmek_check_gcr_topic_creatable;
extern const struct cmek_check cmek_check_gcr_bucket_leftover;
extern const struct cmek_check cmek_check_policy_gap;
extern const struct cmek_check cmek_check_policy_dry_run_only;

/** All checks, NULL-ended. */
extern const struct cmek_check *const cmek_checks[];
/** The check of a name, or NULL; for a rule the loader has made sure that there is one. */
const struct cmek_check *cmek_check_find(const char *name);

/** A service by its value; NULL where `--services` leaves it out. */
const struct cmek_service *cmek_evaluation_service(const struct cmek_evaluation *evaluation,
                                                   const char *value);

const struct cmek_inventory *cmek_evaluation_inventory(const struct cmek_evaluation *evaluation);

/** Whether the evaluation judges by policies of that mode. */
bool cmek_evaluation_judges(const struct cmek_evaluation *evaluation, enum cmek_policy_mode mode);
/** The mode by which failures are to be mended: live, or simulated in a simulation. */
enum cmek_policy_mode cmek_evaluation_governing(const struct cmek_evaluation *evaluation);
/** The enforcement of findings by policies of a mode. */
enum cmek_enforcement cmek_enforcement_of(enum cmek_policy_mode mode);

/** The effective policy for a chain, built once for all chains of its class. */
const struct cmek_effective *cmek_evaluation_effective(struct cmek_evaluation *evaluation,
                                                       const struct cmek_chain *chain,
                                                       enum cmek_constraint constraint,
                                                       enum cmek_policy_mode mode);
/** cmek_list_ask for a service, asked once for each class of chains. */
unsigned cmek_evaluation_ask_service(struct cmek_evaluation *evaluation,
                                     const struct cmek_chain *chain, enum cmek_policy_mode mode,
                                     const struct cmek_service *service);

/** cmek_list_ask for the project of a resource's key; NULL: cannot be told. */
unsigned cmek_evaluation_ask_key_project(struct cmek_evaluation *evaluation,
                                         const struct cmek_effective *effective,
                                         enum cmek_policy_mode mode, const char *project);

/** Entry matchers for cmek_list_ask and cmek_list_explain. The payload of the second is a struct
 * cmek_key_question. */
enum cmek_tristate cmek_match_service(void *service, const char *entry);
struct cmek_key_question {
    const struct cmek_inventory *inventory;
    const char *project; /* NULL: cannot be told */
};
enum cmek_tristate cmek_match_key_project(void *key_question, const char *entry);

/** What any answer of cmek_list_ask depends on, as text: policies with the same rules share it. */
void cmek_append_policy_identity(const struct cmek_effective *effective,
                                 struct cmek_strbuf *buffer);
/** How much a set of outcomes weighs beside another of the same resource: a fail for certain, a
 * possible one, none. */
int cmek_outcome_gravity(unsigned outcomes);
/** What stands in a missing key's stead and means a Cloud KMS key all the same, or NULL. */
const struct cmek_other_key *cmek_hidden_key(const struct cmek_resource *resource);

/** Turns a set of outcomes into a verdict and hands it on: {fail} fails, fail with anything else is
 * unknown, {pass} passes, the rest is no finding. In a simulation it is held until the check has
 * spoken of both modes. */
void cmek_evaluation_emit(struct cmek_evaluation *evaluation, const struct cmek_verdict *draft,
                          unsigned outcomes);
/** Counts a target that the input says nothing about. */
void cmek_evaluation_cannot_judge(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                                  const char *missing);

/** Why a verdict that rests on @p effective is unknown: fills reason and detail. */
void cmek_explain_unknown_policy(const struct cmek_effective *effective,
                                 struct cmek_verdict *draft);

/** Whether a key can encrypt now: PASS, FAIL (with the cause) or both (with reason and detail). */
unsigned cmek_key_usability(const struct cmek_key *key, struct cmek_verdict *draft);

/** For messages: "bucket b", "topic t", "repository r". */
void cmek_describe_resource(const struct cmek_resource *resource, struct cmek_strbuf *buffer);
/** For messages: "the policy set at folders/2", "the dry-run policy inherited from folders/2
 * (Production)", "the constraint's default". */
void cmek_describe_policy(const struct cmek_verdict *verdict, const struct cmek_list_cause *cause,
                          struct cmek_strbuf *buffer);
/** The rule that decided a verdict on a constraint; its node is NULL where the default did. A
 * verdict on a node's policy is decided by the one set there, if there is one. */
struct cmek_list_cause cmek_verdict_cause(struct cmek_evaluation *evaluation,
                                          const struct cmek_verdict *verdict);

#endif
