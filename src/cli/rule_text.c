/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule_text.h"

#include <string.h>

#include "base/strbuf.h"
#include "report/finding_json.h"
#include "report/terminal.h"
#include "rules/explain.h"
#include "rules/rule.h"
#include "json/writer.h"

#define COLUMNS        80
#define VERDICT_INDENT 11

static void show_list(const char *title, const struct cmek_strings *items, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "\n%s\n", title);
    for (size_t i = 0; i < items->count; i++)
        cmek_strbuf_printf(text, "  %s\n", items->items[i]);
}

static void show_command(const char *command, struct cmek_strbuf *text)
{
    while (command && *command) {
        size_t length = strcspn(command, "\n");
        cmek_strbuf_printf(text, "  $ %.*s\n", (int)length, command);
        command += length + (command[length] == '\n');
    }
}

/* Appends a paragraph, wrapped for a narrow terminal, behind @p indent blanks. */
static void show_prose(const char *prose, size_t indent, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%*s", (int)indent, "");
    cmek_terminal_append_wrapped(text, prose, indent, COLUMNS);
    cmek_strbuf_putc(text, '\n');
}

static const char *any(const char *condition)
{
    return condition ? condition : "any";
}

/* What the check behind the rule looks at, and what its verdicts mean. */
static void show_check(const struct cmek_rule *rule, struct cmek_strbuf *text)
{
    const struct cmek_rule_documentation *check = cmek_check_documentation(rule->check);
    if (!check)
        return;
    cmek_strbuf_puts(text, "\nWhat it looks at\n");
    show_prose(check->governs, 2, text);
    cmek_strbuf_puts(text, "\nWhat its verdicts mean\n");
    const char *const verdicts[][2] = {{"  fail     ", check->fail},
                                       {"  pass     ", check->pass},
                                       {"  unknown  ", check->unknown}};
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        if (!verdicts[i][1])
            continue;
        cmek_strbuf_puts(text, verdicts[i][0]);
        cmek_terminal_append_wrapped(text, verdicts[i][1], VERDICT_INDENT, COLUMNS);
        cmek_strbuf_putc(text, '\n');
    }
}

void cmek_rule_write_text(const struct cmek_rule *rule, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%s (%s)\n", rule->id, cmek_severity_name(rule->severity));
    show_prose(rule->title, 0, text);
    cmek_strbuf_putc(text, '\n');
    show_prose(rule->rationale, 0, text);
    show_check(rule, text);
    for (size_t i = 0; i < rule->remediation_count; i++) {
        const struct cmek_remediation *remediation = &rule->remediations[i];
        cmek_strbuf_printf(text, "\nHow to mend it (type: %s, role: %s, cause: %s)\n",
                           any(remediation->resource_type), any(remediation->role),
                           any(remediation->cause));
        show_prose(remediation->text, 2, text);
        show_command(remediation->command, text);
    }
    show_list("References", &rule->references, text);
    show_list("Controls", &rule->controls, text);
    cmek_strbuf_printf(text, "\nCheck: %s, from %s\n", rule->check, rule->origin);
}

static void write_check(struct cmek_json_writer *writer, const struct cmek_rule *rule)
{
    const struct cmek_rule_documentation *check = cmek_check_documentation(rule->check);
    cmek_json_member_text(writer, "check", rule->check);
    cmek_json_member_text(writer, "governs", check ? check->governs : NULL);
    cmek_json_key(writer, "verdicts");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "fail", check ? check->fail : NULL);
    cmek_json_member_text(writer, "pass", check ? check->pass : NULL);
    cmek_json_member_text(writer, "unknown", check ? check->unknown : NULL);
    cmek_json_end_object(writer);
}

static void write_remediations(struct cmek_json_writer *writer, const struct cmek_rule *rule)
{
    cmek_json_key(writer, "remediations");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < rule->remediation_count; i++) {
        const struct cmek_remediation *remediation = &rule->remediations[i];
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "resource_type", remediation->resource_type);
        cmek_json_member_text(writer, "role", remediation->role);
        cmek_json_member_text(writer, "cause", remediation->cause);
        cmek_json_member_text(writer, "text", remediation->text);
        cmek_json_member_text(writer, "command", remediation->command);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

void cmek_rule_write_json(const struct cmek_rule *rule, struct cmek_strbuf *text)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, text, 2);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "schema_version", "1.0");
    cmek_json_key(&writer, "rule");
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "id", rule->id);
    cmek_json_member_text(&writer, "title", rule->title);
    cmek_json_member_text(&writer, "severity", cmek_severity_name(rule->severity));
    cmek_json_member_text(&writer, "rationale", rule->rationale);
    write_check(&writer, rule);
    write_remediations(&writer, rule);
    cmek_json_key(&writer, "references");
    cmek_strings_write_json(&writer, rule->references.items, rule->references.count);
    cmek_json_key(&writer, "controls");
    cmek_strings_write_json(&writer, rule->controls.items, rule->controls.count);
    cmek_json_member_text(&writer, "origin", rule->origin);
    cmek_json_end_object(&writer);
    cmek_json_end_object(&writer);
    cmek_strbuf_putc(text, '\n');
}
