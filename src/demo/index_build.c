/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/index_build.h"

#include <stdlib.h>
#include <string.h>

#include "demo/shape.h"
#include "model/asset_type.h"
#include "model/names.h"
#include "json/json.h"

/* An int64 or a text, as a text. */
static const char *text_of(struct cmek_demo_index *index, const struct cmek_json *data,
                           const char *path)
{
    const struct cmek_json *value = cmek_json_get_path(data, path);
    int64_t number;
    if (cmek_json_kind(value) == CMEK_JSON_INTEGER && cmek_json_int64(value, &number))
        return cmek_arena_printf(&index->arena, "%lld", (long long)number);
    return cmek_json_string(value, &index->arena);
}

static struct cmek_demo_node *node_named(struct cmek_demo_index *index, const char *name)
{
    struct cmek_demo_node *node = cmek_demo_index_node(index, name);
    if (node)
        return node;
    node = cmek_arena_alloc(&index->arena, sizeof *node);
    node->name = cmek_arena_strdup(&index->arena, name);
    node->item = (struct cmek_demo_item){.name = node->name, .node = node};
    cmek_map_put_borrowed(&index->nodes, node->name, node);
    *CMEK_VEC_ADD(&index->all_nodes) = node;
    return node;
}

/* Also of folders that have no asset of their own: a project list stops at what is listed, a walk
 * upwards does not. */
static void take_ancestors(struct cmek_demo_index *index, const struct cmek_strings *ancestors)
{
    for (size_t i = 0; i < ancestors->count; i++) {
        struct cmek_demo_node *node = node_named(index, ancestors->items[i]);
        if (!node->parent_name && i + 1 < ancestors->count)
            node->parent_name = cmek_arena_strdup(&index->arena, ancestors->items[i + 1]);
    }
}

const char *cmek_demo_relative_name(const char *full_name)
{
    const char *host = cmek_str_after(full_name, "//");
    const char *slash = host ? strchr(host, '/') : NULL;
    return slash ? slash + 1 : full_name;
}

static void add_node(struct cmek_demo_index *index, const struct cmek_demo_asset *asset,
                     struct cmek_demo_items *all)
{
    struct cmek_demo_node_shape shape;
    cmek_demo_shape_read_node(asset->data, &index->arena, &shape);
    enum cmek_node_kind kind;
    const char *id;
    if (!shape.name || !cmek_node_ref_parse(shape.name, &kind, &id)) {
        shape.name = cmek_node_ref_of(asset->name, &index->arena);
        if (asset->ancestors.count > 0)
            shape.name = cmek_arena_strdup(&index->arena, asset->ancestors.items[0]);
    }
    if (!shape.name)
        return;
    struct cmek_demo_node *node = node_named(index, shape.name);
    if (node->item.json)
        return;
    if (shape.parent)
        node->parent_name = shape.parent;
    take_ancestors(index, &asset->ancestors);
    shape.parent = node->parent_name;
    node->project_id = shape.project_id;
    node->display_name = shape.display_name;
    node->item.status = shape.state;
    node->item.json = cmek_demo_shape_node(asset->data, &shape, &index->arena);
    *CMEK_VEC_ADD(all) = &node->item;
    if (!node->project_id)
        return;
    char *by_id = cmek_arena_printf(&index->arena, "projects/%s", node->project_id);
    if (!cmek_demo_index_node(index, by_id))
        cmek_map_put_borrowed(&index->nodes, by_id, node);
}

static void add_organization(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_node(index, asset, &index->organizations);
}

static void add_folder(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_node(index, asset, &index->folders);
}

static void add_project(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_node(index, asset, &index->projects);
}

