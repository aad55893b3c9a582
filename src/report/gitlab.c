/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "base/strbuf.h"
#include "report/location.h"
#include "report/reporters.h"
#include "report/sink.h"
#include "report/uri.h"
#include "json/writer.h"

/* GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/ */
struct gitlab {
    struct cmek_report_context context;
    struct cmek_strbuf text;
    struct cmek_json_writer writer;
};

/* One entry. GitLab drops all but the first of one fingerprint. */
struct issue {
    const char *check, *description, *fingerprint, *severity;
    const char *path; /* relative URI */
    unsigned line;
};

static void gitlab_abandon(void *state)
{
    struct gitlab *gitlab = state;
    cmek_strbuf_done(&gitlab->text);
    free(gitlab);
}

static enum cmek_status gitlab_open(const struct cmek_report_context *context, void **ret_state,
                                    struct cmek_error *err)
{
    (void)err;
    struct gitlab *gitlab = cmek_calloc(1, sizeof *gitlab);
    gitlab->context = *context;
    cmek_json_writer_init(&gitlab->writer, &gitlab->text, 2);
    cmek_json_begin_array(&gitlab->writer);
    *ret_state = gitlab;
    return CMEK_OK;
}

static void write_issue(struct gitlab *gitlab, const struct issue *issue)
{
    struct cmek_json_writer *writer = &gitlab->writer;
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "description", issue->description);
    cmek_json_member_text(writer, "check_name", issue->check);
    cmek_json_member_text(writer, "fingerprint", issue->fingerprint);
    cmek_json_member_text(writer, "severity", issue->severity);
    cmek_json_key(writer, "location");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "path", issue->path);
    cmek_json_key(writer, "lines");
    cmek_json_begin_object(writer);
    cmek_json_member_int(writer, "begin", issue->line);
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
    cmek_json_end_object(writer);
    cmek_sink_flush(&gitlab->context.sink, &gitlab->text);
}

/* What is undecided may be as bad as its rule, but is no failure. */
static const char *severity_of(const struct cmek_finding *finding)
{
    static const char *const names[CMEK_SEVERITY_COUNT_] = {
        [CMEK_SEVERITY_CRITICAL] = "blocker", [CMEK_SEVERITY_HIGH] = "critical",
        [CMEK_SEVERITY_MEDIUM] = "major",     [CMEK_SEVERITY_LOW] = "minor",
        [CMEK_SEVERITY_INFO] = "info",
    };
    if (finding->status == CMEK_STATUS_UNKNOWN)
        return "minor";
    return finding->enforcement == CMEK_DRY_RUN ? "info" : names[finding->severity];
}

static enum cmek_status gitlab_finding(void *state, const struct cmek_finding *finding,
                                       struct cmek_error *err)
{
    (void)err;
    struct gitlab *gitlab = state;
    if (finding->status != CMEK_STATUS_FAIL && finding->status != CMEK_STATUS_UNKNOWN)
        return CMEK_OK;
    struct cmek_strbuf description = {0}, path = {0};
    if (finding->status == CMEK_STATUS_UNKNOWN)
        cmek_strbuf_puts(&description, "Undecided: ");
    else if (finding->enforcement != CMEK_ENFORCED)
        cmek_strbuf_printf(&description, "(%s) ", cmek_enforcement_name(finding->enforcement));
    cmek_strbuf_puts(&description, finding->message ? finding->message : "no message");
    cmek_location_append_uri(&path, finding);
    struct issue issue = {
        .check = finding->rule_id ? finding->rule_id : "cmekscan",
        .description = cmek_strbuf_text(&description),
        .fingerprint = finding->finding_id ? finding->finding_id : cmek_strbuf_text(&path),
        .severity = severity_of(finding),
        .path = cmek_strbuf_text(&path),
        .line = cmek_location_line(finding),
    };
    write_issue(gitlab, &issue);
    cmek_strbuf_done(&description);
    cmek_strbuf_done(&path);
    return CMEK_OK;
}

static void write_gap(struct gitlab *gitlab, const struct cmek_coverage_gap *gap)
{
    struct cmek_strbuf description = {0}, path = {0};
    char fingerprint[CMEK_SHA256_HEX_SIZE];
    const char *parts[] = {"cmekscan/v1/coverage", gap->scope, gap->operation, gap->error,
                           gap->message};
    cmek_sha256_hex(parts, sizeof parts / sizeof *parts, fingerprint);
    cmek_strbuf_printf(&description, "Not read: %s: %s", gap->scope ? gap->scope : "(no scope)",
                       gap->message ? gap->message : gap->error);
    cmek_strbuf_puts(&path, "cmek/coverage/");
    cmek_uri_append_path(&path, gap->scope && *gap->scope ? gap->scope : "unnamed");
    struct issue issue = {"coverage-gap", cmek_strbuf_text(&description), fingerprint,
                          "major",        cmek_strbuf_text(&path),        1};
    write_issue(gitlab, &issue);
    cmek_strbuf_done(&description);
    cmek_strbuf_done(&path);
}

static enum cmek_status gitlab_close(void *state, struct cmek_error *err)
{
    (void)err;
    struct gitlab *gitlab = state;
    const struct cmek_scan_summary *summary = gitlab->context.summary;
    for (size_t i = 0; i < summary->gap_count; i++)
        write_gap(gitlab, &summary->gaps[i]);
    if (summary->gaps_not_listed > 0) {
        struct cmek_strbuf message = {0};
        cmek_strbuf_printf(&message, "%" PRIu64 " more coverage gaps are not listed",
                           summary->gaps_not_listed);
        struct cmek_coverage_gap more = {"scan", "", "not-listed", cmek_strbuf_text(&message)};
        write_gap(gitlab, &more);
        cmek_strbuf_done(&message);
    }
    cmek_json_end_array(&gitlab->writer);
    cmek_strbuf_putc(&gitlab->text, '\n');
    cmek_sink_flush(&gitlab->context.sink, &gitlab->text);
    gitlab_abandon(gitlab);
    return CMEK_OK;
}

const struct cmek_reporter cmek_reporter_gitlab = {
    .abi = CMEK_REPORTER_ABI,
    .name = "gitlab",
    .description = "GitLab Code Quality: findings in a merge request's widget and diff",
    .media_type = "application/json",
    .open = gitlab_open,
    .finding = gitlab_finding,
    .close = gitlab_close,
    .abandon = gitlab_abandon,
};
