/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/effective.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "model/explanation.h"
#include "model/inventory.h"
#include "policy/condition.h"
#include "policy/tags.h"
#include "policy/trail.h"

struct builder {
    struct cmek_tag_scope scope;
    struct cmek_arena *arena;
    struct cmek_effective *effective;
    CMEK_VEC(struct cmek_effective_rule) rules;
    CMEK_VEC(struct cmek_undecided) undecided;
    struct cmek_map groups; /* numbers of the undecided conditions, by text */
    struct cmek_explained_node
        *step; /* the node at hand, where the walk is written down, or NULL */
};

/* Writes down what became of the node at hand. */
static void note_node(struct builder *builder, enum cmek_fate fate, const char *reason,
                      const char *why)
{
    if (!builder->step)
        return;
    builder->step->fate = fate;
    builder->step->reason = reason;
    builder->step->why = why;
}

static void note_rule(struct builder *builder, size_t index, enum cmek_fate fate)
{
    if (builder->step)
        builder->step->rules[index].fate = fate;
}

/* Whether a rule says anything: `{}`, `values: {}` and `enforce` do not. */
static bool has_parts(const struct cmek_policy_rule *rule)
{
    return rule->allow_all || rule->deny_all || rule->allowed.count > 0 || rule->denied.count > 0;
}

static unsigned group_of(struct builder *builder, const char *condition, const char *reason)
{
    uintptr_t known = (uintptr_t)cmek_map_get(&builder->groups, condition);
    if (known)
        return (unsigned)known;
    *CMEK_VEC_ADD(&builder->undecided) = (struct cmek_undecided){condition, reason};
    cmek_map_put_borrowed(&builder->groups, condition, (void *)builder->undecided.count);
    return (unsigned)builder->undecided.count;
}

static enum cmek_tristate condition_holds(struct builder *builder,
                                          const struct cmek_policy_rule *rule, size_t index,
                                          const char **ret_reason)
{
    if (!rule->condition)
        return CMEK_YES;
    if (builder->step)
        return cmek_trail_condition(&builder->scope, builder->arena, &builder->step->rules[index],
                                    ret_reason);
    return cmek_condition_evaluate(rule->condition, cmek_tags_lookup, &builder->scope,
                                   builder->arena, ret_reason);
}

static void add_rule(struct builder *builder, const struct cmek_node *node,
                     const struct cmek_policy_spec *spec, size_t index)
{
    const struct cmek_policy_rule *rule = &spec->rules[index];
    const char *reason = NULL;
    note_rule(builder, index, CMEK_FATE_EMPTY);
    if (!has_parts(rule))
        return;
    enum cmek_tristate holds = condition_holds(builder, rule, index, &reason);
    note_rule(builder, index, CMEK_FATE_CONDITION_FALSE);
    if (holds == CMEK_NO)
        return;
    unsigned group = holds == CMEK_UNKNOWN ? group_of(builder, rule->condition, reason) : 0;
    note_rule(builder, index, group > 0 ? CMEK_FATE_UNDECIDED : CMEK_FATE_CONTRIBUTES);
    *CMEK_VEC_ADD(&builder->rules) = (struct cmek_effective_rule){rule, node, group};
}

static void mark_unreadable(struct builder *builder, const char *reason, const char *why)
{
    note_node(builder, CMEK_FATE_UNREADABLE, reason, why);
    if (builder->effective->unreadable)
        return;
    builder->effective->unreadable = why;
    builder->effective->unreadable_reason = reason;
}

const struct cmek_policy_spec *cmek_policy_spec_in(const struct cmek_policy *policy,
                                                   enum cmek_policy_mode mode)
{
    if (mode == CMEK_POLICY_DRY_RUN && policy->dry_run.state != CMEK_SPEC_ABSENT)
        return &policy->dry_run;
    return policy->live.state != CMEK_SPEC_ABSENT ? &policy->live : NULL;
}

/* Whether a node's own policy is out of sight; then says why. */
static bool is_hidden(const struct cmek_inventory *inventory, const struct cmek_node *node,
                      enum cmek_constraint constraint, enum cmek_policy_mode mode,
                      struct cmek_node_policy *ret_policy)
{
    bool may_have =
        cmek_node_may_have_policy(inventory, node, constraint) ||
        (mode == CMEK_POLICY_SIMULATED && cmek_node_may_be_simulated(inventory, node, constraint));
    if (cmek_inventory_policies(inventory) == CMEK_POLICIES_NONE) {
        ret_policy->hidden_reason = "policies-not-known";
        ret_policy->hidden = "the input holds no organization policies";
    } else if (node->extras->policies_unreadable &&
               !cmek_node_policy(inventory, node, constraint)) {
        /* A list that broke off may have shown this policy before: then it stands. */
        ret_policy->hidden_reason = node->extras->policies_unreadable;
        ret_policy->hidden = "the policies could not be read";
    } else if (may_have) {
        ret_policy->hidden_reason = "policy-unreadable";
        ret_policy->hidden =
            "a policy may be this project's: no Project asset maps its number to an id";
    }
    return ret_policy->hidden != NULL;
}

struct cmek_node_policy cmek_node_policy_in(const struct cmek_inventory *inventory,
                                            const struct cmek_node *node,
                                            enum cmek_constraint constraint,
                                            enum cmek_policy_mode mode)
{
    struct cmek_node_policy policy = {0};
    if (mode == CMEK_POLICY_SIMULATED)
        policy.spec = node->extras->simulated[constraint];
    if (!policy.spec && !is_hidden(inventory, node, constraint, mode, &policy)) {
        const struct cmek_policy_slot *slot = cmek_node_policy(inventory, node, constraint);
        policy.spec = slot ? cmek_policy_spec_in(&slot->policy, mode) : NULL;
        policy.has_dry_run = slot && slot->policy.dry_run.state == CMEK_SPEC_PRESENT;
    }
    if (policy.spec && policy.spec->state == CMEK_SPEC_ABSENT)
        policy.spec = NULL; /* a simulated policy that is taken away */
    if (policy.spec && policy.spec->state == CMEK_SPEC_UNREADABLE) {
        policy.hidden_reason = "policy-unreadable";
        policy.hidden = policy.spec->unreadable_reason;
    }
    return policy;
}

