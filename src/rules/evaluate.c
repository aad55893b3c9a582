/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "model/catalogue.h"
#include "model/inventory.h"
#include "policy/values.h"
#include "rules/check.h"
#include "rules/evaluation.h"
#include "rules/rule.h"

/* With fewer rules, asking is as cheap as remembering. */
#define RULES_WORTH_REMEMBERING 16

const struct cmek_check *const cmek_checks[] = {
    &cmek_check_cmek_required,       &cmek_check_key_project_allowed,
    &cmek_check_key_usable,          &cmek_check_gcr_topic_creatable,
    &cmek_check_gcr_bucket_leftover, &cmek_check_policy_gap,
    &cmek_check_policy_dry_run_only, NULL,
};

const struct cmek_check *cmek_check_find(const char *name)
{
    for (const struct cmek_check *const *check = cmek_checks; *check; check++)
        if (strcmp((*check)->name, name) == 0)
            return *check;
    return NULL;
}

const struct cmek_inventory *cmek_evaluation_inventory(const struct cmek_evaluation *evaluation)
{
    return evaluation->options.inventory;
}

const struct cmek_effective *cmek_evaluation_effective(struct cmek_evaluation *evaluation,
                                                       const struct cmek_chain *chain,
                                                       enum cmek_constraint constraint,
                                                       enum cmek_policy_mode mode)
{
    return cmek_classes_effective(evaluation->classes, chain, constraint, mode);
}

enum cmek_tristate cmek_match_service(void *service, const char *entry)
{
    return cmek_value_is_service(entry, service) ? CMEK_YES : CMEK_NO;
}

enum cmek_tristate cmek_match_key_project(void *key_question, const char *entry)
{
    const struct cmek_key_question *question = key_question;
    return cmek_value_covers_project(question->inventory, entry, question->project);
}

unsigned cmek_evaluation_ask_service(struct cmek_evaluation *evaluation,
                                     const struct cmek_chain *chain, enum cmek_policy_mode mode,
                                     const struct cmek_service *service)
{
    const struct cmek_effective *effective =
        cmek_evaluation_effective(evaluation, chain, CMEK_CONSTRAINT_SERVICE, mode);
    while (evaluation->answers.count <= effective->index)
        CMEK_VEC_ADD(&evaluation->answers);
    unsigned char **services = &evaluation->answers.items[effective->index].services;
    if (!*services)
        *services =
            cmek_arena_alloc(&evaluation->arena, evaluation->options.catalogue->services.count);
    unsigned char *slot = &(*services)[service->index];
    if (*slot == 0) /* never an answer: some outcome is always possible */
        *slot = (unsigned char)cmek_list_ask(effective, cmek_match_service,
                                             (void *)(uintptr_t)service->value);
    return *slot;
}

static unsigned ask_key_project(const struct cmek_evaluation *evaluation,
                                const struct cmek_effective *effective, const char *project)
{
    struct cmek_key_question question = {evaluation->options.inventory, project};
    return cmek_list_ask(effective, cmek_match_key_project, &question);
}

static unsigned remembered_key_project(struct cmek_evaluation *evaluation,
                                       const struct cmek_effective *effective, const char *project)
{
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%zu%s%s", effective->index, project ? " " : "",
                       project ? project : "");
    uintptr_t answer =
        (uintptr_t)cmek_map_get(&evaluation->key_project_answers, cmek_strbuf_text(&name));
    if (answer == 0) {
        answer = ask_key_project(evaluation, effective, project);
        cmek_map_put(&evaluation->key_project_answers, cmek_strbuf_text(&name), (void *)answer);
    }
    cmek_strbuf_done(&name);
    return (unsigned)answer;
}

