/* SPDX-License-Identifier: Apache-2.0 */
/* Joining what was read: one node per project whatever it was called, chains of ancestors,
 * resources to projects. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "model/inventory.h"

static const char *project_id_of(const struct cmek_node *node)
{
    return node->ref + sizeof "projects/" - 1;
}

static void merge_slots(struct cmek_policy_slot **into, struct cmek_policy_slot *const *from)
{
    for (size_t i = 0; i < CMEK_CONSTRAINT_COUNT_; i++) {
        if (!from[i])
            continue;
        bool newer = !into[i] || (from[i]->has_data == into[i]->has_data
                                      ? cmek_time_compare(from[i]->updated, into[i]->updated) >= 0
                                      : from[i]->has_data);
        if (newer)
            into[i] = from[i];
    }
}

static void merge_extras(struct cmek_node_extras *into, struct cmek_node_extras *from)
{
    merge_slots(into->policies, from->policies);
    merge_slots(into->v1_policies, from->v1_policies);
    for (size_t i = 0; i < from->bindings.count; i++)
        *CMEK_VEC_ADD(&into->bindings) = from->bindings.items[i];
    from->bindings.count = 0; /* they may be merged once more */
    if (!into->redirection)
        into->redirection = from->redirection;
    into->unlisted |= from->unlisted;
    for (size_t i = 0; i < CMEK_PARTIAL_COUNT_; i++)
        if (!into->partial[i])
            into->partial[i] = from->partial[i];
    const struct {
        const char **into, *from;
    } reasons[] = {
        {&into->policies_unreadable, from->policies_unreadable},
        {&into->tags_unreadable, from->tags_unreadable},
        {&into->services_unreadable, from->services_unreadable},
        {&into->settings_unreadable, from->settings_unreadable},
        {&into->topics_unreadable, from->topics_unreadable},
        {&into->unlisted_reason, from->unlisted_reason},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (!*reasons[i].into)
            *reasons[i].into = reasons[i].from;
}

/* Moves what was said of `projects/ID` to the node of the same project's number. */
static void merge_node(struct cmek_inventory *inventory, struct cmek_node *into,
                       struct cmek_node *from)
{
    if (from->extras != &cmek_node_no_extras)
        merge_extras(cmek_inventory_extras(inventory, into),
                     cmek_inventory_extras(inventory, from));
    into->services_enabled |= from->services_enabled & ~into->services_known;
    into->services_known |= from->services_known;
    from->canonical = into;
}

static void unify_projects(struct cmek_inventory *inventory)
{
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        struct cmek_node *node = cmek_map_value(e);
        if (node->kind != CMEK_NODE_PROJECT || !node->is_known || node->canonical != node)
            continue;
        if (!node->id)
            continue;
        cmek_map_put_borrowed(&inventory->projects, node->id, node);
        cmek_arena_clear(&inventory->scratch);
        char *ref = cmek_arena_printf(&inventory->scratch, "projects/%s", node->id);
        struct cmek_node *alias = cmek_map_get(&inventory->nodes, ref);
        if (alias && alias != node && (!alias->is_known || !alias->number))
            merge_node(inventory, node, alias);
    }
}

/* A node reference names its own project even where no Project asset does. */
static void name_unknown_projects(struct cmek_inventory *inventory)
{
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        struct cmek_node *node = cmek_map_value(e);
        if (node->kind != CMEK_NODE_PROJECT || node->is_known)
            continue;
        if (cmek_str_is_number(project_id_of(node)))
            node->number = project_id_of(node);
        else
            node->id = project_id_of(node);
    }
}

bool cmek_node_is_unmapped(const struct cmek_node *node)
{
    return node->kind == CMEK_NODE_PROJECT && node->canonical == node &&
           !(node->id && node->number);
}

static void note_unmapped(struct cmek_inventory *inventory)
{
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        if (!cmek_node_is_unmapped(node))
            continue;
        bool by_number = node->number != NULL;
        for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
            inventory->unmapped[by_number].policies[c] |=
                cmek_node_policy(inventory, node, c) != NULL;
        inventory->unmapped[by_number].bindings |= node->extras->bindings.count > 0;
    }
}

