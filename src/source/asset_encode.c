/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_encode.h"

#include <string.h>

#include "model/catalogue.h"
#include "source/resource_data.h"
#include "json/writer.h"

static void member(struct cmek_json_writer *writer, const char *name, const char *text)
{
    if (text)
        cmek_json_member_text(writer, name, text);
}

static void begin_member(struct cmek_json_writer *writer, const char *name)
{
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
}

static void strings(struct cmek_json_writer *writer, const char *name,
                    const struct cmek_strings *items)
{
    if (items->count == 0)
        return;
    cmek_json_key(writer, name);
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < items->count; i++)
        cmek_json_text(writer, items->items[i]);
    cmek_json_end_array(writer);
}

/* A member at a path of objects, from its step @p step on. */
static void member_at(struct cmek_json_writer *writer, const struct cmek_field_path *path,
                      size_t step, const char *text)
{
    if (step + 1 == path->count) {
        cmek_json_member_text(writer, path->steps[step].name, text);
        return;
    }
    begin_member(writer, path->steps[step].name);
    member_at(writer, path, step + 1, text);
    cmek_json_end_object(writer);
}

static bool has_lists(const struct cmek_field_path *path)
{
    bool has = false;
    for (size_t i = 0; i < path->count; i++)
        has |= path->steps[i].is_list;
    return has;
}

/* Where the row's one and only key goes as the API has it; NULL: it cannot be said so. */
static const struct cmek_field_path *plain_key_path(const struct cmek_resource_data *resource)
{
    const struct cmek_service_type *type = resource->type;
    if (resource->more_keys.count > 0 || resource->keyless_place || resource->other_key ||
        resource->is_excepted || type->keys.count != 1)
        return NULL;
    const struct cmek_field_path *path = &type->keys.items[0].items[0];
    bool meets_created =
        type->created.count > 0 && strcmp(type->created.steps[0].name, path->steps[0].name) == 0;
    return meets_created || has_lists(path) || has_lists(&type->created) ? NULL : path;
}

/* What was read from the row's paths, in a form that cmek_resource_decode knows of any row. */
static void encode_findings(struct cmek_json_writer *writer,
                            const struct cmek_resource_data *resource)
{
    begin_member(writer, CMEK_RESOURCE_AS_READ);
    member(writer, "key", resource->kms_key);
    strings(writer, "more_keys", &resource->more_keys);
    member(writer, "keyless_place", resource->keyless_place);
    member(writer, "other_key", resource->other_key ? resource->other_key->field.text : NULL);
    member(writer, "created_at", resource->created_at);
    if (resource->is_excepted)
        cmek_json_member_bool(writer, "excepted", true);
    cmek_json_end_object(writer);
}

/* Both say something inside "encryption" of a bucket. */
static void encode_encryption(struct cmek_json_writer *writer,
                              const struct cmek_resource_data *resource,
                              const struct cmek_field_path *key_path)
{
    const char *key = key_path ? resource->kms_key : NULL;
    bool is_inside = key && strcmp(key_path->steps[0].name, "encryption") == 0;
    if (key && !(is_inside && resource->google_keys_refused))
        member_at(writer, key_path, 0, key);
    if (!resource->google_keys_refused)
        return;
    begin_member(writer, "encryption");
    if (is_inside)
        member_at(writer, key_path, 1, key);
    begin_member(writer, "googleManagedEncryptionEnforcementConfig");
    cmek_json_member_text(writer, "restrictionMode", "FullyRestricted");
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
}

static void encode_labels(struct cmek_json_writer *writer,
                          const struct cmek_resource_data *resource)
{
    if (resource->label_count == 0)
        return;
    begin_member(writer, "labels");
    for (size_t i = 0; i < resource->label_count; i++)
        cmek_json_member_text(writer, resource->labels[i].name, resource->labels[i].value);
    cmek_json_end_object(writer);
}

static void encode_resource(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_resource_data *resource = &record->data.resource;
    member(writer, "location", resource->location);
    member(writer, "projectNumber", resource->project_number);
    const struct cmek_field_path *key_path = plain_key_path(resource);
    if (!key_path)
        encode_findings(writer, resource);
    else if (resource->created_at && resource->type->created.count > 0)
        member_at(writer, &resource->type->created, 0, resource->created_at);
    encode_encryption(writer, resource, key_path);
    encode_labels(writer, resource);
}

