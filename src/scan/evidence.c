/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/inventory_records.h"
#include "policy/condition.h"
#include "policy/values.h"

/* How much of a node is evidence. */
enum extent {
    EXTENT_NAME = 1, /* its own asset, since something else names it */
    EXTENT_WHOLE,    /* its policies and tags bind something listed */
    EXTENT_TARGET,   /* … and it has a listed finding itself */
};

struct node_mark {
    const struct cmek_node *node;
    enum extent extent;
};

struct marks {
    const struct cmek_inventory *inventory;
    struct cmek_listing listing;
    struct cmek_arena arena;
    struct cmek_map nodes; /* struct node_mark by reference */
    struct cmek_map keys, tag_keys, tag_values;
    struct cmek_map proposals; /* keys that need a user in the evidence: struct proposal by name */
    struct cmek_map judged;    /* nodes whose policies were judged by what lies below them */
    bool *resources;           /* by place in the inventory's list */
    size_t place;              /* in that list, of the resource marked last */
};

struct proposal {
    uint64_t missing; /* bits of cmek_key.used_for that no resource stands for yet */
};

static void mark_node(struct marks *marks, const struct cmek_node *node, enum extent extent);

static void mark_chain(struct marks *marks, const struct cmek_chain *chain, enum extent extent)
{
    for (size_t i = 0; chain && i < chain->count; i++)
        mark_node(marks, chain->nodes[i], extent);
}

/* A project by id or number, where an asset speaks of it. */
static void mark_project_named(struct marks *marks, const char *name)
{
    const struct cmek_node *project = name ? cmek_inventory_project(marks->inventory, name) : NULL;
    if (project)
        mark_node(marks, project, EXTENT_NAME);
}

/* The owner in "my-project/env" and "123/env/prod". */
static void mark_tag_owner(struct marks *marks, const char *namespaced)
{
    const char *slash = namespaced ? strchr(namespaced, '/') : NULL;
    if (slash)
        mark_project_named(marks, cmek_arena_strndup(&marks->arena, namespaced,
                                                     (size_t)(slash - namespaced)));
}

static void mark_tag_key(struct marks *marks, const char *id)
{
    const struct cmek_tag *key = id ? cmek_map_get(&marks->inventory->tag_keys, id) : NULL;
    if (!key || cmek_map_get(&marks->tag_keys, id))
        return;
    cmek_map_put_borrowed(&marks->tag_keys, key->id, (void *)(uintptr_t)key);
    mark_tag_owner(marks, key->namespaced_name);
    if (key->parent)
        mark_project_named(marks, cmek_str_after(key->parent, "projects/"));
}

static void mark_binding(struct marks *marks, const struct cmek_tag_binding *binding)
{
    const struct cmek_inventory *inventory = marks->inventory;
    const struct cmek_tag *value =
        binding->value ? cmek_map_get(&inventory->tag_values, binding->value) : NULL;
    if (!value && binding->value_namespaced)
        value = cmek_map_get(&inventory->tag_values_by_name, binding->value_namespaced);
    mark_tag_owner(marks, binding->value_namespaced);
    if (!value)
        return;
    if (!cmek_map_get(&marks->tag_values, value->id))
        cmek_map_put_borrowed(&marks->tag_values, value->id, (void *)(uintptr_t)value);
    mark_tag_owner(marks, value->namespaced_name);
    mark_tag_key(marks, value->parent);
}

/* For cmek_condition_evaluate, which asks about every tag that a condition names. */
static enum cmek_tristate mark_tested_tag(void *payload, const struct cmek_tag_test *test,
                                          const char **ret_reason)
{
    struct marks *marks = payload;
    if (test->by_id)
        mark_tag_key(marks, test->key);
    else
        mark_tag_owner(marks, test->key);
    *ret_reason = "";
    return CMEK_UNKNOWN;
}

