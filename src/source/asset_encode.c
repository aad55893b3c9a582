/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_encode.h"

#include <string.h>

#include "base/arena.h"
#include "json/writer.h"

#define ENCRYPTION "encryption."

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

/* A member at a dotted path of objects. */
static void member_at(struct cmek_json_writer *writer, const char *path, const char *text)
{
    const char *dot = strchr(path, '.');
    if (!dot) {
        cmek_json_member_text(writer, path, text);
        return;
    }
    struct cmek_arena arena = {0};
    begin_member(writer, cmek_arena_strndup(&arena, path, (size_t)(dot - path)));
    member_at(writer, dot + 1, text);
    cmek_json_end_object(writer);
    cmek_arena_done(&arena);
}

static void encode_encryption(struct cmek_json_writer *writer,
                              const struct cmek_resource_data *resource)
{
    const char *inside = cmek_str_after(resource->type->key_path, ENCRYPTION);
    if (resource->kms_key && !(inside && resource->google_keys_refused))
        member_at(writer, resource->type->key_path, resource->kms_key);
    if (!resource->google_keys_refused)
        return;
    begin_member(writer, "encryption");
    if (resource->kms_key && inside)
        member_at(writer, inside, resource->kms_key);
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
    if (resource->created_at && resource->type->created_path)
        member_at(writer, resource->type->created_path, resource->created_at);
    encode_encryption(writer, resource);
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
    cmek_json_member_bool(writer, "policies", collection->policies);
    cmek_json_member_bool(writer, "v1_policies", collection->v1_policies);
    cmek_json_member_bool(writer, "tags", collection->tags);
    cmek_json_member_bool(writer, "services", collection->services);
    cmek_json_member_bool(writer, "settings", collection->settings);
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
