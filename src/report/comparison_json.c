/* SPDX-License-Identifier: Apache-2.0 */
#include "report/comparison.h"
#include "report/finding_json.h"
#include "json/writer.h"

static void write_scan(struct cmek_json_writer *writer, const char *name,
                       const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "id", summary->scan_id);
    cmek_json_member_text(writer, "finished_at", summary->finished_at);
    cmek_json_member_bool(writer, "complete", summary->complete);
    cmek_json_key(writer, "scopes");
    cmek_strings_write_json(writer, summary->scopes, summary->scope_count);
    cmek_json_end_object(writer);
}

static void write_counts(struct cmek_json_writer *writer, const struct cmek_comparison *comparison)
{
    cmek_json_key(writer, "counts");
    cmek_json_begin_object(writer);
    for (size_t i = 0; i < CMEK_COMPARISON_PARTS; i++)
        cmek_json_member_int(
            writer, cmek_comparison_parts[i].name,
            (int64_t)cmek_comparison_list(comparison, &cmek_comparison_parts[i])->count);
    cmek_json_member_int(writer, "unchanged", (int64_t)comparison->unchanged);
    cmek_json_end_object(writer);
}

/* Null of a report that does not have the finding. */
static void write_side(struct cmek_json_writer *writer, const char *name,
                       enum cmek_finding_status status, enum cmek_severity severity,
                       const char *kms_key)
{
    cmek_json_key(writer, name);
    if (status == CMEK_STATUS_COUNT_) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "status", cmek_status_name(status));
    cmek_json_member_text(writer, "severity", cmek_severity_name(severity));
    cmek_json_member_text(writer, "kms_key", kms_key);
    cmek_json_end_object(writer);
}

static void write_finding(struct cmek_json_writer *writer,
                          const struct cmek_changed_finding *finding)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "finding_id", finding->finding_id);
    cmek_json_member_text(writer, "rule_id", finding->rule_id);
    cmek_json_member_text(writer, "enforcement", cmek_enforcement_name(finding->enforcement));
    cmek_json_member_text(writer, "project_id", finding->project_id);
    cmek_json_member_text(writer, "resource_name", finding->resource_name);
    cmek_json_member_text(writer, "message", finding->message);
    write_side(writer, "before", finding->status_before, finding->severity_before,
               finding->kms_key_before);
    write_side(writer, "after", finding->status, finding->severity, finding->kms_key);
    cmek_json_end_object(writer);
}

void cmek_comparison_write_json(struct cmek_json_writer *writer,
                                const struct cmek_comparison *comparison)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "schema_version", "1.0");
    write_scan(writer, "before", comparison->before);
    write_scan(writer, "after", comparison->after);
    write_counts(writer, comparison);
    for (size_t i = 0; i < CMEK_COMPARISON_PARTS; i++) {
        const struct cmek_changed_findings *list =
            cmek_comparison_list(comparison, &cmek_comparison_parts[i]);
        cmek_json_key(writer, cmek_comparison_parts[i].name);
        cmek_json_begin_array(writer);
        for (size_t k = 0; k < list->count; k++)
            write_finding(writer, &list->items[k]);
        cmek_json_end_array(writer);
    }
    cmek_json_end_object(writer);
}