/* What the entries of a value list name, and where that lies. */
static void mark_entries(struct marks *marks, const struct cmek_strings *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        const char *name = cmek_value_project(entries->items[i]);
        const char *subtree = cmek_value_subtree(entries->items[i]);
        const struct cmek_node *node = name      ? cmek_inventory_project(marks->inventory, name)
                                       : subtree ? cmek_map_get(&marks->inventory->nodes, subtree)
                                                 : NULL;
        if (!node)
            continue;
        mark_node(marks, node->canonical, EXTENT_NAME);
        mark_chain(marks, node->canonical->chain, EXTENT_NAME);
    }
}

static void mark_spec(struct marks *marks, const struct cmek_policy_spec *spec)
{
    for (size_t i = 0; i < spec->rule_count; i++) {
        const struct cmek_policy_rule *rule = &spec->rules[i];
        const char *ignored = NULL;
        mark_entries(marks, &rule->allowed);
        mark_entries(marks, &rule->denied);
        if (rule->condition)
            cmek_condition_evaluate(rule->condition, mark_tested_tag, marks, &marks->arena,
                                    &ignored);
    }
}

static void mark_node(struct marks *marks, const struct cmek_node *node, enum extent extent)
{
    struct node_mark *mark = cmek_map_get(&marks->nodes, node->ref);
    if (!mark) {
        mark = cmek_arena_alloc(&marks->arena, sizeof *mark);
        mark->node = node;
        cmek_map_put_borrowed(&marks->nodes, node->ref, mark);
    }
    if (mark->extent >= extent)
        return;
    bool was_whole = mark->extent >= EXTENT_WHOLE;
    mark->extent = extent;
    if (was_whole || extent < EXTENT_WHOLE)
        return;
    for (enum cmek_constraint i = 0; i < CMEK_CONSTRAINT_COUNT_; i++) {
        const struct cmek_policy_slot *slot = cmek_node_policy(marks->inventory, node, i);
        if (!slot)
            continue;
        mark_spec(marks, &slot->policy.live);
        mark_spec(marks, &slot->policy.dry_run);
    }
    for (size_t i = 0; i < node->extras->bindings.count; i++)
        mark_binding(marks, &node->extras->bindings.items[i]);
}

/* A key with the ancestry of its project, which the entries of policies are held against. */
static void mark_key(struct marks *marks, const struct cmek_key *key)
{
    if (cmek_map_get(&marks->keys, key->name))
        return;
    cmek_map_put_borrowed(&marks->keys, key->name, (void *)(uintptr_t)key);
    const struct cmek_node *project =
        key->project ? cmek_inventory_project(marks->inventory, key->project) : NULL;
    if (!project)
        return;
    mark_node(marks, project, EXTENT_NAME);
    mark_chain(marks, project->chain, EXTENT_NAME);
}

static void mark_resource(struct marks *marks, size_t place)
{
    if (marks->resources[place])
        return;
    const struct cmek_resource *resource = marks->inventory->resource_list.items[place];
    marks->resources[place] = true;
    mark_chain(marks, resource->chain, EXTENT_WHOLE);
    if (resource->project)
        mark_node(marks, resource->project, EXTENT_WHOLE);
    for (size_t i = 0; i < cmek_resource_key_count(resource); i++)
        mark_key(marks, cmek_resource_key(resource, i));
    /* A bucket is Container Registry's if the project it names is its own. */
    mark_project_named(marks, cmek_registry_bucket_project(cmek_short_name(resource->name),
                                                           &marks->arena));
}

/* Verdicts come in the order of the list, so this seldom looks far. */
static size_t place_of(struct marks *marks, const struct cmek_resource *resource)
{
    size_t count = marks->inventory->resource_list.count;
    while (marks->inventory->resource_list.items[marks->place] != resource)
        marks->place = (marks->place + 1) % count;
    return marks->place;
}

static bool mark_verdict(void *payload, const struct cmek_verdict *verdict)
{
    struct marks *marks = payload;
    if (!cmek_listing_holds(marks->listing, verdict))
        return true;
    if (verdict->resource) {
        mark_resource(marks, place_of(marks, verdict->resource));
        return true;
    }
    mark_node(marks, verdict->node, EXTENT_TARGET);
    mark_chain(marks, verdict->node->chain, EXTENT_WHOLE);
    if (!verdict->effective) /* no one policy was asked, but all below */
        cmek_map_put_borrowed(&marks->judged, verdict->node->ref, (void *)(uintptr_t)verdict->node);
    return true;
}

