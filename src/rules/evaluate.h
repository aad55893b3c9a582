/* SPDX-License-Identifier: Apache-2.0 */
/** @file evaluate.h  Verdicts: every rule on every node and resource of an inventory. Pure: no I/O,
 * no clock, no environment.
 *
 * A simulation gives one verdict where there is one today or would be one then: the simulated one,
 * and how it compares; a rule that would fail or doubt no more passes.
 *
 * An evaluation can be run any number of times and gives the same verdicts in the same order:
 * project id, resource name, rule, enforcement, where folders and organizations have no project id
 * and so come first. The scan runs it once to count and once to list, so
 * that no finding is ever stored.
 */
#ifndef CMEK_RULES_EVALUATE_H
#define CMEK_RULES_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmekscan/reporter.h"
#include "model/shard.h"
#include "policy/effective.h"

struct cmek_arena;
struct cmek_catalogue;
struct cmek_check;
struct cmek_inventory;
struct cmek_key;
struct cmek_node;
struct cmek_resource;
struct cmek_rule;
struct cmek_rule_set;
struct cmek_verdict;

struct cmek_evaluation_options {
    const struct cmek_inventory *inventory; /* finished */
    const struct cmek_rule_set *rules;
    const struct cmek_catalogue *catalogue; /* resources of its selected services are judged */
    bool container_registry_only;           /* registry buckets, gcr topics, gcr.io repositories */
    bool plan_changes_only;                 /* of a plan: not what it leaves as it is */
    /* Judges what lies in the shard's projects, and of folders and organizations what their
     * policies come to in these. */
    struct cmek_shard shard;
    /** May change a verdict's status, waiver and baseline state before it is handed on. May be
     * NULL. */
    void (*settle)(void *payload, struct cmek_verdict *verdict);
    void *settle_payload;
    /* Judges by the simulated policies of the inventory, and compares with the live ones; else by
     * live policies and dry runs. Rules that depend on no policy give nothing then. */
    bool simulates;
};

struct cmek_evaluation;

/** One rule's verdict, before it is put into words. Valid as long as the evaluation. */
struct cmek_verdict {
    const struct cmek_rule *rule;
    const struct cmek_check *check;
    enum cmek_finding_status status;
    enum cmek_enforcement enforcement;
    enum cmek_constraint constraint;        /* CMEK_CONSTRAINT_COUNT_: none */
    const struct cmek_resource *resource;   /* NULL: the verdict is on a node */
    const struct cmek_node *node;           /* … this one; NULL: it is on a resource */
    const struct cmek_node *project;        /* NULL: not known, or the node is no project */
    const struct cmek_effective *effective; /* the policy that was asked, or NULL */
    unsigned services; /* of a verdict on a policy: 1 << enum cmek_registry_service, it is about */
    const struct cmek_key *key; /* of the resource, the one that decided; NULL: none did */
    const char *cause;          /* of a fail: the word that remediations are chosen by, or NULL */
    const char *reason;         /* of an unknown: a kebab-case word */
    const char *detail;         /* of an unknown: a clause that says why */
    const char *waiver_id, *waiver_expires; /* when it is waived */
    enum cmek_change change;                /* of a simulated verdict */
    const char *baseline_state;             /* against an earlier report, or NULL */
    bool is_lifted; /* passes since no policy would ask anything any more, as one does today */
};

struct cmek_evaluation *cmek_evaluation_new(const struct cmek_evaluation_options *options);
void cmek_evaluation_free(struct cmek_evaluation *evaluation);

/** Calls @p verdict for each. Stops early when it returns false. */
void cmek_evaluation_run(struct cmek_evaluation *evaluation,
                         bool (*verdict)(void *payload, const struct cmek_verdict *verdict),
                         void *payload);
/** Of the last run. */
const struct cmek_not_judged *cmek_evaluation_not_judged(const struct cmek_evaluation *evaluation,
                                                         size_t *ret_count);

/** How many effective policies the runs so far have built: one for each class of chains that agree
 * in their policies and tags. */
size_t cmek_evaluation_policies_built(const struct cmek_evaluation *evaluation);

/** The finding_id that the verdict will have in words, in @p arena. */
const char *cmek_verdict_id(const struct cmek_evaluation *evaluation,
                            const struct cmek_verdict *verdict, struct cmek_arena *arena);
/** Puts a verdict into words. Strings are in @p arena, the inventory or the rules. */
void cmek_verdict_render(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                         struct cmek_arena *arena, struct cmek_finding *ret_finding);

/** Calls @p key with the name of each key that the remediations rendered so far propose to use; the
 * same one may come twice. */
void cmek_evaluation_each_proposal(const struct cmek_evaluation *evaluation,
                                   void (*key)(void *payload, const char *name), void *payload);

/** Whether the options' selection covers a resource. */
bool cmek_evaluation_covers(const struct cmek_evaluation *evaluation,
                            const struct cmek_resource *resource);

/** Whether a project falls to the shard that is judged; NULL: no project, or none that is known. */
bool cmek_evaluation_holds(const struct cmek_evaluation *evaluation,
                           const struct cmek_node *project);

/** Whether a rule takes part in simulations. */
bool cmek_rule_is_simulated(const struct cmek_rule *rule);

#endif
