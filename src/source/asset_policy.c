/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_policy.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "model/names.h"
#include "json/decode.h"
#include "json/json.h"

/* https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies#PolicyRule
 */
struct json_values {
    struct cmek_strings allowed, denied;
};
static const struct cmek_json_field values_fields[] = {
    CMEK_JSON_FIELD_ALIAS(struct json_values, allowed, "allowedValues", "allowed_values",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_values, denied, "deniedValues", "denied_values",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct json_condition {
    const char *expression, *title, *description, *location;
};
static const struct cmek_json_field condition_fields[] = {
    CMEK_JSON_FIELD(struct json_condition, expression, "expression", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_condition, title, "title", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_condition, description, "description", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_condition, location, "location", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct json_rule {
    struct json_values values;
    bool allow_all, deny_all, enforce;
    const struct cmek_json *parameters, *condition;
};
static const struct cmek_json_field rule_fields[] = {
    CMEK_JSON_OBJECT_FIELD(struct json_rule, values, "values", NULL, values_fields),
    CMEK_JSON_FIELD_ALIAS(struct json_rule, allow_all, "allowAll", "allow_all", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_rule, deny_all, "denyAll", "deny_all", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_rule, enforce, "enforce", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_rule, parameters, "parameters", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_rule, condition, "condition", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct json_spec {
    const char *etag, *update_time, *unreadable;
    bool inherit_from_parent, reset;
    struct {
        struct json_rule *items;
        size_t count;
    } rules;
};
static const struct cmek_json_field spec_fields[] = {
    CMEK_JSON_FIELD(struct json_spec, etag, "etag", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_spec, update_time, "updateTime", "update_time",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_spec, inherit_from_parent, "inheritFromParent",
                          "inherit_from_parent", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_spec, reset, "reset", CMEK_JSON_OPTIONAL),
    CMEK_JSON_ARRAY_FIELD(struct json_spec, rules, "rules", NULL, rule_fields),
    CMEK_JSON_FIELD(struct json_spec, unreadable, "cmekscan_unreadable", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static struct cmek_policy_spec unreadable(const char *reason)
{
    return (struct cmek_policy_spec){.state = CMEK_SPEC_UNREADABLE, .unreadable_reason = reason};
}

struct cmek_policy cmek_policy_unreadable(const char *reason)
{
    return (struct cmek_policy){.live = unreadable(reason)};
}

static enum cmek_status decode_rule(const struct json_rule *json, struct cmek_arena *arena,
                                    struct cmek_policy_rule *ret_rule, struct cmek_error *err)
{
    if (json->parameters && cmek_json_kind(json->parameters) != CMEK_JSON_OBJECT)
        return cmek_fail(err, CMEK_E_INVALID, "a rule's parameters are no object");
    *ret_rule = (struct cmek_policy_rule){
        .allowed = json->values.allowed,
        .denied = json->values.denied,
        .allow_all = json->allow_all,
        .deny_all = json->deny_all,
    };
    if (!json->condition)
        return CMEK_OK;
    struct json_condition condition = {0};
    enum cmek_status status =
        cmek_json_decode(json->condition, condition_fields, arena, &condition, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "condition");
    ret_rule->condition = condition.expression ? condition.expression : "";
    return status;
}

static enum cmek_status decode_spec(const struct cmek_json *json, struct cmek_arena *arena,
                                    struct cmek_policy_spec *ret_spec, struct cmek_error *err)
{
    struct json_spec spec = {0};
    enum cmek_status status = cmek_json_decode(json, spec_fields, arena, &spec, err);
    if (status != CMEK_OK)
        return status;
    if (spec.unreadable) { /* by an earlier reader: asset_encode.h */
        *ret_spec = unreadable(spec.unreadable);
        return CMEK_OK;
    }
    if (spec.rules.count > CMEK_LIMIT_POLICY_RULES)
        return cmek_fail(err, CMEK_E_LIMIT, "more than %d rules", CMEK_LIMIT_POLICY_RULES);
    struct cmek_policy_rule *rules = cmek_arena_array(arena, spec.rules.count, sizeof *rules);
    size_t values = 0, condition_bytes = 0;
    for (size_t i = 0; i < spec.rules.count; i++) {
        status = decode_rule(&spec.rules.items[i], arena, &rules[i], err);
        if (status != CMEK_OK)
            return status;
        values += rules[i].allowed.count + rules[i].denied.count;
        condition_bytes += rules[i].condition ? strlen(rules[i].condition) : 0;
    }
    if (values > CMEK_LIMIT_POLICY_VALUES)
        return cmek_fail(err, CMEK_E_LIMIT, "more than %d values", CMEK_LIMIT_POLICY_VALUES);
    if (condition_bytes > CMEK_LIMIT_POLICY_CONDITION_BYTES)
        return cmek_fail(err, CMEK_E_LIMIT, "more than %zu bytes of conditions",
                         CMEK_LIMIT_POLICY_CONDITION_BYTES);
    *ret_spec = (struct cmek_policy_spec){
        .state = CMEK_SPEC_PRESENT,
        .reset = spec.reset,
        .inherit_from_parent = spec.inherit_from_parent,
        .rules = rules,
        .rule_count = spec.rules.count,
    };
    return CMEK_OK;
}

static struct cmek_policy_spec spec_or_unreadable(const struct cmek_json *json, const char *name,
                                                  struct cmek_arena *arena)
{
    struct cmek_policy_spec spec = {0};
    struct cmek_error err = {0};
    if (!json)
        return spec;
    if (decode_spec(json, arena, &spec, &err) != CMEK_OK)
        return unreadable(cmek_arena_printf(arena, "its %s cannot be read: %s", name, err.message));
    return spec;
}

void cmek_policy_decode(const struct cmek_json *data, struct cmek_arena *arena,
                        struct cmek_policy *ret_policy)
{
    const struct cmek_json *live = cmek_json_get(data, "spec");
    const struct cmek_json *dry_run = cmek_json_get(data, "dryRunSpec");
    if (!dry_run)
        dry_run = cmek_json_get(data, "dry_run_spec");
    ret_policy->live = spec_or_unreadable(live, "spec", arena);
    ret_policy->dry_run = spec_or_unreadable(dry_run, "dryRunSpec", arena);
}

bool cmek_policy_name_parse(const char *name, struct cmek_arena *arena, const char **ret_node,
                            enum cmek_constraint *ret_constraint)
{
    static const char mark[] = "/policies/";
    if (!name)
        return false;
    const char *bare = cmek_str_after(name, "//orgpolicy.googleapis.com/");
    if (!bare)
        bare = name;
    const char *end = strstr(bare, mark);
    if (!end)
        return false;
    const char *node = cmek_arena_strndup(arena, bare, (size_t)(end - bare));
    if (!cmek_node_ref_of(node, arena))
        return false;
    *ret_node = node;
    *ret_constraint = cmek_constraint_parse(end + sizeof mark - 1);
    return true;
}

/* v1: https://cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset
 * (GoogleCloudOrgpolicyV1Policy) */
struct json_list_policy {
    const char *all_values, *suggested_value, *unreadable;
    struct cmek_strings allowed, denied;
    bool inherit_from_parent;
};
static const struct cmek_json_field list_policy_fields[] = {
    CMEK_JSON_FIELD_ALIAS(struct json_list_policy, all_values, "allValues", "all_values",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_list_policy, suggested_value, "suggestedValue",
                          "suggested_value", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_list_policy, allowed, "allowedValues", "allowed_values",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_list_policy, denied, "deniedValues", "denied_values",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_list_policy, inherit_from_parent, "inheritFromParent",
                          "inherit_from_parent", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct json_list_policy, unreadable, "cmekscan_unreadable", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

struct json_v1_policy {
    const char *constraint;
    const struct cmek_json *list_policy, *restore_default;
};
static const struct cmek_json_field v1_policy_fields[] = {
    CMEK_JSON_FIELD(struct json_v1_policy, constraint, "constraint", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_v1_policy, list_policy, "listPolicy", "list_policy",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD_ALIAS(struct json_v1_policy, restore_default, "restoreDefault",
                          "restore_default", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static struct cmek_policy_spec v1_spec(const struct json_v1_policy *policy,
                                       struct cmek_arena *arena)
{
    struct cmek_policy_spec spec = {.state = CMEK_SPEC_PRESENT,
                                    .reset = policy->restore_default != NULL};
    if (!policy->list_policy || spec.reset)
        return spec;
    struct json_list_policy list = {0};
    struct cmek_error err = {0};
    if (cmek_json_decode(policy->list_policy, list_policy_fields, arena, &list, &err) != CMEK_OK)
        return unreadable(
            cmek_arena_printf(arena, "its list_policy cannot be read: %s", err.message));
    if (list.unreadable)
        return unreadable(list.unreadable);
    if (list.allowed.count + list.denied.count > CMEK_LIMIT_POLICY_VALUES)
        return unreadable("its list_policy has too many values");
    struct cmek_policy_rule *rule = cmek_arena_alloc(arena, sizeof *rule);
    rule->allowed = list.allowed;
    rule->denied = list.denied;
    rule->allow_all = cmek_str_eq(list.all_values, "ALLOW");
    rule->deny_all = cmek_str_eq(list.all_values, "DENY");
    spec.inherit_from_parent = list.inherit_from_parent;
    spec.rules = rule;
    spec.rule_count = 1;
    return spec;
}

bool cmek_v1_policies_decode(const struct cmek_json *org_policy, struct cmek_arena *arena,
                             struct cmek_record *record)
{
    if (cmek_json_kind(org_policy) != CMEK_JSON_ARRAY)
        return false;
    size_t count = cmek_json_count(org_policy);
    struct cmek_v1_policy *policies =
        cmek_arena_array(arena, count + CMEK_CONSTRAINT_COUNT_, sizeof *policies);
    bool damaged = false;
    record->v1_policies = policies;
    record->has_v1_policies = count > 0;
    for (size_t i = 0; i < count; i++) {
        struct json_v1_policy policy = {0};
        if (cmek_json_decode(cmek_json_item(org_policy, i), v1_policy_fields, arena, &policy,
                             NULL) != CMEK_OK ||
            !policy.constraint) {
            damaged = true;
            continue;
        }
        enum cmek_constraint constraint = cmek_constraint_parse(policy.constraint);
        if (constraint != CMEK_CONSTRAINT_COUNT_)
            policies[record->v1_policy_count++] =
                (struct cmek_v1_policy){constraint, v1_spec(&policy, arena)};
    }
    /* An entry that cannot be read may be of either constraint; the last word on a node counts. */
    for (enum cmek_constraint i = 0; damaged && i < CMEK_CONSTRAINT_COUNT_; i++)
        policies[record->v1_policy_count++] =
            (struct cmek_v1_policy){i, unreadable("an entry of its org_policy cannot be read")};
    return true;
}
