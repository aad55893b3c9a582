/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/tags.h"

#include <string.h>

#include "model/explanation.h"
#include "model/inventory.h"

/* What is known of a bound value: parts that are not known are NULL. */
struct bound {
    const char *key_id, *key_name; /* "tagKeys/1", "123/env" */
    const char *key_owner;         /* "organizations/123" or "projects/9" */
    const char *value_id, *short_name;
};

static const char *name_up_to_value(const char *namespaced, size_t *ret_length)
{
    const char *slash = strrchr(namespaced, '/');
    *ret_length = slash ? (size_t)(slash - namespaced) : 0;
    return namespaced;
}

static bool name_is_key(const char *value_namespaced, const char *key)
{
    size_t length;
    const char *name = name_up_to_value(value_namespaced, &length);
    return strlen(key) == length && memcmp(name, key, length) == 0;
}

static struct bound describe(const struct cmek_inventory *inventory,
                             const struct cmek_tag_binding *binding)
{
    struct bound bound = {.value_id = binding->value};
    const struct cmek_tag *value =
        binding->value ? cmek_map_get(&inventory->tag_values, binding->value) : NULL;
    if (!value && binding->value_namespaced)
        value = cmek_map_get(&inventory->tag_values_by_name, binding->value_namespaced);
    const char *namespaced = binding->value_namespaced;
    if (value) {
        bound.value_id = value->id;
        bound.key_id = value->parent;
        bound.short_name = value->short_name;
        if (value->namespaced_name)
            namespaced = value->namespaced_name;
    }
    const struct cmek_tag *key =
        bound.key_id ? cmek_map_get(&inventory->tag_keys, bound.key_id) : NULL;
    if (key) {
        bound.key_name = key->namespaced_name;
        bound.key_owner = key->parent;
    }
    if (namespaced && !bound.short_name)
        bound.short_name = cmek_short_name(namespaced);
    if (namespaced && !bound.key_name)
        bound.key_name = namespaced; /* with the value: compare through name_is_key */
    return bound;
}

/* "123/env" against "my-proj/env": owners that are projects may be written by id or by number. */
static enum cmek_tristate same_key_name(const struct cmek_inventory *inventory, const char *wanted,
                                        const char *have, size_t have_length, const char *owner)
{
    if (strlen(wanted) == have_length && memcmp(wanted, have, have_length) == 0)
        return CMEK_YES;
    const char *wanted_slash = strchr(wanted, '/');
    const char *have_slash = memchr(have, '/', have_length);
    if (!wanted_slash || !have_slash)
        return CMEK_NO;
    size_t have_key = have_length - (size_t)(have_slash - have);
    if (strlen(wanted_slash) != have_key || memcmp(wanted_slash, have_slash, have_key) != 0)
        return CMEK_NO;
    if (owner && cmek_str_starts(owner, "organizations/"))
        return CMEK_NO;
    struct cmek_arena arena = {0};
    const char *wanted_owner = cmek_arena_strndup(&arena, wanted, (size_t)(wanted_slash - wanted));
    const char *project = owner ? cmek_str_after(owner, "projects/") : NULL;
    const char *have_owner =
        project ? project : cmek_arena_strndup(&arena, have, (size_t)(have_slash - have));
    /* Two numbers that differ are two owners; an organization's number never equals a project's id.
     */
    enum cmek_tristate same = cmek_same_project(inventory, wanted_owner, have_owner);
    if (same == CMEK_NO && project)
        same = cmek_same_project(inventory, wanted_owner,
                                 cmek_arena_strndup(&arena, have, (size_t)(have_slash - have)));
    cmek_arena_done(&arena);
    return same;
}

/* Whether a binding is of the key that is asked for. */
static enum cmek_tristate is_key(const struct cmek_inventory *inventory, const struct bound *bound,
                                 const struct cmek_tag_test *test)
{
    if (test->by_id) {
        if (bound->key_id)
            return strcmp(bound->key_id, test->key) == 0 ? CMEK_YES : CMEK_NO;
        const struct cmek_tag *key = cmek_map_get(&inventory->tag_keys, test->key);
        if (!bound->key_name || !key || !key->namespaced_name)
            return CMEK_UNKNOWN;
        return name_is_key(bound->key_name, key->namespaced_name) ? CMEK_YES : CMEK_NO;
    }
    if (!bound->key_name)
        return CMEK_UNKNOWN;
    const struct cmek_tag *key =
        bound->key_id ? cmek_map_get(&inventory->tag_keys, bound->key_id) : NULL;
    size_t length = strlen(bound->key_name);
    if (!key || bound->key_name != key->namespaced_name)
        name_up_to_value(bound->key_name, &length);
    return same_key_name(inventory, test->key, bound->key_name, length, bound->key_owner);
}

enum cmek_tristate cmek_tags_binds(const struct cmek_inventory *inventory,
                                   const struct cmek_tag_binding *binding,
                                   const struct cmek_tag_test *test)
{
    struct bound bound = describe(inventory, binding);
    return is_key(inventory, &bound, test);
}

static enum cmek_tristate is_value(const struct bound *bound, const struct cmek_tag_test *test)
{
    if (!test->value)
        return CMEK_YES;
    const char *have = test->by_id ? bound->value_id : bound->short_name;
    if (!have)
        return CMEK_UNKNOWN;
    return strcmp(have, test->value) == 0 ? CMEK_YES : CMEK_NO;
}