struct cmek_demo_node *cmek_demo_index_home(struct cmek_demo_index *index,
                                            const struct cmek_demo_asset *asset,
                                            const char *api_name)
{
    const char *name = NULL;
    if (asset->ancestors.count > 0)
        name = asset->ancestors.items[0];
    if (!name)
        name = cmek_node_ref_of(asset->parent, &index->arena);
    if (!name) {
        const char *number = text_of(index, asset->data, "projectNumber");
        name = number ? cmek_arena_printf(&index->arena, "projects/%s", number) : NULL;
    }
    if (!name) {
        const char *rest = NULL;
        struct cmek_demo_node *known = cmek_demo_index_split(index, api_name, &rest);
        if (known || !rest)
            return known;
        name = cmek_arena_strndup(&index->arena, api_name, (size_t)(rest - 1 - api_name));
    }
    struct cmek_demo_node *node = node_named(index, name);
    take_ancestors(index, &asset->ancestors);
    return node;
}

static struct cmek_demo_item *new_item(struct cmek_demo_index *index, struct cmek_demo_node *node,
                                       enum cmek_demo_kind kind, const char *name)
{
    struct cmek_demo_item *item = cmek_arena_alloc(&index->arena, sizeof *item);
    item->name = name;
    item->node = node;
    *CMEK_VEC_ADD(&node->lists[kind]) = item;
    return item;
}

/* The API name: data.name, or what the asset's name says where data leaves it out. */
static const char *api_name_of(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *name = text_of(index, asset->data, "name");
    return name ? name : cmek_arena_strdup(&index->arena, cmek_demo_relative_name(asset->name));
}

static void add_storage(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *name = cmek_arena_strdup(&index->arena, cmek_demo_relative_name(asset->name));
    struct cmek_demo_node *node = cmek_demo_index_home(index, asset, name);
    if (!node || cmek_map_get(&index->buckets, name))
        return;
    const char *number = text_of(index, asset->data, "projectNumber");
    if (!number && cmek_str_is_number(cmek_short_name(node->name)))
        number = cmek_short_name(node->name);
    struct cmek_demo_item *item = new_item(index, node, CMEK_DEMO_BUCKETS, name);
    const struct cmek_demo_storage_head head = {"storage#bucket", name, number};
    item->json = cmek_demo_shape_storage(asset->data, &head, false, &index->arena);
    item->full_json = cmek_demo_shape_storage(asset->data, &head, true, &index->arena);
    cmek_map_put_borrowed(&index->buckets, name, item);
}

/* Not a Cloud Asset Inventory type: {"bucket": …, "name": …} as the API has it. */
static void add_object(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *bucket = text_of(index, asset->data, "bucket");
    struct cmek_demo_node *node = bucket ? cmek_demo_index_home(index, asset, bucket) : NULL;
    if (!node)
        return;
    struct cmek_demo_item *item =
        new_item(index, node, CMEK_DEMO_OBJECTS, api_name_of(index, asset));
    item->status = bucket;
    const struct cmek_demo_storage_head head = {"storage#object", item->name, NULL};
    item->json = cmek_demo_shape_storage(asset->data, &head, false, &index->arena);
}

/* What an API answers with as the name: Service Usage and Org Policy put the project number there,
 * whatever the request said; the others give the name as it is. */
enum naming {
    NAME_AS_GIVEN,
    NAME_BY_NUMBER,
};

/* A resource whose API name begins with its project's. */
static void add_named(struct cmek_demo_index *index, const struct cmek_demo_asset *asset,
                      enum cmek_demo_kind kind, enum naming naming)
{
    const char *name = api_name_of(index, asset), *rest = NULL;
    struct cmek_demo_node *node = cmek_demo_index_split(index, name, &rest);
    if (!rest)
        return;
    if (!node)
        node = cmek_demo_index_home(index, asset, name);
    if (!node || cmek_map_get(&node->items, rest))
        return;
    if (naming == NAME_BY_NUMBER)
        name = cmek_arena_printf(&index->arena, "%s/%s", node->name, rest);
    struct cmek_demo_item *item = new_item(index, node, kind, name);
    item->status = text_of(index, asset->data, "state");
    if (kind == CMEK_DEMO_POLICIES)
        item->status = cmek_json_get(asset->data, "spec") ? "live" : "dry-run";
    item->json = cmek_demo_shape_plain(asset->data, name, &index->arena);
    cmek_map_put_borrowed(&node->items, rest, item);
}

