/* SPDX-License-Identifier: Apache-2.0 */
/* The head of the text report: what was looked at, what could not be, and what was found. */
#include <inttypes.h>

#include "base/strings.h"
#include "report/terminal.h"
#include "report/text.h"

#define GAPS_SHOWN    20
#define DETOURS_SHOWN 5
/* With more types than this, those that nothing is of are summed up. */
#define EMPTY_TYPES_SHOWN 10

static void write_scopes(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    cmek_text_paint(text, CMEK_TEXT_BOLD, "CMEK compliance");
    cmek_strbuf_puts(&text->out, summary->scope_count > 0 ? " of " : "");
    struct cmek_strbuf scopes = {0};
    for (size_t i = 0; i < summary->scope_count; i++)
        cmek_strbuf_printf(&scopes, "%s%s", i > 0 ? ", " : "", summary->scopes[i]);
    if (summary->shard.count > 0)
        cmek_strbuf_printf(&scopes, "%sshard %" PRIu64 " of %" PRIu64,
                           summary->scope_count > 0 ? ", " : " ", summary->shard.index,
                           summary->shard.count);
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
        cmek_text_append_joined(&outcome, parts[i].count, parts[i].what);
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

/* Why scopes were not read through the inventory, which is faster. */
static void write_detours(struct cmek_text *text, const struct cmek_scan_summary *summary)
{
    static const char *const advice[][2] = {
        {"(permission-denied)", "grant roles/cloudasset.viewer on it"},
        {"(api-disabled)", "enable cloudasset.googleapis.com"},
    };
    size_t told = 0;
    for (size_t i = 0; i < summary->source_count && told < DETOURS_SHOWN; i++) {
        const struct cmek_scope_source *source = &summary->sources[i];
        if (!source->reason)
            continue;
        struct cmek_strbuf line = {0};
        cmek_strbuf_printf(&line, "%s directly, not through Cloud Asset Inventory: %s",
                           source->scope ? source->scope : "a scope", source->reason);
        for (size_t j = 0; j < sizeof advice / sizeof *advice; j++)
            if (cmek_str_ends(source->reason, advice[j][0]))
                cmek_strbuf_printf(&line, "; to have it read faster, %s", advice[j][1]);
        cmek_text_field(text, told++ == 0 ? "Read" : "", cmek_strbuf_text(&line));
        cmek_strbuf_done(&line);
    }
}

static void write_confirmation(struct cmek_text *text, const struct cmek_confirmation *made)
{
    if (made->asked == 0)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line,
                       "%" PRIu64 " failing resource%s read again from %s own API%s: %" PRIu64
                       " changed, %" PRIu64 " gone, %" PRIu64 " could not be read%s",
                       made->asked, cmek_text_plural(made->asked),
                       made->asked == 1 ? "its" : "their", cmek_text_plural(made->asked),
                       made->changed, made->gone, made->failed,
                       made->failed > 0 ? " (the inventory's word stands)" : "");
    cmek_text_field(text, "Confirmed", cmek_strbuf_text(&line));
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
                       summary->organizations, cmek_text_plural(summary->organizations),
                       summary->folders, cmek_text_plural(summary->folders), summary->projects,
                       cmek_text_plural(summary->projects));
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
    write_detours(text, summary);
    write_waits(text, summary);
    write_confirmation(text, &summary->confirmation);
    write_verification(text, &summary->verification);
    cmek_strbuf_done(&line);
}

static uint64_t gap_total(const struct cmek_scan_summary *summary)
{
    return summary->gap_count + summary->gaps_not_listed;
}

void cmek_text_write_incomplete(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    uint64_t gaps = gap_total(summary), unknown = summary->total.by_status[CMEK_STATUS_UNKNOWN];
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, "This scan is INCOMPLETE: ");
    if (gaps > 0)
        cmek_strbuf_printf(&line, "%" PRIu64 " thing%s in scope could not be read", gaps,
                           cmek_text_plural(gaps));
    if (unknown > 0)
        cmek_strbuf_printf(&line, "%s%" PRIu64 " verdict%s could not be reached",
                           gaps > 0 ? ", " : "", unknown, cmek_text_plural(unknown));
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

/* "5 critical, 14 high failing; 2 unknown; 40 pass". */
void cmek_text_write_found(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    uint64_t dry_run = text->kept.offered[CMEK_KEPT_DRY_RUN];
    const uint64_t *counts = summary->total.by_status;
    const struct {
        uint64_t count;
        const char *what;
    } parts[] = {
        {counts[CMEK_STATUS_UNKNOWN], "unknown"},
        {counts[CMEK_STATUS_WAIVED], "waived"},
        {counts[CMEK_STATUS_PASS], "pass"},
        {gap_total(summary), "not read"},
    };
    struct cmek_strbuf line = {0};
    cmek_text_append_severities(&line, &summary->total);
    if (line.length == 0)
        cmek_strbuf_printf(&line, "%" PRIu64, counts[CMEK_STATUS_FAIL]);
    cmek_strbuf_puts(&line, " failing");
    if (dry_run > 0)
        cmek_strbuf_printf(&line, ", %" PRIu64 " of them only by a dry run", dry_run);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].count > 0)
            cmek_strbuf_printf(&line, "; %" PRIu64 " %s", parts[i].count, parts[i].what);
    cmek_text_field(text, "Found", cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
}

void cmek_text_write_head(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    write_scopes(text, summary);
    write_scan(text, summary);
    if (summary->simulation)
        cmek_text_write_simulated(text);
}

void cmek_text_write_gaps(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    if (summary->complete)
        return;
    cmek_text_write_incomplete(text);
    write_gaps(text, summary);
}
