/* SPDX-License-Identifier: Apache-2.0 */
#include "model/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"

static const char *const service_names[] = {
    [CMEK_SERVICE_CONTAINER_REGISTRY] = "containerregistry.googleapis.com",
    [CMEK_SERVICE_ARTIFACT_REGISTRY] = "artifactregistry.googleapis.com",
    [CMEK_SERVICE_PUBSUB] = "pubsub.googleapis.com",
};

const char *cmek_enabled_service_name(enum cmek_enabled_service service)
{
    return service < CMEK_SERVICE_COUNT_ ? service_names[service] : NULL;
}

struct cmek_inventory *cmek_inventory_new(void)
{
    return cmek_calloc(1, sizeof(struct cmek_inventory));
}

void cmek_inventory_free(struct cmek_inventory *inventory)
{
    if (!inventory)
        return;
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        free(node->extras->bindings.items);
    }
    struct cmek_map *maps[] = {
        &inventory->strings,
        &inventory->nodes,
        &inventory->projects,
        &inventory->keys,
        &inventory->resources,
        &inventory->tag_keys,
        &inventory->tag_values,
        &inventory->tag_keys_by_name,
        &inventory->tag_values_by_name,
        &inventory->gaps_seen,
    };
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        cmek_map_done(maps[i]);
    CMEK_VEC_DONE(&inventory->resource_list);
    CMEK_VEC_DONE(&inventory->project_list);
    CMEK_VEC_DONE(&inventory->chains);
    CMEK_VEC_DONE(&inventory->gaps);
    CMEK_VEC_DONE(&inventory->unbound);
    cmek_arena_done(&inventory->arena);
    cmek_arena_done(&inventory->scratch);
    free(inventory);
}

const char *cmek_inventory_intern(struct cmek_inventory *inventory, const char *text)
{
    if (!text)
        return NULL;
    char *known = cmek_map_get(&inventory->strings, text);
    if (known)
        return known;
    char *copy = cmek_arena_strdup(&inventory->arena, text);
    cmek_map_put_borrowed(&inventory->strings, copy, copy);
    return copy;
}

/* A copy of its own, for texts that hardly repeat. */
static const char *keep(struct cmek_inventory *inventory, const char *text)
{
    return text ? cmek_arena_strdup(&inventory->arena, text) : NULL;
}

/* The `ancestors` of an asset as a chain of raw nodes; NULL when none are given. An entry that is
 * no node reference cannot be followed: what lies beyond it is not seen. */
static const struct cmek_chain *given_chain(struct cmek_inventory *inventory,
                                            const struct cmek_record *record)
{
    if (!record->has_ancestors || record->ancestors.count == 0)
        return NULL;
    struct cmek_node *nodes[CMEK_LIMIT_ANCESTORS];
    size_t count = 0;
    bool is_complete = record->ancestors.count <= CMEK_LIMIT_ANCESTORS;
    for (size_t i = 0; i < record->ancestors.count && i < CMEK_LIMIT_ANCESTORS; i++) {
        struct cmek_node *node = cmek_inventory_node(inventory, record->ancestors.items[i]);
        if (!node) {
            is_complete = false;
            break;
        }
        nodes[count++] = node;
    }
    return cmek_inventory_chain(inventory, nodes, count, is_complete);
}

/* Whether the line now at hand takes the place of the one stored: the API's own word beats the
 * inventory's, data beats none, then the newer, then the later. */
bool cmek_record_supersedes(const struct cmek_record *record, bool has_data,
                            struct cmek_time updated, bool lags)
{
    if (record->lags != lags)
        return lags;
    if (record->has_data != has_data)
        return record->has_data;
    return cmek_time_compare(record->updated, updated) >= 0;
}

