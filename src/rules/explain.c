/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/explain.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "model/inventory.h"
#include "policy/tags.h"
#include "rules/check.h"
#include "rules/explain_needs.h"
#include "rules/rule.h"

/* What the policy was asked, as the check asked it. */
struct question {
    cmek_entry_match *match; /* NULL: no entry was held against anything */
    void *payload;
    struct cmek_key_question key;
    const char *service;
    const char *subject; /* for people: "storage.googleapis.com", "project my-keys" */
    bool asks_denial;    /* the answer to explain is a denial, else an allowance */
    struct cmek_list_cause cause;
    bool is_decided; /* the cause holds whichever way the unknowns fall */
};

static enum cmek_policy_mode mode_of(enum cmek_enforcement enforcement)
{
    enum cmek_policy_mode mode = 0;
    while (cmek_enforcement_of(mode) != enforcement)
        mode++;
    return mode;
}

static struct question question_of(struct cmek_evaluation *evaluation,
                                   const struct cmek_verdict *verdict,
                                   const struct cmek_finding *finding, struct cmek_arena *arena)
{
    struct question question = {
        .asks_denial = true,
        .cause = cmek_verdict_cause(evaluation, verdict),
    };
    bool is_definite = verdict->status != CMEK_STATUS_UNKNOWN;
    question.is_decided =
        question.cause.rule && (is_definite || (question.cause.is_certain && question.cause.entry));
    if (verdict->constraint == CMEK_CONSTRAINT_SERVICE && finding->service) {
        question.match = cmek_match_service;
        question.service = question.subject = finding->service;
    }
    if (verdict->constraint == CMEK_CONSTRAINT_KEY_PROJECT && finding->kms_key_project) {
        question.match = cmek_match_key_project;
        question.key = (struct cmek_key_question){cmek_evaluation_inventory(evaluation),
                                                  finding->kms_key_project};
        question.subject = cmek_arena_printf(arena, "project %s", finding->kms_key_project);
        question.asks_denial = verdict->status != CMEK_STATUS_PASS;
    }
    return question;
}

static enum cmek_tristate ask(struct question *question, const char *entry)
{
    if (question->match == cmek_match_service)
        return question->match((void *)(uintptr_t)question->service, entry);
    return question->match(&question->key, entry);
}

static size_t explain_entries(struct question *question, const struct cmek_strings *entries,
                              bool denied, struct cmek_explained_entry *at)
{
    for (size_t i = 0; i < entries->count; i++)
        at[i] = (struct cmek_explained_entry){entries->items[i], denied,
                                              ask(question, entries->items[i])};
    return entries->count;
}

static void hold_entries(struct question *question, struct cmek_arena *arena,
                         struct cmek_explained_rule *rule)
{
    if (!question->match)
        return;
    const struct cmek_strings *denied = &rule->rule->denied, *allowed = &rule->rule->allowed;
    struct cmek_explained_entry *entries =
        cmek_arena_array(arena, denied->count + allowed->count, sizeof *entries);
    rule->entry_count = explain_entries(question, denied, true, entries);
    rule->entry_count += explain_entries(question, allowed, false, entries + rule->entry_count);
    rule->entries = entries;
}

/* What a rule by itself says of the value: whether it denies it, or allows it. */
static enum cmek_tristate says(const struct cmek_explained_rule *rule, bool denied)
{
    if (denied ? rule->rule->deny_all : rule->rule->allow_all)
        return CMEK_YES;
    enum cmek_tristate answer = CMEK_NO;
    for (size_t i = 0; i < rule->entry_count && answer != CMEK_YES; i++)
        if (rule->entries[i].denied == denied && rule->entries[i].covers != CMEK_NO)
            answer = rule->entries[i].covers;
    return answer;
}

