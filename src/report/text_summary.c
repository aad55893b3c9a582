/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "report/changes.h"
#include "report/terminal.h"
#include "report/text.h"

#define GAPS_SHOWN   20
#define NAME_COLUMNS 40
/* With more types than this, those that nothing is of are summed up. */
#define EMPTY_TYPES_SHOWN 10

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void append_joined(struct cmek_strbuf *line, uint64_t count, const char *what)
{
    if (count > 0)
        cmek_strbuf_printf(line, "%s%" PRIu64 " %s", line->length > 0 ? ", " : "", count, what);
}

/* "1 critical, 4 high" */
static void append_severities(struct cmek_strbuf *line, const struct cmek_tally *tally)
{
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        append_joined(line, tally->fails_by_severity[severity],
                      cmek_severity_name((enum cmek_severity)severity));
}

static void write_scopes(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    cmek_text_paint(text, CMEK_TEXT_BOLD, "CMEK compliance");
    cmek_strbuf_puts(&text->out, summary->scope_count > 0 ? " of " : "");
    struct cmek_strbuf scopes = {0};
    for (size_t i = 0; i < summary->scope_count; i++)
        cmek_strbuf_printf(&scopes, "%s%s", i > 0 ? ", " : "", summary->scopes[i]);
    cmek_terminal_append_wrapped(&text->out, cmek_strbuf_text(&scopes), sizeof "CMEK compliance of",
                                 text->columns);
    cmek_strbuf_done(&scopes);
    cmek_strbuf_putc(&text->out, '\n');
}

/* Printed also when all is well: whoever asked for it wants to see that it was done. */
static void write_verification(struct cmek_text *text,
                               const struct cmek_policy_verification *verification)
{
    if (!verification->was_made)
        return;
    const struct {
        uint64_t count;
        const char *what;
    } parts[] = {
        {verification->differ, "DIFFER"},
        {verification->undecided, "undecided by this scan"},
        {verification->not_answered, "not answered"},
        {verification->agree, "agree"},
    };
    struct cmek_strbuf line = {0}, outcome = {0};
    cmek_strbuf_printf(&line, "verified %" PRIu64 " policy class%s against Google: ",
                       verification->classes, verification->classes == 1 ? "" : "es");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        append_joined(&outcome, parts[i].count, parts[i].what);
    cmek_strbuf_puts(&line, verification->classes == 0 ? "there is no project"
                            : verification->agree == verification->classes
                                ? "all agree"
                                : cmek_strbuf_text(&outcome));
    cmek_text_field(text, "Policies", cmek_strbuf_text(&line));
    cmek_strbuf_done(&outcome);
    cmek_strbuf_done(&line);
}