struct cmek_key *cmek_inventory_key(struct cmek_inventory *inventory, const char *name)
{
    size_t length = cmek_key_name_length(name);
    struct cmek_key *key = cmek_map_get_n(&inventory->keys, name, length);
    if (key)
        return key;
    key = cmek_arena_alloc(&inventory->arena, sizeof *key);
    key->name = cmek_arena_strndup(&inventory->arena, name, length);
    struct cmek_key_name parts;
    if (cmek_key_name_parse(key->name, &parts)) {
        key->project = cmek_arena_strndup(&inventory->arena, parts.project, parts.project_length);
        key->location =
            cmek_arena_strndup(&inventory->arena, parts.location, parts.location_length);
    }
    cmek_map_put_borrowed(&inventory->keys, key->name, key);
    return key;
}

static struct cmek_node *resource_project(struct cmek_inventory *inventory,
                                          const struct cmek_record *record)
{
    struct cmek_arena *arena = &inventory->scratch;
    const char *ref = NULL;
    if (record->has_ancestors && record->ancestors.count > 0)
        ref = record->ancestors.items[0];
    else if (record->parent)
        ref = record->parent;
    else if (record->data.resource.project_number)
        ref = cmek_arena_printf(arena, "projects/%s", record->data.resource.project_number);
    else
        ref = cmek_project_ref_in(record->name, arena);
    return ref ? cmek_inventory_node(inventory, ref) : NULL;
}

static const struct cmek_label *keep_labels(struct cmek_inventory *inventory,
                                            const struct cmek_resource_data *data)
{
    struct cmek_label *labels =
        cmek_arena_array(&inventory->arena, data->label_count, sizeof *labels);
    for (size_t i = 0; i < data->label_count; i++) {
        labels[i].name = cmek_inventory_intern(inventory, data->labels[i].name);
        labels[i].value = cmek_inventory_intern(inventory, data->labels[i].value);
    }
    return labels;
}

/* A plan that does not know where a resource lies that is known otherwise has no say in it. */
static void place_resource(struct cmek_inventory *inventory, const struct cmek_record *record,
                           struct cmek_resource *resource)
{
    struct cmek_node *project = resource_project(inventory, record);
    if (record->planned && (!project || resource->project))
        return;
    resource->chain = given_chain(inventory, record);
    resource->has_own_chain = resource->chain != NULL;
    resource->project = project;
}

static const struct cmek_resource_extras *resource_extras(struct cmek_inventory *inventory,
                                                          const struct cmek_record *record)
{
    static const struct cmek_resource_extras none;
    const struct cmek_resource_data *data = &record->data.resource;
    size_t label_count = inventory->keep_labels ? data->label_count : 0;
    if (data->more_keys.count == 0 && !data->keyless_place && !data->other_key &&
        !record->planned && label_count == 0)
        return &none;
    struct cmek_resource_extras *extras = cmek_arena_alloc(&inventory->arena, sizeof *extras);
    struct cmek_key **keys =
        cmek_arena_array(&inventory->arena, data->more_keys.count, sizeof(struct cmek_key *));
    for (size_t i = 0; i < data->more_keys.count; i++)
        keys[i] = cmek_inventory_key(inventory, data->more_keys.items[i]);
    extras->keys = keys;
    extras->key_count = data->more_keys.count;
    extras->keyless_place = keep(inventory, data->keyless_place);
    extras->other_key = data->other_key;
    extras->planned = cmek_inventory_keep_planned(inventory, record->planned);
    extras->labels = label_count > 0 ? keep_labels(inventory, data) : NULL;
    extras->label_count = label_count;
    return extras;
}

static bool is_topic(const struct cmek_service_type *type)
{
    return strcmp(type->asset_type, CMEK_TYPE_TOPIC) == 0;
}