unsigned cmek_evaluation_ask_key_project(struct cmek_evaluation *evaluation,
                                         const struct cmek_effective *effective,
                                         enum cmek_policy_mode mode, const char *project)
{
    struct cmek_key_project_answer *last = &evaluation->key_projects[mode];
    if (last->answer != 0 && last->effective == effective && cmek_str_eq(last->project, project))
        return last->answer;
    unsigned answer = effective->rule_count < RULES_WORTH_REMEMBERING
                          ? ask_key_project(evaluation, effective, project)
                          : remembered_key_project(evaluation, effective, project);
    *last = (struct cmek_key_project_answer){effective, project, answer};
    return answer;
}

const struct cmek_service *cmek_evaluation_service(const struct cmek_evaluation *evaluation,
                                                   const char *value)
{
    const struct cmek_service *service =
        cmek_catalogue_service(evaluation->options.catalogue, value);
    return service && service->is_selected ? service : NULL;
}

int cmek_outcome_gravity(unsigned outcomes)
{
    if (!(outcomes & CMEK_OUTCOME_FAIL))
        return 0;
    return outcomes == CMEK_OUTCOME_FAIL ? 2 : 1;
}

const struct cmek_other_key *cmek_hidden_key(const struct cmek_resource *resource)
{
    const struct cmek_other_key *other = resource->extras->other_key;
    return other && other->is_kms_key ? other : NULL;
}

static void hand_on(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict)
{
    if (!evaluation->stopped)
        evaluation->stopped = !evaluation->verdict(evaluation->payload, verdict);
}

/* A check has spoken of its target by all policies that are judged. */
static void end_check(struct cmek_evaluation *evaluation)
{
    struct cmek_verdict verdict;
    if (cmek_change_pair_take(&evaluation->pair, &verdict))
        hand_on(evaluation, &verdict);
}

static bool is_stranded(const struct cmek_inventory *inventory,
                        const struct cmek_resource *resource, enum cmek_constraint constraint)
{
    return cmek_chain_planned_policy(inventory, resource->chain, constraint) != NULL;
}

/* With a plan: what it makes, changes or keeps, and what exists below the policies it changes. */
static bool is_target(const struct cmek_evaluation *evaluation,
                      const struct cmek_resource *resource)
{
    const struct cmek_inventory *inventory = evaluation->options.inventory;
    if (!inventory->has_plan)
        return true;
    if (resource->extras->planned &&
        (resource->extras->planned->is_change || !evaluation->options.plan_changes_only))
        return true;
    return is_stranded(inventory, resource, CMEK_CONSTRAINT_SERVICE) ||
           is_stranded(inventory, resource, CMEK_CONSTRAINT_KEY_PROJECT);
}

/* What a plan leaves alone is judged by the constraints whose policies it changes. */
static bool concerns(const struct cmek_evaluation *evaluation, const struct cmek_verdict *draft)
{
    const struct cmek_inventory *inventory = evaluation->options.inventory;
    const struct cmek_resource *resource = draft->resource;
    bool is_left = inventory->has_plan && resource &&
                   (!resource->extras->planned || (!resource->extras->planned->is_change &&
                                                   evaluation->options.plan_changes_only));
    return !is_left || (draft->constraint != CMEK_CONSTRAINT_COUNT_ &&
                        is_stranded(inventory, resource, draft->constraint));
}

void cmek_evaluation_emit(struct cmek_evaluation *evaluation, const struct cmek_verdict *draft,
                          unsigned outcomes)
{
    struct cmek_verdict verdict = *draft;
    if (!concerns(evaluation, draft))
        return;
    if (outcomes == CMEK_OUTCOME_FAIL)
        verdict.status = CMEK_STATUS_FAIL;
    else if (outcomes & CMEK_OUTCOME_FAIL)
        verdict.status = CMEK_STATUS_UNKNOWN;
    else if (outcomes == CMEK_OUTCOME_PASS)
        verdict.status = CMEK_STATUS_PASS;
    else
        return;
    if (verdict.status != CMEK_STATUS_UNKNOWN)
        verdict.reason = verdict.detail = NULL;
    if (verdict.status != CMEK_STATUS_FAIL)
        verdict.cause = NULL;
    if (evaluation->options.settle)
        evaluation->options.settle(evaluation->options.settle_payload, &verdict);
    if (!evaluation->options.simulates)
        hand_on(evaluation, &verdict);
    else if (draft->check->is_simulated)
        cmek_change_pair_add(&evaluation->pair, &verdict);
}

