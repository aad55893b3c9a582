/* SPDX-License-Identifier: Apache-2.0 */
/* Resources that hold data: names, keys, locations. */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "model/catalogue.h"
#include "source/terraform_emit.h"
#include "source/terraform_types.h"
#include "source/terraform_value.h"
#include "json/json.h"

/* The bucket that Container Registry makes
 * (https://cloud.google.com/container-registry/docs/enable-service). */
static const char *registry_bucket(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance)
{
    struct cmek_tf_value location = cmek_tf_attribute(plan, instance, "location");
    const char *project = cmek_tf_project(plan, instance);
    if (!project || (location.state != CMEK_TF_KNOWN && location.state != CMEK_TF_ABSENT))
        return NULL;
    const char *colon = strchr(project, ':');
    const char *id = project;
    if (colon)
        id = cmek_arena_printf(&plan->arena, "%s.%.*s.a", colon + 1, (int)(colon - project),
                               project);
    bool is_regional = location.state == CMEK_TF_KNOWN;
    return cmek_arena_printf(&plan->arena, "%s%sartifacts.%s.appspot.com",
                             is_regional ? cmek_arena_lower(&plan->arena, location.text) : "",
                             is_regional ? "." : "", id);
}

/* A value of a name pattern; NULL: not known. */
static const char *pattern_value(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                 const char *name)
{
    if (strcmp(name, "project") == 0)
        return cmek_tf_project(plan, instance);
    if (strcmp(name, "registry_bucket") == 0)
        return registry_bucket(plan, instance);
    const char *text = cmek_tf_text(plan, instance, name);
    return text && strcmp(name, "location") == 0 ? cmek_arena_lower(&plan->arena, text) : text;
}

/* A resource whose name is not known yet goes by its address, in a form that no name has. */
static const char *unnamed(struct cmek_tf_emitter *emitter, const char *pattern,
                           const struct cmek_tf_instance *instance)
{
    const char *host = pattern + sizeof "//" - 1;
    return cmek_arena_printf(emitter->arena, "//%.*s/${%s}", (int)strcspn(host, "/"), host,
                             instance->address);
}

static const char *full_name(struct cmek_tf_emitter *emitter, const char *pattern,
                             struct cmek_tf_instance *instance)
{
    struct cmek_strbuf name = {0};
    bool is_known = true;
    for (const char *at = pattern; *at && is_known;) {
        size_t plain = strcspn(at, "{");
        cmek_strbuf_append(&name, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        size_t length = strcspn(++at, "}");
        const char *value =
            pattern_value(emitter->plan, instance, cmek_arena_strndup(emitter->arena, at, length));
        is_known = value != NULL;
        if (is_known)
            cmek_strbuf_puts(&name, value);
        at += length + 1;
    }
    const char *text = is_known ? cmek_arena_strdup(emitter->arena, cmek_strbuf_text(&name)) : NULL;
    cmek_strbuf_done(&name);
    return text;
}

struct labels {
    struct cmek_arena *arena;
    struct cmek_label *items;
    size_t count;
};

static bool add_label(void *payload, const char *name, const struct cmek_json *value)
{
    struct labels *labels = payload;
    const char *text = cmek_json_string(value, labels->arena);
    if (text)
        labels->items[labels->count++] =
            (struct cmek_label){cmek_arena_strdup(labels->arena, name), text};
    return true;
}

/* Google calls those `labels` that are set, by the resource or its provider; none of a secret map.
 */
static void read_labels(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance,
                        struct cmek_resource_data *resource)
{
    static const char *const names[] = {"effective_labels", "labels"};
    const struct cmek_tf_values *values = cmek_tf_values(emitter->plan, instance);
    const struct cmek_json *labels = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !labels; i++) {
        const struct cmek_json *secret = cmek_json_get(values->sensitive, names[i]);
        if (!cmek_json_is_true(values->sensitive) && !cmek_json_is_true(secret) &&
            (cmek_json_kind(secret) != CMEK_JSON_OBJECT || cmek_json_count(secret) == 0))
            labels = cmek_json_get(values->after, names[i]);
    }
    if (cmek_json_kind(labels) != CMEK_JSON_OBJECT)
        return;
    struct labels found = {emitter->arena,
                           cmek_arena_array(emitter->arena, cmek_json_count(labels),
                                            sizeof(struct cmek_label)),
                           0};
    cmek_json_each(labels, add_label, &found);
    resource->labels = found.items;
    resource->label_count = found.count;
}

static void read_key(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance,
                     const char *path, struct cmek_resource_data *resource,
                     struct cmek_planned *planned)
{
    struct cmek_tf_value key = cmek_tf_attribute(emitter->plan, instance, path);
    if (key.state == CMEK_TF_KNOWN) {
        resource->kms_key = key.text;
    } else if (key.state == CMEK_TF_SENSITIVE) {
        resource->kms_key = "(sensitive value)"; /* of no shape, so of no known project */
        planned->unknown_reason = "sensitive-value";
        planned->unknown_detail = "the plan marks its key as sensitive";
    } else if (key.state == CMEK_TF_UNKNOWN) {
        if (key.is_certain)
            resource->kms_key = "(known after apply)";
        resource->key_unreadable = !key.is_certain;
        planned->unknown_reason = "unknown-until-apply";
        planned->unknown_detail =
            cmek_arena_printf(emitter->arena, "its key is known only after apply: it waits for %s",
                              key.awaits);
    } else if (key.state == CMEK_TF_MISSHAPEN) {
        resource->key_unreadable = true;
    }
}

void cmek_tf_emit_resource(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    const struct cmek_tf_resource_type *type = cmek_tf_resource_type(instance->type);
    if (!type || instance->is_data || !cmek_catalogue_selects(emitter->catalogue, type->asset_type))
        return;
    const char *name = full_name(emitter, type->name_pattern, instance);
    bool is_deleted = instance->action == CMEK_TF_DELETE;
    if (is_deleted && !name)
        return;
    if (!is_deleted && name && cmek_map_get(&emitter->names, name))
        name = NULL; /* two of one name: only one can be, but either may fail */
    if (!is_deleted && name)
        cmek_map_put(&emitter->names, name, instance);
    struct cmek_planned planned = {
        .address = instance->address,
        .file = instance->block->file,
        .line = instance->block->line,
        .is_change = cmek_tf_changes(instance),
    };
    struct cmek_record record =
        cmek_tf_record(emitter, type->asset_type,
                       name ? name : unnamed(emitter, type->name_pattern, instance));
    const char *project = cmek_tf_project(emitter->plan, instance);
    if (project)
        record.parent = cmek_arena_printf(emitter->arena, "projects/%s", project);
    struct cmek_resource_data *resource = &record.data.resource;
    const char *location = cmek_tf_text(emitter->plan, instance, "location");
    resource->location = location ? cmek_arena_lower(emitter->arena, location) : NULL;
    resource->created_at = cmek_tf_text(emitter->plan, instance, "time_created");
    read_labels(emitter, instance, resource);
    if (type->key_path)
        read_key(emitter, instance, type->key_path, resource, &planned);
    record.planned = &planned;
    record.is_deleted = is_deleted;
    emitter->sink->record(emitter->sink->payload, &record);
}
