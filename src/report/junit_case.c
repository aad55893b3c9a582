/* SPDX-License-Identifier: Apache-2.0 */
#include "report/junit_case.h"

#include <string.h>

#include "base/strbuf.h"
#include "cmekscan/reporter.h"
#include "report/gate.h"
#include "report/xml.h"

static const char *const elements[CMEK_JUNIT_OUTCOMES] = {
    [CMEK_JUNIT_FAILED] = "failure",
    [CMEK_JUNIT_ERRORED] = "error",
    [CMEK_JUNIT_SKIPPED] = "skipped",
};

enum cmek_junit_outcome cmek_junit_outcome_of(const struct cmek_scan_summary *summary,
                                              const struct cmek_finding *finding)
{
    switch (finding->status) {
    case CMEK_STATUS_FAIL:
        return finding->severity == CMEK_SEVERITY_INFO || !cmek_gate_holds(summary, finding)
                   ? CMEK_JUNIT_PASSED
                   : CMEK_JUNIT_FAILED;
    case CMEK_STATUS_UNKNOWN:
        return CMEK_JUNIT_ERRORED;
    case CMEK_STATUS_WAIVED:
        return CMEK_JUNIT_SKIPPED;
    case CMEK_STATUS_PASS:
    case CMEK_STATUS_COUNT_:
        break;
    }
    return CMEK_JUNIT_PASSED;
}

void cmek_junit_append_name(struct cmek_strbuf *buffer, const struct cmek_finding *finding)
{
    cmek_xml_append(buffer, finding->resource_name ? finding->resource_name : "(no resource)");
    if (finding->enforcement != CMEK_ENFORCED)
        cmek_strbuf_printf(buffer, " (%s)", cmek_enforcement_name(finding->enforcement));
}

/* "gcp", "storage.googleapis.com", "storage.googleapis.com/Bucket" → gcp.storage.Bucket: Jenkins
 * takes what precedes the last period for a package. */
static void append_classname(struct cmek_strbuf *buffer, const struct cmek_finding *finding)
{
    struct cmek_strbuf name = {0};
    const char *type = finding->resource_type ? finding->resource_type : "unknown";
    const char *service = finding->service ? finding->service : type;
    const char *slash = strrchr(type, '/');
    cmek_strbuf_puts(&name, finding->provider ? finding->provider : "unknown");
    cmek_strbuf_putc(&name, '.');
    cmek_strbuf_append(&name, service, strcspn(service, "./"));
    cmek_strbuf_putc(&name, '.');
    cmek_strbuf_puts(&name, slash ? slash + 1 : type);
    cmek_xml_attribute(buffer, "classname", cmek_strbuf_text(&name));
    cmek_strbuf_done(&name);
}

static void append_line(struct cmek_strbuf *buffer, const char *label, const char *value)
{
    if (!value)
        return;
    cmek_strbuf_puts(buffer, label);
    cmek_strbuf_puts(buffer, ": ");
    cmek_xml_append(buffer, value);
    cmek_strbuf_putc(buffer, '\n');
}

void cmek_junit_append_body(struct cmek_strbuf *buffer, const struct cmek_finding *finding)
{
    const char *const lines[][2] = {
        {"message", finding->message},
        {"reason", finding->reason},
        {"severity", cmek_severity_name(finding->severity)},
        {"enforcement", cmek_enforcement_name(finding->enforcement)},
        {"against the baseline", finding->baseline_state},
        {"project", finding->project_id},
        {"resource", finding->resource_name},
        {"location", finding->location},
        {"constraint", finding->constraint},
        {"policy set at", finding->policy_set_at},
        {"policy value", finding->policy_value},
        {"key", finding->kms_key},
        {"waiver", finding->waiver_id},
        {"waiver expires", finding->waiver_expires},
        {"how to mend it", finding->remediation},
        {"command", finding->remediation_command},
        {"finding id", finding->finding_id},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        append_line(buffer, lines[i][0], lines[i][1]);
}

static void begin_case(struct cmek_strbuf *buffer, const char *name)
{
    cmek_strbuf_puts(buffer, "<testcase name=\"");
    cmek_strbuf_puts(buffer, name);
    cmek_strbuf_putc(buffer, '"');
}

void cmek_junit_append_case(struct cmek_strbuf *buffer, const char *name,
                            const struct cmek_finding *finding, enum cmek_junit_outcome outcome)
{
    const char *element = elements[outcome];
    begin_case(buffer, name);
    append_classname(buffer, finding);
    cmek_strbuf_puts(buffer, " time=\"0\"");
    if (!element) {
        cmek_strbuf_puts(buffer, "/>\n");
        return;
    }
    cmek_strbuf_printf(buffer, "><%s", element);
    if (finding->status != CMEK_STATUS_WAIVED) /* Ant's <skipped> has no type */
        cmek_xml_attribute(buffer, "type", finding->rule_id);
    cmek_xml_attribute(buffer, "message", finding->message);
    cmek_strbuf_putc(buffer, '>');
    cmek_junit_append_body(buffer, finding);
    cmek_strbuf_printf(buffer, "</%s></testcase>\n", element);
}

void cmek_junit_append_gap(struct cmek_strbuf *buffer, const char *name,
                           const struct cmek_coverage_gap *gap)
{
    begin_case(buffer, name);
    cmek_strbuf_puts(buffer, " classname=\"cmekscan.coverage\" time=\"0\"><error");
    cmek_xml_attribute(buffer, "type", gap->error);
    cmek_xml_attribute(buffer, "message", gap->message);
    cmek_strbuf_puts(buffer, ">Not read, so what it holds is unknown, not compliant.\n");
    append_line(buffer, "scope", gap->scope);
    append_line(buffer, "operation", gap->operation);
    append_line(buffer, "error", gap->error);
    append_line(buffer, "message", gap->message);
    cmek_strbuf_puts(buffer, "</error></testcase>\n");
}
