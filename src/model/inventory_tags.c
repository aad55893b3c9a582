/* SPDX-License-Identifier: Apache-2.0 */
/* Tag keys, tag values, and what is bound to nodes. */
#include "base/limits.h"
#include "model/inventory.h"

/* A plan tells of the tags that it makes, and of no others. */
static void note_tags(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    inventory->tags_known |= !record->planned;
    inventory->has_planned_tags |= record->planned != NULL;
}

void cmek_inventory_add_tag(struct cmek_inventory *inventory, struct cmek_map *tags,
                            const struct cmek_record *record)
{
    note_tags(inventory, record);
    const struct cmek_tag_data *data = &record->data.tag;
    if (!data->id)
        return;
    struct cmek_tag *tag = cmek_map_get(tags, data->id);
    if (tag && !cmek_record_supersedes(record, tag->has_data, tag->updated, record->lags))
        return;
    if (!tag) {
        tag = cmek_arena_alloc(&inventory->arena, sizeof *tag);
        tag->id = cmek_inventory_intern(inventory, data->id);
        cmek_map_put_borrowed(tags, tag->id, tag);
    }
    tag->parent = cmek_inventory_intern(inventory, data->parent);
    tag->short_name = cmek_inventory_intern(inventory, data->short_name);
    tag->namespaced_name = cmek_inventory_intern(inventory, data->namespaced_name);
    tag->updated = record->updated;
    tag->has_data = record->has_data;
}

static bool unbind(struct cmek_inventory *inventory, struct cmek_node *node,
                   const struct cmek_tag_binding *binding)
{
    if (node->extras->bindings.count == 0)
        return false;
    struct cmek_node_extras *extras = cmek_inventory_extras(inventory, node);
    for (size_t i = 0; i < extras->bindings.count; i++) {
        const struct cmek_tag_binding *at = &extras->bindings.items[i];
        if (!cmek_str_eq(at->value, binding->value) ||
            !cmek_str_eq(at->value_namespaced, binding->value_namespaced))
            continue;
        extras->bindings.items[i] = extras->bindings.items[--extras->bindings.count];
        return true;
    }
    return false;
}

/* A project that a plan calls otherwise has a node of its own until finish. */
static void remove_binding(struct cmek_inventory *inventory, struct cmek_node *node,
                           const struct cmek_tag_binding_data *data)
{
    struct cmek_tag_binding binding = {data->value, data->value_namespaced};
    if (!node || unbind(inventory, node, &binding))
        return;
    binding.value = cmek_inventory_intern(inventory, data->value);
    binding.value_namespaced = cmek_inventory_intern(inventory, data->value_namespaced);
    *CMEK_VEC_ADD(&inventory->unbound) = (struct cmek_unbound){node, binding};
}

void cmek_inventory_add_binding(struct cmek_inventory *inventory, const struct cmek_record *record)
{
    note_tags(inventory, record);
    const struct cmek_tag_binding_data *data = &record->data.binding;
    struct cmek_node *node = data->node ? cmek_inventory_node(inventory, data->node) : NULL;
    if (!record->has_data) {
        cmek_inventory_add_gap(
            inventory,
            &(struct cmek_gap_data){
                .scope = record->name,
                .operation = "cloudresourcemanager.tagBindings.list",
                .error = "tag-binding-unreadable",
                .message = "the tag binding cannot be read, so conditional policies were "
                           "judged as if it were not there",
            });
        return;
    }
    if (record->is_deleted)
        remove_binding(inventory, node, data);
    if (!node || record->is_deleted)
        return;
    struct cmek_node_extras *extras = cmek_inventory_extras(inventory, node);
    if (extras->bindings.count >= CMEK_LIMIT_TAG_BINDINGS) {
        extras->tags_unreadable = "too-many-tags";
        return;
    }
    for (size_t i = 0; i < extras->bindings.count; i++)
        if (cmek_str_eq(extras->bindings.items[i].value, data->value) &&
            cmek_str_eq(extras->bindings.items[i].value_namespaced, data->value_namespaced))
            return;
    *CMEK_VEC_ADD(&extras->bindings) =
        (struct cmek_tag_binding){cmek_inventory_intern(inventory, data->value),
                                  cmek_inventory_intern(inventory, data->value_namespaced)};
}

void cmek_inventory_finish_bindings(struct cmek_inventory *inventory)
{
    for (size_t i = 0; i < inventory->unbound.count; i++)
        unbind(inventory, inventory->unbound.items[i].node->canonical,
               &inventory->unbound.items[i].binding);
}