static void add_topic(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_named(index, asset, CMEK_DEMO_TOPICS, NAME_AS_GIVEN);
}

static void add_repository(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_named(index, asset, CMEK_DEMO_REPOSITORIES, NAME_AS_GIVEN);
}

static void add_key(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_named(index, asset, CMEK_DEMO_KEYS, NAME_AS_GIVEN);
}

static void add_key_version(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_named(index, asset, CMEK_DEMO_KEY_VERSIONS, NAME_AS_GIVEN);
}

static void add_service(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_named(index, asset, CMEK_DEMO_SERVICES, NAME_BY_NUMBER);
}

static void add_policy(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    add_named(index, asset, CMEK_DEMO_POLICIES, NAME_BY_NUMBER);
}

static void add_settings(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *name = api_name_of(index, asset);
    struct cmek_demo_node *node = cmek_demo_index_home(index, asset, name);
    if (node)
        node->settings_json = cmek_demo_shape_plain(asset->data, name, &index->arena);
}

static void add_constraint(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *name = cmek_short_name(api_name_of(index, asset));
    struct cmek_demo_item *item = cmek_arena_alloc(&index->arena, sizeof *item);
    item->name = name;
    item->status = text_of(index, asset->data, "constraintDefault");
    cmek_map_put(&index->constraints, name, item);
}

static void add_tag(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    struct cmek_demo_tag *tag = cmek_arena_alloc(&index->arena, sizeof *tag);
    tag->id = api_name_of(index, asset);
    tag->parent = text_of(index, asset->data, "parent");
    tag->namespaced_name = text_of(index, asset->data, "namespacedName");
    cmek_map_put_borrowed(&index->tags, tag->id, tag);
}

static void add_tag_binding(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *parent = cmek_node_ref_of(text_of(index, asset->data, "parent"), &index->arena);
    const char *value = text_of(index, asset->data, "tagValue");
    if (parent && value)
        *CMEK_VEC_ADD(&node_named(index, parent)->tag_values) = value;
}

/* The scope is a node, or a resource in one. */
static void add_gap(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    const char *scope = text_of(index, asset->data, "scope");
    const char *slash = scope ? strchr(scope, '/') : NULL;
    const char *rest = slash ? strchr(slash + 1, '/') : NULL;
    struct cmek_demo_gap gap = {
        .operation = text_of(index, asset->data, "operation"),
        .error = text_of(index, asset->data, "error"),
        .message = text_of(index, asset->data, "message"),
        .rest = rest ? rest + 1 : NULL,
    };
    if (!slash || !gap.operation || !gap.error)
        return;
    size_t length = rest ? (size_t)(rest - scope) : strlen(scope);
    const char *name = cmek_arena_strndup(&index->arena, scope, length);
    enum cmek_node_kind kind;
    const char *id;
    if (cmek_node_ref_parse(name, &kind, &id))
        *CMEK_VEC_ADD(&node_named(index, name)->gaps) = gap;
}

/* A type that is no asset type of Cloud Asset Inventory is served by its own API only. */
static const struct {
    const char *type;
    int phase;
    bool is_in_inventory;
    void (*add)(struct cmek_demo_index *index, const struct cmek_demo_asset *asset);
} served[] = {
    {"cloudresourcemanager.googleapis.com/Organization", 0, true, add_organization},
    {"cloudresourcemanager.googleapis.com/Folder", 0, true, add_folder},
    {"cloudresourcemanager.googleapis.com/Project", 0, true, add_project},
    {"cloudresourcemanager.googleapis.com/TagKey", 1, true, add_tag},
    {"cloudresourcemanager.googleapis.com/TagValue", 1, true, add_tag},
    {"cloudresourcemanager.googleapis.com/TagBinding", 1, true, add_tag_binding},
    {"storage.googleapis.com/Bucket", 1, true, add_storage},
    {"storage.googleapis.com/Object", 1, false, add_object},
    {"pubsub.googleapis.com/Topic", 1, true, add_topic},
    {"artifactregistry.googleapis.com/Repository", 1, true, add_repository},
    {"artifactregistry.googleapis.com/ProjectSettings", 1, false, add_settings},
    {"cloudkms.googleapis.com/CryptoKey", 1, true, add_key},
    {"cloudkms.googleapis.com/CryptoKeyVersion", 1, true, add_key_version},
    {"orgpolicy.googleapis.com/Policy", 1, true, add_policy},
    {"orgpolicy.googleapis.com/Constraint", 1, false, add_constraint},
    {"serviceusage.googleapis.com/Service", 1, true, add_service},
    {"cmekscan.dev/CoverageGap", 1, false, add_gap},
};

