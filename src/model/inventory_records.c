/* SPDX-License-Identifier: Apache-2.0 */
#include "model/inventory_records.h"

#include <string.h>

#include "base/strbuf.h"
#include "model/inventory.h"

#define RESOURCE_MANAGER "//cloudresourcemanager.googleapis.com/"
/* Stands in a path for what is missing from there on up: it is no node, so nobody follows it. */
#define BROKEN_OFF "cmekscan.dev/not-visible"

/* A coverage gap, and whether it has been written. */
struct gap_place {
    const struct cmek_gap *gap;
    bool is_written;
};

static const char *gap_name(const char *scope, const char *operation, struct cmek_strbuf *buffer)
{
    cmek_strbuf_clear(buffer);
    cmek_strbuf_printf(buffer, "%s\n%s", scope, operation);
    return cmek_strbuf_text(buffer);
}

void cmek_inventory_writer_init(struct cmek_inventory_writer *writer,
                                const struct cmek_inventory *inventory,
                                const struct cmek_record_sink *sink)
{
    *writer = (struct cmek_inventory_writer){.inventory = inventory, .sink = *sink};
    struct cmek_strbuf name = {0};
    for (size_t i = 0; i < inventory->gaps.count; i++) {
        const struct cmek_gap *gap = &inventory->gaps.items[i];
        struct gap_place *place = cmek_arena_alloc(&writer->gaps.arena, sizeof *place);
        place->gap = gap;
        cmek_map_put(&writer->gaps, gap_name(gap->scope, gap->operation, &name), place);
    }
    cmek_strbuf_done(&name);
}

void cmek_inventory_writer_done(struct cmek_inventory_writer *writer)
{
    cmek_arena_done(&writer->arena);
    cmek_map_done(&writer->gaps);
}

static void emit(struct cmek_inventory_writer *writer, const struct cmek_record *record)
{
    writer->sink.record(writer->sink.payload, record);
    cmek_arena_clear(&writer->arena);
}

/* A record with data of our own making. */
static struct cmek_record record_of(enum cmek_asset_kind kind, const char *name)
{
    return (struct cmek_record){
        .kind = kind,
        .name = name,
        .asset_type = cmek_asset_type_name(kind),
        .has_resource = true,
        .has_data = true,
    };
}

static void write_gap(struct cmek_inventory_writer *writer, const struct cmek_gap *gap)
{
    struct cmek_record record =
        record_of(CMEK_ASSET_COVERAGE_GAP, cmek_arena_printf(&writer->arena, "//cmekscan.dev/%s/%s",
                                                             gap->scope, gap->operation));
    record.data.gap = (struct cmek_gap_data){gap->scope, gap->operation, gap->error, gap->message};
    emit(writer, &record);
}

static struct gap_place *find_gap(struct cmek_inventory_writer *writer, const char *scope,
                                  const char *operation)
{
    struct cmek_strbuf name = {0};
    struct gap_place *place = cmek_map_get(&writer->gaps, gap_name(scope, operation, &name));
    cmek_strbuf_done(&name);
    return place;
}

/* A gap may name a project by its number or by its id. */
static struct gap_place *find_gap_of(struct cmek_inventory_writer *writer,
                                     const struct cmek_node *node, const char *operation)
{
    struct gap_place *place = find_gap(writer, node->ref, operation);
    if (!place && node->id)
        place =
            find_gap(writer, cmek_arena_printf(&writer->arena, "projects/%s", node->id), operation);
    return place;
}

/* What an operation on a scope failed with: as it was told at the time, where that was kept. */
static void write_failure(struct cmek_inventory_writer *writer, const char *scope,
                          const char *operation, const char *error, struct gap_place *place)
{
    struct cmek_gap gap = {scope, operation, error, "could not be read"};
    if (place) {
        gap.message = place->gap->message;
        place->is_written = true;
    }
    write_gap(writer, &gap);
}

/* The path as an asset's `ancestors`. */
static void give_ancestors(struct cmek_inventory_writer *writer, const struct cmek_chain *chain,
                           struct cmek_record *record)
{
    const char **refs = cmek_arena_array(&writer->arena, chain->count + 1, sizeof *refs);
    for (size_t i = 0; i < chain->count; i++)
        refs[i] = chain->nodes[i]->ref;
    if (!chain->is_complete)
        refs[chain->count] = BROKEN_OFF;
    record->ancestors = (struct cmek_strings){refs, chain->count + !chain->is_complete};
    record->has_ancestors = true;
}

