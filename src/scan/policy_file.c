/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/policy_file.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "scan/policy_values.h"
#include "source/asset_policy.h"
#include "yaml/yaml.h"
#include "json/json.h"
#include "json/writer.h"

/* A file is read as YAML, which JSON is a part of, for the positions of its parts; what it says is
 * then written as JSON, so that one decoder reads policies wherever they come from. */

/* The keys of a mapping, or of each mapping of a list. */
struct shape {
    const char *key;
    const struct shape *inside; /* NULL: whatever the decoder takes */
};

/* https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies
 */
static const struct shape values_shape[] = {{"allowedValues", NULL}, {"deniedValues", NULL}, {0}};
static const struct shape condition_shape[] = {
    {"expression", NULL}, {"title", NULL}, {"description", NULL}, {"location", NULL}, {0},
};
static const struct shape rule_shape[] = {
    {"values", values_shape},
    {"allowAll", NULL},
    {"denyAll", NULL},
    {"enforce", NULL},
    {"parameters", NULL},
    {"condition", condition_shape},
    {0},
};
static const struct shape spec_shape[] = {
    {"rules", rule_shape}, {"inheritFromParent", NULL}, {"reset", NULL},
    {"etag", NULL},        {"updateTime", NULL},        {0},
};
static const struct shape policy_shape[] = {
    {"name", NULL}, {"spec", spec_shape}, {"dryRunSpec", spec_shape}, {"etag", NULL}, {0},
};

/* https://cloud.google.com/resource-manager/reference/rest/v1/Policy */
static const struct shape list_policy_shape[] = {
    {"allowedValues", NULL},     {"deniedValues", NULL},   {"allValues", NULL},
    {"inheritFromParent", NULL}, {"suggestedValue", NULL}, {0},
};
static const struct shape restore_default_shape[] = {{0}};
static const struct shape v1_policy_shape[] = {
    {"constraint", NULL},
    {"listPolicy", list_policy_shape},
    {"restoreDefault", restore_default_shape},
    {"etag", NULL},
    {"updateTime", NULL},
    {"version", NULL},
    {0},
};

/* Exports of Cloud Asset Inventory spell keys with underscores, "allowed_values". */
static bool is_key(const char *written, const char *key)
{
    for (; *written && *key; written++, key++) {
        if (*written == '_' && *key >= 'A' && *key <= 'Z') {
            written++;
            if (*written != *key - 'A' + 'a')
                return false;
        } else if (*written != *key) {
            return false;
        }
    }
    return *written == *key;
}

