/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "report/reporters.h"
#include "report/sarif_result.h"
#include "report/sarif_rules.h"
#include "report/sink.h"
#include "json/writer.h"

/* GitHub refuses a run of more than 25,000 results and shows the first 5,000 of it, so results are
 * listed worst first. Notifications have no published limit; these keep the file below 10 MB. */
#define RESULT_LIMIT       25000
#define NOTIFICATION_LIMIT 5000

/* The results of one severity, ready to be written, and where each ends. */
struct bucket {
    struct cmek_strbuf text;
    CMEK_VEC(size_t) ends;
};

struct sarif {
    struct cmek_report_context context;
    struct cmek_map rules; /* id → struct cmek_reported_rule */
    struct bucket buckets[CMEK_SEVERITY_COUNT_];
    size_t results, notifications;
    uint64_t results_dropped, notifications_dropped;
    struct cmek_strbuf undecided, record;
};

static void sarif_abandon(void *state)
{
    struct sarif *sarif = state;
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++) {
        cmek_strbuf_done(&sarif->buckets[severity].text);
        CMEK_VEC_DONE(&sarif->buckets[severity].ends);
    }
    cmek_map_done(&sarif->rules);
    cmek_strbuf_done(&sarif->undecided);
    cmek_strbuf_done(&sarif->record);
    free(sarif);
}

static enum cmek_status sarif_open(const struct cmek_report_context *context, void **ret_state,
                                   struct cmek_error *err)
{
    (void)err;
    struct sarif *sarif = cmek_calloc(1, sizeof *sarif);
    sarif->context = *context;
    const struct cmek_scan_summary *summary = context->summary;
    for (size_t i = 0; i < summary->rule_count; i++)
        cmek_map_put(&sarif->rules, summary->rules[i].id,
                     (void *)(uintptr_t)&summary->rules[i]); /* borrowed, never written to */
    *ret_state = sarif;
    return CMEK_OK;
}

static size_t rule_index(const struct sarif *sarif, const char *rule_id)
{
    const struct cmek_reported_rule *rule = rule_id ? cmek_map_get(&sarif->rules, rule_id) : NULL;
    return rule ? (size_t)(rule - sarif->context.summary->rules) : CMEK_SARIF_NO_RULE;
}

/* Makes room for a result of @p severity by dropping one that is less severe; false: there is none.
 */
static bool make_room(struct sarif *sarif, enum cmek_severity severity)
{
    if (sarif->results < RESULT_LIMIT)
        return true;
    sarif->results_dropped++;
    for (int i = CMEK_SEVERITY_COUNT_ - 1; i > (int)severity; i--) {
        struct bucket *bucket = &sarif->buckets[i];
        if (bucket->ends.count == 0)
            continue;
        bucket->ends.count--;
        size_t end = bucket->ends.count > 0 ? bucket->ends.items[bucket->ends.count - 1] : 0;
        bucket->text.length = end;
        bucket->text.data[end] = '\0';
        sarif->results--;
        return true;
    }
    return false;
}

static void append_record(struct cmek_strbuf *list, const struct cmek_strbuf *record)
{
    cmek_strbuf_puts(list, list->length > 0 ? ",\n" : "");
    cmek_strbuf_append(list, record->data, record->length);
}

static void add_result(struct sarif *sarif, const struct cmek_finding *finding)
{
    if (!make_room(sarif, finding->severity))
        return;
    struct cmek_json_writer writer;
    cmek_strbuf_clear(&sarif->record);
    cmek_json_writer_init(&writer, &sarif->record, 0);
    cmek_sarif_write_result(&writer, finding, rule_index(sarif, finding->rule_id));
    struct bucket *bucket = &sarif->buckets[finding->severity];
    append_record(&bucket->text, &sarif->record);
    *CMEK_VEC_ADD(&bucket->ends) = bucket->text.length;
    sarif->results++;
}

static void add_undecided(struct sarif *sarif, const struct cmek_finding *finding)
{
    if (sarif->notifications >= NOTIFICATION_LIMIT) {
        sarif->notifications_dropped++;
        return;
    }
    struct cmek_json_writer writer;
    cmek_strbuf_clear(&sarif->record);
    cmek_json_writer_init(&writer, &sarif->record, 0);
    cmek_sarif_write_undecided(&writer, finding, rule_index(sarif, finding->rule_id));
    append_record(&sarif->undecided, &sarif->record);
    sarif->notifications++;
}

/* Passed and waived findings are left out: GitHub ignores `kind` and `suppressions` and would show
 * them as alerts. */