static void encode_key(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_key_data *key = &record->data.key;
    member(writer, "purpose", key->purpose);
    if (!key->primary_name && !key->primary_state)
        return;
    begin_member(writer, "primary");
    member(writer, "name", key->primary_name);
    member(writer, "state", key->primary_state);
    cmek_json_end_object(writer);
}

static void encode_node(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_node_data *node = &record->data.node;
    member(writer, "projectNumber", node->number);
    member(writer, "projectId", node->id);
    member(writer, "parent", node->parent);
    member(writer, "displayName", node->display_name);
}

static void encode_rule(struct cmek_json_writer *writer, const struct cmek_policy_rule *rule)
{
    cmek_json_begin_object(writer);
    if (rule->allowed.count + rule->denied.count > 0) {
        begin_member(writer, "values");
        strings(writer, "allowedValues", &rule->allowed);
        strings(writer, "deniedValues", &rule->denied);
        cmek_json_end_object(writer);
    }
    if (rule->allow_all)
        cmek_json_member_bool(writer, "allowAll", true);
    if (rule->deny_all)
        cmek_json_member_bool(writer, "denyAll", true);
    if (rule->condition) {
        begin_member(writer, "condition");
        cmek_json_member_text(writer, "expression", rule->condition);
        cmek_json_end_object(writer);
    }
    cmek_json_end_object(writer);
}

static void encode_spec(struct cmek_json_writer *writer, const char *name,
                        const struct cmek_policy_spec *spec)
{
    if (spec->state == CMEK_SPEC_ABSENT)
        return;
    begin_member(writer, name);
    if (spec->state == CMEK_SPEC_UNREADABLE)
        cmek_json_member_text(writer, "cmekscan_unreadable", spec->unreadable_reason);
    if (spec->reset)
        cmek_json_member_bool(writer, "reset", true);
    if (spec->inherit_from_parent)
        cmek_json_member_bool(writer, "inheritFromParent", true);
    if (spec->rule_count > 0) {
        cmek_json_key(writer, "rules");
        cmek_json_begin_array(writer);
        for (size_t i = 0; i < spec->rule_count; i++)
            encode_rule(writer, &spec->rules[i]);
        cmek_json_end_array(writer);
    }
    cmek_json_end_object(writer);
}

static void encode_policy(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_policy_data *policy = &record->data.policy;
    struct cmek_arena arena = {0};
    const char *constraint = cmek_constraint_name(policy->constraint);
    if (constraint)
        cmek_json_member_text(writer, "name",
                              cmek_arena_printf(&arena, "%s/policies/%s", policy->node,
                                                cmek_str_after(constraint, "constraints/")));
    encode_spec(writer, "spec", &policy->policy.live);
    encode_spec(writer, "dryRunSpec", &policy->policy.dry_run);
    cmek_arena_done(&arena);
}

static void encode_constraint(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    member(writer, "name", cmek_constraint_name(record->data.constraint.constraint));
    cmek_json_member_text(writer, "constraintDefault",
                          record->data.constraint.default_deny ? "DENY" : "ALLOW");
}

static void encode_tag(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_tag_data *tag = &record->data.tag;
    member(writer, "name", tag->id);
    member(writer, "parent", tag->parent);
    member(writer, "shortName", tag->short_name);
    member(writer, "namespacedName", tag->namespaced_name);
}

static void encode_binding(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_tag_binding_data *binding = &record->data.binding;
    member(writer, "parent", binding->node);
    member(writer, "tagValue", binding->value);
    member(writer, "tagValueNamespacedName", binding->value_namespaced);
}

static void encode_service(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_service_data *service = &record->data.service;
    struct cmek_arena arena = {0};
    cmek_json_member_text(writer, "name",
                          cmek_arena_printf(&arena, "%s/services/%s", service->project,
                                            cmek_enabled_service_name(service->service)));
    cmek_json_member_text(writer, "state", service->enabled ? "ENABLED" : "DISABLED");
    cmek_arena_done(&arena);
}