void cmek_evaluation_cannot_judge(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                                  const char *missing)
{
    for (size_t i = 0; i < evaluation->not_judged.count; i++)
        if (strcmp(evaluation->not_judged.items[i].rule_id, rule->id) == 0) {
            evaluation->not_judged.items[i].targets++;
            return;
        }
    *CMEK_VEC_ADD(&evaluation->not_judged) = (struct cmek_not_judged){rule->id, missing, 1};
}

const struct cmek_not_judged *cmek_evaluation_not_judged(const struct cmek_evaluation *evaluation,
                                                         size_t *ret_count)
{
    *ret_count = evaluation->not_judged.count;
    return evaluation->not_judged.items;
}

size_t cmek_evaluation_policies_built(const struct cmek_evaluation *evaluation)
{
    return cmek_classes_count(evaluation->classes);
}

bool cmek_evaluation_holds(const struct cmek_evaluation *evaluation,
                           const struct cmek_node *project)
{
    const char *name = !project ? NULL : project->number ? project->number : project->id;
    return cmek_shard_holds(evaluation->options.shard, name);
}

bool cmek_evaluation_covers(const struct cmek_evaluation *evaluation,
                            const struct cmek_resource *resource)
{
    if (!resource->type->service->is_selected || !is_target(evaluation, resource) ||
        !cmek_evaluation_holds(evaluation, resource->project))
        return false;
    if (!evaluation->options.container_registry_only)
        return true;
    const struct cmek_inventory *inventory = evaluation->options.inventory;
    return cmek_resource_role(inventory, resource) ||
           cmek_is_registry_bucket(inventory, resource) == CMEK_UNKNOWN;
}

static void find_checks(struct cmek_evaluation *evaluation)
{
    const struct cmek_rule_set *rules = evaluation->options.rules;
    evaluation->checks = cmek_arena_array(&evaluation->arena, cmek_rules_count(rules),
                                          sizeof(const struct cmek_check *));
    for (size_t i = 0; i < cmek_rules_count(rules); i++)
        evaluation->checks[i] = cmek_check_find(cmek_rules_at(rules, i)->check);
}

static int compare_nodes(const void *a, const void *b)
{
    return strcmp((*(const struct cmek_node *const *)a)->ref,
                  (*(const struct cmek_node *const *)b)->ref);
}

/* Folders and organizations by name, then projects, which have an order already. */
static void collect_nodes(struct cmek_evaluation *evaluation)
{
    const struct cmek_inventory *inventory = evaluation->options.inventory;
    bool has_nodes = !inventory->has_plan; /* a plan is asked about what it makes */
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); has_nodes && e;
         e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        if (node->canonical == node && node->kind != CMEK_NODE_PROJECT)
            *CMEK_VEC_ADD(&evaluation->nodes) = node;
    }
    if (evaluation->nodes.count > 0)
        qsort(evaluation->nodes.items, evaluation->nodes.count, sizeof *evaluation->nodes.items,
              compare_nodes);
    for (size_t i = 0; has_nodes && i < inventory->project_list.count; i++)
        if (cmek_evaluation_holds(evaluation, inventory->project_list.items[i]))
            *CMEK_VEC_ADD(&evaluation->nodes) = inventory->project_list.items[i];
}