static const char *value_name(const struct bound *bound)
{
    return bound->short_name ? bound->short_name : bound->value_id;
}

/* One node's bindings: YES or NO when the key is bound here, UNKNOWN when that cannot be told; sets
 * *ret_absent when the key is certainly not bound here. */
static enum cmek_tristate look_at_node(const struct cmek_inventory *inventory,
                                       const struct cmek_node *node,
                                       const struct cmek_tag_test *test, bool *ret_absent,
                                       const char **ret_reason, struct cmek_tag_place *ret_place)
{
    bool doubt = false;
    for (size_t i = 0; i < node->extras->bindings.count; i++) {
        struct bound bound = describe(inventory, &node->extras->bindings.items[i]);
        enum cmek_tristate key = is_key(inventory, &bound, test);
        struct cmek_tag_place place = {node, value_name(&bound)};
        /* The very value that is asked for belongs to its key, where that is not known. */
        if (key == CMEK_UNKNOWN && test->by_id && test->value &&
            cmek_str_eq(bound.value_id, test->value)) {
            *ret_place = place;
            return CMEK_YES;
        }
        if (key == CMEK_YES) {
            *ret_place = place;
            enum cmek_tristate value = is_value(&bound, test);
            if (value == CMEK_UNKNOWN)
                *ret_reason = "a bound tag value is not known by name";
            return value;
        }
        doubt |= key == CMEK_UNKNOWN;
    }
    if (doubt)
        *ret_reason = "a tag value bound above the resource is not known, so its key is not either";
    *ret_absent = !doubt;
    return CMEK_UNKNOWN;
}

enum cmek_tristate cmek_tags_find(const struct cmek_tag_scope *scope,
                                  const struct cmek_tag_test *test, const char **ret_reason,
                                  struct cmek_tag_place *ret_place)
{
    *ret_place = (struct cmek_tag_place){0};
    for (size_t i = 0; i < scope->chain->count; i++) {
        const struct cmek_node *node = scope->chain->nodes[i];
        if (node->extras->tags_unreadable) {
            *ret_reason = "the tags could not be read";
            return CMEK_UNKNOWN;
        }
        if (cmek_node_may_have_bindings(scope->inventory, node)) {
            *ret_reason =
                "a tag binding may be this project's: no Project asset maps its number to an id";
            return CMEK_UNKNOWN;
        }
        bool absent = false;
        enum cmek_tristate answer =
            look_at_node(scope->inventory, node, test, &absent, ret_reason, ret_place);
        if (!absent)
            return answer;
        /* A plan that makes a project shows all that is bound to it; of others it does not. */
        if (!scope->inventory->tags_known && !node->is_created) {
            *ret_reason = "the input holds no tags (TagKey, TagValue, TagBinding)";
            return CMEK_UNKNOWN;
        }
    }
    if (scope->chain->is_complete && scope->inventory->tags_known)
        return CMEK_NO;
    *ret_reason = "tags may be bound to an ancestor that cannot be seen";
    return CMEK_UNKNOWN;
}

enum cmek_tristate cmek_tags_lookup(void *payload, const struct cmek_tag_test *test,
                                    const char **ret_reason)
{
    struct cmek_tag_place ignored;
    return cmek_tags_find(payload, test, ret_reason, &ignored);
}

/* What people call the key of a binding. */
static const char *key_name(const struct cmek_inventory *inventory, const struct bound *bound,
                            struct cmek_arena *arena)
{
    if (!bound->key_name)
        return bound->key_id ? bound->key_id : "(a key that is not known)";
    const struct cmek_tag *key =
        bound->key_id ? cmek_map_get(&inventory->tag_keys, bound->key_id) : NULL;
    size_t length = strlen(bound->key_name);
    if (!key || bound->key_name != key->namespaced_name)
        name_up_to_value(bound->key_name, &length);
    return cmek_arena_strndup(arena, bound->key_name, length);
}

const struct cmek_explained_tag *cmek_tags_list(const struct cmek_tag_scope *scope,
                                                struct cmek_arena *arena, size_t *ret_count)
{
    size_t count = 0, room = 0;
    for (size_t i = 0; i < scope->chain->count; i++)
        room += scope->chain->nodes[i]->extras->bindings.count;
    struct cmek_explained_tag *tags = cmek_arena_array(arena, room, sizeof *tags);
    for (size_t i = 0; i < scope->chain->count; i++) {
        const struct cmek_node *node = scope->chain->nodes[i];
        for (size_t k = 0; k < node->extras->bindings.count; k++) {
            struct bound bound = describe(scope->inventory, &node->extras->bindings.items[k]);
            struct cmek_explained_tag *tag = &tags[count];
            *tag = (struct cmek_explained_tag){
                .key = key_name(scope->inventory, &bound, arena),
                .value = value_name(&bound),
                .node = node,
                .is_inherited = i > 0,
            };
            for (size_t earlier = 0; earlier < count; earlier++)
                tag->is_overridden |= strcmp(tags[earlier].key, tag->key) == 0;
            count++;
        }
    }
    *ret_count = count;
    return tags;
}
