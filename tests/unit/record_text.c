/* SPDX-License-Identifier: Apache-2.0 */
#include "record_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/catalogue.h"
#include "model/record.h"

/* With its length, so that no text can pass for two. */
static void add_text(struct cmek_strbuf *buffer, const char *label, const char *text)
{
    if (text)
        cmek_strbuf_printf(buffer, "%s=%zu:%s\n", label, strlen(text), text);
    else
        cmek_strbuf_printf(buffer, "%s absent\n", label);
}

static void add_number(struct cmek_strbuf *buffer, const char *label, uint64_t number)
{
    cmek_strbuf_printf(buffer, "%s=%" PRIu64 "\n", label, number);
}

static void add_strings(struct cmek_strbuf *buffer, const char *label, struct cmek_strings strings)
{
    add_number(buffer, label, strings.count);
    for (size_t i = 0; i < strings.count; i++)
        add_text(buffer, label, strings.items[i]);
}

static void add_spec(struct cmek_strbuf *buffer, const char *label,
                     const struct cmek_policy_spec *spec)
{
    cmek_strbuf_printf(buffer, "%s: ", label);
    add_number(buffer, "state", spec->state);
    add_number(buffer, "reset", spec->reset);
    add_number(buffer, "inherits", spec->inherit_from_parent);
    add_text(buffer, "unreadable", spec->unreadable_reason);
    add_number(buffer, "rules", spec->rule_count);
    for (size_t i = 0; i < spec->rule_count; i++) {
        const struct cmek_policy_rule *rule = &spec->rules[i];
        add_strings(buffer, "allowed", rule->allowed);
        add_strings(buffer, "denied", rule->denied);
        add_number(buffer, "allow_all", rule->allow_all);
        add_number(buffer, "deny_all", rule->deny_all);
        add_text(buffer, "condition", rule->condition);
    }
}

void policy_text(const struct cmek_policy *policy, struct cmek_strbuf *buffer)
{
    add_spec(buffer, "live", &policy->live);
    add_spec(buffer, "dry run", &policy->dry_run);
}

static void add_resource(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    const struct cmek_resource_data *data = &record->data.resource;
    add_text(buffer, "type", data->type->asset_type);
    add_text(buffer, "key", data->kms_key);
    add_number(buffer, "key unreadable", data->key_unreadable);
    add_number(buffer, "google keys refused", data->google_keys_refused);
    add_text(buffer, "created", data->created_at);
    add_text(buffer, "location", data->location);
    add_text(buffer, "project number", data->project_number);
    add_number(buffer, "labels", data->label_count);
    for (size_t i = 0; i < data->label_count; i++) {
        add_text(buffer, "label", data->labels[i].name);
        add_text(buffer, "value", data->labels[i].value);
    }
    add_strings(buffer, "more keys", data->more_keys);
    add_text(buffer, "keyless place", data->keyless_place);
    add_text(buffer, "other key", data->other_key ? data->other_key->reason : NULL);
    add_number(buffer, "excepted", data->is_excepted);
}

static void add_key(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "purpose", record->data.key.purpose);
    add_text(buffer, "primary", record->data.key.primary_name);
    add_text(buffer, "state", record->data.key.primary_state);
}

static void add_node(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "number", record->data.node.number);
    add_text(buffer, "id", record->data.node.id);
    add_text(buffer, "node parent", record->data.node.parent);
    add_text(buffer, "display name", record->data.node.display_name);
}

static void add_policy(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "node", record->data.policy.node);
    add_number(buffer, "constraint", record->data.policy.constraint);
    policy_text(&record->data.policy.policy, buffer);
}

static void add_constraint(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_number(buffer, "constraint", record->data.constraint.constraint);
    add_number(buffer, "denies", record->data.constraint.default_deny);
}

static void add_tag(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "id", record->data.tag.id);
    add_text(buffer, "tag parent", record->data.tag.parent);
    add_text(buffer, "short name", record->data.tag.short_name);
    add_text(buffer, "namespaced name", record->data.tag.namespaced_name);
}

static void add_binding(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "node", record->data.binding.node);
    add_text(buffer, "value", record->data.binding.value);
    add_text(buffer, "namespaced value", record->data.binding.value_namespaced);
}

static void add_service(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "project", record->data.service.project);
    add_number(buffer, "service", record->data.service.service);
    add_number(buffer, "enabled", record->data.service.enabled);
}

static void add_settings(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "project", record->data.settings.project);
    add_text(buffer, "redirection", record->data.settings.redirection);
}

static void add_gap(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_text(buffer, "scope", record->data.gap.scope);
    add_text(buffer, "operation", record->data.gap.operation);
    add_text(buffer, "error", record->data.gap.error);
    add_text(buffer, "message", record->data.gap.message);
}

static void add_collection(struct cmek_strbuf *buffer, const struct cmek_record *record)
{
    add_strings(buffer, "scopes", record->data.collection.scopes);
    add_number(buffer, "policies", record->data.collection.policies);
    add_number(buffer, "tags", record->data.collection.tags);
    add_number(buffer, "services", record->data.collection.services);
    add_number(buffer, "settings", record->data.collection.settings);
    add_number(buffer, "topics", record->data.collection.topics);
}

void record_text(const struct cmek_record *record, struct cmek_strbuf *buffer)
{
    add_number(buffer, "kind", record->kind);
    add_text(buffer, "name", record->name);
    add_text(buffer, "asset type", record->asset_type);
    add_number(buffer, "has ancestors", record->has_ancestors);
    add_strings(buffer, "ancestors", record->ancestors);
    add_text(buffer, "parent", record->parent);
    cmek_strbuf_printf(buffer, "updated=%" PRId64 ".%" PRId32 "\n", record->updated.seconds,
                       record->updated.nanoseconds);
    add_number(buffer, "has resource", record->has_resource);
    add_number(buffer, "has data", record->has_data);
    add_number(buffer, "truncated", record->truncated);
    add_number(buffer, "context", record->context);
    add_number(buffer, "has v1 policies", record->has_v1_policies);
    for (size_t i = 0; i < record->v1_policy_count; i++) {
        add_number(buffer, "constraint", record->v1_policies[i].constraint);
        add_spec(buffer, "v1", &record->v1_policies[i].spec);
    }
    static void (*const kinds[])(struct cmek_strbuf *, const struct cmek_record *) = {
        [CMEK_ASSET_OTHER] = NULL,
        [CMEK_ASSET_ORGANIZATION] = add_node,
        [CMEK_ASSET_FOLDER] = add_node,
        [CMEK_ASSET_PROJECT] = add_node,
        [CMEK_ASSET_RESOURCE] = add_resource,
        [CMEK_ASSET_CRYPTO_KEY] = add_key,
        [CMEK_ASSET_POLICY] = add_policy,
        [CMEK_ASSET_CONSTRAINT] = add_constraint,
        [CMEK_ASSET_TAG_KEY] = add_tag,
        [CMEK_ASSET_TAG_VALUE] = add_tag,
        [CMEK_ASSET_TAG_BINDING] = add_binding,
        [CMEK_ASSET_SERVICE] = add_service,
        [CMEK_ASSET_REGISTRY_SETTINGS] = add_settings,
        [CMEK_ASSET_COVERAGE_GAP] = add_gap,
        [CMEK_ASSET_COLLECTION] = add_collection,
    };
    if (kinds[record->kind])
        kinds[record->kind](buffer, record);
}