static void encode_settings(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_registry_settings_data *settings = &record->data.settings;
    struct cmek_arena arena = {0};
    cmek_json_member_text(writer, "name",
                          cmek_arena_printf(&arena, "%s/projectSettings", settings->project));
    member(writer, "legacyRedirectionState", settings->redirection);
    cmek_arena_done(&arena);
}

static void encode_gap(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_gap_data *gap = &record->data.gap;
    member(writer, "scope", gap->scope);
    member(writer, "operation", gap->operation);
    member(writer, "error", gap->error);
    member(writer, "message", gap->message);
}

static void encode_collection(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    const struct cmek_collection_data *collection = &record->data.collection;
    strings(writer, "scopes", &collection->scopes);
    strings(writer, "selected_services", &collection->selected);
    cmek_json_member_bool(writer, "policies", collection->policies);
    cmek_json_member_bool(writer, "v1_policies", collection->v1_policies);
    cmek_json_member_bool(writer, "tags", collection->tags);
    cmek_json_member_bool(writer, "services", collection->services);
    cmek_json_member_bool(writer, "settings", collection->settings);
    cmek_json_member_bool(writer, "topics", collection->topics);
}

void cmek_asset_encode_data(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    static void (*const encoders[])(struct cmek_json_writer *, const struct cmek_record *) = {
        [CMEK_ASSET_OTHER] = NULL,
        [CMEK_ASSET_ORGANIZATION] = encode_node,
        [CMEK_ASSET_FOLDER] = encode_node,
        [CMEK_ASSET_PROJECT] = encode_node,
        [CMEK_ASSET_RESOURCE] = encode_resource,
        [CMEK_ASSET_CRYPTO_KEY] = encode_key,
        [CMEK_ASSET_POLICY] = encode_policy,
        [CMEK_ASSET_CONSTRAINT] = encode_constraint,
        [CMEK_ASSET_TAG_KEY] = encode_tag,
        [CMEK_ASSET_TAG_VALUE] = encode_tag,
        [CMEK_ASSET_TAG_BINDING] = encode_binding,
        [CMEK_ASSET_SERVICE] = encode_service,
        [CMEK_ASSET_REGISTRY_SETTINGS] = encode_settings,
        [CMEK_ASSET_COVERAGE_GAP] = encode_gap,
        [CMEK_ASSET_COLLECTION] = encode_collection,
    };
    cmek_json_begin_object(writer);
    if (encoders[record->kind])
        encoders[record->kind](writer, record);
    cmek_json_end_object(writer);
}

static void encode_list_policy(struct cmek_json_writer *writer, const struct cmek_policy_spec *spec)
{
    begin_member(writer, "list_policy");
    if (spec->state == CMEK_SPEC_UNREADABLE)
        cmek_json_member_text(writer, "cmekscan_unreadable", spec->unreadable_reason);
    for (size_t i = 0; i < spec->rule_count; i++) { /* a v1 policy is one rule */
        const struct cmek_policy_rule *rule = &spec->rules[i];
        strings(writer, "allowed_values", &rule->allowed);
        strings(writer, "denied_values", &rule->denied);
        member(writer, "all_values", rule->allow_all ? "ALLOW" : rule->deny_all ? "DENY" : NULL);
    }
    if (spec->inherit_from_parent)
        cmek_json_member_bool(writer, "inherit_from_parent", true);
    cmek_json_end_object(writer);
}

void cmek_v1_policies_encode(struct cmek_json_writer *writer, const struct cmek_record *record)
{
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < record->v1_policy_count; i++) {
        const struct cmek_v1_policy *policy = &record->v1_policies[i];
        cmek_json_begin_object(writer);
        member(writer, "constraint", cmek_constraint_name(policy->constraint));
        if (policy->spec.reset) {
            begin_member(writer, "restore_default");
            cmek_json_end_object(writer);
        } else if (policy->spec.rule_count > 0 || policy->spec.state == CMEK_SPEC_UNREADABLE) {
            encode_list_policy(writer, &policy->spec);
        }
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}