void cmek_inventory_write_head(struct cmek_inventory_writer *writer)
{
    const struct cmek_inventory *inventory = writer->inventory;
    struct cmek_record record = record_of(CMEK_ASSET_COLLECTION, "//cmekscan.dev/collection");
    record.data.collection = (struct cmek_collection_data){
        .scopes = inventory->scopes,
        .selected = inventory->selected,
        .policies = inventory->has_v2_policies,
        .v1_policies = inventory->has_v1_policies,
        .tags = inventory->tags_known,
        .services = inventory->services_known,
        .settings = inventory->settings_known,
        .topics = inventory->topics_known,
    };
    emit(writer, &record);
    for (enum cmek_constraint i = 0; i < CMEK_CONSTRAINT_COUNT_; i++) {
        if (!inventory->default_deny[i])
            continue;
        record = record_of(CMEK_ASSET_CONSTRAINT,
                           cmek_arena_printf(&writer->arena, "//orgpolicy.googleapis.com/%s",
                                             cmek_constraint_name(i)));
        record.data.constraint = (struct cmek_constraint_data){i, true};
        emit(writer, &record);
    }
}

static enum cmek_asset_kind asset_kind(const struct cmek_node *node)
{
    static const enum cmek_asset_kind kinds[] = {
        [CMEK_NODE_ORGANIZATION] = CMEK_ASSET_ORGANIZATION,
        [CMEK_NODE_FOLDER] = CMEK_ASSET_FOLDER,
        [CMEK_NODE_PROJECT] = CMEK_ASSET_PROJECT,
    };
    return kinds[node->kind];
}

static const char *node_name(struct cmek_inventory_writer *writer, const struct cmek_node *node)
{
    return cmek_arena_printf(&writer->arena, RESOURCE_MANAGER "%s", node->ref);
}

static void write_node_asset(struct cmek_inventory_writer *writer, const struct cmek_node *node,
                             bool context)
{
    if (!node->is_listed)
        return;
    struct cmek_record record = record_of(asset_kind(node), node_name(writer, node));
    record.has_data = node->is_known;
    record.updated = node->updated;
    record.context = context;
    record.data.node =
        (struct cmek_node_data){node->number, node->id, node->parent, node->display_name};
    if (node->given)
        give_ancestors(writer, node->given->resolved, &record);
    emit(writer, &record);
}

static void write_policy(struct cmek_inventory_writer *writer, const struct cmek_node *node,
                         enum cmek_constraint constraint)
{
    const struct cmek_policy_slot *slot = node->extras->policies[constraint];
    if (!slot)
        return;
    const char *name = cmek_constraint_name(constraint) + sizeof "constraints/" - 1;
    struct cmek_record record =
        record_of(CMEK_ASSET_POLICY,
                  cmek_arena_printf(&writer->arena, "//orgpolicy.googleapis.com/%s/policies/%s",
                                    node->ref, name));
    record.has_data = slot->has_data;
    record.updated = slot->updated;
    record.data.policy = (struct cmek_policy_data){node->ref, constraint, slot->policy};
    emit(writer, &record);
}

/* The v1 policies of a node: a line of their own that shares its name with the node's. */
static void write_v1_policies(struct cmek_inventory_writer *writer, const struct cmek_node *node,
                              bool context)
{
    struct cmek_v1_policy policies[CMEK_CONSTRAINT_COUNT_];
    struct cmek_record record = record_of(asset_kind(node), node_name(writer, node));
    if (!node->is_listed) { /* it must not become listed by this */
        record.kind = CMEK_ASSET_OTHER;
        record.asset_type = "cmekscan.dev/Node";
    }
    for (enum cmek_constraint i = 0; i < CMEK_CONSTRAINT_COUNT_; i++) {
        const struct cmek_policy_slot *slot = node->extras->v1_policies[i];
        if (!slot)
            continue;
        policies[record.v1_policy_count++] = (struct cmek_v1_policy){i, slot->policy.live};
        record.updated = slot->updated;
    }
    if (record.v1_policy_count == 0)
        return;
    record.has_resource = record.has_data = false;
    record.context = context;
    record.has_v1_policies = true;
    record.v1_policies = policies;
    record.ancestors = (struct cmek_strings){&node->ref, 1};
    record.has_ancestors = true;
    emit(writer, &record);
}

