/* SPDX-License-Identifier: Apache-2.0 */
#include "report/registry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/output.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "report/reporters.h"

#define FILE_COLUMNS 80

const struct cmek_reporter *const cmek_reporters[] = {
    &cmek_reporter_text,   &cmek_reporter_json,   &cmek_reporter_jsonl,
    &cmek_reporter_sarif,  &cmek_reporter_junit,  &cmek_reporter_markdown,
    &cmek_reporter_github, &cmek_reporter_gitlab, NULL,
};

struct report {
    const struct cmek_reporter *reporter;
    struct cmek_output *output; /* NULL once given up */
    void *state;
    struct cmek_error error; /* why it was given up */
};

struct cmek_report_set {
    struct report *reports;
    size_t count;
};

const struct cmek_reporter *cmek_reporter_find(const char *name)
{
    for (size_t i = 0; cmek_reporters[i]; i++)
        if (strcmp(cmek_reporters[i]->name, name) == 0)
            return cmek_reporters[i];
    return NULL;
}

/* The file that @p path means, whichever way it is written; the caller frees it. */
static char *canonical_path(const char *path)
{
    static const char *const standard[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
        if (strcmp(path, standard[i]) == 0)
            return cmek_strdup("-");
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct cmek_strbuf text = {0};
    if (slash)
        cmek_strbuf_append(&text, path, (size_t)(slash - path) + 1);
    char resolved[PATH_MAX];
    if (!realpath(slash ? cmek_strbuf_text(&text) : ".", resolved)) {
        cmek_strbuf_done(&text); /* a missing folder is told when the file is opened */
        return cmek_strdup(path);
    }
    cmek_strbuf_clear(&text);
    cmek_strbuf_printf(&text, "%s/%s", resolved, name);
    return cmek_strbuf_detach(&text);
}

static enum cmek_status check_paths(const struct cmek_report_request *requests, size_t count,
                                    struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    char **paths = cmek_calloc(count, sizeof *paths);
    for (size_t i = 0; i < count && status == CMEK_OK; i++) {
        paths[i] = canonical_path(requests[i].path);
        for (size_t j = 0; j < i && status == CMEK_OK; j++) {
            if (strcmp(paths[i], paths[j]) != 0)
                continue;
            bool standard = strcmp(paths[i], "-") == 0;
            status = cmek_fail(err, CMEK_E_USAGE,
                               "reports %s and %s both go to %s%s; give each its own =PATH",
                               requests[j].reporter->name, requests[i].reporter->name,
                               standard ? "standard output" : "the file ",
                               standard ? "" : requests[i].path);
        }
    }
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
    return status;
}

static enum cmek_status check_reporter(const struct cmek_reporter *reporter, struct cmek_error *err)
{
    if (reporter->abi != CMEK_REPORTER_ABI) /* before anything else of it is read */
        return cmek_fail(err, CMEK_E_USAGE,
                         "a reporter was built for interface version %u, this cmekscan has %d",
                         (unsigned)reporter->abi, CMEK_REPORTER_ABI);
    if (!reporter->name || !reporter->open || !reporter->close || !reporter->abandon)
        return cmek_fail(err, CMEK_E_USAGE, "the reporter %s lacks a required function",
                         reporter->name ? reporter->name : "without a name");
    return CMEK_OK;
}

static void write_output(void *payload, const char *bytes, size_t length)
{
    cmek_output_write(payload, bytes, length);
}

/* Where one finds again what another report names. */
static const char *json_path(const struct cmek_report_request *requests, size_t count,
                             const struct cmek_report_style *style)
{
    for (size_t i = 0; i < count && !style->json_path; i++)
        if (requests[i].reporter == &cmek_reporter_json && strcmp(requests[i].path, "-") != 0)
            return requests[i].path;
    return style->json_path;
}

static enum cmek_status open_reporter(struct report *report, bool standard, const char *json_path,
                                      const struct cmek_report_style *style,
                                      const struct cmek_scan_summary *summary,
                                      struct cmek_error *err)
{
    struct cmek_report_context context = {
        .summary = summary,
        .sink = {.write = write_output, .payload = report->output},
        .is_terminal = standard && style->is_terminal,
        .colour = standard && style->colour,
        .columns = standard ? style->columns : FILE_COLUMNS,
        .json_path = json_path,
    };
    enum cmek_status status = report->reporter->open(&context, &report->state, err);
    if (status != CMEK_OK) {
        report->state = NULL;
        cmek_error_prefix(err, "report %s", report->reporter->name);
    }
    return status;
}

/* All files first: a folder that is missing is told before anything is written to standard output.
 */
static enum cmek_status open_all(struct cmek_report_set *set,
                                 const struct cmek_report_request *requests,
                                 const struct cmek_report_style *style,
                                 const struct cmek_scan_summary *summary, struct cmek_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        enum cmek_status status =
            requests[i].append
                ? cmek_output_open_append(requests[i].path, &set->reports[i].output, err)
                : cmek_output_open(requests[i].path, &set->reports[i].output, err);
        if (status != CMEK_OK)
            return status;
    }
    const char *saved = json_path(requests, set->count, style);
    for (size_t i = 0; i < set->count; i++) {
        bool standard = strcmp(requests[i].path, "-") == 0;
        enum cmek_status status =
            open_reporter(&set->reports[i], standard, saved, style, summary, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

static enum cmek_status check_requests(const struct cmek_report_request *requests, size_t count,
                                       struct cmek_error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum cmek_status status = check_reporter(requests[i].reporter, err);
        if (status != CMEK_OK)
            return status;
    }
    return check_paths(requests, count, err);
}

enum cmek_status cmek_report_set_check(const struct cmek_report_request *requests, size_t count,
                                       struct cmek_error *err)
{
    enum cmek_status status = check_requests(requests, count, err);
    for (size_t i = 0; i < count && status == CMEK_OK; i++)
        status = cmek_output_probe(requests[i].path, err);
    return status;
}

enum cmek_status cmek_report_set_open(const struct cmek_report_request *requests, size_t count,
                                      const struct cmek_report_style *style,
                                      const struct cmek_scan_summary *summary,
                                      struct cmek_report_set **ret_set, struct cmek_error *err)
{
    enum cmek_status status = check_requests(requests, count, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_report_set *set = cmek_calloc(1, sizeof *set);
    set->reports = cmek_calloc(count, sizeof *set->reports);
    set->count = count;
    for (size_t i = 0; i < count; i++)
        set->reports[i].reporter = requests[i].reporter;
    status = open_all(set, requests, style, summary, err);
    if (status != CMEK_OK) {
        cmek_report_set_abandon(set);
        return status;
    }
    *ret_set = set;
    return CMEK_OK;
}

static void give_up(struct report *report)
{
    if (report->state)
        report->reporter->abandon(report->state);
    report->state = NULL;
    cmek_output_discard(report->output);
    report->output = NULL;
}

static void note_failure(struct report *report)
{
    cmek_error_prefix(&report->error, "report %s", report->reporter->name);
    if (report->error.status == CMEK_OK) /* a reporter that failed without saying how */
        cmek_fail(&report->error, CMEK_E_IO, "report %s failed", report->reporter->name);
}

void cmek_report_set_finding(struct cmek_report_set *set, const struct cmek_finding *finding)
{
    for (size_t i = 0; i < set->count; i++) {
        struct report *report = &set->reports[i];
        if (!report->output || !report->reporter->finding)
            continue;
        if (report->reporter->finding(report->state, finding, &report->error) == CMEK_OK)
            continue;
        note_failure(report);
        give_up(report);
    }
}

static void finish(struct report *report)
{
    if (!report->output)
        return;
    enum cmek_status status = report->reporter->close(report->state, &report->error);
    report->state = NULL;
    if (status == CMEK_OK) {
        status = cmek_output_commit(report->output, &report->error);
        report->output = NULL;
    }
    if (status == CMEK_OK)
        return;
    note_failure(report);
    give_up(report);
}

enum cmek_status cmek_report_set_close(struct cmek_report_set *set, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < set->count; i++) {
        finish(&set->reports[i]);
        if (status != CMEK_OK || set->reports[i].error.status == CMEK_OK)
            continue;
        status = set->reports[i].error.status;
        if (err)
            *err = set->reports[i].error;
    }
    cmek_report_set_abandon(set);
    return status;
}

void cmek_report_set_abandon(struct cmek_report_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        give_up(&set->reports[i]);
    free(set->reports);
    free(set);
}