static enum cmek_status unknown_key(const struct cmek_yaml *member, const struct shape *shape,
                                    struct cmek_error *err)
{
    struct cmek_suggestion suggestion = {.typed = member->key};
    for (; shape->key; shape++)
        cmek_suggestion_offer(&suggestion, shape->key);
    const char *best = cmek_suggestion_best(&suggestion);
    return cmek_yaml_fail(member, err, "there is no '%s' here%s%s%s", member->key,
                          best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

/* Looks for keys that policies do not have; what is of a wrong kind, the decoder tells. */
static enum cmek_status check_keys(const struct cmek_yaml *node, const struct shape *shape,
                                   struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    for (const struct cmek_yaml *item = node->first; item && status == CMEK_OK; item = item->next) {
        if (node->kind == CMEK_YAML_LIST) {
            status = check_keys(item, shape, err);
            continue;
        }
        const struct shape *known = shape;
        while (known->key && !is_key(item->key, known->key))
            known++;
        if (!known->key)
            status = unknown_key(item, shape, err);
        else if (known->inside)
            status = check_keys(item, known->inside, err);
    }
    return status;
}

/* What a plain scalar means in YAML 1.2 (core schema); all others are text. */
static const char *literal(const struct cmek_yaml *yaml)
{
    static const char *const literals[][2] = {
        {"true", "true"},   {"True", "true"},   {"TRUE", "true"}, {"false", "false"},
        {"False", "false"}, {"FALSE", "false"}, {"null", "null"}, {"Null", "null"},
        {"NULL", "null"},   {"~", "null"},      {"", "null"},
    };
    for (size_t i = 0; !yaml->quoted && i < sizeof literals / sizeof *literals; i++)
        if (strcmp(yaml->text, literals[i][0]) == 0)
            return literals[i][1];
    return NULL;
}

static void write_json(const struct cmek_yaml *yaml, struct cmek_json_writer *writer)
{
    switch (yaml->kind) {
    case CMEK_YAML_TEXT:
        if (literal(yaml))
            cmek_json_raw(writer, literal(yaml));
        else
            cmek_json_text(writer, yaml->text);
        return;
    case CMEK_YAML_LIST:
        cmek_json_begin_array(writer);
        for (const struct cmek_yaml *item = yaml->first; item; item = item->next)
            write_json(item, writer);
        cmek_json_end_array(writer);
        return;
    case CMEK_YAML_MAPPING:
        cmek_json_begin_object(writer);
        for (const struct cmek_yaml *item = yaml->first; item; item = item->next) {
            cmek_json_key(writer, item->key);
            write_json(item, writer);
        }
        cmek_json_end_object(writer);
        return;
    }
}

/* The same as a JSON document, which the caller frees; a v1 policy as the list of one that
 * cmek_v1_policies_decode takes. */
static struct cmek_json *to_json(const struct cmek_yaml *yaml, bool as_list)
{
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    if (as_list)
        cmek_json_begin_array(&writer);
    write_json(yaml, &writer);
    if (as_list)
        cmek_json_end_array(&writer);
    struct cmek_json *json = NULL;
    if (cmek_json_parse(text.data, text.length, &json, NULL) != CMEK_OK)
        json = NULL; /* as if it held nothing: the writer's output is always JSON */
    cmek_strbuf_done(&text);
    return json;
}

static enum cmek_status check_constraint(const struct cmek_yaml *at, const char *named,
                                         enum cmek_constraint constraint, struct cmek_error *err)
{
    if (constraint != CMEK_CONSTRAINT_COUNT_)
        return CMEK_OK;
    return cmek_yaml_fail(at, err, "'%s' is of another constraint than %s and %s", named,
                          cmek_constraint_name(CMEK_CONSTRAINT_SERVICE),
                          cmek_constraint_name(CMEK_CONSTRAINT_KEY_PROJECT));
}

static enum cmek_status decode_v2(const struct cmek_yaml *yaml, struct cmek_arena *arena,
                                  struct cmek_file_policy *policy, struct cmek_error *err)
{
    const struct cmek_yaml *name = cmek_yaml_get(yaml, "name"), *spec = cmek_yaml_get(yaml, "spec");
    if (name->kind != CMEK_YAML_TEXT ||
        !cmek_policy_name_parse(name->text, arena, &policy->node, &policy->constraint))
        return cmek_yaml_fail(name, err,
                              "'%s' is no name of a policy, such as folders/2/policies/%s",
                              name->kind == CMEK_YAML_TEXT ? name->text
                                                           : cmek_yaml_kind_name(name->kind),
                              "gcp.restrictNonCmekServices");
    enum cmek_status status = check_constraint(name, name->text, policy->constraint, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_json *json = to_json(yaml, /* as_list= */ false);
    struct cmek_policy decoded = {0};
    cmek_policy_decode(json, arena, &decoded);
    cmek_json_free(json);
    policy->spec = decoded.live;
    policy->has_dry_run = decoded.dry_run.state != CMEK_SPEC_ABSENT;
    if (decoded.live.state == CMEK_SPEC_UNREADABLE)
        return cmek_yaml_fail(spec, err, "%s", decoded.live.unreadable_reason);
    if (decoded.live.state == CMEK_SPEC_PRESENT)
        return CMEK_OK;
    return cmek_yaml_fail(yaml, err,
                          policy->has_dry_run
                              ? "a policy with only a dryRunSpec enforces nothing; to see what it "
                                "would do, call that spec"
                              : "a policy without a spec sets nothing");
}

/* A word that the decoder does not know would say nothing. */
static enum cmek_status check_v1(const struct cmek_yaml *yaml, struct cmek_error *err)
{
    static const char *const words[] = {"ALLOW", "DENY", "ALL_VALUES_UNSPECIFIED"};
    const struct cmek_yaml *list = cmek_yaml_get_either(yaml, "listPolicy", "list_policy");
    const struct cmek_yaml *all = cmek_yaml_get_either(list, "allValues", "all_values");
    if (!list && !cmek_yaml_get_either(yaml, "restoreDefault", "restore_default"))
        return cmek_yaml_fail(yaml, err,
                              "a policy with neither listPolicy nor restoreDefault "
                              "sets nothing");
    for (size_t i = 0; all && i < sizeof words / sizeof *words; i++)
        if (cmek_str_eq(all->text, words[i]))
            return CMEK_OK;
    return all ? cmek_yaml_fail(all, err, "allValues is neither ALLOW nor DENY") : CMEK_OK;
}

static enum cmek_status decode_v1(const struct cmek_yaml *yaml, struct cmek_arena *arena,
                                  struct cmek_file_policy *policy, struct cmek_error *err)
{
    const struct cmek_yaml *constraint = cmek_yaml_get(yaml, "constraint");
    if (constraint->kind != CMEK_YAML_TEXT)
        return cmek_yaml_fail(constraint, err, "constraint is %s, expected text",
                              cmek_yaml_kind_name(constraint->kind));
    policy->constraint = cmek_constraint_parse(constraint->text);
    enum cmek_status status =
        check_constraint(constraint, constraint->text, policy->constraint, err);
    if (status == CMEK_OK)
        status = check_v1(yaml, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_json *json = to_json(yaml, /* as_list= */ true);
    struct cmek_record record = {0};
    cmek_v1_policies_decode(json, arena, &record);
    cmek_json_free(json);
    if (record.v1_policy_count != 1)
        return cmek_yaml_fail(yaml, err,
                              "not readable as a policy: listPolicy and restoreDefault "
                              "are mappings");
    policy->spec = record.v1_policies[0].spec;
    if (policy->spec.state == CMEK_SPEC_UNREADABLE)
        return cmek_yaml_fail(yaml, err, "%s", policy->spec.unreadable_reason);
    return CMEK_OK;
}

static enum cmek_status decode_policy(const struct cmek_yaml *yaml,
                                      const struct cmek_catalogue *catalogue,
                                      struct cmek_arena *arena, struct cmek_file_policies *policies,
                                      struct cmek_error *err)
{
    if (yaml->kind != CMEK_YAML_MAPPING)
        return cmek_yaml_fail(yaml, err, "%s instead of a policy", cmek_yaml_kind_name(yaml->kind));
    bool is_v2 = cmek_yaml_get(yaml, "name"), is_v1 = cmek_yaml_get(yaml, "constraint");
    if (!is_v2 && !is_v1)
        return cmek_yaml_fail(yaml, err,
                              "no policy: it has neither a name (folders/2/policies/%s) nor a "
                              "constraint",
                              "gcp.restrictNonCmekServices");
    struct cmek_file_policy policy = {
        .origin = cmek_arena_printf(arena, "%s:%zu", yaml->origin, yaml->line),
    };
    enum cmek_status status = check_keys(yaml, is_v2 ? policy_shape : v1_policy_shape, err);
    if (status == CMEK_OK)
        status =
            is_v2 ? decode_v2(yaml, arena, &policy, err) : decode_v1(yaml, arena, &policy, err);
    if (status == CMEK_OK)
        status = cmek_policy_values_check(yaml, policy.constraint, catalogue, err);
    if (status == CMEK_OK)
        *CMEK_VEC_ADD(policies) = policy;
    return status;
}

static enum cmek_status decode_file(const struct cmek_yaml *root,
                                    const struct cmek_catalogue *catalogue,
                                    struct cmek_arena *arena, struct cmek_file_policies *policies,
                                    struct cmek_error *err)
{
    if (root->kind != CMEK_YAML_LIST)
        return decode_policy(root, catalogue, arena, policies, err);
    if (!root->first)
        return cmek_yaml_fail(root, err, "an empty list: it holds no policy");
    enum cmek_status status = CMEK_OK;
    for (const struct cmek_yaml *item = root->first; item && status == CMEK_OK; item = item->next)
        status = decode_policy(item, catalogue, arena, policies, err);
    return status;
}

enum cmek_status cmek_policy_file_read(const char *path, const struct cmek_catalogue *catalogue,
                                       struct cmek_arena *arena,
                                       struct cmek_file_policies *policies, struct cmek_error *err)
{
    struct cmek_strbuf text = {0};
    const struct cmek_yaml *root = NULL;
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_POLICY_FILE, &text, err);
    if (status == CMEK_OK)
        status = cmek_yaml_parse(path, cmek_strbuf_text(&text), text.length, arena, &root, err);
    if (status == CMEK_OK)
        status = decode_file(root, catalogue, arena, policies, err);
    cmek_strbuf_done(&text);
    if (status == CMEK_OK)
        return CMEK_OK;
    if (err)
        err->status = CMEK_E_USAGE; /* also when it cannot be read: the command line names it */
    return CMEK_E_USAGE;
}