static void write_bindings(struct cmek_inventory_writer *writer, const struct cmek_node *node)
{
    const char *kind_end = strchr(node->ref, '/');
    for (size_t i = 0; i < node->extras->bindings.count; i++) {
        const struct cmek_tag_binding *binding = &node->extras->bindings.items[i];
        struct cmek_record record = record_of(
            CMEK_ASSET_TAG_BINDING,
            cmek_arena_printf(
                &writer->arena,
                RESOURCE_MANAGER
                "tagBindings/%%2F%%2Fcloudresourcemanager.googleapis.com%%2F%.*s%%2F%s/%s",
                (int)(kind_end - node->ref), node->ref, kind_end + 1,
                binding->value ? binding->value : binding->value_namespaced));
        record.data.binding =
            (struct cmek_tag_binding_data){node->ref, binding->value, binding->value_namespaced};
        emit(writer, &record);
    }
}

static void write_services(struct cmek_inventory_writer *writer, const struct cmek_node *node)
{
    for (enum cmek_enabled_service i = 0; i < CMEK_SERVICE_COUNT_; i++) {
        if (!(node->services_known >> i & 1))
            continue;
        struct cmek_record record =
            record_of(CMEK_ASSET_SERVICE,
                      cmek_arena_printf(&writer->arena,
                                        "//serviceusage.googleapis.com/%s/services/%s", node->ref,
                                        cmek_enabled_service_name(i)));
        record.data.service =
            (struct cmek_service_data){node->ref, i, node->services_enabled >> i & 1};
        emit(writer, &record);
    }
    if (!node->extras->redirection)
        return;
    struct cmek_record record =
        record_of(CMEK_ASSET_REGISTRY_SETTINGS,
                  cmek_arena_printf(&writer->arena,
                                    "//artifactregistry.googleapis.com/%s/projectSettings",
                                    node->ref));
    record.data.settings =
        (struct cmek_registry_settings_data){node->ref, node->extras->redirection};
    emit(writer, &record);
}

static void write_failures(struct cmek_inventory_writer *writer, const struct cmek_node *node)
{
    for (enum cmek_node_part part = 0; part < CMEK_NODE_PART_COUNT_; part++) {
        const char *operation = cmek_node_operation(part);
        const char *error = cmek_node_unreadable(node, part);
        if (!error)
            continue;
        write_failure(writer, node->ref, operation, error, find_gap_of(writer, node, operation));
    }
}

/* Which resources could not all be listed. After the other failures: the last error word counts. */
static void write_unlisted(struct cmek_inventory_writer *writer, const struct cmek_node *node)
{
    const char *error = node->extras->unlisted_reason;
    if (node->extras->unlisted == CMEK_REGISTRY_ALL) {
        write_failure(writer, node->ref, CMEK_OPERATION_SCAN, error,
                      find_gap_of(writer, node, CMEK_OPERATION_SCAN));
        return;
    }
    for (enum cmek_registry_service i = 0; i < CMEK_REGISTRY_SERVICE_COUNT_; i++) {
        const char *operation = cmek_listing_operation(i);
        bool is_written = node->extras->topics_unreadable &&
                          cmek_str_eq(operation, cmek_node_operation(CMEK_NODE_TOPICS));
        if (!is_written && (node->extras->unlisted >> i & 1))
            write_failure(writer, node->ref, operation, error,
                          find_gap_of(writer, node, operation));
    }
}

void cmek_inventory_write_node_name(struct cmek_inventory_writer *writer,
                                    const struct cmek_node *node)
{
    write_node_asset(writer, node, /* context= */ true);
}

void cmek_inventory_write_node(struct cmek_inventory_writer *writer, const struct cmek_node *node,
                               bool context)
{
    write_node_asset(writer, node, context);
    for (enum cmek_constraint i = 0; i < CMEK_CONSTRAINT_COUNT_; i++)
        write_policy(writer, node, i);
    write_v1_policies(writer, node, context);
    write_bindings(writer, node);
    write_services(writer, node);
    write_failures(writer, node);
    write_unlisted(writer, node);
}

