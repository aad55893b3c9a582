/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "report/changes.h"
#include "report/gate.h"
#include "report/gfm.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/worst.h"

/* A comment on GitHub takes 65,536 characters, a job summary 1 MiB: one report serves both. */
#define BYTES_AT_MOST  60000
#define BYTES_FOR_GAPS 6000
#define ROWS_AT_MOST   200

/* First the severities of what newly fails. */
enum rank {
    RANK_FAILS = CMEK_SEVERITY_COUNT_,
    RANK_UNKNOWN = RANK_FAILS + CMEK_SEVERITY_COUNT_,
    RANK_NOT_ENFORCED,
    RANK_COUNT_,
};
_Static_assert(RANK_COUNT_ <= CMEK_WORST_RANKS, "a rank for each kind of row");

struct markdown {
    struct cmek_report_context context;
    struct cmek_worst rows; /* by enum rank */
    struct cmek_strbuf row, out;
};

static void markdown_abandon(void *state)
{
    struct markdown *markdown = state;
    cmek_worst_done(&markdown->rows);
    cmek_strbuf_done(&markdown->row);
    cmek_strbuf_done(&markdown->out);
    free(markdown);
}

static enum cmek_status markdown_open(const struct cmek_report_context *context, void **ret_state,
                                      struct cmek_error *err)
{
    (void)err;
    struct markdown *markdown = cmek_calloc(1, sizeof *markdown);
    markdown->context = *context;
    cmek_worst_init(&markdown->rows, ROWS_AT_MOST);
    *ret_state = markdown;
    return CMEK_OK;
}

static unsigned rank_of(const struct cmek_finding *finding)
{
    if (finding->status == CMEK_STATUS_UNKNOWN)
        return RANK_UNKNOWN;
    if (finding->enforcement == CMEK_DRY_RUN)
        return RANK_NOT_ENFORCED;
    return (cmek_gate_is_new(finding) ? 0 : RANK_FAILS) + finding->severity;
}

static const char *weight_of(const struct cmek_finding *finding)
{
    if (finding->status == CMEK_STATUS_UNKNOWN)
        return "unknown";
    return finding->enforcement == CMEK_DRY_RUN ? "dry run" : cmek_severity_name(finding->severity);
}

/* Where a reader finds the resource: the line of the plan's configuration, its address, or its
 * name. */
static void append_place(struct cmek_strbuf *row, const struct cmek_finding *finding)
{
    if (finding->source_file) {
        struct cmek_strbuf place = {0};
        cmek_strbuf_puts(&place, finding->source_file);
        if (finding->source_line > 0)
            cmek_strbuf_printf(&place, ":%u", finding->source_line);
        cmek_gfm_append_code(row, cmek_strbuf_text(&place));
        cmek_strbuf_puts(row, "<br>");
        cmek_strbuf_done(&place);
    }
    cmek_gfm_append_code(row, finding->source_address ? finding->source_address
                                                      : finding->resource_name);
}

static enum cmek_status markdown_finding(void *state, const struct cmek_finding *finding,
                                         struct cmek_error *err)
{
    (void)err;
    struct markdown *markdown = state;
    if (finding->status != CMEK_STATUS_FAIL && finding->status != CMEK_STATUS_UNKNOWN)
        return CMEK_OK;
    struct cmek_strbuf *row = &markdown->row;
    cmek_strbuf_printf(row, "| %s%s | ", weight_of(finding),
                       cmek_gate_is_new(finding) ? ", **new**" : "");
    cmek_gfm_append_code(row, finding->rule_id);
    cmek_strbuf_puts(row, " | ");
    append_place(row, finding);
    cmek_strbuf_puts(row, " | ");
    cmek_gfm_append_text(row, finding->message ? finding->message : "no message");
    cmek_strbuf_puts(row, " |\n");
    cmek_worst_offer(&markdown->rows, rank_of(finding), row);
    return CMEK_OK;
}

static void append_heading(struct markdown *markdown)
{
    const struct cmek_scan_summary *summary = markdown->context.summary;
    struct cmek_strbuf *out = &markdown->out;
    uint64_t fails = summary->total.by_status[CMEK_STATUS_FAIL];
    uint64_t gaps = summary->gap_count + summary->gaps_not_listed;
    uint64_t unknown = summary->total.by_status[CMEK_STATUS_UNKNOWN];
    /* The marker lets a bot find its own comment again. */
    cmek_strbuf_puts(out, "<!-- cmekscan -->\n## CMEK compliance");
    if (summary->shard.count > 0)
        cmek_strbuf_printf(out, " (shard %" PRIu64 " of %" PRIu64 ")", summary->shard.index,
                           summary->shard.count);
    cmek_strbuf_puts(out, ": ");
    if (fails > 0)
        cmek_strbuf_printf(out, "%" PRIu64 " failed\n\n", fails);
    else
        cmek_strbuf_puts(out, summary->complete ? "nothing failed\n\n" : "undecided\n\n");
    if (summary->simulation) {
        cmek_changes_append(out, summary);
        cmek_strbuf_puts(out, "\n\n");
    }
    if (summary->baseline) {
        struct cmek_strbuf words = {0};
        cmek_changes_append_baseline(&words, summary->baseline);
        cmek_gfm_append_text(out, cmek_strbuf_text(&words));
        cmek_strbuf_puts(out, "\n\n");
        cmek_strbuf_done(&words);
    }
    if (!summary->complete)
        cmek_strbuf_printf(out,
                           "> **This scan is incomplete:** %" PRIu64 " coverage gap%s, %" PRIu64
                           " unknown verdict%s. Unknown is not compliant.\n\n",
                           gaps, gaps == 1 ? "" : "s", unknown, unknown == 1 ? "" : "s");
}

