/* SPDX-License-Identifier: Apache-2.0 */
/* Resources that hold data, as the service catalogue knows them. */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "source/resource_data.h"
#include "source/terraform_emit.h"
#include "source/terraform_value.h"
#include "source/terraform_view.h"
#include "json/json.h"

/* Google calls those `labels` that are set, by the resource or its provider; none of a secret map.
 */
static void read_labels(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance,
                        struct cmek_resource_data *resource)
{
    static const char *const names[] = {"effective_labels", "labels", "resource_labels",
                                        "user_labels"};
    const struct cmek_tf_values *values = cmek_tf_values(emitter->plan, instance);
    const struct cmek_json *labels = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !labels; i++) {
        const struct cmek_json *secret = cmek_json_get(values->sensitive, names[i]);
        if (!cmek_json_is_true(values->sensitive) && !cmek_json_is_true(secret) &&
            (cmek_json_kind(secret) != CMEK_JSON_OBJECT || cmek_json_count(secret) == 0))
            labels = cmek_json_get(values->after, names[i]);
    }
    cmek_resource_decode_labels(resource, labels, emitter->arena);
}

/* Members of the API's objects are attributes of Terraform's in other letters: createTime is
 * create_time. */
static const char *attribute_of(const struct cmek_field_path *path, struct cmek_arena *arena)
{
    struct cmek_strbuf name = {0};
    for (const char *at = path->steps[0].name; *at; at++) {
        bool is_capital = *at >= 'A' && *at <= 'Z';
        cmek_strbuf_puts(&name, is_capital ? "_" : "");
        cmek_strbuf_putc(&name, is_capital ? (char)(*at - 'A' + 'a') : *at);
    }
    const char *text = cmek_arena_strdup(arena, cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
    return text;
}

static const char *created_at(const struct cmek_tf_view *view)
{
    const struct cmek_field_path *path = &view->type->created;
    if (path->count != 1)
        return NULL;
    return cmek_tf_given_text(view->plan, view->instance, attribute_of(path, view->arena));
}

/* Zones and regions may be given by their address. */
static const char *location(const struct cmek_tf_view *view)
{
    static const char *const names[] = {"location", "zone", "region"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = cmek_tf_text(view->plan, view->instance, names[i]);
        if (text)
            return cmek_arena_lower(view->arena, cmek_short_name(text));
    }
    return NULL;
}

static void emit(struct cmek_tf_emitter *emitter, const struct cmek_tf_view *view)
{
    struct cmek_tf_instance *instance = view->instance;
    const char *name = cmek_tf_full_name(view);
    const char *own_name = name;
    bool is_deleted = instance->action == CMEK_TF_DELETE;
    if (is_deleted && !name)
        return;
    if (!is_deleted && name && cmek_map_get(&emitter->names, name))
        name = NULL; /* two of one name: only one can be, but either may fail */
    if (!is_deleted && name)
        cmek_map_put(&emitter->names, name, instance);
    struct cmek_planned planned = {
        .address = instance->address,
        .noun = view->row->noun,
        .file = instance->block->file,
        .line = instance->block->line,
        .is_change = cmek_tf_changes(instance),
    };
    struct cmek_record record =
        cmek_tf_record(emitter, view->type->asset_type, name ? name : cmek_tf_stand_in_name(view));
    record.parent = cmek_tf_parent(view, own_name);
    struct cmek_resource_data *resource = &record.data.resource;
    resource->location = location(view);
    resource->created_at = created_at(view);
    read_labels(emitter, instance, resource);
    cmek_tf_read_keys(view, own_name, resource, &planned);
    record.planned = &planned;
    record.is_deleted = is_deleted;
    emitter->sink->record(emitter->sink->payload, &record);
}

/* Container Registry's resource makes its bucket, and cannot give it a key. */
static const struct cmek_terraform_type registry = {
    .type = "google_container_registry",
    .name = "//storage.googleapis.com/{registry_bucket}",
    .is_verified = true,
};

static const struct cmek_service_type *find_type(const struct cmek_catalogue *catalogue,
                                                 const char *type,
                                                 const struct cmek_terraform_type **ret_row)
{
    if (strcmp(type, registry.type) != 0)
        return cmek_catalogue_terraform(catalogue, type, ret_row);
    *ret_row = &registry;
    return cmek_catalogue_type(catalogue, CMEK_TYPE_BUCKET);
}

bool cmek_tf_holds_data(const struct cmek_tf_emitter *emitter,
                        const struct cmek_tf_instance *instance)
{
    const struct cmek_terraform_type *row;
    const struct cmek_service_type *type = find_type(emitter->catalogue, instance->type, &row);
    return type && type->service->is_selected && !instance->is_data;
}

void cmek_tf_emit_resource(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    struct cmek_tf_view view = {
        .plan = emitter->plan,
        .instance = instance,
        .arena = emitter->arena,
    };
    view.type = find_type(emitter->catalogue, instance->type, &view.row);
    if (!view.type || instance->is_data)
        return;
    if (!view.type->service->is_selected) {
        if (emitter->left_out && instance->action != CMEK_TF_DELETE)
            emitter->left_out[view.type->service->index]++;
        return;
    }
    view.elements = cmek_tf_view_count(emitter->plan, instance, view.row);
    for (view.element = 0; view.element < view.elements; view.element++)
        emit(emitter, &view);
}
