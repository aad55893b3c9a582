/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "report/gate.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/terminal.h"
#include "report/worst.h"

/* Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 * A step shows ten annotations of each kind; the last notice is kept for saying what is missing. */
#define SHOWN 10

enum kind { KIND_ERROR, KIND_WARNING, KIND_NOTICE, KIND_COUNT_ };

static const char *const commands[KIND_COUNT_] = {"error", "warning", "notice"};

struct github {
    struct cmek_report_context context;
    struct cmek_worst lines; /* by struct rank below */
    struct cmek_strbuf line;
};

/* What comes first where not all can be shown. Ranks of one kind stand together. */
enum rank {
    RANK_NEW_CRITICAL,
    RANK_NEW_HIGH,
    RANK_CRITICAL,
    RANK_HIGH,
    RANK_NEW_MEDIUM,
    RANK_GAP,
    RANK_MEDIUM,
    RANK_UNKNOWN,
    RANK_NEW_LOW,
    RANK_LOW,
    RANK_INFO,
    RANK_KNOWN, /* fails, but was known before, and only what is new decides */
    RANK_COUNT_,
};
_Static_assert(RANK_COUNT_ <= CMEK_WORST_RANKS, "a rank for each kind of line");

static const enum kind kinds[RANK_COUNT_] = {
    [RANK_NEW_CRITICAL] = KIND_ERROR, [RANK_NEW_HIGH] = KIND_ERROR,
    [RANK_CRITICAL] = KIND_ERROR,     [RANK_HIGH] = KIND_ERROR,
    [RANK_NEW_MEDIUM] = KIND_WARNING, [RANK_GAP] = KIND_WARNING,
    [RANK_MEDIUM] = KIND_WARNING,     [RANK_UNKNOWN] = KIND_WARNING,
    [RANK_NEW_LOW] = KIND_NOTICE,     [RANK_LOW] = KIND_NOTICE,
    [RANK_INFO] = KIND_NOTICE,        [RANK_KNOWN] = KIND_NOTICE,
};

static void github_abandon(void *state)
{
    struct github *github = state;
    cmek_worst_done(&github->lines);
    cmek_strbuf_done(&github->line);
    free(github);
}

static enum cmek_status github_open(const struct cmek_report_context *context, void **ret_state,
                                    struct cmek_error *err)
{
    (void)err;
    struct github *github = cmek_calloc(1, sizeof *github);
    github->context = *context;
    cmek_worst_init(&github->lines, SHOWN);
    *ret_state = github;
    return CMEK_OK;
}

/* The runner decodes %25 in a message, %3A and %2C in a property too. Line ends and whatever else
 * could begin a command are made visible first. */
static void append_escaped(struct cmek_strbuf *out, const char *text, const char *special)
{
    struct cmek_strbuf plain = {0};
    cmek_terminal_append(&plain, text ? text : "");
    for (const char *at = cmek_strbuf_text(&plain); *at; at++)
        if (strchr(special, *at))
            cmek_strbuf_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
        else
            cmek_strbuf_putc(out, *at);
    cmek_strbuf_done(&plain);
}

static void append_data(struct cmek_strbuf *out, const char *text)
{
    append_escaped(out, text, "%");
}

static void append_property(struct cmek_strbuf *out, const char *name, const char *text)
{
    cmek_strbuf_printf(out, "%s=", name);
    append_escaped(out, text, "%:,");
}

/* "::error file=main.tf,line=3,title=cmek-required (high)::". */
static void begin_command(struct cmek_strbuf *out, enum rank rank,
                          const struct cmek_finding *finding, const char *title)
{
    cmek_strbuf_printf(out, "::%s ", commands[kinds[rank]]);
    if (finding && finding->source_file) {
        append_property(out, "file", finding->source_file);
        if (finding->source_line > 0)
            cmek_strbuf_printf(out, ",line=%u", finding->source_line);
        cmek_strbuf_putc(out, ',');
    }
    append_property(out, "title", title);
    cmek_strbuf_puts(out, "::");
}

static enum rank rank_of(const struct github *github, const struct cmek_finding *finding)
{
    static const enum rank by_severity[CMEK_SEVERITY_COUNT_][2] = {
        [CMEK_SEVERITY_CRITICAL] = {RANK_CRITICAL, RANK_NEW_CRITICAL},
        [CMEK_SEVERITY_HIGH] = {RANK_HIGH, RANK_NEW_HIGH},
        [CMEK_SEVERITY_MEDIUM] = {RANK_MEDIUM, RANK_NEW_MEDIUM},
        [CMEK_SEVERITY_LOW] = {RANK_LOW, RANK_NEW_LOW},
        [CMEK_SEVERITY_INFO] = {RANK_INFO, RANK_INFO},
    };
    if (finding->status == CMEK_STATUS_UNKNOWN)
        return RANK_UNKNOWN;
    if (finding->enforcement == CMEK_DRY_RUN)
        return RANK_INFO;
    if (!cmek_gate_holds(github->context.summary, finding))
        return RANK_KNOWN;
    return by_severity[finding->severity][cmek_gate_is_new(finding)];
}

