/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_json.h"

#include "cmekscan/reporter.h"
#include "report/finding_json.h"
#include "report/sink.h"
#include "json/writer.h"

/* Counts are below 2^53 by far, which is as far as jq and BigQuery read integers exactly. */
static void member_count(struct cmek_json_writer *writer, const char *name, uint64_t count)
{
    cmek_json_member_int(writer, name, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

static void write_tool(struct cmek_json_writer *writer, const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "tool");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name", "cmekscan");
    cmek_json_member_text(writer, "version", summary->tool_version);
    cmek_json_member_text(writer, "commit", summary->tool_commit);
    cmek_json_end_object(writer);
}

static void write_verification(struct cmek_json_writer *writer,
                               const struct cmek_policy_verification *verification)
{
    cmek_json_key(writer, "policy_verification");
    if (!verification->was_made) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    member_count(writer, "classes", verification->classes);
    member_count(writer, "agree", verification->agree);
    member_count(writer, "differ", verification->differ);
    member_count(writer, "undecided", verification->undecided);
    member_count(writer, "not_answered", verification->not_answered);
    cmek_json_end_object(writer);
}

static void write_simulated(struct cmek_json_writer *writer,
                            const struct cmek_simulation_summary *simulation)
{
    cmek_json_key(writer, "simulated_policies");
    if (!simulation) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < simulation->policy_count; i++) {
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "node", simulation->policies[i].node);
        cmek_json_member_text(writer, "constraint", simulation->policies[i].constraint);
        cmek_json_member_text(writer, "origin", simulation->policies[i].origin);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

static void write_named_counts(struct cmek_json_writer *writer, const char *name,
                               const struct cmek_counts *counts)
{
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
    for (size_t i = 0; i < counts->count; i++)
        member_count(writer, counts->items[i].name, counts->items[i].count);
    cmek_json_end_object(writer);
}

static void write_sources(struct cmek_json_writer *writer, const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "sources");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < summary->source_count; i++) {
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "scope", summary->sources[i].scope);
        cmek_json_member_text(writer, "source", summary->sources[i].source);
        cmek_json_member_text(writer, "reason", summary->sources[i].reason);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

static void write_confirmation(struct cmek_json_writer *writer,
                               const struct cmek_confirmation *confirmation)
{
    cmek_json_key(writer, "confirmation");
    cmek_json_begin_object(writer);
    member_count(writer, "asked", confirmation->asked);
    member_count(writer, "changed", confirmation->changed);
    member_count(writer, "gone", confirmation->gone);
    member_count(writer, "failed", confirmation->failed);
    cmek_json_end_object(writer);
}

static void write_shard(struct cmek_json_writer *writer, const struct cmek_shard_summary *shard)
{
    cmek_json_key(writer, "shard");
    if (shard->count == 0) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    member_count(writer, "index", shard->index);
    member_count(writer, "count", shard->count);
    cmek_json_end_object(writer);
}

static void write_resumed(struct cmek_json_writer *writer, const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "resumed");
    if (!summary->resumed_since) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "since", summary->resumed_since);
    member_count(writer, "answers", summary->resumed_answers);
    cmek_json_end_object(writer);
}

static void write_scan(struct cmek_json_writer *writer, const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "scan");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "id", summary->scan_id);
    cmek_json_member_text(writer, "started_at", summary->started_at);
    cmek_json_member_text(writer, "finished_at", summary->finished_at);
    cmek_json_member_bool(writer, "complete", summary->complete);
    cmek_json_key(writer, "scopes");
    cmek_strings_write_json(writer, summary->scopes, summary->scope_count);
    cmek_json_key(writer, "services");
    cmek_strings_write_json(writer, summary->services, summary->service_count);
    cmek_json_member_bool(writer, "container_registry_only", summary->container_registry_only);
    cmek_json_member_bool(writer, "plan_changes_only", summary->plan_changes_only);
    cmek_json_member_text(writer, "source", summary->source);
    write_named_counts(writer, "api_calls", &summary->api_calls);
    write_named_counts(writer, "quota_waits_ms", &summary->quota_waits_ms);
    write_resumed(writer, summary);
    write_sources(writer, summary);
    write_confirmation(writer, &summary->confirmation);
    write_verification(writer, &summary->verification);
    write_simulated(writer, summary->simulation);
    write_shard(writer, &summary->shard);
    cmek_json_end_object(writer);
}

static void write_statuses(struct cmek_json_writer *writer, const struct cmek_tally *tally)
{
    cmek_json_begin_object(writer);
    for (int status = 0; status < CMEK_STATUS_COUNT_; status++)
        member_count(writer, cmek_status_name((enum cmek_finding_status)status),
                     tally->by_status[status]);
    cmek_json_end_object(writer);
}

static void write_severities(struct cmek_json_writer *writer, const struct cmek_tally *tally)
{
    cmek_json_begin_object(writer);
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        member_count(writer, cmek_severity_name((enum cmek_severity)severity),
                     tally->fails_by_severity[severity]);
    cmek_json_end_object(writer);
}

/* There may be as many as projects: they are handed on one by one. */
static void write_tallies(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                          const char *name, const struct cmek_tallies *tallies)
{
    cmek_json_key(writer, name);
    cmek_json_begin_object(writer);
    for (size_t i = 0; i < tallies->count; i++) {
        const char *key = tallies->items[i].name;
        cmek_json_key(writer, key ? key : CMEK_NO_NAME);
        write_statuses(writer, &tallies->items[i]);
        cmek_sink_flush(sink, writer->buffer);
    }
    cmek_json_end_object(writer);
}

