/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "report/changes.h"
#include "report/terminal.h"
#include "report/text.h"

#define NAME_COLUMNS 40

const char *cmek_text_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void cmek_text_append_joined(struct cmek_strbuf *line, uint64_t count, const char *what)
{
    if (count > 0)
        cmek_strbuf_printf(line, "%s%" PRIu64 " %s", line->length > 0 ? ", " : "", count, what);
}

void cmek_text_append_severities(struct cmek_strbuf *line, const struct cmek_tally *tally)
{
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        cmek_text_append_joined(line, tally->fails_by_severity[severity],
                                cmek_severity_name((enum cmek_severity)severity));
}

static void write_totals(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    struct cmek_strbuf line = {0};
    for (int status = 0; status < CMEK_STATUS_COUNT_; status++)
        cmek_strbuf_printf(&line, "%s%" PRIu64 " %s", status > 0 ? ", " : "",
                           summary->total.by_status[status],
                           cmek_status_name((enum cmek_finding_status)status));
    cmek_text_field(text, "Verdicts", cmek_strbuf_text(&line));
    cmek_strbuf_clear(&line);
    cmek_text_append_severities(&line, &summary->total);
    if (line.length > 0)
        cmek_text_field(text, "Failures", cmek_strbuf_text(&line));
    if (summary->baseline) {
        cmek_strbuf_clear(&line);
        cmek_changes_append_baseline(&line, summary->baseline);
        cmek_text_field(text, "Baseline", cmek_strbuf_text(&line));
    }
    cmek_strbuf_done(&line);
}

void cmek_text_append_name(struct cmek_text *text, const char *name)
{
    struct cmek_strbuf cell = {0};
    size_t most = text->columns - 38; /* what the four numbers and the indent leave */
    size_t columns = most < NAME_COLUMNS ? most : NAME_COLUMNS;
    cmek_terminal_append(&cell, name ? name : "(none)");
    size_t width = cmek_terminal_width(cmek_strbuf_text(&cell), cell.length);
    size_t fill = width < columns ? columns - width : 1;
    cmek_strbuf_printf(&text->out, "    %s%*s", cmek_strbuf_text(&cell), (int)fill, "");
    cmek_strbuf_done(&cell);
}

static void write_rules(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    if (summary->by_rule.count == 0)
        return;
    cmek_strbuf_puts(&text->out, "\n");
    cmek_text_append_name(text, "By rule");
    for (int status = 0; status < CMEK_STATUS_COUNT_; status++)
        cmek_strbuf_printf(&text->out, "%8s", cmek_status_name((enum cmek_finding_status)status));
    cmek_strbuf_putc(&text->out, '\n');
    for (size_t i = 0; i < summary->by_rule.count; i++) {
        const struct cmek_tally *tally = &summary->by_rule.items[i];
        cmek_text_append_name(text, tally->name);
        for (int status = 0; status < CMEK_STATUS_COUNT_; status++)
            cmek_strbuf_printf(&text->out, "%8" PRIu64, tally->by_status[status]);
        cmek_strbuf_putc(&text->out, '\n');
    }
}

/* Negative when @p a is worse: the first severity in which they differ decides. */
static int compare_worse(const struct cmek_tally *a, const struct cmek_tally *b)
{
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        if (a->fails_by_severity[severity] != b->fails_by_severity[severity])
            return a->fails_by_severity[severity] > b->fails_by_severity[severity] ? -1 : 1;
    return 0;
}

/* What lies in no project has no name, and is none. */
static bool has_failures(const struct cmek_tally *tally)
{
    return tally->name && tally->by_status[CMEK_STATUS_FAIL] > 0;
}

size_t cmek_text_top(const struct cmek_tallies *tallies,
                     bool (*is_shown)(const struct cmek_tally *tally),
                     int (*compare)(const struct cmek_tally *a, const struct cmek_tally *b),
                     const struct cmek_tally *ret_top[CMEK_TEXT_TOP])
{
    size_t count = 0;
    for (size_t i = 0; i < tallies->count; i++) {
        const struct cmek_tally *tally = &tallies->items[i];
        if (!is_shown(tally))
            continue;
        size_t at = count;
        while (at > 0 && compare(tally, ret_top[at - 1]) < 0)
            at--;
        if (at == CMEK_TEXT_TOP)
            continue;
        count += count < CMEK_TEXT_TOP;
        memmove(&ret_top[at + 1], &ret_top[at],
                (count - at - 1) * sizeof(const struct cmek_tally *));
        ret_top[at] = tally;
    }
    return count;
}

