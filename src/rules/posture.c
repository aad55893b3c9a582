/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/posture.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/evaluation.h"

const struct cmek_service *cmek_posture_service(const struct cmek_evaluation *evaluation,
                                                enum cmek_registry_service service)
{
    return cmek_evaluation_service(evaluation, cmek_registry_service_value(service));
}

struct cmek_posture *cmek_posture_at(struct cmek_evaluation *evaluation,
                                     const struct cmek_node *node)
{
    struct cmek_posture *posture = cmek_map_get(&evaluation->postures, node->ref);
    if (!posture) {
        posture = cmek_arena_alloc(&evaluation->arena, sizeof *posture);
        cmek_map_put_borrowed(&evaluation->postures, node->ref, posture);
    }
    return posture;
}

static bool is_earlier(const struct cmek_node *project, const struct cmek_node *known)
{
    return !known || (project && project->order < known->order);
}

void cmek_posture_add(struct cmek_posture_tally *tally, const struct cmek_posture_answer *answer,
                      const struct cmek_node *project)
{
    if (answer->outcomes == CMEK_OUTCOME_FAIL) {
        if (is_earlier(project, tally->failing)) {
            tally->failing = project;
            tally->value = answer->value;
        }
        tally->services |= answer->services;
        tally->fails++;
    } else if (answer->outcomes & CMEK_OUTCOME_FAIL) {
        if (is_earlier(project, tally->undecided)) {
            tally->undecided = project;
            tally->reason = answer->reason;
            tally->detail = answer->detail;
        }
        tally->unknowns++;
    } else if (answer->outcomes == CMEK_OUTCOME_PASS) {
        tally->passes++;
    }
}

unsigned cmek_posture_outcomes(const struct cmek_posture_tally *tally)
{
    if (tally->fails > 0)
        return CMEK_OUTCOME_FAIL;
    if (tally->unknowns > 0)
        return CMEK_OUTCOME_FAIL | CMEK_OUTCOME_PASS;
    return tally->passes > 0 ? CMEK_OUTCOME_PASS : 0;
}

bool cmek_node_sets_policy(const struct cmek_inventory *inventory, const struct cmek_node *node,
                           enum cmek_constraint constraint, enum cmek_policy_mode mode)
{
    const struct cmek_policy_slot *slot = cmek_node_policy(inventory, node, constraint);
    if (!slot)
        return false;
    const struct cmek_policy_spec *spec =
        mode == CMEK_POLICY_DRY_RUN ? &slot->policy.dry_run : &slot->policy.live;
    return spec->state != CMEK_SPEC_ABSENT;
}

void cmek_posture_explain(const struct cmek_effective *effective,
                          struct cmek_posture_answer *answer)
{
    if (answer->reason)
        return;
    struct cmek_verdict draft = {0};
    cmek_explain_unknown_policy(effective, &draft);
    answer->reason = draft.reason;
    answer->detail = draft.detail;
}

void cmek_posture_doubt(struct cmek_posture_answer *answer)
{
    answer->outcomes |= CMEK_OUTCOME_NONE;
    if (answer->reason)
        return;
    answer->reason = "policy-unreadable";
    answer->detail = "a policy between it and a project cannot be read";
}

const struct cmek_policy_spec *cmek_posture_spec(const struct cmek_posture_walk *walk,
                                                 bool *ret_is_readable)
{
    const struct cmek_node *node = walk->chain->nodes[walk->at];
    const struct cmek_policy_slot *slot = cmek_node_policy(walk->inventory, node, walk->constraint);
    const struct cmek_policy_spec *spec =
        slot ? cmek_policy_spec_in(&slot->policy, walk->mode) : NULL;
    *ret_is_readable = !node->extras->policies_unreadable &&
                       !cmek_node_may_have_policy(walk->inventory, node, walk->constraint) &&
                       !(spec && spec->state == CMEK_SPEC_UNREADABLE);
    return spec;
}

