/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sarif_rules.h"

#include <ctype.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "cmekscan/reporter.h"
#include "json/writer.h"

#define GITHUB_TAGS 20 /* more than 20 tags on a rule and GitHub refuses the file */

/* GitHub's bands of security-severity: critical above 9.0, high 7.0, medium 4.0, low 0.1. */
static const struct {
    const char *level, *security_severity;
} severities[CMEK_SEVERITY_COUNT_] = {
    [CMEK_SEVERITY_CRITICAL] = {"error", "9.5"}, [CMEK_SEVERITY_HIGH] = {"error", "8.0"},
    [CMEK_SEVERITY_MEDIUM] = {"warning", "5.5"}, [CMEK_SEVERITY_LOW] = {"note", "3.0"},
    [CMEK_SEVERITY_INFO] = {"note", "0.0"},
};

static const char *const notifications[][2] = {
    {"coverage-gap", "Something in scope could not be read: what it holds is unknown."},
    {"undecided", "A rule's verdict on a resource could not be reached."},
    {"not-listed", "The file's limit was reached; see another report format for the rest."},
};

const char *cmek_sarif_level(enum cmek_severity severity)
{
    return severities[severity].level;
}

static void member_message(struct cmek_json_writer *writer, const char *name, const char *text)
{
    if (!text)
        return;
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "text", text);
    cmek_json_end_object(writer);
}

/* "cmek-required" → "CmekRequired": SARIF's readable names are Pascal case. */
static void write_name(struct cmek_json_writer *writer, const char *id)
{
    struct cmek_strbuf name = {0};
    bool upper = true;
    for (; *id; id++) {
        if (isalnum((unsigned char)*id))
            cmek_strbuf_putc(&name, upper ? (char)toupper((unsigned char)*id) : *id);
        upper = !isalnum((unsigned char)*id);
    }
    if (name.length > 0)
        cmek_json_member_text(writer, "name", cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
}

/* GitHub wants a help text of every rule. */
static void write_help(struct cmek_json_writer *writer, const struct cmek_reported_rule *rule)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, rule->rationale ? rule->rationale
                            : rule->title   ? rule->title
                                            : rule->id);
    cmek_strbuf_puts(&text, "\n\n");
    if (rule->remediation)
        cmek_strbuf_printf(&text, "How to mend it: %s\n\n", rule->remediation);
    struct cmek_strbuf markdown = {0};
    cmek_strbuf_puts(&markdown, cmek_strbuf_text(&text));
    for (size_t i = 0; i < rule->reference_count; i++) {
        cmek_strbuf_printf(&text, "%s\n", rule->references[i]);
        cmek_strbuf_printf(&markdown, "* <%s>\n", rule->references[i]);
    }
    cmek_json_key(writer, "help");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "text", cmek_strbuf_text(&text));
    cmek_json_member_text(writer, "markdown", cmek_strbuf_text(&markdown));
    cmek_json_end_object(writer);
    cmek_strbuf_done(&text);
    cmek_strbuf_done(&markdown);
}

static void write_rule_properties(struct cmek_json_writer *writer,
                                  const struct cmek_reported_rule *rule)
{
    cmek_json_key(writer, "properties");
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "tags");
    cmek_json_begin_array(writer);
    cmek_json_text(writer, "security");
    cmek_json_text(writer, "cmek");
    for (size_t i = 0; i < rule->control_count && i < GITHUB_TAGS - 2; i++)
        cmek_json_text(writer, rule->controls[i]);
    cmek_json_end_array(writer);
    cmek_json_member_text(writer, "precision", "very-high");
    cmek_json_member_text(writer, "problem.severity",
                          cmek_str_eq(cmek_sarif_level(rule->severity), "note")
                              ? "recommendation"
                              : cmek_sarif_level(rule->severity));
    cmek_json_member_text(writer, "security-severity",
                          severities[rule->severity].security_severity);
    cmek_json_end_object(writer);
}

static void write_rule(struct cmek_json_writer *writer, const struct cmek_reported_rule *rule)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "id", rule->id);
    write_name(writer, rule->id);
    member_message(writer, "shortDescription", rule->title ? rule->title : rule->id);
    member_message(writer, "fullDescription",
                   rule->rationale ? rule->rationale
                   : rule->title   ? rule->title
                                   : rule->id);
    write_help(writer, rule);
    if (rule->reference_count > 0 && cmek_str_starts(rule->references[0], "https://"))
        cmek_json_member_text(writer, "helpUri", rule->references[0]);
    cmek_json_key(writer, "defaultConfiguration");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "level", cmek_sarif_level(rule->severity));
    cmek_json_end_object(writer);
    write_rule_properties(writer, rule);
    cmek_json_end_object(writer);
}

void cmek_sarif_write_tool(struct cmek_json_writer *writer, const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "tool");
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "driver");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name", "cmekscan");
    cmek_json_member_text(writer, "fullName", "cmekscan CMEK compliance scanner");
    if (summary->tool_version)
        cmek_json_member_text(writer, "version", summary->tool_version);
    cmek_json_key(writer, "rules");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < summary->rule_count; i++)
        write_rule(writer, &summary->rules[i]);
    cmek_json_end_array(writer);
    cmek_json_key(writer, "notifications");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < sizeof notifications / sizeof *notifications; i++) {
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "id", notifications[i][0]);
        member_message(writer, "shortDescription", notifications[i][1]);
        member_message(writer, "fullDescription", notifications[i][1]);
        member_message(writer, "help", notifications[i][1]);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
}