/* The chain of canonical nodes, which is its own resolution and has a place in tables. */
static const struct cmek_chain *canonical_chain(struct cmek_inventory *inventory,
                                                struct cmek_node *const *nodes, size_t count,
                                                bool is_complete)
{
    struct cmek_chain *chain = cmek_inventory_chain(inventory, nodes, count, is_complete);
    if (chain->resolved != chain) {
        chain->resolved = chain;
        chain->index = (unsigned)inventory->chains.count;
        *CMEK_VEC_ADD(&inventory->chains) = chain;
    }
    return chain;
}

static void resolve_chain(struct cmek_inventory *inventory, struct cmek_chain *given)
{
    struct cmek_node *nodes[CMEK_LIMIT_ANCESTORS];
    for (size_t i = 0; i < given->count; i++)
        nodes[i] = given->nodes[i]->canonical;
    given->resolved = canonical_chain(inventory, nodes, given->count, given->is_complete);
}

static void resolve_chains(struct cmek_inventory *inventory)
{
    for (struct cmek_chain *chain = inventory->nowhere; chain; chain = chain->next)
        resolve_chain(inventory, chain);
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        for (struct cmek_chain *chain = node->chains; chain; chain = chain->next)
            resolve_chain(inventory, chain);
    }
}

/* The chain of a node whose asset gives none: itself, then its parent's. Stops short at what is not
 * known. */
static const struct cmek_chain *chain_by_parents(struct cmek_inventory *inventory,
                                                 struct cmek_node *node)
{
    struct cmek_node *nodes[CMEK_LIMIT_ANCESTORS];
    size_t count = 0;
    bool is_complete = false;
    while (node && count < CMEK_LIMIT_ANCESTORS) {
        node = node->canonical;
        if (count > 0 && node->given) {
            const struct cmek_chain *rest = node->given->resolved;
            for (size_t i = 0; i < rest->count && count < CMEK_LIMIT_ANCESTORS; i++)
                nodes[count++] = rest->nodes[i];
            is_complete = rest->is_complete;
            break;
        }
        nodes[count++] = node;
        is_complete = node->kind == CMEK_NODE_ORGANIZATION;
        node = node->parent && !is_complete ? cmek_inventory_node(inventory, node->parent) : NULL;
    }
    return canonical_chain(inventory, nodes, count, is_complete);
}

/* A parent named by an asset may have no node yet; making one while walking the map would disturb
 * the walk. */
static void make_parents(struct cmek_inventory *inventory)
{
    CMEK_VEC(const char *) parents = {0};
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        if (node->parent)
            *CMEK_VEC_ADD(&parents) = node->parent;
    }
    for (size_t i = 0; i < parents.count; i++)
        cmek_inventory_node(inventory, parents.items[i]);
    CMEK_VEC_DONE(&parents);
}

static void resolve_nodes(struct cmek_inventory *inventory)
{
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        struct cmek_node *node = cmek_map_value(e);
        if (node->canonical != node)
            continue;
        node->chain = node->given ? node->given->resolved : chain_by_parents(inventory, node);
    }
}

static void leave_out_what_is_gone(struct cmek_inventory *inventory)
{
    size_t kept = 0;
    for (size_t i = 0; i < inventory->resource_list.count; i++)
        if (!inventory->resource_list.items[i]->is_gone)
            inventory->resource_list.items[kept++] = inventory->resource_list.items[i];
    inventory->resource_list.count = kept;
}

/* What an earlier finish worked out and this one adds up again. */
static void forget_sums(struct cmek_inventory *inventory)
{
    for (size_t i = 0; i < sizeof inventory->unmapped / sizeof *inventory->unmapped; i++) {
        memset(inventory->unmapped[i].policies, 0, sizeof inventory->unmapped[i].policies);
        inventory->unmapped[i].bindings = false;
    }
    inventory->project_list.count = 0;
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        struct cmek_node *node = cmek_map_value(e);
        node->has_gcr_topic = false;
    }
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->keys); e; e = cmek_map_next(e)) {
        struct cmek_key *key = cmek_map_value(e);
        key->used_for = 0;
    }
}