static void add_resource(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    const struct cmek_resource_data *data = &record->data.resource;
    inventory->topics_known |= !record->planned && is_topic(data->type);
    struct cmek_resource *resource = cmek_map_get(&inventory->resources, record->name);
    if (!resource) {
        resource = cmek_arena_alloc(&inventory->arena, sizeof *resource);
        resource->name = cmek_arena_strdup(&inventory->arena, record->name);
        cmek_map_put_borrowed(&inventory->resources, resource->name, resource);
        *CMEK_VEC_ADD(&inventory->resource_list) = resource;
    }
    if (record->is_deleted) { /* kept until finish: it may be known by another form of its name */
        resource->extras = resource_extras(inventory, record);
        resource->is_gone = true;
        return;
    }
    if (resource->type && /* else it is new, or was only deleted so far */
        (!record->has_resource ||
         !cmek_record_supersedes(record, resource->has_data, resource->updated, resource->lags)))
        return;
    resource->type = data->type;
    /* Read again by its name alone, it lies where it lay. */
    if (!resource->lags || record->lags || record->has_ancestors || !resource->project)
        place_resource(inventory, record, resource);
    resource->is_gone = false;
    resource->key = data->kms_key ? cmek_inventory_key(inventory, data->kms_key) : NULL;
    resource->extras = resource_extras(inventory, record);
    resource->location = cmek_inventory_intern(inventory, data->location);
    resource->created_at = keep(inventory, data->created_at);
    resource->updated = record->updated;
    resource->has_data = record->has_data;
    resource->is_truncated = record->truncated || !record->has_data || data->key_unreadable;
    resource->google_keys_refused = data->google_keys_refused;
    resource->is_excepted = data->is_excepted;
    resource->lags = record->lags;
}

static void add_key(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    const char *name = cmek_str_after(record->name, "//cloudkms.googleapis.com/");
    struct cmek_key *key = cmek_inventory_key(inventory, name ? name : record->name);
    if (!record->has_data ||
        (key->is_known && !cmek_record_supersedes(record, true, key->updated, key->lags)))
        return;
    key->lags = record->lags;
    key->unreadable = NULL;
    key->is_known = true;
    key->is_truncated = record->truncated;
    key->updated = record->updated;
    key->purpose = cmek_inventory_intern(inventory, record->data.key.purpose);
    key->primary_name = keep(inventory, record->data.key.primary_name);
    key->primary_state = cmek_inventory_intern(inventory, record->data.key.primary_state);
}

static struct cmek_node *node_of_record(struct cmek_inventory *inventory,
                                        const struct cmek_record *record)
{
    const char *ref = NULL;
    if (record->kind == CMEK_ASSET_PROJECT && record->data.node.number)
        ref = cmek_arena_printf(&inventory->scratch, "projects/%s", record->data.node.number);
    else if (record->kind == CMEK_ASSET_PROJECT && record->data.node.id)
        ref = cmek_arena_printf(&inventory->scratch, "projects/%s", record->data.node.id);
    else
        ref = cmek_node_ref_of(record->name, &inventory->scratch);
    return ref ? cmek_inventory_node(inventory, ref) : NULL;
}

/* Many a project is called by its id. */
static const char *display_name(struct cmek_inventory *inventory, const struct cmek_node *node,
                                const char *text)
{
    if (text && cmek_str_eq(text, node->id))
        return node->id;
    return cmek_str_eq(text, node->display_name) ? node->display_name : keep(inventory, text);
}

static void add_node(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    struct cmek_node *node = node_of_record(inventory, record);
    if (!node)
        return;
    bool was_listed = node->is_listed;
    if (record->planned && node->is_known && !record->planned->is_change)
        return;
    node->is_listed = true;
    node->is_created = record->is_created;
    /* Read once for the scope and once for a key's sake: the scope counts. */
    node->is_context = record->context && (!was_listed || node->is_context);
    const struct cmek_chain *given = given_chain(inventory, record);
    if (!record->has_resource && was_listed)
        return;
    if (!record->has_data && node->is_known)
        return;
    if (node->is_known && cmek_time_compare(record->updated, node->updated) < 0)
        return;
    node->given = given;
    node->is_known = record->has_data;
    node->updated = record->updated;
    /* With a number known the reference is made of it. */
    node->number = record->data.node.number ? cmek_short_name(node->ref) : NULL;
    if (!cmek_str_eq(node->id, record->data.node.id))
        node->id = keep(inventory, record->data.node.id);
    node->parent = cmek_inventory_intern(inventory, record->data.node.parent);
    node->display_name = display_name(inventory, node, record->data.node.display_name);
}