/* Nearly always all of them, and then they need no second list. */
static void collect_resources(struct cmek_evaluation *evaluation)
{
    const struct cmek_inventory *inventory = evaluation->options.inventory;
    CMEK_VEC(const struct cmek_resource *) covered = {0};
    size_t count = inventory->resource_list.count, leading = 0;
    while (leading < count &&
           cmek_evaluation_covers(evaluation, inventory->resource_list.items[leading]))
        leading++;
    evaluation->resources = (const struct cmek_resource *const *)inventory->resource_list.items;
    evaluation->resource_count = count;
    if (leading == count)
        return;
    for (size_t i = 0; i < count; i++)
        if (i < leading || cmek_evaluation_covers(evaluation, inventory->resource_list.items[i]))
            *CMEK_VEC_ADD(&covered) = inventory->resource_list.items[i];
    evaluation->resources = evaluation->covered = covered.items;
    evaluation->resource_count = covered.count;
}

struct cmek_evaluation *cmek_evaluation_new(const struct cmek_evaluation_options *options)
{
    struct cmek_evaluation *evaluation = cmek_calloc(1, sizeof *evaluation);
    evaluation->options = *options;
    evaluation->classes = cmek_classes_new(options->inventory);
    find_checks(evaluation);
    collect_nodes(evaluation);
    collect_resources(evaluation);
    return evaluation;
}

void cmek_evaluation_free(struct cmek_evaluation *evaluation)
{
    if (!evaluation)
        return;
    free(evaluation->covered);
    CMEK_VEC_DONE(&evaluation->nodes);
    CMEK_VEC_DONE(&evaluation->not_judged);
    cmek_map_done(&evaluation->suggestions);
    cmek_map_done(&evaluation->key_project_answers);
    CMEK_VEC_DONE(&evaluation->answers);
    cmek_classes_free(evaluation->classes);
    cmek_map_done(&evaluation->postures);
    cmek_map_done(&evaluation->dry_runs);
    cmek_arena_done(&evaluation->arena);
    cmek_arena_done(&evaluation->scratch);
    free(evaluation);
}

static void judge_resource(struct cmek_evaluation *evaluation, const struct cmek_resource *resource)
{
    const struct cmek_rule_set *rules = evaluation->options.rules;
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_check *check = evaluation->checks[i];
        if (check->resource)
            check->resource(evaluation, cmek_rules_at(rules, i), resource);
        end_check(evaluation);
    }
}

static void judge_node(struct cmek_evaluation *evaluation, const struct cmek_node *node)
{
    const struct cmek_rule_set *rules = evaluation->options.rules;
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_check *check = evaluation->checks[i];
        if (check->node)
            check->node(evaluation, cmek_rules_at(rules, i), node);
        end_check(evaluation);
    }
}

/* Whether a node's own findings come before those of a resource: its name,
 * "//cloudresourcemanager…", takes part in the order like any other. Folders and organizations have
 * the place of what lies in no known project. */
static bool node_is_next(const struct cmek_node *node, const struct cmek_resource *resource)
{
    size_t order = resource->project ? resource->project->order : 0;
    if (node->order != order)
        return node->order < order;
    return strcmp(CMEK_NODE_NAME_PREFIX, resource->name) < 0;
}

void cmek_evaluation_run(struct cmek_evaluation *evaluation,
                         bool (*verdict)(void *payload, const struct cmek_verdict *verdict),
                         void *payload)
{
    evaluation->verdict = verdict;
    evaluation->payload = payload;
    evaluation->stopped = false;
    evaluation->not_judged.count = 0;
    size_t r = 0, n = 0;
    while (!evaluation->stopped &&
           (r < evaluation->resource_count || n < evaluation->nodes.count)) {
        const struct cmek_resource *resource =
            r < evaluation->resource_count ? evaluation->resources[r] : NULL;
        const struct cmek_node *node =
            n < evaluation->nodes.count ? evaluation->nodes.items[n] : NULL;
        if (node && (!resource || node_is_next(node, resource))) {
            judge_node(evaluation, node);
            n++;
        } else {
            judge_resource(evaluation, resource);
            r++;
        }
    }
}
