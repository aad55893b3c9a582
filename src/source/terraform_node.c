/* SPDX-License-Identifier: Apache-2.0 */
/* Projects, folders and keys: managed ones, and what data sources tell of others. */
#include <string.h>

#include "base/strings.h"
#include "model/asset_type.h"
#include "source/terraform_emit.h"
#include "source/terraform_value.h"
#include "json/json.h"

/* "2", or "folders/2". */
static const char *node_ref(struct cmek_tf_emitter *emitter, const char *kind, const char *id)
{
    return cmek_str_starts(id, kind) ? id : cmek_arena_printf(emitter->arena, "%s/%s", kind, id);
}

static const char *project_parent(struct cmek_tf_emitter *emitter,
                                  struct cmek_tf_instance *instance)
{
    const char *folder = cmek_tf_text(emitter->plan, instance, "folder_id");
    if (folder)
        return node_ref(emitter, "folders", folder);
    const char *organization = cmek_tf_text(emitter->plan, instance, "org_id");
    return organization ? node_ref(emitter, "organizations", organization) : NULL;
}

static void emit(struct cmek_tf_emitter *emitter, const struct cmek_tf_instance *instance,
                 struct cmek_record *record)
{
    struct cmek_planned planned = {.address = instance->address,
                                   .is_change = cmek_tf_changes(instance)};
    record->context = instance->is_data;
    record->is_created = instance->action == CMEK_TF_CREATE;
    record->planned = &planned;
    emitter->sink->record(emitter->sink->payload, record);
}

static void emit_project(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    const char *id = cmek_tf_text(emitter->plan, instance, "project_id");
    const char *ref = cmek_tf_project_ref(emitter->plan, instance);
    struct cmek_record record =
        cmek_tf_record(emitter, CMEK_TYPE_PROJECT,
                       cmek_arena_printf(emitter->arena, "//cloudresourcemanager.googleapis.com/%s",
                                         ref));
    record.data.node = (struct cmek_node_data){
        .number = cmek_tf_given_text(emitter->plan, instance, "number"),
        .id = id ? id : ref + sizeof "projects/" - 1,
        .parent = project_parent(emitter, instance),
        .display_name = cmek_tf_text(emitter->plan, instance, "name"),
    };
    emit(emitter, instance, &record);
}

static void emit_folder(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    const char *name = cmek_tf_text(emitter->plan, instance, "name");
    if (!name || !cmek_str_starts(name, "folders/"))
        return;
    struct cmek_record record =
        cmek_tf_record(emitter, cmek_asset_type_name(CMEK_ASSET_FOLDER),
                       cmek_arena_printf(emitter->arena, "//cloudresourcemanager.googleapis.com/%s",
                                         name));
    record.data.node = (struct cmek_node_data){
        .parent = cmek_tf_text(emitter->plan, instance, "parent"),
        .display_name = cmek_tf_text(emitter->plan, instance, "display_name"),
    };
    emit(emitter, instance, &record);
}

/* A new key gets its first version by itself, unless that is skipped: then somebody else will make
 * one, or not. */
static void emit_key(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    const char *name = cmek_tf_text(emitter->plan, instance, "id");
    const struct cmek_tf_values *values = cmek_tf_values(emitter->plan, instance);
    const struct cmek_json *skips = cmek_json_get(values->after, "skip_initial_version_creation");
    const char *state = cmek_tf_given_text(emitter->plan, instance, "primary.state");
    bool is_new = instance->action == CMEK_TF_CREATE || instance->action == CMEK_TF_REPLACE;
    if (is_new && !cmek_json_is_true(skips))
        state = "ENABLED";
    if (!name || !state)
        return;
    struct cmek_record record =
        cmek_tf_record(emitter, cmek_asset_type_name(CMEK_ASSET_CRYPTO_KEY),
                       cmek_arena_printf(emitter->arena, "//cloudkms.googleapis.com/%s", name));
    record.data.key = (struct cmek_key_data){
        .purpose = cmek_tf_given_text(emitter->plan, instance, "purpose"),
        .primary_name = cmek_tf_given_text(emitter->plan, instance, "primary.name"),
        .primary_state = state,
    };
    emit(emitter, instance, &record);
}

void cmek_tf_emit_node(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance)
{
    static const struct {
        const char *type;
        void (*emit)(struct cmek_tf_emitter *emitter, struct cmek_tf_instance *instance);
    } rows[] = {
        {"google_project", emit_project},
        {"google_folder", emit_folder},
        {"google_kms_crypto_key", emit_key},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].type, instance->type) == 0 && instance->action != CMEK_TF_DELETE)
            rows[i].emit(emitter, instance);
}