static const char *name_of(const struct cmek_node *node, struct cmek_arena *arena)
{
    struct cmek_strbuf name = {0};
    cmek_describe_node(node, &name);
    const char *copy = cmek_arena_strdup(arena, cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
    return copy;
}

static void judge_deciding(const struct question *question, struct cmek_arena *arena,
                           struct cmek_explained_rule *rule)
{
    rule->fate = CMEK_FATE_DECIDES;
    if (question->subject && !question->cause.entry && question->asks_denial &&
        rule->rule->allowed.count > 0)
        rule->why =
            cmek_arena_printf(arena, "no entry that is in force covers %s", question->subject);
}

/* A rule that is in force, beside the one that decides. */
static void judge_other(const struct question *question, struct cmek_arena *arena,
                        struct cmek_explained_rule *rule)
{
    const struct cmek_list_cause *cause = &question->cause;
    bool is_decided = question->is_decided;
    enum cmek_tristate denies = says(rule, true), allows = says(rule, false);
    if (is_decided && question->asks_denial && cause->entry && denies == CMEK_YES) {
        rule->fate = CMEK_FATE_SHADOWED;
        rule->why = cmek_arena_printf(arena, "%s denies the same", name_of(cause->node, arena));
    } else if (is_decided && question->asks_denial && cause->entry && allows == CMEK_YES) {
        rule->fate = CMEK_FATE_SHADOWED;
        rule->why = cmek_arena_printf(arena, "a denial wins over it: that of %s",
                                      name_of(cause->node, arena));
    } else if (is_decided && !question->asks_denial && allows == CMEK_YES) {
        rule->fate = CMEK_FATE_SHADOWED;
        rule->why = cmek_arena_printf(arena, "%s allows the same", name_of(cause->node, arena));
    } else if (!is_decided && (denies == CMEK_UNKNOWN || allows == CMEK_UNKNOWN)) {
        rule->fate = CMEK_FATE_UNDECIDED;
        rule->why =
            cmek_arena_printf(arena, "whether it covers %s cannot be told", question->subject);
    }
}

static void judge_node(struct question *question, struct cmek_arena *arena,
                       struct cmek_explained_node *step)
{
    for (size_t i = 0; i < step->rule_count; i++) {
        struct cmek_explained_rule *rule = &step->rules[i];
        hold_entries(question, arena, rule);
        if (rule->fate != CMEK_FATE_CONTRIBUTES && rule->fate != CMEK_FATE_UNDECIDED)
            continue;
        if (question->is_decided && rule->rule == question->cause.rule)
            judge_deciding(question, arena, rule);
        else if (rule->fate == CMEK_FATE_CONTRIBUTES)
            judge_other(question, arena, rule);
    }
    if (step->fate == CMEK_FATE_CONTRIBUTES || step->fate == CMEK_FATE_UNDECIDED)
        cmek_trail_settle(step);
}

static void explain_policy(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                           struct cmek_arena *arena, struct cmek_explanation *explanation)
{
    cmek_effective_trace(cmek_evaluation_inventory(evaluation), explanation->chain,
                         verdict->constraint, mode_of(verdict->enforcement), arena,
                         &explanation->trail);
    struct question question = question_of(evaluation, verdict, &explanation->finding, arena);
    for (size_t i = 0; i < explanation->trail.walked; i++)
        judge_node(&question, arena, &explanation->trail.nodes[i]);
    explanation->decided_at = question.is_decided ? question.cause.node : NULL;
}

/* A path with nothing set on it, for verdicts that no policy takes part in. */
static void explain_path(struct cmek_arena *arena, struct cmek_explanation *explanation)
{
    struct cmek_trail *trail = &explanation->trail;
    trail->count = explanation->chain->count;
    trail->nodes = cmek_arena_array(arena, trail->count, sizeof *trail->nodes);
    for (size_t i = 0; i < trail->count; i++)
        trail->nodes[i].node = explanation->chain->nodes[i];
    trail->end = explanation->chain->is_complete ? CMEK_WALK_TOP : CMEK_WALK_BROKEN_OFF;
}

static const char *key_state(const struct cmek_key *key, struct cmek_arena *arena)
{
    if (!key->is_known)
        return key->unreadable ? cmek_arena_printf(arena, "could not be read: %s", key->unreadable)
                               : "is not described by the input";
    if (key->purpose && !cmek_str_eq(key->purpose, "ENCRYPT_DECRYPT"))
        return cmek_arena_printf(arena, "is for %s", key->purpose);
    if (!key->primary_state)
        return key->is_truncated ? "is cut short in the input" : "has no primary version";
    return cmek_arena_printf(arena, "primary version%s%s is %s", key->primary_name ? " " : "",
                             key->primary_name ? cmek_short_name(key->primary_name) : "",
                             key->primary_state);
}

static void explain_key(const struct cmek_inventory *inventory, const struct cmek_key *key,
                        struct cmek_arena *arena, struct cmek_explanation *explanation)
{
    explanation->key = key;
    explanation->key_state = key_state(key, arena);
    if (key->project)
        explanation->key_project = cmek_inventory_project(inventory, key->project);
}

void cmek_verdict_explain(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                          struct cmek_arena *arena, struct cmek_explanation *ret_explanation)
{
    const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
    struct cmek_explanation explanation = {
        .resource = verdict->resource,
        .constraint = verdict->constraint,
        .chain = verdict->resource ? verdict->resource->chain : verdict->node->chain,
        .is_on_policy = verdict->constraint != CMEK_CONSTRAINT_COUNT_ && !verdict->effective,
    };
    cmek_verdict_render(evaluation, verdict, arena, &explanation.finding);
    if (verdict->constraint != CMEK_CONSTRAINT_COUNT_)
        explain_policy(evaluation, verdict, arena, &explanation);
    else
        explain_path(arena, &explanation);
    struct cmek_tag_scope scope = {inventory, explanation.chain};
    explanation.tags = cmek_tags_list(&scope, arena, &explanation.tag_count);
    if (verdict->key)
        explain_key(inventory, verdict->key, arena, &explanation);
    if (verdict->status == CMEK_STATUS_UNKNOWN)
        cmek_explain_needs(inventory, verdict, arena, &explanation);
    *ret_explanation = explanation;
}
