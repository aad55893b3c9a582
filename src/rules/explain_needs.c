/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/explain_needs.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/explain.h"

struct needs {
    const struct cmek_inventory *inventory;
    struct cmek_arena *arena;
    bool tags; /* a condition waits for them */
    CMEK_VEC(const char *) items;
};

/* Takes the text that was gathered, once. */
static void add(struct needs *needs, struct cmek_strbuf *text)
{
    bool is_new = true;
    for (size_t i = 0; i < needs->items.count; i++)
        is_new &= strcmp(needs->items.items[i], cmek_strbuf_text(text)) != 0;
    if (is_new)
        *CMEK_VEC_ADD(&needs->items) = cmek_arena_strdup(needs->arena, cmek_strbuf_text(text));
    cmek_strbuf_done(text);
}

/* What was told when a call failed: it says what to do. */
static bool add_gap(struct needs *needs, const char *scope, const char *operation)
{
    for (size_t i = 0; i < needs->inventory->gaps.count; i++) {
        const struct cmek_gap *gap = &needs->inventory->gaps.items[i];
        if (strcmp(gap->scope, scope) != 0 || strcmp(gap->operation, operation) != 0)
            continue;
        struct cmek_strbuf text = {0};
        cmek_strbuf_printf(&text, "%s of %s: %s", operation, scope, gap->message);
        add(needs, &text);
        return true;
    }
    return false;
}

static void need_reading(struct needs *needs, const struct cmek_node *node,
                         enum cmek_node_part part)
{
    const char *operation = cmek_node_operation(part), *error = cmek_node_unreadable(node, part);
    if (!error || add_gap(needs, node->ref, operation))
        return;
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "%s of ", operation);
    cmek_describe_node(node, &text);
    cmek_strbuf_printf(&text, ": %s", error);
    add(needs, &text);
}

/* What is read of a project for its own sake. */
static void need_project(struct needs *needs, const struct cmek_node *project)
{
    need_reading(needs, project, CMEK_NODE_SERVICES);
    need_reading(needs, project, CMEK_NODE_SETTINGS);
    need_reading(needs, project, CMEK_NODE_TOPICS);
}

static void need_rule(struct needs *needs, const struct cmek_explained_node *step,
                      const struct cmek_explained_rule *rule, const char *subject)
{
    struct cmek_strbuf text = {0};
    if (rule->is_condition_asked && rule->condition == CMEK_UNKNOWN) {
        cmek_strbuf_printf(&text, "whether the condition %s holds, at ",
                           rule->rule->condition[0] ? rule->rule->condition : "''");
        cmek_describe_node(step->node, &text);
        cmek_strbuf_printf(&text, ": %s", rule->condition_unknown);
        add(needs, &text);
        needs->tags = true;
    }
    for (size_t i = 0; i < rule->entry_count; i++) {
        if (rule->entries[i].covers != CMEK_UNKNOWN)
            continue;
        struct cmek_strbuf entry = {0};
        cmek_strbuf_printf(&entry, "whether %s covers %s, at ", rule->entries[i].entry, subject);
        cmek_describe_node(step->node, &entry);
        add(needs, &entry);
    }
}

static void need_step(struct needs *needs, const struct cmek_explained_node *step,
                      const char *subject)
{
    if (step->fate == CMEK_FATE_UNREADABLE && !step->node->extras->policies_unreadable) {
        struct cmek_strbuf text = {0};
        cmek_strbuf_puts(&text, "what the policy of ");
        cmek_describe_node(step->node, &text);
        cmek_strbuf_printf(&text, " says: %s", step->why);
        add(needs, &text);
    }
    for (size_t i = 0; i < step->rule_count; i++)
        if (step->rules[i].fate == CMEK_FATE_UNDECIDED)
            need_rule(needs, step, &step->rules[i], subject);
}

static void need_trail(struct needs *needs, const struct cmek_explanation *explanation)
{
    const struct cmek_trail *trail = &explanation->trail;
    const char *project = explanation->finding.kms_key_project;
    const char *subject =
        project ? cmek_arena_printf(needs->arena, "project %s", project) : "the key's project";
    if (trail->end == CMEK_WALK_NO_POLICIES)
        return; /* that is all there is to say, and the verdict says it */
    for (size_t i = 0; i < trail->walked; i++)
        need_step(needs, &trail->nodes[i], subject);
    for (size_t i = 0; i < trail->walked; i++)
        need_reading(needs, trail->nodes[i].node, CMEK_NODE_POLICIES);
    for (size_t i = 0; needs->tags && i < trail->count; i++)
        need_reading(needs, trail->nodes[i].node, CMEK_NODE_TAGS);
    if (trail->end != CMEK_WALK_BROKEN_OFF)
        return;
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, "what lies above ");
    if (trail->count > 0)
        cmek_describe_node(trail->nodes[trail->count - 1].node, &text);
    else
        cmek_strbuf_puts(&text, "it");
    cmek_strbuf_puts(&text, ": not all ancestors can be seen");
    add(needs, &text);
}

void cmek_explain_needs(const struct cmek_inventory *inventory, const struct cmek_verdict *verdict,
                        struct cmek_arena *arena, struct cmek_explanation *explanation)
{
    struct needs needs = {.inventory = inventory, .arena = arena};
    if (verdict->constraint != CMEK_CONSTRAINT_COUNT_)
        need_trail(&needs, explanation);
    if (verdict->project &&
        (!verdict->resource || verdict->check == &cmek_check_gcr_bucket_leftover))
        need_project(&needs, verdict->project);
    if (verdict->check == &cmek_check_key_usable && explanation->key &&
        explanation->key->unreadable)
        add_gap(&needs, explanation->key->name, CMEK_OPERATION_KEY);
    if ((needs.items.count == 0 || explanation->is_on_policy) && verdict->detail) {
        struct cmek_strbuf text = {0};
        cmek_strbuf_puts(&text, verdict->detail);
        add(&needs, &text);
    }
    const char **copy = cmek_arena_array(arena, needs.items.count, sizeof *copy);
    if (needs.items.count > 0)
        memcpy(copy, needs.items.items, needs.items.count * sizeof *copy);
    explanation->needs = copy;
    explanation->need_count = needs.items.count;
    CMEK_VEC_DONE(&needs.items);
}
