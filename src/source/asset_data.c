/* SPDX-License-Identifier: Apache-2.0 */
/* resource.data of each kind of asset. Names and types are those of the APIs' Discovery documents.
 */
#include <string.h>

#include "base/arena.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/asset_policy.h"
#include "source/resource_data.h"
#include "json/decode.h"
#include "json/json.h"

struct json_key_version {
    const char *name, *state;
};
static const struct cmek_json_field key_version_fields[] = {
    CMEK_JSON_FIELD(struct json_key_version, name, "name", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_key_version, state, "state", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};
struct json_key {
    const char *purpose;
    struct json_key_version primary;
};
static const struct cmek_json_field key_fields[] = {
    CMEK_JSON_FIELD(struct json_key, purpose, "purpose", CMEK_JSON_OPTIONAL),
    CMEK_JSON_OBJECT_FIELD(struct json_key, primary, "primary", NULL, key_version_fields),
    CMEK_JSON_END,
};

static void decode_key(struct cmek_record *record, const struct cmek_json *data,
                       struct cmek_arena *arena)
{
    struct json_key key = {0};
    if (cmek_json_decode(data, key_fields, arena, &key, NULL) != CMEK_OK) {
        record->has_data = false;
        return;
    }
    record->data.key = (struct cmek_key_data){key.purpose, key.primary.name, key.primary.state};
}

/* Resource Manager v3, and v1 projects ({projectNumber, projectId, parent: {type, id}}). */
struct json_node {
    const char *name, *project_id, *project_number;
    const struct cmek_json *parent, *display_name;
};
static const struct cmek_json_field node_fields[] = {
    CMEK_JSON_FIELD(struct json_node, name, "name", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_node, project_id, "projectId", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_node, project_number, "projectNumber", CMEK_JSON_NUMBER_AS_TEXT),
    CMEK_JSON_FIELD(struct json_node, parent, "parent", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_node, display_name, "displayName", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const char *node_parent(const struct cmek_json *parent, struct cmek_arena *arena)
{
    if (cmek_json_kind(parent) == CMEK_JSON_STRING)
        return cmek_node_ref_of(cmek_json_string(parent, arena), arena);
    struct v1_parent {
        const char *type, *id;
    } v1 = {0};
    static const struct cmek_json_field fields[] = {
        CMEK_JSON_FIELD(struct v1_parent, type, "type", CMEK_JSON_REQUIRED),
        CMEK_JSON_FIELD(struct v1_parent, id, "id", CMEK_JSON_REQUIRED | CMEK_JSON_NUMBER_AS_TEXT),
        CMEK_JSON_END,
    };
    if (cmek_json_decode(parent, fields, arena, &v1, NULL) != CMEK_OK)
        return NULL;
    return cmek_node_ref_of(cmek_arena_printf(arena, "%ss/%s", v1.type, v1.id), arena);
}

/* A project's number and id stand in its data (v1, v3), its name and its own ancestors. */
static void decode_project_names(struct cmek_record *record, const struct json_node *node,
                                 struct cmek_arena *arena)
{
    const char *candidates[] = {
        cmek_node_ref_of(node->name, arena),
        record->has_ancestors && record->ancestors.count > 0 ? record->ancestors.items[0] : NULL,
        cmek_node_ref_of(record->name, arena),
    };
    record->data.node.number = node->project_number;
    record->data.node.id = node->project_id;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        const char *name = candidates[i] ? cmek_str_after(candidates[i], "projects/") : NULL;
        if (!name)
            continue;
        if (cmek_str_is_number(name) && !record->data.node.number)
            record->data.node.number = name;
        else if (!cmek_str_is_number(name) && !record->data.node.id)
            record->data.node.id = name;
    }
}

static void decode_node(struct cmek_record *record, const struct cmek_json *data,
                        struct cmek_arena *arena)
{
    struct json_node node = {0};
    if (cmek_json_decode(data, node_fields, arena, &node, NULL) != CMEK_OK) {
        record->has_data = false;
        return;
    }
    /* For people only: of a wrong type it is left out, and the rest of the node stands. */
    record->data.node.display_name = cmek_json_string(node.display_name, arena);
    record->data.node.parent = node_parent(node.parent, arena);
    if (record->kind == CMEK_ASSET_PROJECT)
        decode_project_names(record, &node, arena);
}

static void decode_policy(struct cmek_record *record, const struct cmek_json *data,
                          struct cmek_arena *arena)
{
    struct cmek_policy_data *policy = &record->data.policy;
    policy->constraint = CMEK_CONSTRAINT_COUNT_;
    const char *name = cmek_json_string(cmek_json_get(data, "name"), arena);
    if (!cmek_policy_name_parse(name, arena, &policy->node, &policy->constraint))
        cmek_policy_name_parse(record->name, arena, &policy->node, &policy->constraint);
    if (record->truncated)
        policy->policy = cmek_policy_unreadable("the asset is marked as truncated");
    else if (!record->has_data)
        policy->policy = cmek_policy_unreadable("the asset has no readable resource.data");
    else
        cmek_policy_decode(data, arena, &policy->policy);
}

static const struct cmek_json_field tag_fields[] = {
    CMEK_JSON_FIELD(struct cmek_tag_data, id, "name", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct cmek_tag_data, parent, "parent", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct cmek_tag_data, short_name, "shortName", "short_name",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct cmek_tag_data, namespaced_name, "namespacedName",
                          "namespaced_name", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static void decode_tag(struct cmek_record *record, const struct cmek_json *data,
                       struct cmek_arena *arena)
{
    struct cmek_tag_data *tag = &record->data.tag;
    if (data && cmek_json_decode(data, tag_fields, arena, tag, NULL) != CMEK_OK) {
        *tag = (struct cmek_tag_data){0};
        record->has_data = false;
    }
    if (!tag->id)
        tag->id = cmek_str_after(record->name, "//cloudresourcemanager.googleapis.com/");
}

static void decode_binding(struct cmek_record *record, const struct cmek_json *data,
                           struct cmek_arena *arena)
{
    struct binding {
        const char *parent, *value, *value_namespaced;
    } binding = {0};
    static const struct cmek_json_field fields[] = {
        CMEK_JSON_FIELD(struct binding, parent, "parent", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD_ALIAS(struct binding, value, "tagValue", "tag_value", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD_ALIAS(struct binding, value_namespaced, "tagValueNamespacedName",
                              "tag_value_namespaced_name", CMEK_JSON_OPTIONAL),
        CMEK_JSON_END,
    };
    if (cmek_json_decode(data, fields, arena, &binding, NULL) != CMEK_OK) {
        record->has_data = false;
        return;
    }
    record->data.binding = (struct cmek_tag_binding_data){cmek_node_ref_of(binding.parent, arena),
                                                          binding.value, binding.value_namespaced};
}

/* The name in the data, else the full resource name after its `//host/`. */
static const char *relative_name(const struct cmek_record *record, const struct cmek_json *data,
                                 struct cmek_arena *arena)
{
    const char *name = cmek_json_string(cmek_json_get(data, "name"), arena);
    if (name)
        return cmek_arena_printf(arena, "/%s", name);
    const char *host = cmek_str_after(record->name, "//");
    return host ? strchr(host, '/') : NULL;
}

/* In exports `data.name` is "pubsub.googleapis.com" alone, in the API's answers it begins with the
 * project; the asset's own name does so in both. */
static void decode_service(struct cmek_record *record, const struct cmek_json *data,
                           struct cmek_arena *arena)
{
    struct cmek_service_data *service = &record->data.service;
    const char *name = relative_name(record, data, arena);
    service->project = cmek_project_ref_in(record->name, arena);
    if (!service->project)
        service->project = cmek_project_ref_in(name, arena);
    service->service = CMEK_SERVICE_COUNT_;
    for (size_t i = 0; name && i < CMEK_SERVICE_COUNT_; i++)
        if (cmek_str_eq(cmek_short_name(name),
                        cmek_enabled_service_name((enum cmek_enabled_service)i)))
            service->service = (enum cmek_enabled_service)i;
    const char *state = cmek_json_peek(cmek_json_get(data, "state"));
    service->enabled = cmek_str_eq(state, "ENABLED");
    if (!state)
        record->has_data = false;
}

static void decode_settings(struct cmek_record *record, const struct cmek_json *data,
                            struct cmek_arena *arena)
{
    record->data.settings.project = cmek_project_ref_in(relative_name(record, data, arena), arena);
    record->data.settings.redirection =
        cmek_json_string(cmek_json_get(data, "legacyRedirectionState"), arena);
}

static void decode_constraint(struct cmek_record *record, const struct cmek_json *data,
                              struct cmek_arena *arena)
{
    const char *name = relative_name(record, data, arena);
    record->data.constraint.constraint =
        name ? cmek_constraint_parse(cmek_short_name(name)) : CMEK_CONSTRAINT_COUNT_;
    record->data.constraint.default_deny =
        cmek_str_eq(cmek_json_peek(cmek_json_get(data, "constraintDefault")), "DENY");
}

static void decode_gap(struct cmek_record *record, const struct cmek_json *data,
                       struct cmek_arena *arena)
{
    static const struct cmek_json_field fields[] = {
        CMEK_JSON_FIELD(struct cmek_gap_data, scope, "scope", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_gap_data, operation, "operation", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_gap_data, error, "error", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_gap_data, message, "message", CMEK_JSON_OPTIONAL),
        CMEK_JSON_END,
    };
    struct cmek_error err = {0};
    if (cmek_json_decode(data, fields, arena, &record->data.gap, &err) != CMEK_OK)
        record->data.gap = (struct cmek_gap_data){.message = cmek_arena_strdup(arena, err.message)};
}

static void decode_collection(struct cmek_record *record, const struct cmek_json *data,
                              struct cmek_arena *arena)
{
    static const struct cmek_json_field fields[] = {
        CMEK_JSON_FIELD(struct cmek_collection_data, scopes, "scopes", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, selected, "selected_services",
                        CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, policies, "policies", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, v1_policies, "v1_policies",
                        CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, tags, "tags", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, services, "services", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, settings, "settings", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct cmek_collection_data, topics, "topics", CMEK_JSON_OPTIONAL),
        CMEK_JSON_END,
    };
    record->data.collection.topics = true; /* older collectors looked, and did not say so */
    if (cmek_json_decode(data, fields, arena, &record->data.collection, NULL) != CMEK_OK)
        record->data.collection = (struct cmek_collection_data){0};
}

void cmek_asset_decode_data(struct cmek_record *record, const struct cmek_json *data,
                            struct cmek_arena *arena)
{
    record->raw = data;
    record->has_data = cmek_json_kind(data) == CMEK_JSON_OBJECT;
    static void (*const decoders[])(struct cmek_record *, const struct cmek_json *,
                                    struct cmek_arena *) = {
        [CMEK_ASSET_ORGANIZATION] = decode_node,
        [CMEK_ASSET_FOLDER] = decode_node,
        [CMEK_ASSET_PROJECT] = decode_node,
        [CMEK_ASSET_RESOURCE] = cmek_resource_decode,
        [CMEK_ASSET_CRYPTO_KEY] = decode_key,
        [CMEK_ASSET_POLICY] = decode_policy,
        [CMEK_ASSET_CONSTRAINT] = decode_constraint,
        [CMEK_ASSET_TAG_KEY] = decode_tag,
        [CMEK_ASSET_TAG_VALUE] = decode_tag,
        [CMEK_ASSET_TAG_BINDING] = decode_binding,
        [CMEK_ASSET_SERVICE] = decode_service,
        [CMEK_ASSET_REGISTRY_SETTINGS] = decode_settings,
        [CMEK_ASSET_COVERAGE_GAP] = decode_gap,
        [CMEK_ASSET_COLLECTION] = decode_collection,
    };
    bool works_without_data =
        record->kind == CMEK_ASSET_POLICY || record->kind == CMEK_ASSET_TAG_KEY ||
        record->kind == CMEK_ASSET_TAG_VALUE || record->kind == CMEK_ASSET_SERVICE ||
        record->kind == CMEK_ASSET_CONSTRAINT;
    if (decoders[record->kind] && (record->has_data || works_without_data))
        decoders[record->kind](record, record->has_data ? data : NULL, arena);
}