static bool is_below_judged(const struct marks *marks, const struct cmek_chain *chain)
{
    for (size_t i = 0; chain && i < chain->count; i++)
        if (cmek_map_get(&marks->judged, chain->nodes[i]->ref))
            return true;
    return false;
}

/* Where the resources of one project end in the list. */
static size_t end_of_project(const struct cmek_inventory *inventory, size_t start)
{
    size_t end = start + 1;
    while (end < inventory->resource_list.count &&
           inventory->resource_list.items[end]->project ==
               inventory->resource_list.items[start]->project)
        end++;
    return end;
}

/* Of a project below a judged node: its resources of Container Registry, and the first that shows
 * that there is such a project at all, or where it lies. */
static void mark_project_resources(struct marks *marks, const struct cmek_evaluation *evaluation,
                                   size_t start, size_t end)
{
    const struct cmek_inventory *inventory = marks->inventory;
    const struct cmek_node *project = inventory->resource_list.items[start]->project;
    bool is_told = project->is_listed && !project->is_context;
    bool place_is_told = project->chain && project->chain->is_complete;
    for (size_t i = start; i < end; i++) {
        const struct cmek_resource *resource = inventory->resource_list.items[i];
        if (!cmek_evaluation_covers(evaluation, resource))
            continue;
        bool tells_place = !place_is_told && resource->chain->is_complete;
        if (!is_told || tells_place || cmek_resource_role(inventory, resource) ||
            cmek_is_registry_bucket(inventory, resource) == CMEK_UNKNOWN)
            mark_resource(marks, i);
        is_told = true;
        place_is_told |= tells_place;
    }
}

static bool is_any_below_judged(const struct marks *marks, size_t start, size_t end)
{
    const struct cmek_resource *const *resources =
        (const struct cmek_resource *const *)marks->inventory->resource_list.items;
    bool is_below = is_below_judged(marks, resources[start]->project->chain);
    for (size_t i = start; i < end && !is_below; i++)
        if (i == start || resources[i]->chain != resources[i - 1]->chain)
            is_below = is_below_judged(marks, resources[i]->chain);
    return is_below;
}

/* What lies below the nodes whose policies were judged by it. */
static void mark_below(struct marks *marks, const struct cmek_evaluation *evaluation)
{
    const struct cmek_inventory *inventory = marks->inventory;
    if (cmek_map_count(&marks->judged) == 0)
        return;
    for (size_t i = 0; i < inventory->project_list.count; i++) {
        const struct cmek_node *project = inventory->project_list.items[i];
        if (!project->is_listed || project->is_context || !is_below_judged(marks, project->chain))
            continue;
        mark_node(marks, project, EXTENT_TARGET);
        mark_chain(marks, project->chain, EXTENT_WHOLE);
    }
    for (size_t start = 0, end; start < inventory->resource_list.count; start = end) {
        end = end_of_project(inventory, start);
        if (inventory->resource_list.items[start]->project &&
            is_any_below_judged(marks, start, end))
            mark_project_resources(marks, evaluation, start, end);
    }
}

static void mark_proposal(void *payload, const char *name)
{
    struct marks *marks = payload;
    const struct cmek_key *key = cmek_map_get(&marks->inventory->keys, name);
    if (!key || cmek_map_get(&marks->proposals, name))
        return;
    mark_key(marks, key);
    struct proposal *proposal = cmek_arena_alloc(&marks->arena, sizeof *proposal);
    proposal->missing = key->used_for;
    cmek_map_put_borrowed(&marks->proposals, key->name, proposal);
}

/* Whether a resource stands for others of its service in using a key that is proposed. */
static bool is_wanted_user(struct marks *marks, const struct cmek_resource *resource)
{
    uint64_t service = cmek_service_bit(resource->type->service);
    bool is_wanted = false;
    for (size_t i = 0; i < cmek_resource_key_count(resource); i++) {
        struct proposal *proposal =
            cmek_map_get(&marks->proposals, cmek_resource_key(resource, i)->name);
        if (!proposal || !(proposal->missing & service))
            continue;
        proposal->missing &= ~service;
        is_wanted = true;
    }
    return is_wanted;
}