bool cmek_posture_climb(struct cmek_posture_walk *walk)
{
    bool is_readable;
    const struct cmek_policy_spec *spec = cmek_posture_spec(walk, &is_readable);
    if (!is_readable)
        walk->is_doubtful = true;
    else if (spec && (spec->reset || !spec->inherit_from_parent))
        return false;
    return ++walk->at < walk->chain->count;
}

bool cmek_rule_restricts(const struct cmek_policy_rule *rule)
{
    return rule->deny_all || rule->allowed.count > 0 || rule->denied.count > 0;
}

/* Whether a dry run says anything: `{}` and specs that cannot be read do not. */
static bool has_dry_run(const struct cmek_policy_slot *slot)
{
    const struct cmek_policy_spec *spec = slot ? &slot->policy.dry_run : NULL;
    if (!spec || spec->state != CMEK_SPEC_PRESENT)
        return false;
    bool says = spec->reset || spec->inherit_from_parent;
    for (size_t i = 0; i < spec->rule_count; i++)
        says |= cmek_rule_restricts(&spec->rules[i]) || spec->rules[i].allow_all;
    return says;
}

/* Every dry run on the way up to the first root of the dry-run chain. */
static void judge_dry_runs(struct cmek_evaluation *evaluation, const struct cmek_posture_unit *unit,
                           enum cmek_constraint constraint)
{
    struct cmek_posture_walk walk = {
        .inventory = cmek_evaluation_inventory(evaluation),
        .chain = unit->chain,
        .constraint = constraint,
        .mode = CMEK_POLICY_DRY_RUN,
    };
    bool is_ours = cmek_evaluation_holds(evaluation, unit->project);
    do {
        const struct cmek_node *node = unit->chain->nodes[walk.at];
        if (!has_dry_run(cmek_node_policy(walk.inventory, node, constraint)))
            continue;
        struct cmek_posture *posture = cmek_posture_at(evaluation, node);
        posture->is_reached[constraint] = true;
        if (!is_ours)
            continue;
        struct cmek_posture_answer answer =
            cmek_posture_compare_dry_run(evaluation, unit->chain, walk.at, constraint);
        if (walk.is_doubtful)
            cmek_posture_doubt(&answer);
        cmek_posture_add(&posture->dry_run[constraint], &answer, unit->project);
    } while (cmek_posture_climb(&walk));
}

/* A dry run that reaches no project of the scan: judged with the tags of its own node. */
static void judge_lonely_dry_run(struct cmek_evaluation *evaluation, const struct cmek_node *node,
                                 enum cmek_constraint constraint)
{
    const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
    bool is_ours = cmek_evaluation_holds(evaluation, node->kind == CMEK_NODE_PROJECT ? node : NULL);
    if (!is_ours || node->is_context || !has_dry_run(cmek_node_policy(inventory, node, constraint)))
        return;
    struct cmek_posture *posture = cmek_posture_at(evaluation, node);
    size_t first = 0;
    while (first < node->chain->count && node->chain->nodes[first] != node)
        first++;
    if (posture->is_reached[constraint] || first == node->chain->count)
        return;
    struct cmek_posture_answer answer =
        cmek_posture_compare_dry_run(evaluation, node->chain, first, constraint);
    cmek_posture_add(&posture->dry_run[constraint], &answer, NULL);
}

static void add_resource(const struct cmek_inventory *inventory,
                         const struct cmek_resource *resource, struct cmek_posture_unit *units)
{
    struct cmek_node *project = resource->project;
    if (!project || project->kind != CMEK_NODE_PROJECT)
        return;
    struct cmek_posture_unit *unit = &units[project->order];
    if (!unit->project)
        *unit = (struct cmek_posture_unit){.project = project, .chain = project->chain};
    if (!unit->chain->is_complete && resource->chain->is_complete)
        unit->chain = resource->chain;
    if (unit->has_registry == CMEK_YES)
        return;
    if (cmek_resource_role(inventory, resource))
        unit->has_registry = CMEK_YES;
    else if (cmek_is_registry_bucket(inventory, resource) == CMEK_UNKNOWN)
        unit->has_registry = CMEK_UNKNOWN;
}