/* Those that somebody waiting for the scan felt. */
static void write_waits(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    struct cmek_strbuf line = {0};
    for (size_t i = 0; i < summary->quota_waits_ms.count; i++) {
        const struct cmek_count *wait = &summary->quota_waits_ms.items[i];
        if (wait->count >= 1000)
            cmek_strbuf_printf(&line, "%s%" PRIu64 " s for %s", line.length > 0 ? ", " : "",
                               wait->count / 1000, wait->name);
    }
    if (line.length > 0)
        cmek_text_field(text, "Waited", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

static void write_scan(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "%s to %s, from %s, by cmekscan %s",
                       summary->started_at ? summary->started_at : "?",
                       summary->finished_at ? summary->finished_at : "?",
                       summary->source ? summary->source : "?",
                       summary->tool_version ? summary->tool_version : "?");
    cmek_text_field(text, "Scan", cmek_strbuf_text(&line));
    cmek_strbuf_clear(&line);
    if (summary->resumed_since) {
        cmek_strbuf_printf(&line, "with %" PRIu64 " answers from a checkpoint begun at %s",
                           summary->resumed_answers, summary->resumed_since);
        cmek_text_field(text, "", cmek_strbuf_text(&line));
        cmek_strbuf_clear(&line);
    }
    cmek_strbuf_printf(&line,
                       "%" PRIu64 " organization%s, %" PRIu64 " folder%s, %" PRIu64 " project%s",
                       summary->organizations, plural(summary->organizations), summary->folders,
                       plural(summary->folders), summary->projects, plural(summary->projects));
    cmek_text_field(text, "Looked at", cmek_strbuf_text(&line));
    size_t left_out = 0;
    for (size_t i = 0; i < summary->resource_count; i++) {
        const struct cmek_resource_count *resource = &summary->resources[i];
        if (resource->total == 0 && summary->resource_count > EMPTY_TYPES_SHOWN) {
            left_out++;
            continue;
        }
        cmek_strbuf_clear(&line);
        cmek_strbuf_printf(&line, "%" PRIu64 " %s, %" PRIu64 " with a key", resource->total,
                           resource->type, resource->with_key);
        cmek_text_field(text, "", cmek_strbuf_text(&line));
    }
    if (left_out > 0) {
        cmek_strbuf_clear(&line);
        cmek_strbuf_printf(&line, "none of %zu other types", left_out);
        cmek_text_field(text, "", cmek_strbuf_text(&line));
    }
    write_waits(text, summary);
    write_verification(text, &summary->verification);
    cmek_strbuf_done(&line);
}

static uint64_t gap_total(const struct cmek_scan_summary *summary)
{
    return summary->gap_count + summary->gaps_not_listed;
}

static void write_incomplete(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    uint64_t gaps = gap_total(summary), unknown = summary->total.by_status[CMEK_STATUS_UNKNOWN];
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, "This scan is INCOMPLETE: ");
    if (gaps > 0)
        cmek_strbuf_printf(&line, "%" PRIu64 " thing%s in scope could not be read", gaps,
                           plural(gaps));
    if (unknown > 0)
        cmek_strbuf_printf(&line, "%s%" PRIu64 " verdict%s could not be reached",
                           gaps > 0 ? ", " : "", unknown, plural(unknown));
    if (gaps == 0 && unknown == 0)
        cmek_strbuf_puts(&line, "not everything in scope was looked at");
    cmek_strbuf_puts(&line, ". Unknown is not compliant.");
    cmek_strbuf_puts(&text->out, "\n");
    cmek_text_paint(text, CMEK_TEXT_ALARM, "!!");
    cmek_strbuf_puts(&text->out, " ");
    cmek_terminal_append_wrapped(&text->out, cmek_strbuf_text(&line), 3, text->columns);
    cmek_strbuf_puts(&text->out, "\n");
    cmek_strbuf_done(&line);
}

static void write_gaps(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    size_t shown = summary->gap_count < GAPS_SHOWN ? summary->gap_count : GAPS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const struct cmek_coverage_gap *gap = &summary->gaps[i];
        const char *const parts[] = {gap->scope, gap->operation, gap->error};
        cmek_strbuf_puts(&text->out, "   -");
        for (size_t j = 0; j < sizeof parts / sizeof *parts; j++) {
            cmek_strbuf_puts(&text->out, parts[j] ? " " : "");
            cmek_terminal_append(&text->out, parts[j] ? parts[j] : "");
            cmek_strbuf_puts(&text->out, parts[j] && j == 0 ? ":" : "");
        }
        if (gap->message) {
            cmek_strbuf_puts(&text->out, "\n     ");
            cmek_terminal_append_wrapped(&text->out, gap->message, 5, text->columns);
        }
        cmek_strbuf_putc(&text->out, '\n');
    }
    if (gap_total(summary) > shown)
        cmek_strbuf_printf(&text->out, "   - and %" PRIu64 " more; the json report lists them\n",
                           gap_total(summary) - shown);
}

void cmek_text_write_head(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    write_scopes(text, summary);
    write_scan(text, summary);
    if (summary->simulation)
        cmek_text_write_simulated(text);
    if (summary->complete)
        return;
    write_incomplete(text, summary);
    write_gaps(text, summary);
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
    append_severities(&line, &summary->total);
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
        cmek_strbuf_printf(&line, "%" PRIu64 " failing project%s", failing, plural(failing));
    cmek_strbuf_printf(&text->out, "\n    %s\n", cmek_strbuf_text(&line));
    for (size_t i = 0; i < count; i++) {
        cmek_text_append_name(text, worst[i]->name);
        cmek_strbuf_printf(&text->out, "%8" PRIu64, worst[i]->by_status[CMEK_STATUS_FAIL]);
        cmek_strbuf_clear(&line);
        append_severities(&line, worst[i]);
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
    cmek_strbuf_printf(line, "%" PRIu64 " failure%s to mend", fails, plural(fails));
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
        append_failures(&line, fails, text->dry_run_fails);
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

void cmek_text_write_summary(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    cmek_strbuf_puts(&text->out, text->listed > 0 ? "\n" : "\nNo findings to list.\n\n");
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
        write_incomplete(text, summary);
}