static enum cmek_status sarif_finding(void *state, const struct cmek_finding *finding,
                                      struct cmek_error *err)
{
    (void)err;
    if (finding->status == CMEK_STATUS_FAIL)
        add_result(state, finding);
    else if (finding->status == CMEK_STATUS_UNKNOWN)
        add_undecided(state, finding);
    return CMEK_OK;
}

/* The category under which GitHub compares this upload with the last one: one for each scope,
 * and others for simulations, which must not close the alerts of scans. */
static void write_automation(struct cmek_json_writer *writer,
                             const struct cmek_scan_summary *summary)
{
    struct cmek_strbuf id = {0};
    cmek_strbuf_puts(&id, summary->simulation ? "cmekscan/simulated/" : "cmekscan/");
    for (size_t i = 0; i < summary->scope_count; i++)
        cmek_strbuf_printf(&id, "%s%s", i > 0 ? "+" : "", summary->scopes[i]);
    cmek_strbuf_puts(&id, summary->scope_count > 0 ? "/" : "");
    cmek_json_key(writer, "automationDetails");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "id", cmek_strbuf_text(&id));
    cmek_json_end_object(writer);
    cmek_strbuf_done(&id);
}

static void write_not_listed(struct cmek_json_writer *writer, uint64_t count, const char *what)
{
    if (count == 0)
        return;
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "%" PRIu64 " more %s are not in this file; the json report has them",
                       count, what);
    cmek_sarif_write_not_listed(writer, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

/* executionSuccessful stays true for an incomplete scan: GitHub refuses a file that says false, and
 * a project that may not be read would hide the failures of all others. The notifications tell. */
static void write_invocation(struct sarif *sarif, struct cmek_json_writer *writer)
{
    const struct cmek_scan_summary *summary = sarif->context.summary;
    cmek_json_key(writer, "invocations");
    cmek_json_begin_array(writer);
    cmek_json_begin_object(writer);
    cmek_json_member_bool(writer, "executionSuccessful", true);
    if (summary->started_at)
        cmek_json_member_text(writer, "startTimeUtc", summary->started_at);
    if (summary->finished_at)
        cmek_json_member_text(writer, "endTimeUtc", summary->finished_at);
    cmek_json_key(writer, "toolExecutionNotifications");
    cmek_json_begin_array(writer);
    size_t gaps = summary->gap_count < NOTIFICATION_LIMIT ? summary->gap_count : NOTIFICATION_LIMIT;
    for (size_t i = 0; i < gaps; i++)
        cmek_sarif_write_gap(writer, &summary->gaps[i]);
    if (sarif->undecided.length > 0)
        cmek_json_raw(writer, sarif->undecided.data);
    write_not_listed(writer, summary->gap_count - gaps + summary->gaps_not_listed, "coverage gaps");
    write_not_listed(writer, sarif->notifications_dropped, "undecided findings");
    write_not_listed(writer, sarif->results_dropped, "failures");
    cmek_json_end_array(writer);
    cmek_json_key(writer, "properties");
    cmek_json_begin_object(writer);
    cmek_json_member_bool(writer, "complete", summary->complete);
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
    cmek_json_end_array(writer);
}

static enum cmek_status sarif_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct sarif *sarif = state;
    struct cmek_strbuf out = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &out, 1);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    cmek_json_member_text(&writer, "version", "2.1.0");
    cmek_json_key(&writer, "runs");
    cmek_json_begin_array(&writer);
    cmek_json_begin_object(&writer);
    cmek_sarif_write_tool(&writer, sarif->context.summary);
    write_automation(&writer, sarif->context.summary);
    write_invocation(sarif, &writer);
    cmek_json_key(&writer, "results");
    cmek_json_begin_array(&writer);
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++) {
        if (sarif->buckets[severity].ends.count == 0)
            continue;
        cmek_json_raw(&writer, sarif->buckets[severity].text.data);
        cmek_sink_flush(&sarif->context.sink, &out);
    }
    cmek_json_end_array(&writer);
    cmek_json_end_object(&writer);
    cmek_json_end_array(&writer);
    cmek_json_end_object(&writer);
    cmek_strbuf_putc(&out, '\n');
    cmek_sink_flush(&sarif->context.sink, &out);
    cmek_strbuf_done(&out);
    sarif_abandon(sarif);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_sarif = {
    .abi = CMEK_REPORTER_ABI,
    .name = "sarif",
    .description = "SARIF 2.1.0 for GitHub code scanning and Azure DevOps: failures, worst first",
    .media_type = "application/sarif+json",
    .open = sarif_open,
    .finding = sarif_finding,
    .close = sarif_close,
    .abandon = sarif_abandon,
};