static void append_counts(struct markdown *markdown)
{
    const struct cmek_tally *total = &markdown->context.summary->total;
    struct cmek_strbuf *out = &markdown->out;
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        cmek_strbuf_printf(out, "| %s ", cmek_severity_name((enum cmek_severity)severity));
    cmek_strbuf_puts(out, "| unknown | waived | passed |\n");
    for (int column = 0; column < CMEK_SEVERITY_COUNT_ + 3; column++)
        cmek_strbuf_puts(out, "| ---: ");
    cmek_strbuf_puts(out, "|\n");
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        cmek_strbuf_printf(out, "| %" PRIu64 " ", total->fails_by_severity[severity]);
    cmek_strbuf_printf(out, "| %" PRIu64 " | %" PRIu64 " | %" PRIu64 " |\n\n",
                       total->by_status[CMEK_STATUS_UNKNOWN], total->by_status[CMEK_STATUS_WAIVED],
                       total->by_status[CMEK_STATUS_PASS]);
}

static void append_rows(struct markdown *markdown)
{
    uint64_t written = 0, all = cmek_worst_total(&markdown->rows);
    struct cmek_strbuf *out = &markdown->out;
    if (all == 0)
        return;
    cmek_strbuf_puts(out, "| Severity | Rule | Resource | Finding |\n| --- | --- | --- | --- |\n");
    for (unsigned rank = 0; rank < RANK_COUNT_; rank++)
        for (size_t i = 0; i < markdown->rows.kept[rank].count; i++) {
            const char *row = markdown->rows.kept[rank].items[i];
            if (out->length + strlen(row) > BYTES_AT_MOST - BYTES_FOR_GAPS)
                continue; /* a shorter one may fit */
            cmek_strbuf_puts(out, row);
            written++;
        }
    cmek_strbuf_putc(out, '\n');
    if (all > written)
        cmek_strbuf_printf(out,
                           "%" PRIu64 " more are not shown here; the json report lists them.\n\n",
                           all - written);
}

static void append_gaps(struct markdown *markdown)
{
    const struct cmek_scan_summary *summary = markdown->context.summary;
    uint64_t all = summary->gap_count + summary->gaps_not_listed, written = 0;
    struct cmek_strbuf *out = &markdown->out, *line = &markdown->row;
    if (all == 0)
        return;
    cmek_strbuf_printf(out, "<details><summary>Not read: %" PRIu64 "</summary>\n\n", all);
    for (size_t i = 0; i < summary->gap_count; i++) {
        const struct cmek_coverage_gap *gap = &summary->gaps[i];
        cmek_strbuf_clear(line);
        cmek_strbuf_puts(line, "- ");
        cmek_gfm_append_code(line, gap->scope);
        cmek_strbuf_putc(line, ' ');
        cmek_gfm_append_text(line, gap->message ? gap->message : gap->error ? gap->error : "");
        cmek_strbuf_putc(line, '\n');
        if (out->length + line->length > BYTES_AT_MOST - 200)
            break;
        cmek_strbuf_append(out, cmek_strbuf_text(line), line->length);
        written++;
    }
    if (all > written)
        cmek_strbuf_printf(out, "- and %" PRIu64 " more\n", all - written);
    cmek_strbuf_puts(out, "\n</details>\n\n");
}

static enum cmek_status markdown_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct markdown *markdown = state;
    const struct cmek_scan_summary *summary = markdown->context.summary;
    append_heading(markdown);
    append_counts(markdown);
    append_rows(markdown);
    append_gaps(markdown);
    cmek_strbuf_puts(&markdown->out, "cmekscan ");
    cmek_gfm_append_text(&markdown->out, summary->tool_version ? summary->tool_version : "?");
    cmek_strbuf_puts(&markdown->out, ", scan ");
    cmek_gfm_append_code(&markdown->out, summary->scan_id);
    cmek_strbuf_putc(&markdown->out, '\n');
    cmek_sink_flush(&markdown->context.sink, &markdown->out);
    markdown_abandon(markdown);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_markdown = {
    .abi = CMEK_REPORTER_ABI,
    .name = "markdown",
    .description =
        "a table for a pull request comment or a job summary, the worst and the new first",
    .media_type = "text/markdown",
    .open = markdown_open,
    .finding = markdown_finding,
    .close = markdown_close,
    .abandon = markdown_abandon,
};
