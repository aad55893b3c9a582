/* SPDX-License-Identifier: Apache-2.0 */
/* Projects in which no policy demands keys: where Container Registry keeps data, and where keys are
 * restricted. */
#include "base/strbuf.h"
#include "model/catalogue.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/evaluation.h"
#include "rules/posture.h"

/* What the service constraint says of the services, as sets of enum cmek_registry_service. */
struct services {
    unsigned asked, allowed, denied; /* the latter two: perhaps */
};

/* @p part: the policy to ask; NULL: the one that is in effect for the chain. */
static struct services ask_services(struct cmek_evaluation *evaluation,
                                    const struct cmek_chain *chain,
                                    const struct cmek_effective *part)
{
    struct services services = {0};
    for (enum cmek_registry_service i = 0; i < CMEK_REGISTRY_SERVICE_COUNT_; i++) {
        const struct cmek_service *service = cmek_posture_service(evaluation, i);
        if (!service)
            continue;
        unsigned answer =
            part ? cmek_list_ask(part, cmek_match_service, (void *)(uintptr_t)service->value)
                 : cmek_evaluation_ask_service(evaluation, chain, CMEK_POLICY_LIVE, service);
        services.asked |= 1U << i;
        services.allowed |= answer & CMEK_ALLOWED ? 1U << i : 0;
        services.denied |= answer & CMEK_DENIED ? 1U << i : 0;
    }
    return services;
}

/* The policy of a constraint as seen from a node of the way up. Below a policy that cannot be read
 * the part from that node on is asked by itself, as if nothing below it counted. */
static const struct cmek_effective *effective_at(struct cmek_evaluation *evaluation,
                                                 const struct cmek_posture_walk *walk)
{
    if (!walk->is_doubtful)
        return cmek_evaluation_effective(evaluation, walk->chain, walk->constraint, walk->mode);
    return cmek_effective_build_from(walk->inventory, walk->chain, walk->at, walk->constraint,
                                     walk->mode, &evaluation->arena);
}

static void doubt_registry(const struct cmek_posture_unit *unit, struct cmek_posture_answer *answer)
{
    answer->outcomes |= CMEK_OUTCOME_NONE;
    if (unit->is_unlisted) {
        answer->reason = unit->project->extras->unlisted_reason;
        answer->detail = "not all resources of a project could be listed";
    } else {
        answer->reason = "project-undecided";
        answer->detail = "whether a bucket is Container Registry's cannot be told, because a "
                         "project is not known by both id and number";
    }
}

/* @p may_be_elsewhere: another node may be the one where the services are denied. */
static void judge_home(struct cmek_evaluation *evaluation, const struct cmek_posture_unit *unit,
                       const struct cmek_posture_walk *walk, bool may_be_elsewhere)
{
    const struct cmek_effective *effective = effective_at(evaluation, walk);
    struct services services =
        ask_services(evaluation, walk->chain, walk->is_doubtful ? effective : NULL);
    struct cmek_posture_answer answer = {.services = services.asked & ~services.denied};
    if (services.asked == 0)
        return;
    if (services.allowed != 0)
        answer.outcomes |= CMEK_OUTCOME_FAIL;
    if (services.denied == services.asked)
        answer.outcomes |= CMEK_OUTCOME_PASS;
    if (unit->has_registry == CMEK_UNKNOWN)
        doubt_registry(unit, &answer);
    cmek_posture_explain(effective, &answer);
    if (may_be_elsewhere)
        cmek_posture_doubt(&answer);
    const struct cmek_node *home = walk->chain->nodes[walk->at];
    cmek_posture_add(&cmek_posture_at(evaluation, home)->registry, &answer, unit->project);
}

/* At the nearest node with a policy, else at the top; policies that cannot be read may be one. */
void cmek_posture_judge_registry(struct cmek_evaluation *evaluation,
                                 const struct cmek_posture_unit *unit)
{
    struct cmek_posture_walk walk = {
        .inventory = cmek_evaluation_inventory(evaluation),
        .chain = unit->chain,
        .constraint = CMEK_CONSTRAINT_SERVICE,
        .mode = CMEK_POLICY_LIVE,
    };
    for (; walk.at < unit->chain->count; walk.at++) {
        bool is_readable, is_top = walk.at + 1 == unit->chain->count;
        bool is_set = cmek_posture_spec(&walk, &is_readable) && is_readable;
        if (is_set || is_top || !is_readable)
            judge_home(evaluation, unit, &walk, walk.is_doubtful || (!is_readable && !is_top));
        if (is_set)
            return;
        walk.is_doubtful |= !is_readable;
    }
}

