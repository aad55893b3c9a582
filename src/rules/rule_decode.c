/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule_decode.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "rules/check.h"
#include "rules/template.h"
#include "yaml/yaml.h"

#define RULE_ID_LENGTH 64

struct rule_form {
    const char *id, *title, *check, *severity, *rationale;
    struct cmek_strings references, controls;
    const struct cmek_yaml *remediations;
};

static const struct cmek_yaml_field rule_fields[] = {
    CMEK_YAML_FIELD(struct rule_form, id, "id"),
    CMEK_YAML_FIELD(struct rule_form, title, "title"),
    CMEK_YAML_FIELD(struct rule_form, check, "check"),
    CMEK_YAML_FIELD(struct rule_form, severity, "severity"),
    CMEK_YAML_FIELD(struct rule_form, rationale, "rationale"),
    CMEK_YAML_FIELD(struct rule_form, references, "references"),
    CMEK_YAML_FIELD(struct rule_form, controls, "controls"),
    CMEK_YAML_FIELD(struct rule_form, remediations, "remediations"),
    CMEK_YAML_END,
};

static const struct cmek_yaml_field remediation_fields[] = {
    CMEK_YAML_FIELD(struct cmek_remediation, resource_type, "resource_type"),
    CMEK_YAML_FIELD(struct cmek_remediation, role, "role"),
    CMEK_YAML_FIELD(struct cmek_remediation, cause, "cause"),
    CMEK_YAML_FIELD(struct cmek_remediation, text, "text"),
    CMEK_YAML_FIELD(struct cmek_remediation, command, "command"),
    CMEK_YAML_END,
};

static const char *const severities[] = {
    [CMEK_SEVERITY_CRITICAL] = "critical", [CMEK_SEVERITY_HIGH] = "high",
    [CMEK_SEVERITY_MEDIUM] = "medium",     [CMEK_SEVERITY_LOW] = "low",
    [CMEK_SEVERITY_INFO] = "info",         [CMEK_SEVERITY_COUNT_] = NULL,
};

static const char *const roles[] = {
    "container-registry-bucket",
    "gcr-repository",
    "gcr-topic",
    NULL,
};

static const char *const causes[] = {
    "destroy-scheduled", "destroyed",  "disabled",      "key-only",
    "no-policy",         "no-primary", "other",         "pending",
    "services-missing",  "undecided",  "wrong-purpose", NULL,
};

static enum cmek_status check_check(const struct cmek_yaml *node, const char *name,
                                    struct cmek_error *err)
{
    CMEK_VEC(const char *) names = {0};
    for (const struct cmek_check *const *check = cmek_checks; *check; check++)
        *CMEK_VEC_ADD(&names) = (*check)->name;
    *CMEK_VEC_ADD(&names) = NULL;
    enum cmek_status status = cmek_yaml_check_word(node, "check", name, names.items, err);
    CMEK_VEC_DONE(&names);
    return status;
}

static const char *without_end_blanks(const char *text, struct cmek_arena *arena)
{
    if (!text)
        return NULL;
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]))
        length--;
    return cmek_arena_strndup(arena, text, length);
}

static enum cmek_status check_template(const struct cmek_yaml *node, const char *key,
                                       const char *text, struct cmek_error *err)
{
    bool is_command = strcmp(key, "command") == 0;
    enum cmek_status status = cmek_template_check(text, cmek_rule_placeholders, err);
    if (status == CMEK_OK && is_command)
        status = cmek_template_check_command(text, err);
    if (status != CMEK_OK) {
        const struct cmek_yaml *member = cmek_yaml_get(node, key);
        cmek_error_prefix(err, "%s:%zu:%zu: %s", member->origin, member->line, member->column, key);
    }
    return status;
}

static enum cmek_status decode_remediation(const struct cmek_yaml *node, struct cmek_arena *arena,
                                           struct cmek_remediation *ret_remediation,
                                           struct cmek_error *err)
{
    struct cmek_remediation form = {0};
    enum cmek_status status = cmek_yaml_decode(node, remediation_fields, arena, &form, err);
    if (status == CMEK_OK)
        status = cmek_yaml_check_word(node, "role", form.role, roles, err);
    if (status == CMEK_OK)
        status = cmek_yaml_check_word(node, "cause", form.cause, causes, err);
    if (status != CMEK_OK)
        return status;
    if (!form.text)
        return cmek_yaml_fail(node, err, "text is missing");
    if (form.resource_type && !strchr(form.resource_type, '/'))
        return cmek_yaml_fail(cmek_yaml_get(node, "resource_type"), err,
                              "'%s' is no asset type such as storage.googleapis.com/Bucket",
                              form.resource_type);
    form.text = without_end_blanks(form.text, arena);
    form.command = without_end_blanks(form.command, arena);
    status = check_template(node, "text", form.text, err);
    if (status == CMEK_OK && form.command)
        status = check_template(node, "command", form.command, err);
    if (status == CMEK_OK)
        *ret_remediation = form;
    return status;
}