/* What the title says of how much it matters. */
static const char *weight_of(const struct cmek_finding *finding)
{
    if (finding->status == CMEK_STATUS_UNKNOWN)
        return "undecided";
    return finding->enforcement == CMEK_ENFORCED ? cmek_severity_name(finding->severity)
                                                 : cmek_enforcement_name(finding->enforcement);
}

static enum cmek_status github_finding(void *state, const struct cmek_finding *finding,
                                       struct cmek_error *err)
{
    (void)err;
    struct github *github = state;
    if (finding->status != CMEK_STATUS_FAIL && finding->status != CMEK_STATUS_UNKNOWN)
        return CMEK_OK;
    struct cmek_strbuf *line = &github->line, title = {0};
    enum rank rank = rank_of(github, finding);
    cmek_strbuf_printf(&title, "%s%s (%s)", cmek_gate_is_new(finding) ? "NEW " : "",
                       finding->rule_id ? finding->rule_id : "cmekscan", weight_of(finding));
    begin_command(line, rank, finding, cmek_strbuf_text(&title));
    append_data(line, finding->message ? finding->message : "no message");
    if (finding->remediation) {
        cmek_strbuf_puts(line, "%0A");
        append_data(line, finding->remediation);
    }
    cmek_strbuf_putc(line, '\n');
    cmek_worst_offer(&github->lines, rank, line);
    cmek_strbuf_done(&title);
    return CMEK_OK;
}

static void offer_gaps(struct github *github)
{
    const struct cmek_scan_summary *summary = github->context.summary;
    for (size_t i = 0; i < summary->gap_count; i++) {
        struct cmek_strbuf *line = &github->line;
        begin_command(line, RANK_GAP, NULL, "not read");
        append_data(line, summary->gaps[i].scope);
        cmek_strbuf_puts(line, ": ");
        append_data(line,
                    summary->gaps[i].message ? summary->gaps[i].message : summary->gaps[i].error);
        cmek_strbuf_putc(line, '\n');
        cmek_worst_offer(&github->lines, RANK_GAP, line);
    }
    github->lines.count[RANK_GAP] += summary->gaps_not_listed;
}

static void write_line(struct github *github, const char *text)
{
    cmek_strbuf_puts(&github->line, text);
    cmek_sink_flush(&github->context.sink, &github->line);
}

/* Writes the ranks of one kind as far as the step would show them. */
static uint64_t write_kind(struct github *github, enum kind kind)
{
    uint64_t written = 0, room = kind == KIND_NOTICE ? SHOWN - 1 : SHOWN;
    for (unsigned rank = 0; rank < RANK_COUNT_; rank++)
        for (size_t i = 0; kinds[rank] == kind && i < github->lines.kept[rank].count; i++) {
            if (written == room)
                return written;
            write_line(github, github->lines.kept[rank].items[i]);
            written++;
        }
    return written;
}

static enum cmek_status github_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct github *github = state;
    const struct cmek_tally *total = &github->context.summary->total;
    offer_gaps(github);
    uint64_t written = 0, all = cmek_worst_total(&github->lines);
    for (enum kind kind = 0; kind < KIND_COUNT_; kind++)
        written += write_kind(github, kind);
    if (all > written) {
        struct cmek_strbuf text = {0};
        cmek_strbuf_printf(&text,
                           "::notice title=cmekscan::%" PRIu64
                           " more; the job summary or another report lists them\n",
                           all - written);
        write_line(github, cmek_strbuf_text(&text));
        cmek_strbuf_done(&text);
    }
    cmek_strbuf_printf(&github->line,
                       "cmekscan: %" PRIu64 " failed, %" PRIu64 " unknown, %" PRIu64
                       " waived, %" PRIu64 " passed%s\n",
                       total->by_status[CMEK_STATUS_FAIL], total->by_status[CMEK_STATUS_UNKNOWN],
                       total->by_status[CMEK_STATUS_WAIVED], total->by_status[CMEK_STATUS_PASS],
                       github->context.summary->complete ? "" : "; the scan is incomplete");
    cmek_sink_flush(&github->context.sink, &github->line);
    github_abandon(github);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_github = {
    .abi = CMEK_REPORTER_ABI,
    .name = "github",
    .description =
        "annotations of a GitHub Actions step, the worst ten of each kind, new ones first",
    .media_type = "text/plain",
    .open = github_open,
    .finding = github_finding,
    .close = github_close,
    .abandon = github_abandon,
};