const char *cmek_demo_inventory_type(const struct cmek_demo_index *index, size_t number)
{
    size_t count = sizeof served / sizeof *served;
    for (size_t i = 0; i < count; i++)
        if (served[i].is_in_inventory && number-- == 0)
            return served[i].type;
    return number < index->inventory_types.count ? index->inventory_types.items[number] : NULL;
}

static bool is_inventory_type(const struct cmek_strings *inventory_types, const char *asset_type)
{
    for (size_t i = 0; i < inventory_types->count; i++)
        if (strcmp(inventory_types->items[i], asset_type) == 0)
            return true;
    return false;
}

static size_t served_row(const char *asset_type)
{
    size_t i = 0;
    while (i < sizeof served / sizeof *served && strcmp(served[i].type, asset_type) != 0)
        i++;
    return i;
}

bool cmek_demo_asset_is_served(const struct cmek_strings *inventory_types, const char *asset_type)
{
    return asset_type && (served_row(asset_type) < sizeof served / sizeof *served ||
                          is_inventory_type(inventory_types, asset_type));
}

void cmek_demo_index_add(struct cmek_demo_index *index, const struct cmek_demo_asset *asset,
                         int phase)
{
    size_t row = served_row(asset->type);
    bool is_elsewhere = row < sizeof served / sizeof *served;
    if (is_elsewhere && served[row].phase == phase)
        served[row].add(index, asset);
    if (phase == CMEK_DEMO_BUILD_PHASES - 1 && (!is_elsewhere || served[row].is_in_inventory))
        cmek_demo_index_add_asset(index, asset);
}

static int compare_items(const void *a, const void *b)
{
    const struct cmek_demo_item *const *first = a, *const *second = b;
    return strcmp((*first)->name, (*second)->name);
}

static void attach_to_parent(struct cmek_demo_index *index, struct cmek_demo_node *node)
{
    node->parent = cmek_demo_index_node(index, node->parent_name);
    if (!node->parent || !node->item.json)
        return;
    enum cmek_demo_kind kind =
        cmek_str_starts(node->name, "folders/") ? CMEK_DEMO_FOLDERS : CMEK_DEMO_PROJECTS;
    *CMEK_VEC_ADD(&node->parent->lists[kind]) = &node->item;
}

/* A folder that is its own ancestor would send every walk upwards round for ever. */
static void cut_cycles(struct cmek_demo_node *node)
{
    struct cmek_demo_node *slow = node, *fast = node;
    while (fast && fast->parent) {
        slow = slow->parent;
        fast = fast->parent->parent;
        if (slow == fast) {
            slow->parent = NULL;
            return;
        }
    }
}

void cmek_demo_index_join(struct cmek_demo_index *index)
{
    for (size_t i = 0; i < index->all_nodes.count; i++)
        attach_to_parent(index, index->all_nodes.items[i]);
    for (size_t i = 0; i < index->all_nodes.count; i++) {
        struct cmek_demo_node *node = index->all_nodes.items[i];
        cut_cycles(node);
        /* Cloud Storage lists by name; the others have no promised order. */
        if (node->lists[CMEK_DEMO_BUCKETS].count > 1)
            qsort(node->lists[CMEK_DEMO_BUCKETS].items, node->lists[CMEK_DEMO_BUCKETS].count,
                  sizeof *node->lists[CMEK_DEMO_BUCKETS].items, compare_items);
    }
}
