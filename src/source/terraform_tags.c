/* SPDX-License-Identifier: Apache-2.0 */
/* Tags that conditions of policies ask about: keys, values, and what binds them to nodes. Bindings
 * to resources below a project count for no condition. */
#include <string.h>

#include "base/strings.h"
#include "model/asset_type.h"
#include "model/names.h"
#include "source/terraform_emit.h"
#include "source/terraform_value.h"

static struct cmek_planned planned_of(const struct cmek_tf_instance *instance)
{
    return (struct cmek_planned){
        .address = instance->address,
        .file = instance->block->file,
        .line = instance->block->line,
        .is_change = cmek_tf_changes(instance),
    };
}

/* "123/env" of a key that is still to be made. */
static const char *name_with_owner(struct cmek_tf_emitter *emitter, const struct cmek_tag_data *tag)
{
    if (!tag->parent || !tag->short_name)
        return NULL;
    return cmek_arena_printf(emitter->arena, "%s/%s", cmek_short_name(tag->parent),
                             tag->short_name);
}

static void emit_tag(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance,
                     enum cmek_asset_kind kind)
{
    struct cmek_tag_data tag = {
        .id = cmek_tf_text(emitter->plan, instance, "id"),
        .parent = cmek_tf_text(emitter->plan, instance, "parent"),
        .short_name = cmek_tf_given_text(emitter->plan, instance, "short_name"),
        .namespaced_name = cmek_tf_given_text(emitter->plan, instance, "namespaced_name"),
    };
    if (!tag.id || instance->action == CMEK_TF_DELETE)
        return;
    if (!tag.namespaced_name && kind == CMEK_ASSET_TAG_KEY)
        tag.namespaced_name = name_with_owner(emitter, &tag);
    struct cmek_planned planned = planned_of(instance);
    struct cmek_record record =
        cmek_tf_record(emitter, cmek_asset_type_name(kind),
                       cmek_arena_printf(emitter->arena, CMEK_NODE_NAME_PREFIX "%s", tag.id));
    record.data.tag = tag;
    record.planned = &planned;
    emitter->sink->record(emitter->sink->payload, &record);
}

static void emit_key(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    emit_tag(emitter, instance, CMEK_ASSET_TAG_KEY);
}

static void emit_value(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    emit_tag(emitter, instance, CMEK_ASSET_TAG_VALUE);
}

/* The configuration writes "//cloudresourcemanager.googleapis.com/projects/${…}", of which a plan
 * shows what the last part refers to. */
static const char *bound_node(struct cmek_tf_emitter *emitter, const char *parent, bool *ret_other)
{
    const char *ref = cmek_node_ref_of(parent, emitter->arena);
    bool is_part = !strchr(parent, '/') && !strstr(parent, ".folder_id}");
    *ret_other = !ref && cmek_str_starts(parent, "//");
    return ref || !is_part ? ref : cmek_arena_printf(emitter->arena, "projects/%s", parent);
}

static void emit_binding(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    const char *parent = cmek_tf_text(emitter->plan, instance, "parent");
    const char *value = cmek_tf_text(emitter->plan, instance, "tag_value");
    bool is_other = false;
    const char *node = parent ? bound_node(emitter, parent, &is_other) : NULL;
    if (is_other || instance->is_data)
        return;
    if (!node || !value) {
        cmek_tf_gap(emitter, instance->address, "unknown-until-apply",
                    node ? "which tag will be bound is known only after apply; conditions of "
                           "policies do not take it into account"
                         : "what this tag will be bound to is known only after apply; conditions "
                           "of policies do not take it into account");
        return;
    }
    struct cmek_planned planned = planned_of(instance);
    struct cmek_record record =
        cmek_tf_record(emitter, cmek_asset_type_name(CMEK_ASSET_TAG_BINDING),
                       cmek_arena_printf(emitter->arena, CMEK_NODE_NAME_PREFIX "tagBindings/%s/%s",
                                         node, value));
    record.data.binding.node = node;
    if (cmek_str_starts(value, "tagValues/"))
        record.data.binding.value = value;
    else
        record.data.binding.value_namespaced = value;
    record.is_deleted = instance->action == CMEK_TF_DELETE;
    record.planned = &planned;
    emitter->sink->record(emitter->sink->payload, &record);
}

void cmek_tf_emit_tag(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    static const struct {
        const char *type;
        void (*emit)(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance);
    } rows[] = {
        {"google_tags_tag_key", emit_key},
        {"google_tags_tag_value", emit_value},
        {"google_tags_tag_binding", emit_binding},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].type, instance->type) == 0)
            rows[i].emit(emitter, instance);
}
