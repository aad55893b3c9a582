/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/baseline.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "rules/evaluate.h"

enum cmek_status cmek_baseline_load(const char *path, struct cmek_baseline *ret_baseline,
                                    struct cmek_error *err)
{
    enum cmek_status status =
        cmek_saved_report_open(&ret_baseline->report, path, cmek_known_findings_add,
                               &ret_baseline->findings, err);
    if (status == CMEK_OK)
        status = cmek_saved_report_check_comparable(&ret_baseline->report, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "--baseline");
    return status;
}

void cmek_baseline_settle(struct cmek_baseline *baseline, const struct cmek_evaluation *evaluation,
                          struct cmek_verdict *verdict)
{
    const char *id = cmek_verdict_id(evaluation, verdict, &baseline->scratch);
    struct cmek_known_finding *known = cmek_map_get(&baseline->findings.by_id, id);
    verdict->baseline_state =
        cmek_baseline_state(known ? known->status : CMEK_STATUS_ABSENT, verdict->status);
    if (known)
        known->after = verdict->status;
    cmek_arena_clear(&baseline->scratch);
}

void cmek_baseline_count(const struct cmek_baseline *baseline,
                         const struct cmek_scan_summary *summary,
                         struct cmek_baseline_summary *counts)
{
    struct cmek_view view;
    cmek_view_init(&view, baseline->report.summary, summary);
    counts->scan_id = baseline->report.summary->scan_id;
    counts->finished_at = baseline->report.summary->finished_at;
    for (struct cmek_map_entry *e = cmek_map_first(&baseline->findings.by_id); e;
         e = cmek_map_next(e)) {
        const struct cmek_known_finding *known = cmek_map_value(e);
        enum cmek_difference difference = cmek_view_difference(&view, known);
        counts->resolved += difference == CMEK_DIFFERENCE_MENDED;
        counts->undecided += difference == CMEK_DIFFERENCE_UNDECIDED;
    }
    cmek_view_done(&view);
}

static void append_scopes(struct cmek_strbuf *text, const struct cmek_scan_summary *summary)
{
    for (size_t i = 0; i < summary->scope_count; i++)
        cmek_strbuf_printf(text, "%s%s", i > 0 ? ", " : "", summary->scopes[i]);
    if (summary->scope_count == 0)
        cmek_strbuf_puts(text, "no known scope");
}

void cmek_baseline_warn(const struct cmek_baseline *baseline,
                        const struct cmek_scan_summary *summary,
                        void (*warn)(void *payload, const char *text), void *payload)
{
    struct cmek_view view;
    cmek_view_init(&view, baseline->report.summary, summary);
    if (!view.same_scopes) {
        struct cmek_strbuf text = {0};
        cmek_strbuf_puts(&text, "the baseline is of ");
        append_scopes(&text, baseline->report.summary);
        cmek_strbuf_puts(&text, ", this scan is of ");
        append_scopes(&text, summary);
        cmek_strbuf_puts(&text, ": what the baseline did not look at counts as new");
        warn(payload, cmek_strbuf_text(&text));
        cmek_strbuf_done(&text);
    }
    cmek_view_done(&view);
}

void cmek_baseline_done(struct cmek_baseline *baseline)
{
    cmek_saved_report_done(&baseline->report);
    cmek_known_findings_done(&baseline->findings);
    cmek_arena_done(&baseline->scratch);
}