static void resolve_resources(struct cmek_inventory *inventory)
{
    const struct cmek_chain *nowhere =
        canonical_chain(inventory, NULL, 0, /* is_complete= */ false);
    for (size_t i = 0; i < inventory->resource_list.count; i++) {
        struct cmek_resource *resource = inventory->resource_list.items[i];
        if (resource->project)
            resource->project = resource->project->canonical;
        if (resource->has_own_chain)
            resource->chain = resource->chain->resolved;
        else
            resource->chain = resource->project ? resource->project->chain : nowhere;
        if (resource->project)
            resource->project->has_gcr_topic |= cmek_is_gcr_topic(resource->name);
        for (size_t k = 0; k < cmek_resource_key_count(resource); k++)
            cmek_resource_key(resource, k)->used_for |= cmek_service_bit(resource->type->service);
    }
}

static int compare_projects(const void *a, const void *b)
{
    const struct cmek_node *left = *(struct cmek_node *const *)a;
    const struct cmek_node *right = *(struct cmek_node *const *)b;
    int order = strcmp(left->id ? left->id : left->number, right->id ? right->id : right->number);
    return order != 0 ? order : strcmp(left->ref, right->ref);
}

static void order_projects(struct cmek_inventory *inventory)
{
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        struct cmek_node *node = cmek_map_value(e);
        if (node->canonical == node && node->kind == CMEK_NODE_PROJECT)
            *CMEK_VEC_ADD(&inventory->project_list) = node;
    }
    if (inventory->project_list.count > 0)
        qsort(inventory->project_list.items, inventory->project_list.count,
              sizeof(struct cmek_node *), compare_projects);
    for (size_t i = 0; i < inventory->project_list.count; i++)
        inventory->project_list.items[i]->order = (unsigned)i + 1;
}

/* Resources that lie in no known project come first. */
static size_t place(const struct cmek_resource *resource)
{
    return resource->project ? resource->project->order : 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(struct cmek_resource *const *)a)->name,
                  (*(struct cmek_resource *const *)b)->name);
}

/* By project first, in linear time; then each project's few resources by name. */
static void order_resources(struct cmek_inventory *inventory)
{
    size_t count = inventory->resource_list.count, groups = inventory->project_list.count + 1;
    if (count == 0)
        return;
    size_t *starts = cmek_calloc(groups + 1, sizeof *starts);
    size_t *next = cmek_calloc(groups + 1, sizeof *next);
    struct cmek_resource **sorted = cmek_calloc(count, sizeof(struct cmek_resource *));
    for (size_t i = 0; i < count; i++)
        starts[place(inventory->resource_list.items[i]) + 1]++;
    for (size_t i = 0; i < groups; i++)
        next[i] = starts[i + 1] += starts[i];
    for (size_t i = count; i > 0; i--) {
        struct cmek_resource *resource = inventory->resource_list.items[i - 1];
        sorted[--next[place(resource)]] = resource;
    }
    for (size_t i = 0; i < groups; i++)
        if (starts[i + 1] - starts[i] > 1)
            qsort(sorted + starts[i], starts[i + 1] - starts[i], sizeof(struct cmek_resource *),
                  compare_names);
    memcpy(inventory->resource_list.items, sorted, count * sizeof(struct cmek_resource *));
    free(sorted);
    free(next);
    free(starts);
}

static void index_tags(const struct cmek_map *tags, struct cmek_map *ret_by_name)
{
    for (struct cmek_map_entry *e = cmek_map_first(tags); e; e = cmek_map_next(e)) {
        struct cmek_tag *tag = cmek_map_value(e);
        if (tag->namespaced_name)
            cmek_map_put_borrowed(ret_by_name, tag->namespaced_name, tag);
    }
}

void cmek_inventory_finish(struct cmek_inventory *inventory)
{
    if (inventory->is_finished)
        return;
    forget_sums(inventory);
    make_parents(inventory);
    unify_projects(inventory);
    cmek_inventory_finish_bindings(inventory);
    cmek_inventory_mark_superseded(inventory);
    leave_out_what_is_gone(inventory);
    name_unknown_projects(inventory);
    cmek_inventory_finish_planned(inventory);
    note_unmapped(inventory);
    resolve_chains(inventory);
    resolve_nodes(inventory);
    resolve_resources(inventory);
    inventory->chain_count = inventory->chains.count;
    cmek_inventory_resolve_partial(inventory);
    order_projects(inventory);
    order_resources(inventory);
    index_tags(&inventory->tag_keys, &inventory->tag_keys_by_name);
    index_tags(&inventory->tag_values, &inventory->tag_values_by_name);
    inventory->is_finished = true;
}