static enum cmek_status decode_remediations(const struct cmek_yaml *list, struct cmek_arena *arena,
                                            struct cmek_rule *rule, struct cmek_error *err)
{
    if (list->kind != CMEK_YAML_LIST || list->count == 0)
        return cmek_yaml_fail(list, err, "remediations must be a list of one or more");
    struct cmek_remediation *items = cmek_arena_array(arena, list->count, sizeof *items);
    size_t count = 0;
    bool ends_list = false; /* an item without conditions takes all that is left */
    for (const struct cmek_yaml *node = list->first; node; node = node->next, count++) {
        if (ends_list)
            return cmek_yaml_fail(node, err,
                                  "never used: the remediation before it has no conditions");
        enum cmek_status status = decode_remediation(node, arena, &items[count], err);
        if (status != CMEK_OK)
            return status;
        ends_list = !items[count].resource_type && !items[count].role && !items[count].cause;
    }
    rule->remediations = items;
    rule->remediation_count = count;
    return CMEK_OK;
}

static enum cmek_status check_id(const struct cmek_yaml *node, const char *id,
                                 struct cmek_error *err)
{
    if (!id)
        return cmek_yaml_fail(node, err, "id is missing");
    size_t length = strlen(id);
    bool good = length <= RULE_ID_LENGTH && id[0] != '-' && id[length - 1] != '-' &&
                id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
    if (!good)
        return cmek_yaml_fail(
            cmek_yaml_get(node, "id"), err,
            "'%s' is no rule id: lower-case letters, digits and dashes, at most %d", id,
            RULE_ID_LENGTH);
    return CMEK_OK;
}

static enum cmek_status check_lists(const struct cmek_yaml *node, const struct rule_form *form,
                                    struct cmek_error *err)
{
    for (size_t i = 0; i < form->references.count; i++)
        if (!cmek_str_starts(form->references.items[i], "https://"))
            return cmek_yaml_fail(cmek_yaml_get(node, "references"), err,
                                  "'%s' is no https:// address", form->references.items[i]);
    for (size_t i = 0; i < form->controls.count; i++)
        if (!strchr(form->controls.items[i], ':'))
            return cmek_yaml_fail(cmek_yaml_get(node, "controls"), err,
                                  "'%s' is no control such as NIST-800-53:SC-12",
                                  form->controls.items[i]);
    return CMEK_OK;
}

enum cmek_status cmek_rule_decode(const struct cmek_yaml *node, struct cmek_arena *arena,
                                  struct cmek_rule_change *ret_change, struct cmek_error *err)
{
    struct rule_form form = {0};
    enum cmek_status status = cmek_yaml_decode(node, rule_fields, arena, &form, err);
    if (status == CMEK_OK)
        status = check_id(node, form.id, err);
    if (status == CMEK_OK)
        status = cmek_yaml_check_word(node, "severity", form.severity, severities, err);
    if (status == CMEK_OK)
        status = check_check(node, form.check, err);
    if (status == CMEK_OK)
        status = check_lists(node, &form, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_rule_change change = {
        .rule = {.id = form.id,
                 .title = without_end_blanks(form.title, arena),
                 .check = form.check,
                 .rationale = without_end_blanks(form.rationale, arena),
                 .references = form.references,
                 .controls = form.controls},
        .has_severity = form.severity != NULL,
        .default_check = cmek_check_find(form.id) ? form.id : NULL,
        .at = node,
    };
    if (form.severity)
        change.rule.severity = (enum cmek_severity)cmek_yaml_word_index(form.severity, severities);
    if (form.remediations)
        status = decode_remediations(form.remediations, arena, &change.rule, err);
    if (status == CMEK_OK)
        *ret_change = change;
    return status;
}

static enum cmek_status check_complete(const struct cmek_rule_change *change,
                                       struct cmek_error *err)
{
    const struct cmek_rule *rule = &change->rule;
    const struct {
        const char *name;
        bool given;
    } required[] = {
        {"title", rule->title != NULL},
        {"check", rule->check || change->default_check},
        {"severity", change->has_severity},
        {"rationale", rule->rationale != NULL},
        {"remediations", rule->remediations != NULL},
    };
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        if (!required[i].given)
            return cmek_yaml_fail(change->at, err,
                                  "%s is missing, and no rule '%s' is there to change",
                                  required[i].name, rule->id);
    return CMEK_OK;
}

enum cmek_status cmek_rule_apply(const struct cmek_rule_change *change, const char *origin,
                                 struct cmek_rule *rule, struct cmek_error *err)
{
    const struct cmek_rule *from = &change->rule;
    if (!rule->id) {
        enum cmek_status status = check_complete(change, err);
        if (status != CMEK_OK)
            return status;
        rule->id = from->id;
        rule->check = change->default_check;
    }
    if (from->title)
        rule->title = from->title;
    if (from->check)
        rule->check = from->check;
    if (change->has_severity)
        rule->severity = from->severity;
    if (from->rationale)
        rule->rationale = from->rationale;
    if (from->references.items)
        rule->references = from->references;
    if (from->controls.items)
        rule->controls = from->controls;
    if (from->remediations) {
        rule->remediations = from->remediations;
        rule->remediation_count = from->remediation_count;
    }
    rule->origin = origin;
    return CMEK_OK;
}