static void write_change_counts(struct cmek_json_writer *writer, const struct cmek_tally *tally)
{
    for (int change = CMEK_CHANGE_NONE + 1; change < CMEK_CHANGE_COUNT_; change++)
        member_count(writer, cmek_change_name((enum cmek_change)change), tally->by_change[change]);
}

static void write_changes(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                          const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "changes");
    if (!summary->simulation) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    member_count(writer, "resources_newly_failing", summary->simulation->newly_failing);
    member_count(writer, "resources_no_longer_failing", summary->simulation->no_longer_failing);
    write_change_counts(writer, &summary->total);
    cmek_json_key(writer, "by_project");
    cmek_json_begin_object(writer);
    for (size_t i = 0; i < summary->by_project.count; i++) {
        const struct cmek_tally *project = &summary->by_project.items[i];
        cmek_json_key(writer, project->name ? project->name : CMEK_NO_NAME);
        cmek_json_begin_object(writer);
        write_change_counts(writer, project);
        cmek_json_end_object(writer);
        cmek_sink_flush(sink, writer->buffer);
    }
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
}

static void write_baseline(struct cmek_json_writer *writer,
                           const struct cmek_baseline_summary *baseline)
{
    cmek_json_key(writer, "baseline");
    if (!baseline) {
        cmek_json_null(writer);
        return;
    }
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "scan_id", baseline->scan_id);
    cmek_json_member_text(writer, "finished_at", baseline->finished_at);
    member_count(writer, "new", baseline->fresh);
    member_count(writer, "unchanged", baseline->unchanged);
    member_count(writer, "resolved", baseline->resolved);
    member_count(writer, "undecided", baseline->undecided);
    cmek_json_member_bool(writer, "fail_on_new", baseline->fail_on_new);
    cmek_json_end_object(writer);
}

static void write_not_judged(struct cmek_json_writer *writer,
                             const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "not_judged");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < summary->not_judged_count; i++) {
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "rule_id", summary->not_judged[i].rule_id);
        cmek_json_member_text(writer, "missing", summary->not_judged[i].missing);
        member_count(writer, "targets", summary->not_judged[i].targets);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

static void write_resources(struct cmek_json_writer *writer,
                            const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "resources");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < summary->resource_count; i++) {
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "type", summary->resources[i].type);
        member_count(writer, "total", summary->resources[i].total);
        member_count(writer, "with_key", summary->resources[i].with_key);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

static void write_counts(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                         const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "summary");
    cmek_json_begin_object(writer);
    cmek_json_key(writer, "nodes");
    cmek_json_begin_object(writer);
    member_count(writer, "organizations", summary->organizations);
    member_count(writer, "folders", summary->folders);
    member_count(writer, "projects", summary->projects);
    cmek_json_end_object(writer);
    write_resources(writer, summary);
    cmek_json_key(writer, "by_status");
    write_statuses(writer, &summary->total);
    cmek_json_key(writer, "by_severity");
    write_severities(writer, &summary->total);
    write_tallies(writer, sink, "by_rule", &summary->by_rule);
    write_tallies(writer, sink, "by_project", &summary->by_project);
    write_changes(writer, sink, summary);
    write_baseline(writer, summary->baseline);
    write_not_judged(writer, summary);
    member_count(writer, "coverage_gaps", summary->gap_count + summary->gaps_not_listed);
    cmek_json_end_object(writer);
}

static void write_rules(struct cmek_json_writer *writer, const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "rules");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < summary->rule_count; i++) {
        const struct cmek_reported_rule *rule = &summary->rules[i];
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "id", rule->id);
        cmek_json_member_text(writer, "title", rule->title);
        cmek_json_member_text(writer, "severity", cmek_severity_name(rule->severity));
        cmek_json_member_text(writer, "rationale", rule->rationale);
        cmek_json_member_text(writer, "remediation", rule->remediation);
        cmek_json_key(writer, "references");
        cmek_strings_write_json(writer, rule->references, rule->reference_count);
        cmek_json_key(writer, "controls");
        cmek_strings_write_json(writer, rule->controls, rule->control_count);
        cmek_json_end_object(writer);
    }
    cmek_json_end_array(writer);
}

void cmek_summary_write_json(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                             const struct cmek_scan_summary *summary)
{
    cmek_json_member_text(writer, "schema_version", "1.0");
    write_tool(writer, summary);
    write_scan(writer, summary);
    write_counts(writer, sink, summary);
    write_rules(writer, summary);
}

void cmek_coverage_write_json(struct cmek_json_writer *writer, const struct cmek_report_sink *sink,
                              const struct cmek_scan_summary *summary)
{
    cmek_json_key(writer, "coverage");
    cmek_json_begin_array(writer);
    for (size_t i = 0; i < summary->gap_count; i++) {
        cmek_json_begin_object(writer);
        cmek_json_member_text(writer, "scope", summary->gaps[i].scope);
        cmek_json_member_text(writer, "operation", summary->gaps[i].operation);
        cmek_json_member_text(writer, "error", summary->gaps[i].error);
        cmek_json_member_text(writer, "message", summary->gaps[i].message);
        cmek_json_end_object(writer);
        cmek_sink_flush(sink, writer->buffer);
    }
    cmek_json_end_array(writer);
}