enum cmek_policy_knowledge cmek_inventory_policies(const struct cmek_inventory *inventory)
{
    if (inventory->has_v2_policies)
        return CMEK_POLICIES_V2;
    return inventory->has_v1_policies ? CMEK_POLICIES_V1 : CMEK_POLICIES_NONE;
}

const struct cmek_policy_slot *cmek_node_policy(const struct cmek_inventory *inventory,
                                                const struct cmek_node *node,
                                                enum cmek_constraint constraint)
{
    return inventory->has_v2_policies ? node->extras->policies[constraint]
                                      : node->extras->v1_policies[constraint];
}

bool cmek_node_may_have_policy(const struct cmek_inventory *inventory, const struct cmek_node *node,
                               enum cmek_constraint constraint)
{
    return cmek_node_is_unmapped(node) && !cmek_node_policy(inventory, node, constraint) &&
           inventory->unmapped[!node->number].policies[constraint];
}

bool cmek_node_may_have_bindings(const struct cmek_inventory *inventory,
                                 const struct cmek_node *node)
{
    return cmek_node_is_unmapped(node) && node->extras->bindings.count == 0 &&
           inventory->unmapped[!node->number].bindings;
}

const struct cmek_node *cmek_inventory_project(const struct cmek_inventory *inventory,
                                               const char *name)
{
    const struct cmek_node *node = cmek_map_get(&inventory->projects, name);
    if (node || !cmek_str_is_number(name))
        return node;
    struct cmek_arena arena = {0};
    node = cmek_map_get(&inventory->nodes, cmek_arena_printf(&arena, "projects/%s", name));
    cmek_arena_done(&arena);
    return node && node->is_known ? node->canonical : NULL;
}

enum cmek_tristate cmek_same_project(const struct cmek_inventory *inventory, const char *a,
                                     const char *b)
{
    if (strcmp(a, b) == 0)
        return CMEK_YES;
    if (a[0] == '$' || b[0] == '$') /* "${ADDRESS}": a plan leaves the name open */
        return CMEK_UNKNOWN;
    const struct cmek_node *node_a = cmek_inventory_project(inventory, a);
    const struct cmek_node *node_b = cmek_inventory_project(inventory, b);
    if (node_a && node_b)
        return node_a == node_b ? CMEK_YES : CMEK_NO;
    if (cmek_str_is_number(a) == cmek_str_is_number(b))
        return CMEK_NO;
    bool is_mapped =
        (node_a && node_a->id && node_a->number) || (node_b && node_b->id && node_b->number);
    return is_mapped ? CMEK_NO : CMEK_UNKNOWN;
}

enum cmek_tristate cmek_is_registry_bucket(const struct cmek_inventory *inventory,
                                           const struct cmek_resource *resource)
{
    if (!cmek_str_eq(resource->type->asset_type, CMEK_TYPE_BUCKET))
        return CMEK_NO;
    struct cmek_arena arena = {0};
    enum cmek_tristate verdict = CMEK_NO;
    const char *named = cmek_registry_bucket_project(cmek_short_name(resource->name), &arena);
    const struct cmek_node *project = resource->project;
    if (named && (!project || project->kind != CMEK_NODE_PROJECT))
        verdict = CMEK_UNKNOWN;
    else if (named)
        verdict = cmek_same_project(inventory, named, project->id ? project->id : project->number);
    cmek_arena_done(&arena);
    return verdict;
}

const char *cmek_resource_role(const struct cmek_inventory *inventory,
                               const struct cmek_resource *resource)
{
    if (cmek_is_registry_bucket(inventory, resource) == CMEK_YES)
        return "container-registry-bucket";
    if (cmek_str_eq(resource->type->asset_type, CMEK_TYPE_TOPIC) &&
        cmek_is_gcr_topic(resource->name))
        return "gcr-topic";
    if (cmek_str_eq(resource->type->asset_type, CMEK_TYPE_REPOSITORY) &&
        cmek_is_gcr_repository(resource->name))
        return "gcr-repository";
    return NULL;
}
