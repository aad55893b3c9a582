/* SPDX-License-Identifier: Apache-2.0 */
#include "report/finding_json.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cmekscan/finding.h"
#include "json/json.h"
#include "json/writer.h"

enum member_kind { TEXT, NEEDED_TEXT, STRINGS, ENFORCEMENT, STATUS, SEVERITY, TRISTATE, LINE };

struct member {
    const char *name;
    size_t offset, count_offset;
    enum member_kind kind;
};

#define MEMBER(member, type)                                                                       \
    {                                                                                              \
        .name = #member, .offset = offsetof(struct cmek_finding, member), .kind = (type)           \
    }
#define LIST(member, counter)                                                                      \
    {                                                                                              \
        .name = #member, .offset = offsetof(struct cmek_finding, member),                          \
        .count_offset = offsetof(struct cmek_finding, counter), .kind = STRINGS                    \
    }

/* The order is that of reports/cmekscan-report-1.schema.json. */
static const struct member members[] = {
    MEMBER(finding_id, NEEDED_TEXT),
    MEMBER(rule_id, NEEDED_TEXT),
    MEMBER(constraint, TEXT),
    MEMBER(enforcement, ENFORCEMENT),
    MEMBER(status, STATUS),
    MEMBER(severity, SEVERITY),
    MEMBER(message, TEXT),
    MEMBER(reason, TEXT),
    MEMBER(provider, TEXT),
    MEMBER(organization, TEXT),
    MEMBER(project_id, TEXT),
    MEMBER(project_number, TEXT),
    LIST(ancestors, ancestor_count),
    MEMBER(location, TEXT),
    MEMBER(service, TEXT),
    MEMBER(resource_type, TEXT),
    MEMBER(resource_name, NEEDED_TEXT),
    MEMBER(resource_display_name, TEXT),
    MEMBER(resource_role, TEXT),
    MEMBER(created_at, TEXT),
    MEMBER(kms_key, TEXT),
    MEMBER(kms_key_project, TEXT),
    MEMBER(policy_set_at, TEXT),
    MEMBER(policy_value, TEXT),
    MEMBER(policy_inherited, TRISTATE),
    MEMBER(remediation, TEXT),
    MEMBER(remediation_command, TEXT),
    LIST(references, reference_count),
    LIST(controls, control_count),
    MEMBER(waiver_id, TEXT),
    MEMBER(waiver_expires, TEXT),
    MEMBER(baseline_state, TEXT),
    MEMBER(source_address, TEXT),
    MEMBER(source_file, TEXT),
    MEMBER(source_line, LINE),
};

void cmek_strings_write_json(struct cmek_json_writer *writer, const char *const *items,
                             size_t count)
{
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < count; i++)
        cmek_json_text(writer, items[i]);
    cmek_json_end_array(writer);
}

static void write_tristate(struct cmek_json_writer *writer, enum cmek_tristate value)
{
    if (value == CMEK_UNKNOWN)
        cmek_json_null(writer);
    else
        cmek_json_bool(writer, value == CMEK_YES);
}

static void write_line(struct cmek_json_writer *writer, unsigned line)
{
    if (line == 0)
        cmek_json_null(writer);
    else
        cmek_json_int(writer, line);
}

static void write_member(struct cmek_json_writer *writer, const struct cmek_finding *finding,
                         const struct member *member)
{
    const void *value = (const char *)finding + member->offset;
    const void *counter = (const char *)finding + member->count_offset;
    switch (member->kind) {
    case TEXT:
    case NEEDED_TEXT:
        cmek_json_text(writer, *(const char *const *)value);
        break;
    case STRINGS:
        cmek_strings_write_json(writer, *(const char *const *const *)value,
                                *(const size_t *)counter);
        break;
    case ENFORCEMENT:
        cmek_json_text(writer, cmek_enforcement_name(*(const enum cmek_enforcement *)value));
        break;
    case STATUS:
        cmek_json_text(writer, cmek_status_name(*(const enum cmek_finding_status *)value));
        break;
    case SEVERITY:
        cmek_json_text(writer, cmek_severity_name(*(const enum cmek_severity *)value));
        break;
    case TRISTATE:
        write_tristate(writer, *(const enum cmek_tristate *)value);
        break;
    case LINE:
        write_line(writer, *(const unsigned *)value);
        break;
    }
}

void cmek_finding_write_json(struct cmek_json_writer *writer, const struct cmek_finding *finding)
{
    cmek_json_begin_object(writer);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        cmek_json_key(writer, members[i].name);
        write_member(writer, finding, &members[i]);
    }
    cmek_json_end_object(writer);
}

static enum cmek_status wrong(const char *name, const char *expected, struct cmek_error *err)
{
    return cmek_fail(err, CMEK_E_INVALID, "its %s is not %s", name, expected);
}

static enum cmek_status read_text(const struct cmek_json *json, const struct member *member,
                                  struct cmek_arena *arena, void *ret_value, struct cmek_error *err)
{
    const char *text = cmek_json_string(json, arena);
    if (!text && (json || member->kind == NEEDED_TEXT))
        return wrong(member->name, "a text", err);
    *(const char **)ret_value = text;
    return CMEK_OK;
}