/* For messages: the nearest node with a policy that decides which services are denied, or NULL. */
static const char *deciding_node(struct cmek_evaluation *evaluation, const struct cmek_chain *chain)
{
    const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
    size_t i = 0;
    while (i < chain->count && !cmek_node_sets_policy(inventory, chain->nodes[i],
                                                      CMEK_CONSTRAINT_SERVICE, CMEK_POLICY_LIVE))
        i++;
    if (i == chain->count)
        return NULL;
    struct cmek_strbuf text = {0};
    cmek_describe_node(chain->nodes[i], &text);
    const char *copy = cmek_arena_strdup(&evaluation->arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return copy;
}

/* Whether a policy set at the node at hand restricts keys. One that exists and cannot be read may.
 */
static enum cmek_tristate restricts_keys(const struct cmek_effective *effective,
                                         const struct cmek_node *node,
                                         const struct cmek_policy_spec *spec)
{
    enum cmek_tristate answer =
        spec && spec->state == CMEK_SPEC_UNREADABLE ? CMEK_UNKNOWN : CMEK_NO;
    for (size_t i = 0; i < effective->rule_count; i++) {
        const struct cmek_effective_rule *at = &effective->rules[i];
        if (at->node != node || !cmek_rule_restricts(at->rule))
            continue;
        if (at->group == 0)
            return CMEK_YES;
        answer = CMEK_UNKNOWN;
    }
    return answer;
}

/* Any selected service will do: FAIL where none is denied without a key, PASS where one is. */
static unsigned ask_whether_none_is_denied(struct cmek_evaluation *evaluation,
                                           const struct cmek_chain *chain)
{
    const struct cmek_catalogue *catalogue = evaluation->options.catalogue;
    bool all_may_be_allowed = true, one_may_be_denied = false;
    for (size_t i = 0; i < catalogue->services.count; i++) {
        const struct cmek_service *service = catalogue->services.items[i];
        if (!service->is_selected)
            continue;
        unsigned answer = cmek_evaluation_ask_service(evaluation, chain, CMEK_POLICY_LIVE, service);
        all_may_be_allowed &= (answer & CMEK_ALLOWED) != 0;
        one_may_be_denied |= (answer & CMEK_DENIED) != 0;
    }
    return (all_may_be_allowed ? CMEK_OUTCOME_FAIL : 0U) |
           (one_may_be_denied ? CMEK_OUTCOME_PASS : 0U);
}

static void judge_restriction(struct cmek_evaluation *evaluation,
                              const struct cmek_posture_unit *unit,
                              const struct cmek_posture_walk *walk,
                              const struct cmek_policy_spec *spec)
{
    const struct cmek_node *node = walk->chain->nodes[walk->at];
    const struct cmek_effective *keys = effective_at(evaluation, walk);
    enum cmek_tristate is_restricted = restricts_keys(keys, node, spec);
    if (is_restricted == CMEK_NO)
        return;
    const struct cmek_effective *policy =
        cmek_evaluation_effective(evaluation, unit->chain, CMEK_CONSTRAINT_SERVICE,
                                  CMEK_POLICY_LIVE);
    struct cmek_posture_answer answer = {
        .outcomes = ask_whether_none_is_denied(evaluation, unit->chain),
        .services = ask_services(evaluation, unit->chain, NULL).asked,
    };
    if (answer.services == 0)
        return;
    if (answer.outcomes == CMEK_OUTCOME_FAIL)
        answer.value = deciding_node(evaluation, unit->chain);
    if (is_restricted == CMEK_UNKNOWN) {
        answer.outcomes |= CMEK_OUTCOME_NONE;
        cmek_posture_explain(keys, &answer);
    }
    cmek_posture_explain(policy, &answer);
    if (walk->is_doubtful)
        cmek_posture_doubt(&answer);
    cmek_posture_add(&cmek_posture_at(evaluation, node)->key_only, &answer, unit->project);
}

/* Each policy that restricts keys in a project is judged where it is set. */
void cmek_posture_judge_keys(struct cmek_evaluation *evaluation,
                             const struct cmek_posture_unit *unit)
{
    struct cmek_posture_walk walk = {
        .inventory = cmek_evaluation_inventory(evaluation),
        .chain = unit->chain,
        .constraint = CMEK_CONSTRAINT_KEY_PROJECT,
        .mode = CMEK_POLICY_LIVE,
    };
    do {
        bool is_readable;
        const struct cmek_policy_spec *spec = cmek_posture_spec(&walk, &is_readable);
        if (spec)
            judge_restriction(evaluation, unit, &walk, spec);
    } while (cmek_posture_climb(&walk));
}
