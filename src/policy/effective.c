/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/effective.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "model/inventory.h"
#include "policy/condition.h"
#include "policy/tags.h"

struct builder {
    struct cmek_tag_scope scope;
    struct cmek_arena *arena;
    struct cmek_effective *effective;
    CMEK_VEC(struct cmek_effective_rule) rules;
    CMEK_VEC(struct cmek_undecided) undecided;
    struct cmek_map groups; /* numbers of the undecided conditions, by text */
};

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

static void add_rule(struct builder *builder, const struct cmek_node *node,
                     const struct cmek_policy_rule *rule)
{
    if (!has_parts(rule))
        return;
    unsigned group = 0;
    if (rule->condition) {
        const char *reason = NULL;
        enum cmek_tristate holds =
            cmek_condition_evaluate(rule->condition, cmek_tags_lookup, &builder->scope,
                                    builder->arena, &reason);
        if (holds == CMEK_NO)
            return;
        if (holds == CMEK_UNKNOWN)
            group = group_of(builder, rule->condition, reason);
    }
    *CMEK_VEC_ADD(&builder->rules) = (struct cmek_effective_rule){rule, node, group};
}

static void mark_unreadable(struct builder *builder, const char *reason, const char *why)
{
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
    } else if (node->policies_unreadable) {
        ret_policy->hidden_reason = node->policies_unreadable;
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
        policy.spec = node->simulated[constraint];
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
    if (mode == CMEK_POLICY_DRY_RUN && policy.has_dry_run)
        builder->effective->has_dry_run = true;
    if (policy.hidden)
        mark_unreadable(builder, policy.hidden_reason, policy.hidden);
    if (policy.hidden || !policy.spec)
        return true;
    if (!policy.spec->reset && !builder->effective->unreadable)
        for (size_t i = 0; i < policy.spec->rule_count; i++)
            add_rule(builder, node, &policy.spec->rules[i]);
    return !policy.spec->reset && policy.spec->inherit_from_parent;
}

struct cmek_effective *cmek_effective_build(const struct cmek_inventory *inventory,
                                            const struct cmek_chain *chain,
                                            enum cmek_constraint constraint,
                                            enum cmek_policy_mode mode, struct cmek_arena *arena)
{
    return cmek_effective_build_from(inventory, chain, 0, constraint, mode, arena);
}

struct cmek_effective *cmek_effective_build_from(const struct cmek_inventory *inventory,
                                                 const struct cmek_chain *chain, size_t first,
                                                 enum cmek_constraint constraint,
                                                 enum cmek_policy_mode mode,
                                                 struct cmek_arena *arena)
{
    struct builder builder = {
        .scope = {inventory, chain},
        .arena = arena,
        .effective = cmek_arena_alloc(arena, sizeof(struct cmek_effective)),
    };
    builder.effective->default_deny = inventory->default_deny[constraint];
    size_t i = first;
    while (i < chain->count && add_node(&builder, chain->nodes[i], constraint, mode))
        i++;
    if (i == chain->count && !chain->is_complete)
        mark_unreadable(&builder, "ancestors-not-visible", "not all ancestors can be seen");
    struct cmek_effective *effective = builder.effective;
    struct cmek_effective_rule *rules = cmek_arena_array(arena, builder.rules.count, sizeof *rules);
    if (builder.rules.count > 0)
        memcpy(rules, builder.rules.items, builder.rules.count * sizeof *rules);
    struct cmek_undecided *undecided =
        cmek_arena_array(arena, builder.undecided.count, sizeof *undecided);
    if (builder.undecided.count > 0)
        memcpy(undecided, builder.undecided.items, builder.undecided.count * sizeof *undecided);
    effective->rules = rules;
    effective->rule_count = builder.rules.count;
    effective->undecided = undecided;
    effective->undecided_count = builder.undecided.count;
    CMEK_VEC_DONE(&builder.rules);
    CMEK_VEC_DONE(&builder.undecided);
    cmek_map_done(&builder.groups);
    return effective;
}
