/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/classes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "model/inventory.h"
#include "policy/tags.h"

/* What the nodes of a path say about a constraint, up to the first root. Paths that agree in it
 * share it, so its address is its identity; dry runs that change nothing share it with what is
 * enforced. */
struct reach {
    bool has_conditions;
    const struct cmek_effective *effective; /* without conditions: that of all in its reach */
};

/* Numbers of tag states: what lookups along a path find, as far as conditions ask. */
enum {
    TAGS_NOT_LOOKED_AT,
    TAGS_ALL_SEEN, /* none bound, and no ancestor is missing */
    TAGS_ABOVE_NOT_SEEN,
    TAGS_UNREADABLE,
    TAGS_DOUBTFUL,
    TAGS_BOUND, /* from here on: combinations of bindings */
};

/* What is known of a chain in one mode. */
struct reach_row {
    struct reach *by[CMEK_CONSTRAINT_COUNT_];
};
struct effective_row {
    const struct cmek_effective *by[CMEK_CONSTRAINT_COUNT_];
};

struct cmek_classes {
    const struct cmek_inventory *inventory;
    struct cmek_arena arena;
    /* Tables by cmek_chain.index. Of tables of their own, what is not asked for takes no memory:
     * simulations, tags, the reach of the many chains that others do not pass through. */
    size_t *tag_states;
    struct reach_row *reach_rows[CMEK_POLICY_MODE_COUNT_];
    struct effective_row *effective_rows[CMEK_POLICY_MODE_COUNT_];
    struct reach nothing[2][CMEK_CONSTRAINT_COUNT_]; /* said; [1]: and no ancestor is missing */
    size_t effective_count;
    struct cmek_map reaches;              /* by what the first node says and the reach above it */
    struct cmek_map conditional;          /* effective policies by reach and tags */
    struct cmek_map conditions;           /* texts that were looked through */
    CMEK_VEC(struct cmek_tag_test) asked; /* one for each key that a condition asks about */
    struct cmek_map asked_keys;           /* the same */
    struct cmek_map bindings, tags;       /* numbers of bindings that matter, and tag states */
    size_t binding_count, tag_state_count;
};

/* A chain, or the rest of one. */
struct path {
    struct cmek_node *const *nodes;
    size_t count;
    bool is_complete;
};

static struct path above(struct path path)
{
    return (struct path){path.nodes + 1, path.count - 1, path.is_complete};
}

/* The chain that results for a path are kept with: that of its first node, which the path nearly
 * always is. */
static const struct cmek_chain *chain_of(struct path path)
{
    const struct cmek_chain *chain = path.nodes[0]->chain;
    bool is_own = chain && chain->count == path.count && chain->is_complete == path.is_complete &&
                  memcmp(chain->nodes, path.nodes, path.count * sizeof(struct cmek_node *)) == 0;
    return is_own ? chain : NULL;
}

/* What conditions ask about */

static enum cmek_tristate note_key(void *payload, const struct cmek_tag_test *test,
                                   const char **ret_reason)
{
    struct cmek_classes *classes = payload;
    char *name = cmek_arena_printf(&classes->arena, "%d%s", test->by_id, test->key);
    *ret_reason = NULL;
    if (cmek_map_get(&classes->asked_keys, name))
        return CMEK_UNKNOWN;
    cmek_map_put_borrowed(&classes->asked_keys, name, name);
    *CMEK_VEC_ADD(&classes->asked) = (struct cmek_tag_test){.by_id = test->by_id, .key = name + 1};
    return CMEK_UNKNOWN;
}

static void note_conditions(struct cmek_classes *classes, const struct cmek_policy_spec *spec)
{
    for (size_t i = 0; spec && i < spec->rule_count; i++) {
        const char *condition = spec->rules[i].condition, *ignored = NULL;
        if (!condition || cmek_map_get(&classes->conditions, condition))
            continue;
        cmek_map_put_borrowed(&classes->conditions, condition, classes);
        cmek_condition_evaluate(condition, note_key, classes, &classes->arena, &ignored);
    }
}

static void note_all_conditions(struct cmek_classes *classes)
{
    const struct cmek_map *nodes = &classes->inventory->nodes;
    for (struct cmek_map_entry *e = cmek_map_first(nodes); e; e = cmek_map_next(e))
        for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++) {
            const struct cmek_node *node = cmek_map_value(e);
            const struct cmek_policy_slot *slot = cmek_node_policy(classes->inventory, node, c);
            note_conditions(classes, node->extras->simulated[c]);
            for (enum cmek_policy_mode mode = 0; slot && mode < CMEK_POLICY_MODE_COUNT_; mode++)
                note_conditions(classes, cmek_policy_spec_in(&slot->policy, mode));
        }
}

