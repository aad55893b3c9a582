/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/trail.h"

#include <string.h>

#include "base/arena.h"
#include "base/vec.h"
#include "model/explanation.h"
#include "model/inventory.h"

/* The tags that a condition asks about. */
struct recorder {
    const struct cmek_tag_scope *scope;
    struct cmek_arena *arena;
    CMEK_VEC(struct cmek_explained_test) tests;
};

void cmek_trail_begin(struct cmek_trail *trail, const struct cmek_tag_scope *scope,
                      enum cmek_constraint constraint, struct cmek_arena *arena)
{
    *trail = (struct cmek_trail){
        .nodes = cmek_arena_array(arena, scope->chain->count, sizeof *trail->nodes),
        .count = scope->chain->count,
        .end = CMEK_WALK_NO_POLICIES,
        .default_deny = scope->inventory->default_deny[constraint],
    };
    for (size_t i = 0; i < trail->count; i++)
        trail->nodes[i].node = scope->chain->nodes[i];
}

void cmek_trail_give_spec(struct cmek_explained_node *step, const struct cmek_tag_scope *scope,
                          enum cmek_constraint constraint, enum cmek_policy_mode mode,
                          const struct cmek_policy_spec *spec, struct cmek_arena *arena)
{
    const struct cmek_policy_slot *slot =
        cmek_node_policy(scope->inventory, step->node, constraint);
    step->spec = spec;
    step->is_live_spec = mode != CMEK_POLICY_LIVE && slot && spec == &slot->policy.live;
    step->rules = cmek_arena_array(arena, spec->rule_count, sizeof *step->rules);
    step->rule_count = spec->rule_count;
    for (size_t i = 0; i < spec->rule_count; i++) {
        step->rules[i].rule = &spec->rules[i];
        step->rules[i].condition = spec->rules[i].condition ? CMEK_UNKNOWN : CMEK_YES;
    }
}

static enum cmek_tristate record_test(void *payload, const struct cmek_tag_test *test,
                                      const char **ret_reason)
{
    struct recorder *recorder = payload;
    struct cmek_tag_place place;
    const char *reason = NULL;
    enum cmek_tristate answer = cmek_tags_find(recorder->scope, test, &reason, &place);
    *CMEK_VEC_ADD(&recorder->tests) = (struct cmek_explained_test){
        .by_id = test->by_id,
        .key = cmek_arena_strdup(recorder->arena, test->key),
        .value = test->value ? cmek_arena_strdup(recorder->arena, test->value) : NULL,
        .answer = answer,
        .bound_at = place.node,
        .bound_value = place.value,
        .reason = reason,
    };
    *ret_reason = reason;
    return answer;
}

enum cmek_tristate cmek_trail_condition(const struct cmek_tag_scope *scope,
                                        struct cmek_arena *arena, struct cmek_explained_rule *rule,
                                        const char **ret_reason)
{
    struct recorder recorder = {.scope = scope, .arena = arena};
    rule->condition =
        cmek_condition_evaluate(rule->rule->condition, record_test, &recorder, arena, ret_reason);
    rule->is_condition_asked = true;
    rule->condition_unknown = rule->condition == CMEK_UNKNOWN ? *ret_reason : NULL;
    struct cmek_explained_test *tests =
        cmek_arena_array(arena, recorder.tests.count, sizeof *tests);
    if (recorder.tests.count > 0)
        memcpy(tests, recorder.tests.items, recorder.tests.count * sizeof *tests);
    rule->tests = tests;
    rule->test_count = recorder.tests.count;
    CMEK_VEC_DONE(&recorder.tests);
    return rule->condition;
}

void cmek_trail_settle(struct cmek_explained_node *step)
{
    step->fate = step->spec->reset ? CMEK_FATE_RESET : CMEK_FATE_EMPTY;
    for (size_t i = 0; i < step->rule_count; i++)
        if (step->rules[i].fate == CMEK_FATE_HIDDEN || step->rules[i].fate < step->fate)
            step->fate = step->rules[i].fate; /* the fates are in order of weight */
}

/* What lies above the root that ended the walk. */
static void override(struct cmek_explained_node *step, const struct cmek_tag_scope *scope,
                     enum cmek_constraint constraint, enum cmek_policy_mode mode,
                     struct cmek_arena *arena)
{
    struct cmek_node_policy policy =
        cmek_node_policy_in(scope->inventory, step->node, constraint, mode);
    if (policy.spec)
        cmek_trail_give_spec(step, scope, constraint, mode, policy.spec, arena);
    if (policy.spec || policy.hidden)
        step->fate = CMEK_FATE_OVERRIDDEN;
    if (policy.hidden) {
        step->reason = policy.hidden_reason;
        step->why = "what is set here is not known, which does not matter";
    }
    for (size_t i = 0; i < step->rule_count; i++)
        step->rules[i].fate = CMEK_FATE_OVERRIDDEN;
}

void cmek_trail_end(struct cmek_trail *trail, const struct cmek_tag_scope *scope,
                    enum cmek_constraint constraint, enum cmek_policy_mode mode, size_t walked,
                    bool goes_on, struct cmek_arena *arena)
{
    trail->walked = walked;
    if (walked == 0 || cmek_inventory_policies(scope->inventory) == CMEK_POLICIES_NONE)
        trail->end = CMEK_WALK_NO_POLICIES;
    else if (goes_on)
        trail->end = scope->chain->is_complete ? CMEK_WALK_TOP : CMEK_WALK_BROKEN_OFF;
    else
        trail->end =
            trail->nodes[walked - 1].spec->reset ? CMEK_WALK_RESET : CMEK_WALK_NO_INHERITING;
    for (size_t i = walked; i < trail->count; i++)
        override(&trail->nodes[i], scope, constraint, mode, arena);
}