/* A key is proposed because resources use it: one of each service stands for them all. */
static void mark_users(struct marks *marks)
{
    if (cmek_map_count(&marks->proposals) == 0)
        return;
    for (size_t i = 0; i < marks->inventory->resource_list.count; i++)
        if (is_wanted_user(marks, marks->inventory->resource_list.items[i]))
            mark_resource(marks, i);
}

/* Policies and bindings that stand under a name which no Project asset maps may be any unmapped
 * project's: that there are some is evidence, one of each kind will do. */
static void mark_unmapped(struct marks *marks)
{
    const struct cmek_inventory *inventory = marks->inventory;
    bool seen[2][CMEK_CONSTRAINT_COUNT_ + 1] = {{false}};
    for (size_t i = 0; i < inventory->project_list.count; i++) {
        const struct cmek_node *node = inventory->project_list.items[i];
        if (node->id && node->number)
            continue;
        bool *kinds = seen[node->number != NULL];
        for (int kind = 0; kind <= CMEK_CONSTRAINT_COUNT_; kind++) {
            bool has = kind == CMEK_CONSTRAINT_COUNT_
                           ? node->extras->bindings.count > 0
                           : cmek_node_policy(inventory, node, (enum cmek_constraint)kind) != NULL;
            if (has && !kinds[kind])
                mark_node(marks, node, EXTENT_WHOLE);
            kinds[kind] |= has;
        }
    }
}

static void write_tags(struct cmek_inventory_writer *writer, enum cmek_asset_kind kind,
                       const struct cmek_map *tags)
{
    for (struct cmek_map_entry *e = cmek_map_first(tags); e; e = cmek_map_next(e))
        cmek_inventory_write_tag(writer, kind, cmek_map_value(e));
}

static void write_marked(const struct marks *marks, const struct cmek_record_sink *sink)
{
    struct cmek_inventory_writer writer;
    cmek_inventory_writer_init(&writer, marks->inventory, sink);
    cmek_inventory_write_head(&writer);
    for (struct cmek_map_entry *e = cmek_map_first(&marks->nodes); e; e = cmek_map_next(e)) {
        const struct node_mark *mark = cmek_map_value(e);
        bool is_aside = mark->node->kind == CMEK_NODE_PROJECT && mark->extent < EXTENT_TARGET;
        if (mark->extent == EXTENT_NAME)
            cmek_inventory_write_node_name(&writer, mark->node);
        else
            cmek_inventory_write_node(&writer, mark->node, is_aside || mark->node->is_context);
    }
    write_tags(&writer, CMEK_ASSET_TAG_KEY, &marks->tag_keys);
    write_tags(&writer, CMEK_ASSET_TAG_VALUE, &marks->tag_values);
    for (struct cmek_map_entry *e = cmek_map_first(&marks->keys); e; e = cmek_map_next(e))
        cmek_inventory_write_key(&writer, cmek_map_value(e));
    for (size_t i = 0; i < marks->inventory->resource_list.count; i++)
        if (marks->resources[i])
            cmek_inventory_write_resource(&writer, marks->inventory->resource_list.items[i]);
    cmek_inventory_writer_done(&writer);
}

void cmek_evidence_write(const struct cmek_evidence_options *options,
                         const struct cmek_record_sink *sink)
{
    struct marks marks = {
        .inventory = options->inventory,
        .listing = options->listing,
        .resources = cmek_calloc(options->inventory->resource_list.count + 1, sizeof(bool)),
    };
    cmek_evaluation_run(options->evaluation, mark_verdict, &marks);
    cmek_evaluation_each_proposal(options->evaluation, mark_proposal, &marks);
    mark_below(&marks, options->evaluation);
    mark_users(&marks);
    mark_unmapped(&marks);
    write_marked(&marks, sink);
    struct cmek_map *maps[] = {&marks.nodes,      &marks.keys,      &marks.tag_keys,
                               &marks.tag_values, &marks.proposals, &marks.judged};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        cmek_map_done(maps[i]);
    free(marks.resources);
    cmek_arena_done(&marks.arena);
}