/* Tags */

static bool matters(const struct cmek_classes *classes, const struct cmek_tag_binding *binding)
{
    for (size_t i = 0; i < classes->asked.count; i++)
        if (cmek_tags_binds(classes->inventory, binding, &classes->asked.items[i]) != CMEK_NO)
            return true;
    return false;
}

/* A number for what a binding says; 0 where no condition asks about its key. */
static size_t binding_number(struct cmek_classes *classes, const struct cmek_tag_binding *binding)
{
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%s\n%s", binding->value ? binding->value : "",
                       binding->value_namespaced ? binding->value_namespaced : "");
    uintptr_t known = (uintptr_t)cmek_map_get(&classes->bindings, cmek_strbuf_text(&name));
    if (!known) {
        known = 1 + (matters(classes, binding) ? ++classes->binding_count : 0);
        cmek_map_put(&classes->bindings, cmek_strbuf_text(&name), (void *)known);
    }
    cmek_strbuf_done(&name);
    return known - 1;
}

/* The state at a node with bindings, which stay in their order: of two bindings of one key the
 * first counts. */
static size_t add_bindings(struct cmek_classes *classes, const struct cmek_node *node, size_t state)
{
    struct cmek_strbuf name = {0};
    for (size_t i = 0; i < node->extras->bindings.count; i++) {
        size_t number = binding_number(classes, &node->extras->bindings.items[i]);
        if (number > 0)
            cmek_strbuf_printf(&name, " %zu", number);
    }
    if (name.length > 0) {
        cmek_strbuf_printf(&name, "/%zu", state);
        state = (uintptr_t)cmek_map_get(&classes->tags, cmek_strbuf_text(&name));
        if (state == 0) {
            state = TAGS_BOUND + classes->tag_state_count++;
            cmek_map_put(&classes->tags, cmek_strbuf_text(&name), (void *)(uintptr_t)state);
        }
    }
    cmek_strbuf_done(&name);
    return state;
}

/* In the order of cmek_tags_lookup, which looks no farther than the first node it cannot read. */
static size_t tags_of(struct cmek_classes *classes, struct path path)
{
    if (path.count == 0)
        return path.is_complete ? TAGS_ALL_SEEN : TAGS_ABOVE_NOT_SEEN;
    const struct cmek_chain *chain = chain_of(path);
    if (chain && classes->tag_states[chain->index] != TAGS_NOT_LOOKED_AT)
        return classes->tag_states[chain->index];
    const struct cmek_node *node = path.nodes[0];
    size_t state;
    if (node->extras->tags_unreadable)
        state = TAGS_UNREADABLE;
    else if (cmek_node_may_have_bindings(classes->inventory, node))
        state = TAGS_DOUBTFUL;
    else
        state = add_bindings(classes, node, tags_of(classes, above(path)));
    if (chain)
        classes->tag_states[chain->index] = state;
    return state;
}

/* Policies */

static bool has_conditions(const struct cmek_policy_spec *spec)
{
    for (size_t i = 0; i < spec->rule_count; i++)
        if (spec->rules[i].condition)
            return true;
    return false;
}

struct walk {
    enum cmek_constraint constraint;
    enum cmek_policy_mode mode;
};

/* The reach of one who says @p what (a spec, or a node that cannot be read) below @p beyond (NULL:
 * a root, beyond which nothing counts). */
static struct reach *join(struct cmek_classes *classes, const void *what,
                          const struct reach *beyond, bool conditions)
{
    char name[64];
    snprintf(name, sizeof name, "%p %p", what, (const void *)beyond);
    struct reach *reach = cmek_map_get(&classes->reaches, name);
    if (!reach) {
        reach = cmek_arena_alloc(&classes->arena, sizeof *reach);
        reach->has_conditions = conditions;
        cmek_map_put(&classes->reaches, name, reach);
    }
    return reach;
}

static struct reach *reach_of(struct cmek_classes *classes, struct path path, struct walk walk);

/* Steps as cmek_effective_build does. Past an unreadable policy only dry runs count, no rules and
 * so no conditions. */