/* Takes one node's contribution; false when it is a root. Past an unreadable policy the walk goes
 * on, since that policy may inherit: nothing above can make a verdict certain then, but a dry run
 * above may exist. */
static bool add_node(struct builder *builder, const struct cmek_node *node,
                     enum cmek_constraint constraint, enum cmek_policy_mode mode)
{
    struct cmek_node_policy policy =
        cmek_node_policy_in(builder->scope.inventory, node, constraint, mode);
    if (builder->step && policy.spec)
        cmek_trail_give_spec(builder->step, &builder->scope, constraint, mode, policy.spec,
                             builder->arena);
    if (mode == CMEK_POLICY_DRY_RUN && policy.has_dry_run)
        builder->effective->has_dry_run = true;
    if (policy.hidden)
        mark_unreadable(builder, policy.hidden_reason, policy.hidden);
    if (policy.hidden || !policy.spec)
        return true;
    for (size_t i = 0; i < policy.spec->rule_count; i++) {
        if (policy.spec->reset)
            note_rule(builder, i, CMEK_FATE_RESET);
        else if (builder->effective->unreadable)
            note_rule(builder, i, CMEK_FATE_HIDDEN);
        else
            add_rule(builder, node, policy.spec, i);
    }
    if (builder->step)
        cmek_trail_settle(builder->step);
    return !policy.spec->reset && policy.spec->inherit_from_parent;
}

/* Copies what was gathered to where it stays. */
static struct cmek_effective *finish(struct builder *builder)
{
    struct cmek_effective *effective = builder->effective;
    struct cmek_effective_rule *rules =
        cmek_arena_array(builder->arena, builder->rules.count, sizeof *rules);
    if (builder->rules.count > 0)
        memcpy(rules, builder->rules.items, builder->rules.count * sizeof *rules);
    struct cmek_undecided *undecided =
        cmek_arena_array(builder->arena, builder->undecided.count, sizeof *undecided);
    if (builder->undecided.count > 0)
        memcpy(undecided, builder->undecided.items, builder->undecided.count * sizeof *undecided);
    effective->rules = rules;
    effective->rule_count = builder->rules.count;
    effective->undecided = undecided;
    effective->undecided_count = builder->undecided.count;
    CMEK_VEC_DONE(&builder->rules);
    CMEK_VEC_DONE(&builder->undecided);
    cmek_map_done(&builder->groups);
    return effective;
}

/* Set nowhere, and inherited from nobody. */
static void assume(struct builder *builder, const struct cmek_policy_spec *spec)
{
    for (size_t i = 0; i < spec->rule_count; i++)
        add_rule(builder, NULL, spec, i);
}

/* From the node @p first of the chain; @p trail, of the whole chain: NULL where nobody asks how. */
static struct cmek_effective *walk(const struct cmek_tag_scope *scope, size_t first,
                                   enum cmek_constraint constraint, enum cmek_policy_mode mode,
                                   struct cmek_arena *arena, struct cmek_trail *trail)
{
    const struct cmek_chain *chain = scope->chain;
    struct builder builder = {
        .scope = *scope,
        .arena = arena,
        .effective = cmek_arena_alloc(arena, sizeof(struct cmek_effective)),
    };
    builder.effective->default_deny = scope->inventory->default_deny[constraint];
    const struct cmek_policy_spec *assumed = scope->inventory->assumed[constraint];
    size_t i = first;
    bool goes_on = !assumed;
    if (assumed)
        assume(&builder, assumed);
    for (; i < chain->count && goes_on; i++) {
        builder.step = trail ? &trail->nodes[i] : NULL;
        goes_on = add_node(&builder, chain->nodes[i], constraint, mode);
    }
    builder.step = NULL;
    if (goes_on && !chain->is_complete)
        mark_unreadable(&builder, "ancestors-not-visible", "not all ancestors can be seen");
    if (trail)
        cmek_trail_end(trail, scope, constraint, mode, i, goes_on, arena);
    return finish(&builder);
}

struct cmek_effective *cmek_effective_build(const struct cmek_inventory *inventory,
                                            const struct cmek_chain *chain,
                                            enum cmek_constraint constraint,
                                            enum cmek_policy_mode mode, struct cmek_arena *arena)
{
    struct cmek_tag_scope scope = {inventory, chain};
    return walk(&scope, 0, constraint, mode, arena, NULL);
}

struct cmek_effective *cmek_effective_build_from(const struct cmek_inventory *inventory,
                                                 const struct cmek_chain *chain, size_t first,
                                                 enum cmek_constraint constraint,
                                                 enum cmek_policy_mode mode,
                                                 struct cmek_arena *arena)
{
    struct cmek_tag_scope scope = {inventory, chain};
    return walk(&scope, first, constraint, mode, arena, NULL);
}

const struct cmek_effective *
cmek_effective_trace(const struct cmek_inventory *inventory, const struct cmek_chain *chain,
                     enum cmek_constraint constraint, enum cmek_policy_mode mode,
                     struct cmek_arena *arena, struct cmek_trail *ret_trail)
{
    struct cmek_tag_scope scope = {inventory, chain};
    cmek_trail_begin(ret_trail, &scope, constraint, arena);
    return walk(&scope, 0, constraint, mode, arena, ret_trail);
}