void cmek_inventory_write_key(struct cmek_inventory_writer *writer, const struct cmek_key *key)
{
    if (key->is_known) {
        struct cmek_record record =
            record_of(CMEK_ASSET_CRYPTO_KEY,
                      cmek_arena_printf(&writer->arena, "//cloudkms.googleapis.com/%s", key->name));
        record.truncated = key->is_truncated;
        record.updated = key->updated;
        record.data.key =
            (struct cmek_key_data){key->purpose, key->primary_name, key->primary_state};
        emit(writer, &record);
    }
    if (key->unreadable)
        write_failure(writer, key->name, CMEK_OPERATION_KEY, key->unreadable,
                      find_gap(writer, key->name, CMEK_OPERATION_KEY));
}

void cmek_inventory_write_tag(struct cmek_inventory_writer *writer, enum cmek_asset_kind kind,
                              const struct cmek_tag *tag)
{
    struct cmek_record record =
        record_of(kind, cmek_arena_printf(&writer->arena, RESOURCE_MANAGER "%s", tag->id));
    record.has_data = tag->has_data;
    record.updated = tag->updated;
    record.data.tag =
        (struct cmek_tag_data){tag->id, tag->parent, tag->short_name, tag->namespaced_name};
    emit(writer, &record);
}

static void give_extras(struct cmek_inventory_writer *writer,
                        const struct cmek_resource_extras *extras, struct cmek_resource_data *data)
{
    const char **keys = cmek_arena_array(&writer->arena, extras->key_count, sizeof *keys);
    for (size_t i = 0; i < extras->key_count; i++)
        keys[i] = extras->keys[i]->name;
    data->more_keys = (struct cmek_strings){keys, extras->key_count};
    data->keyless_place = extras->keyless_place;
    data->other_key = extras->other_key;
    data->labels = extras->labels;
    data->label_count = extras->label_count;
}

void cmek_inventory_write_resource(struct cmek_inventory_writer *writer,
                                   const struct cmek_resource *resource)
{
    struct cmek_record record = record_of(CMEK_ASSET_RESOURCE, resource->name);
    record.asset_type = resource->type->asset_type;
    record.has_data = resource->has_data;
    record.truncated = resource->is_truncated;
    record.updated = resource->updated;
    record.data.resource = (struct cmek_resource_data){
        .type = resource->type,
        .kms_key = resource->key ? resource->key->name : NULL,
        .is_excepted = resource->is_excepted,
        .google_keys_refused = resource->google_keys_refused,
        .created_at = resource->created_at,
        .location = resource->location,
    };
    give_extras(writer, resource->extras, &record.data.resource);
    if (resource->project && resource->chain == resource->project->chain)
        record.parent = resource->project->ref;
    else
        give_ancestors(writer, resource->chain, &record);
    emit(writer, &record);
}

static void write_tags(struct cmek_inventory_writer *writer, enum cmek_asset_kind kind,
                       const struct cmek_map *tags)
{
    for (struct cmek_map_entry *e = cmek_map_first(tags); e; e = cmek_map_next(e))
        cmek_inventory_write_tag(writer, kind, cmek_map_value(e));
}

void cmek_inventory_records(const struct cmek_inventory *inventory,
                            const struct cmek_record_sink *sink)
{
    struct cmek_inventory_writer writer;
    cmek_inventory_writer_init(&writer, inventory, sink);
    cmek_inventory_write_head(&writer);
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        if (node->canonical == node)
            cmek_inventory_write_node(&writer, node, node->is_context);
    }
    write_tags(&writer, CMEK_ASSET_TAG_KEY, &inventory->tag_keys);
    write_tags(&writer, CMEK_ASSET_TAG_VALUE, &inventory->tag_values);
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->keys); e; e = cmek_map_next(e))
        cmek_inventory_write_key(&writer, cmek_map_value(e));
    for (size_t i = 0; i < inventory->resource_list.count; i++)
        cmek_inventory_write_resource(&writer, inventory->resource_list.items[i]);
    for (size_t i = 0; i < inventory->gaps.count; i++) {
        const struct cmek_gap *gap = &inventory->gaps.items[i];
        const struct gap_place *place = find_gap(&writer, gap->scope, gap->operation);
        if (place->gap != gap || !place->is_written)
            write_gap(&writer, gap);
    }
    cmek_inventory_writer_done(&writer);
}