static struct reach *reach_from(struct cmek_classes *classes, struct path path, struct walk walk)
{
    const struct cmek_node *node = path.nodes[0];
    struct cmek_node_policy policy =
        cmek_node_policy_in(classes->inventory, node, walk.constraint, walk.mode);
    const struct cmek_policy_spec *spec = policy.spec;
    if (policy.hidden) {
        /* Where nothing is known of policies at all, one node is as good as the other. */
        bool is_any = cmek_inventory_policies(classes->inventory) == CMEK_POLICIES_NONE;
        const void *what = spec ? (const void *)spec : is_any ? (const void *)classes : node;
        return join(classes, what, reach_of(classes, above(path), walk), false);
    }
    if (!spec)
        return reach_of(classes, above(path), walk);
    if (spec->reset || !spec->inherit_from_parent)
        return join(classes, spec, NULL, !spec->reset && has_conditions(spec));
    const struct reach *beyond = reach_of(classes, above(path), walk);
    return join(classes, spec, beyond, has_conditions(spec) || beyond->has_conditions);
}

static struct reach *reach_of(struct cmek_classes *classes, struct path path, struct walk walk)
{
    if (path.count == 0)
        return &classes->nothing[path.is_complete][walk.constraint];
    const struct cmek_chain *chain = chain_of(path);
    if (!chain)
        return reach_from(classes, path, walk);
    struct reach **known = &classes->reach_rows[walk.mode][chain->index].by[walk.constraint];
    if (!*known)
        *known = reach_from(classes, path, walk);
    return *known;
}

static const struct cmek_effective *build(struct cmek_classes *classes,
                                          const struct cmek_chain *chain, struct walk walk)
{
    struct cmek_effective *effective =
        cmek_effective_build(classes->inventory, chain, walk.constraint, walk.mode,
                             &classes->arena);
    effective->index = classes->effective_count++;
    return effective;
}

/* The class of a path whose policies have conditions, to be built for @p chain. */
static const struct cmek_effective *conditional(struct cmek_classes *classes, struct path path,
                                                const struct reach *reach,
                                                const struct cmek_chain *chain, struct walk walk)
{
    size_t tags = TAGS_UNREADABLE;
    if (classes->inventory->tags_known)
        tags = tags_of(classes, path);
    else if (classes->inventory->has_planned_tags) /* what is not known differs from path to path */
        tags = chain->index;
    char name[64];
    snprintf(name, sizeof name, "%p %zu", (const void *)reach, tags);
    const struct cmek_effective *effective = cmek_map_get(&classes->conditional, name);
    if (!effective) {
        effective = build(classes, chain, walk);
        cmek_map_put(&classes->conditional, name, (void *)(uintptr_t)effective);
    }
    return effective;
}

const struct cmek_effective *cmek_classes_effective(struct cmek_classes *classes,
                                                    const struct cmek_chain *chain,
                                                    enum cmek_constraint constraint,
                                                    enum cmek_policy_mode mode)
{
    const struct cmek_effective **known =
        &classes->effective_rows[mode][chain->index].by[constraint];
    if (*known)
        return *known;
    struct path path = {chain->nodes, chain->count, chain->is_complete};
    struct walk walk = {constraint, mode};
    struct reach *reach =
        path.count > 0 ? reach_from(classes, path, walk) : reach_of(classes, path, walk);
    if (reach->has_conditions)
        return *known = conditional(classes, path, reach, chain, walk);
    if (!reach->effective)
        reach->effective = build(classes, chain, walk);
    return *known = reach->effective;
}

size_t cmek_classes_count(const struct cmek_classes *classes)
{
    return classes->effective_count;
}

struct cmek_classes *cmek_classes_new(const struct cmek_inventory *inventory)
{
    struct cmek_classes *classes = cmek_calloc(1, sizeof *classes);
    classes->inventory = inventory;
    size_t count = inventory->chain_count;
    classes->tag_states = cmek_calloc(count, sizeof *classes->tag_states);
    for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
        classes->reach_rows[mode] = cmek_calloc(count, sizeof(struct reach_row));
        classes->effective_rows[mode] = cmek_calloc(count, sizeof(struct effective_row));
    }
    note_all_conditions(classes);
    return classes;
}

void cmek_classes_free(struct cmek_classes *classes)
{
    if (!classes)
        return;
    cmek_map_done(&classes->reaches);
    cmek_map_done(&classes->conditional);
    cmek_map_done(&classes->conditions);
    cmek_map_done(&classes->asked_keys);
    cmek_map_done(&classes->bindings);
    cmek_map_done(&classes->tags);
    CMEK_VEC_DONE(&classes->asked);
    cmek_arena_done(&classes->arena);
    for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
        free(classes->reach_rows[mode]);
        free(classes->effective_rows[mode]);
    }
    free(classes->tag_states);
    free(classes);
}