/* What could not be listed may be Container Registry's. */
static void doubt_unlisted(const struct cmek_evaluation *evaluation, struct cmek_posture_unit *unit)
{
    for (enum cmek_registry_service i = 0; i < CMEK_REGISTRY_SERVICE_COUNT_; i++)
        unit->is_unlisted |=
            (unit->project->extras->unlisted >> i & 1) && cmek_posture_service(evaluation, i);
    if (unit->is_unlisted && unit->has_registry == CMEK_NO)
        unit->has_registry = CMEK_UNKNOWN;
}

/* The projects of the scan, listed or with resources, by cmek_node.order. */
static struct cmek_posture_unit *collect_units(const struct cmek_evaluation *evaluation)
{
    const struct cmek_inventory *inventory = evaluation->options.inventory;
    struct cmek_posture_unit *units = cmek_calloc(inventory->project_list.count + 1, sizeof *units);
    for (size_t i = 0; i < inventory->project_list.count; i++) {
        const struct cmek_node *project = inventory->project_list.items[i];
        if (project->is_listed && !project->is_context)
            units[project->order] =
                (struct cmek_posture_unit){.project = project, .chain = project->chain};
    }
    for (size_t i = 0; i < evaluation->resource_count; i++)
        add_resource(inventory, evaluation->resources[i], units);
    for (size_t i = 0; i <= inventory->project_list.count; i++)
        if (units[i].project)
            doubt_unlisted(evaluation, &units[i]);
    return units;
}

static void judge_policies(struct cmek_evaluation *evaluation, const struct cmek_posture_unit *unit)
{
    if (unit->has_registry != CMEK_NO)
        cmek_posture_judge_registry(evaluation, unit);
    if (unit->has_registry != CMEK_NO || !evaluation->options.container_registry_only)
        cmek_posture_judge_keys(evaluation, unit);
}

/* Projects of other shards only show that a dry run reaches some. */
static void judge_unit(struct cmek_evaluation *evaluation, const struct cmek_posture_unit *unit)
{
    if (!unit->project || unit->chain->count == 0)
        return;
    if (cmek_evaluation_holds(evaluation, unit->project))
        judge_policies(evaluation, unit);
    for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
        judge_dry_runs(evaluation, unit, c);
}

/* A pass speaks of all projects below. */
static void doubt_pass(struct cmek_posture_tally *tally, const char *reason)
{
    if (cmek_posture_outcomes(tally) != CMEK_OUTCOME_PASS)
        return;
    tally->unknowns++;
    tally->reason = reason;
    tally->detail = "not all folders and projects below it could be listed";
}

/* @p node: one below which projects may be missing. */
static void doubt_above(struct cmek_evaluation *evaluation, const struct cmek_node *node)
{
    for (size_t i = 0; node->chain && i < node->chain->count; i++) {
        struct cmek_posture *posture =
            cmek_map_get(&evaluation->postures, node->chain->nodes[i]->ref);
        if (!posture)
            continue;
        doubt_pass(&posture->registry, node->extras->children_unlisted);
        doubt_pass(&posture->key_only, node->extras->children_unlisted);
        for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
            doubt_pass(&posture->dry_run[c], node->extras->children_unlisted);
    }
}

static void judge_all(struct cmek_evaluation *evaluation)
{
    struct cmek_posture_unit *units = collect_units(evaluation);
    for (size_t i = 0; i <= evaluation->options.inventory->project_list.count; i++)
        judge_unit(evaluation, &units[i]);
    free(units);
    for (size_t i = 0; i < evaluation->nodes.count; i++)
        for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
            judge_lonely_dry_run(evaluation, evaluation->nodes.items[i], c);
    for (size_t i = 0; i < evaluation->nodes.count; i++)
        if (evaluation->nodes.items[i]->extras->children_unlisted)
            doubt_above(evaluation, evaluation->nodes.items[i]);
}

const struct cmek_posture *cmek_posture_of(struct cmek_evaluation *evaluation,
                                           const struct cmek_node *node)
{
    if (!evaluation->has_postures)
        judge_all(evaluation);
    evaluation->has_postures = true;
    return cmek_map_get(&evaluation->postures, node->ref);
}