static void add_service(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    inventory->services_known = true;
    const struct cmek_service_data *data = &record->data.service;
    struct cmek_node *node = data->project ? cmek_inventory_node(inventory, data->project) : NULL;
    if (!node || data->service == CMEK_SERVICE_COUNT_ || !record->has_data)
        return;
    unsigned bit = 1U << data->service;
    node->services_known |= bit;
    node->services_enabled =
        data->enabled ? node->services_enabled | bit : node->services_enabled & ~bit;
}

static void add_settings(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    inventory->settings_known = true;
    const struct cmek_registry_settings_data *data = &record->data.settings;
    struct cmek_node *node = data->project ? cmek_inventory_node(inventory, data->project) : NULL;
    if (node && data->redirection)
        cmek_inventory_extras(inventory, node)->redirection =
            cmek_inventory_intern(inventory, data->redirection);
}

static void add_collection(struct cmek_inventory *inventory,
                           const struct cmek_collection_data *data)
{
    inventory->has_v2_policies |= data->policies;
    inventory->has_v1_policies |= data->v1_policies;
    inventory->tags_known |= data->tags;
    inventory->services_known |= data->services;
    inventory->settings_known |= data->settings;
    inventory->topics_known |= data->topics;
    if (inventory->scopes.count == 0)
        inventory->scopes = cmek_inventory_keep_strings(inventory, data->scopes);
    if (inventory->selected.count == 0)
        inventory->selected = cmek_inventory_keep_strings(inventory, data->selected);
}

void cmek_inventory_add(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    inventory->has_plan |= record->planned != NULL;
    cmek_arena_clear(&inventory->scratch);
    inventory->is_finished = false;
    cmek_inventory_add_v1_policies(inventory, record);
    switch (record->kind) {
    case CMEK_ASSET_OTHER:
        return;
    case CMEK_ASSET_ORGANIZATION:
    case CMEK_ASSET_FOLDER:
    case CMEK_ASSET_PROJECT:
        add_node(inventory, record);
        return;
    case CMEK_ASSET_RESOURCE:
        add_resource(inventory, record);
        return;
    case CMEK_ASSET_CRYPTO_KEY:
        add_key(inventory, record);
        return;
    case CMEK_ASSET_POLICY:
        cmek_inventory_add_policy(inventory, record);
        return;
    case CMEK_ASSET_CONSTRAINT:
        if (record->data.constraint.constraint != CMEK_CONSTRAINT_COUNT_)
            inventory->default_deny[record->data.constraint.constraint] =
                record->data.constraint.default_deny;
        return;
    case CMEK_ASSET_TAG_KEY:
        cmek_inventory_add_tag(inventory, &inventory->tag_keys, record);
        return;
    case CMEK_ASSET_TAG_VALUE:
        cmek_inventory_add_tag(inventory, &inventory->tag_values, record);
        return;
    case CMEK_ASSET_TAG_BINDING:
        cmek_inventory_add_binding(inventory, record);
        return;
    case CMEK_ASSET_SERVICE:
        add_service(inventory, record);
        return;
    case CMEK_ASSET_REGISTRY_SETTINGS:
        add_settings(inventory, record);
        return;
    case CMEK_ASSET_COVERAGE_GAP:
        cmek_inventory_add_gap(inventory, &record->data.gap);
        return;
    case CMEK_ASSET_COLLECTION:
        add_collection(inventory, &record->data.collection);
        return;
    }
}

static void sink_record(void *payload, const struct cmek_record *record)
{
    cmek_inventory_add(payload, record);
}

struct cmek_record_sink cmek_inventory_sink(struct cmek_inventory *inventory)
{
    return (struct cmek_record_sink){sink_record, inventory};
}