enum cmek_status cmek_strings_read_json(const struct cmek_json *json, struct cmek_arena *arena,
                                        const char *const **ret_items, size_t *ret_count)
{
    size_t count = cmek_json_count(json);
    if (json && cmek_json_kind(json) != CMEK_JSON_ARRAY)
        return CMEK_E_INVALID;
    const char **items = cmek_arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = cmek_json_string(cmek_json_item(json, i), arena);
        if (!items[i])
            return CMEK_E_INVALID;
    }
    *ret_items = items;
    *ret_count = count;
    return CMEK_OK;
}

static enum cmek_status read_tristate(const struct cmek_json *json, const struct member *member,
                                      enum cmek_tristate *ret_value, struct cmek_error *err)
{
    if (json && cmek_json_kind(json) != CMEK_JSON_BOOL)
        return wrong(member->name, "true, false or null", err);
    *ret_value = !json ? CMEK_UNKNOWN : cmek_json_is_true(json) ? CMEK_YES : CMEK_NO;
    return CMEK_OK;
}

static enum cmek_status read_line(const struct cmek_json *json, const struct member *member,
                                  unsigned *ret_value, struct cmek_error *err)
{
    int64_t line = 0;
    if (json && (!cmek_json_int64(json, &line) || line < 1 || line > INT32_MAX))
        return wrong(member->name, "a line number", err);
    *ret_value = (unsigned)line;
    return CMEK_OK;
}

static enum cmek_status read_member(const struct cmek_json *json, const struct member *member,
                                    struct cmek_arena *arena, struct cmek_finding *finding,
                                    struct cmek_error *err)
{
    void *value = (char *)finding + member->offset;
    void *counter = (char *)finding + member->count_offset;
    const char *name = cmek_json_peek(json);
    switch (member->kind) {
    case TEXT:
    case NEEDED_TEXT:
        return read_text(json, member, arena, value, err);
    case STRINGS:
        return cmek_strings_read_json(json, arena, value, counter) == CMEK_OK
                   ? CMEK_OK
                   : wrong(member->name, "a list of texts", err);
    case ENFORCEMENT:
        finding->enforcement = name ? cmek_enforcement_named(name) : CMEK_ENFORCEMENT_COUNT_;
        return finding->enforcement < CMEK_ENFORCEMENT_COUNT_
                   ? CMEK_OK
                   : wrong(member->name, "one that there is", err);
    case STATUS:
        finding->status = name ? cmek_status_named(name) : CMEK_STATUS_COUNT_;
        return finding->status < CMEK_STATUS_COUNT_
                   ? CMEK_OK
                   : wrong(member->name, "fail, unknown, pass or waived", err);
    case SEVERITY:
        finding->severity = name ? cmek_severity_named(name) : CMEK_SEVERITY_COUNT_;
        return finding->severity < CMEK_SEVERITY_COUNT_
                   ? CMEK_OK
                   : wrong(member->name, "critical, high, medium, low or info", err);
    case TRISTATE:
        return read_tristate(json, member, value, err);
    case LINE:
        return read_line(json, member, value, err);
    }
    return CMEK_OK;
}

/* What reporters may rely on: these are made by cmekscan, not taken from the cloud. */
static enum cmek_status check_words(const struct cmek_finding *finding, struct cmek_error *err)
{
    static const char kebab[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    static const char *const states[] = {"new", "unchanged", "resolved"};
    const char *state = finding->baseline_state;
    if (strlen(finding->finding_id) != 64 || strspn(finding->finding_id, "0123456789abcdef") != 64)
        return wrong("finding_id", "made of 64 hex digits", err);
    if (finding->rule_id[0] == '\0' || finding->rule_id[strspn(finding->rule_id, kebab)] != '\0')
        return wrong("rule_id", "a kebab-case word", err);
    for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
        if (strcmp(state, states[i]) == 0)
            state = NULL;
    return state ? wrong("baseline_state", "new, unchanged, resolved or null", err) : CMEK_OK;
}

enum cmek_status cmek_finding_read_json(const struct cmek_json *json, struct cmek_arena *arena,
                                        struct cmek_finding *ret_finding, struct cmek_error *err)
{
    struct cmek_finding finding = {0};
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return cmek_fail(err, CMEK_E_INVALID, "it is no object");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        enum cmek_status status =
            read_member(cmek_json_get(json, members[i].name), &members[i], arena, &finding, err);
        if (status != CMEK_OK)
            return status;
    }
    enum cmek_status status = check_words(&finding, err);
    if (status == CMEK_OK)
        *ret_finding = finding;
    return status;
}

static const char *const *copy_strings(const char *const *items, size_t count,
                                       struct cmek_arena *arena)
{
    const char **copies = cmek_arena_array(arena, count, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = items[i] ? cmek_arena_strdup(arena, items[i]) : NULL;
    return copies;
}

void cmek_finding_copy(const struct cmek_finding *finding, struct cmek_arena *arena,
                       struct cmek_finding *ret_finding)
{
    struct cmek_finding copy = *finding;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        void *value = (char *)&copy + members[i].offset;
        const void *counter = (const char *)&copy + members[i].count_offset;
        const char **text = value;
        const char *const **list = value;
        if (members[i].kind == STRINGS)
            *list = copy_strings(*list, *(const size_t *)counter, arena);
        else if ((members[i].kind == TEXT || members[i].kind == NEEDED_TEXT) && *text)
            *text = cmek_arena_strdup(arena, *text);
    }
    *ret_finding = copy;
}
