/* SPDX-License-Identifier: Apache-2.0 */
#include "report/finding_json.h"

#include "cmekscan/finding.h"
#include "json/writer.h"

enum member_kind { TEXT, STRINGS, ENFORCEMENT, STATUS, SEVERITY, TRISTATE, LINE };

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
    MEMBER(finding_id, TEXT),
    MEMBER(rule_id, TEXT),
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
    MEMBER(resource_name, TEXT),
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
