/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sarif_result.h"

#include "base/strbuf.h"
#include "cmekscan/reporter.h"
#include "report/location.h"
#include "report/sarif_rules.h"
#include "json/writer.h"

/* Brackets make links inside a SARIF message (section 3.11.6), so those of a name are escaped. */
static void append_message(struct cmek_strbuf *buffer, const char *text)
{
    for (; *text; text++) {
        if (*text == '[' || *text == ']' || *text == '\\')
            cmek_strbuf_putc(buffer, '\\');
        cmek_strbuf_putc(buffer, *text);
    }
}

static void member_message(struct cmek_json_writer *writer, const struct cmek_strbuf *text)
{
    cmek_json_key(writer, "message");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "text", cmek_strbuf_text(text));
    cmek_json_end_object(writer);
}

static void write_location(struct cmek_json_writer *writer, const struct cmek_finding *finding)
{
    const char *name = finding->source_address ? finding->source_address : finding->resource_name;
    struct cmek_strbuf uri = {0};
    cmek_location_append_uri(&uri, finding);
    cmek_json_key(writer, "locations");
    cmek_json_begin_array(writer);
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "physicalLocation");
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "artifactLocation");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "uri", cmek_strbuf_text(&uri));
    cmek_json_end_object(writer);
    cmek_json_key(writer, "region");
    cmek_json_begin_object(writer);
    cmek_json_member_int(writer, "startLine", cmek_location_line(finding));
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
    if (name && *name != '\0') {
        cmek_json_key(writer, "logicalLocations");
        cmek_json_begin_array(writer);
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "fullyQualifiedName", name);
        cmek_json_member_text(writer, "kind", "resource");
        cmek_json_end_object(writer);
        cmek_json_end_array(writer);
    }
    cmek_json_end_object(writer);
    cmek_json_end_array(writer);
    cmek_strbuf_done(&uri);
}

static void write_fingerprints(struct cmek_json_writer *writer, const char *finding_id)
{
    if (!finding_id)
        return;
    struct cmek_strbuf line_hash = {0}; /* GitHub follows an alert by this one alone */
    cmek_strbuf_printf(&line_hash, "%.16s:1", finding_id);
    cmek_json_key(writer, "partialFingerprints");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "primaryLocationLineHash", cmek_strbuf_text(&line_hash));
    cmek_json_member_text(writer, "cmekscan/v1", finding_id);
    cmek_json_end_object(writer);
    cmek_strbuf_done(&line_hash);
}

static void write_properties(struct cmek_json_writer *writer, const struct cmek_finding *finding)
{
    const char *const members[][2] = {
        {"severity", cmek_severity_name(finding->severity)},
        {"enforcement", cmek_enforcement_name(finding->enforcement)},
        {"project_id", finding->project_id},
        {"location", finding->location},
        {"resource_type", finding->resource_type},
        {"resource_role", finding->resource_role},
        {"constraint", finding->constraint},
        {"policy_set_at", finding->policy_set_at},
        {"policy_value", finding->policy_value},
        {"kms_key", finding->kms_key},
    };
    cmek_json_key(writer, "properties");
    cmek_json_begin_object(writer);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (members[i][1])
            cmek_json_member_text(writer, members[i][0], members[i][1]);
    cmek_json_end_object(writer);
}

static void write_result_message(struct cmek_json_writer *writer,
                                 const struct cmek_finding *finding)
{
    struct cmek_strbuf text = {0};
    if (finding->enforcement != CMEK_ENFORCED)
        cmek_strbuf_printf(&text, "(%s) ", cmek_enforcement_name(finding->enforcement));
    append_message(&text, finding->message ? finding->message : "no message");
    if (finding->remediation) {
        cmek_strbuf_puts(&text, "\nHow to mend it: ");
        append_message(&text, finding->remediation);
    }
    if (finding->remediation_command) {
        cmek_strbuf_puts(&text, "\n");
        append_message(&text, finding->remediation_command);
    }
    member_message(writer, &text);
    cmek_strbuf_done(&text);
}

void cmek_sarif_write_result(struct cmek_json_writer *writer, const struct cmek_finding *finding,
                             size_t rule_index)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "ruleId", finding->rule_id ? finding->rule_id : "unnamed-rule");
    if (rule_index != CMEK_SARIF_NO_RULE)
        cmek_json_member_int(writer, "ruleIndex", (int64_t)rule_index);
    cmek_json_member_text(writer, "kind", "fail");
    cmek_json_member_text(writer, "level", cmek_sarif_level(finding->severity));
    if (finding->baseline_state) /* a failure: what is resolved passes, and is no result */
        cmek_json_member_text(writer, "baselineState", finding->baseline_state);
    write_result_message(writer, finding);
    write_location(writer, finding);
    write_fingerprints(writer, finding->finding_id);
    write_properties(writer, finding);
    cmek_json_end_object(writer);
}

static void begin_notification(struct cmek_json_writer *writer, const char *id)
{
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "descriptor");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "id", id);
    cmek_json_end_object(writer);
    cmek_json_member_text(writer, "level", "error");
}

void cmek_sarif_write_undecided(struct cmek_json_writer *writer, const struct cmek_finding *finding,
                                size_t rule_index)
{
    begin_notification(writer, "undecided");
    if (rule_index != CMEK_SARIF_NO_RULE) {
        cmek_json_key(writer, "associatedRule");
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "id", finding->rule_id);
        cmek_json_member_int(writer, "index", (int64_t)rule_index);
        cmek_json_end_object(writer);
    }
    struct cmek_strbuf text = {0};
    append_message(&text, finding->rule_id ? finding->rule_id : "unnamed rule");
    cmek_strbuf_puts(&text, ": ");
    append_message(&text, finding->message ? finding->message : "no message");
    if (finding->reason) {
        cmek_strbuf_puts(&text, " (");
        append_message(&text, finding->reason);
        cmek_strbuf_puts(&text, ")");
    }
    member_message(writer, &text);
    cmek_strbuf_done(&text);
    write_location(writer, finding);
    cmek_json_end_object(writer);
}

void cmek_sarif_write_gap(struct cmek_json_writer *writer, const struct cmek_coverage_gap *gap)
{
    const char *const parts[] = {gap->scope, gap->operation, gap->error, gap->message};
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, "Not read");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i])
            continue;
        cmek_strbuf_puts(&text, ": ");
        append_message(&text, parts[i]);
    }
    begin_notification(writer, "coverage-gap");
    member_message(writer, &text);
    cmek_json_end_object(writer);
    cmek_strbuf_done(&text);
}

void cmek_sarif_write_not_listed(struct cmek_json_writer *writer, const char *message)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, message);
    begin_notification(writer, "not-listed");
    member_message(writer, &text);
    cmek_json_end_object(writer);
    cmek_strbuf_done(&text);
}