static void write_projects(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    const struct cmek_tally *worst[CMEK_TEXT_TOP];
    size_t count = cmek_text_top(&summary->by_project, has_failures, compare_worse, worst);
    uint64_t failing = 0;
    for (size_t i = 0; i < summary->by_project.count; i++)
        failing += has_failures(&summary->by_project.items[i]);
    if (failing == 0)
        return;
    struct cmek_strbuf line = {0};
    if (failing > count)
        cmek_strbuf_printf(&line, "Worst %zu of %" PRIu64 " failing projects", count, failing);
    else
        cmek_strbuf_printf(&line, "%" PRIu64 " failing project%s", failing,
                           cmek_text_plural(failing));
    cmek_strbuf_printf(&text->out, "\n    %s\n", cmek_strbuf_text(&line));
    for (size_t i = 0; i < count; i++) {
        cmek_text_append_name(text, worst[i]->name);
        cmek_strbuf_printf(&text->out, "%8" PRIu64, worst[i]->by_status[CMEK_STATUS_FAIL]);
        cmek_strbuf_clear(&line);
        cmek_text_append_severities(&line, worst[i]);
        if (line.length > 0)
            cmek_strbuf_printf(&text->out, "  (%s)", cmek_strbuf_text(&line));
        cmek_strbuf_putc(&text->out, '\n');
    }
    cmek_strbuf_done(&line);
}

/* The last line of a scan counts without dry runs, as the exit status does: the two must not seem
 * to contradict each other. */
static void append_failures(struct cmek_strbuf *line, uint64_t fails, uint64_t dry_run)
{
    cmek_strbuf_printf(line, "%" PRIu64 " failure%s to mend", fails, cmek_text_plural(fails));
    if (dry_run > 0)
        cmek_strbuf_printf(line, ", %" PRIu64 " of which only a dry-run policy makes", dry_run);
    cmek_strbuf_putc(line, '.');
}

static void write_verdict(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    uint64_t fails = summary->total.by_status[CMEK_STATUS_FAIL];
    uint64_t passes = summary->total.by_status[CMEK_STATUS_PASS];
    struct cmek_strbuf line = {0};
    if (fails > 0)
        append_failures(&line, fails, text->kept.offered[CMEK_KEPT_DRY_RUN]);
    else if (!summary->complete)
        cmek_strbuf_puts(&line, "No failure in what could be read.");
    else if (passes > 0 || summary->total.by_status[CMEK_STATUS_WAIVED] > 0)
        cmek_strbuf_puts(&line, "No failure: all that the policies govern complies or is waived.");
    else
        cmek_strbuf_puts(&line, "No failure: no policy governs anything that was looked at.");
    cmek_strbuf_puts(&text->out, "\n");
    cmek_text_paint(text,
                    fails > 0           ? CMEK_TEXT_ALARM
                    : summary->complete ? CMEK_TEXT_GOOD
                                        : CMEK_TEXT_WARN,
                    cmek_strbuf_text(&line));
    cmek_strbuf_puts(&text->out, "\n");
    cmek_strbuf_done(&line);
}

static void write_advice(struct cmek_text *text)
{
    if (!text->has_commands)
        return;
    cmek_strbuf_putc(&text->out, '\n');
    cmek_terminal_append_wrapped(
        &text->out,
        "Most commands change your cloud: read each, and run them one by one. Words in "
        "capitals, such as KEY_RING, are yours to fill in. A key that is named there is one that "
        "is used in that location already and that policy allows; whether it suits the data, only "
        "you can tell.",
        0, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
}

static void write_emptiness(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, "No findings to list");
    if (summary->not_held > 0)
        cmek_strbuf_printf(&line,
                           ": the saved report does not hold the %" PRIu64
                           " asked for; a scan with the same --status would",
                           summary->not_held);
    cmek_strbuf_putc(&line, '.');
    cmek_terminal_append_wrapped(&text->out, cmek_strbuf_text(&line), 0, text->columns);
    cmek_strbuf_puts(&text->out, "\n\n");
    cmek_strbuf_done(&line);
}

/* Only a report with evidence explains. */
static void write_hint(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    const char *path = text->context.json_path;
    if (!summary->evidence.each || cmek_kept_total(&text->kept) == 0)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "Why? cmekscan explain ID --from %s", path ? path : "report.json");
    cmek_strbuf_putc(&text->out, '\n');
    cmek_terminal_append(&text->out, cmek_strbuf_text(&line));
    cmek_strbuf_puts(&text->out,
                     path ? "\n" : "\n     (once the scan wrote it: --report json=report.json)\n");
    cmek_strbuf_done(&line);
}

void cmek_text_write_summary(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    cmek_strbuf_putc(&text->out, '\n');
    if (cmek_kept_total(&text->kept) == 0)
        write_emptiness(text, summary);
    cmek_text_paint(text, CMEK_TEXT_BOLD, "Summary");
    cmek_strbuf_puts(&text->out, "\n");
    write_totals(text, summary);
    write_rules(text, summary);
    if (summary->simulation) {
        cmek_text_write_changes(text);
    } else {
        write_projects(text, summary);
        write_verdict(text, summary);
    }
    write_advice(text);
    if (!summary->complete)
        cmek_text_write_incomplete(text);
    write_hint(text, summary);
}
