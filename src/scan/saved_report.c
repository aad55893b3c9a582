/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/saved_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "report/finding_json.h"
#include "source/report_reader.h"
#include "json/json.h"
#include "json/light.h"

#define ALL_PARTS ((1U << CMEK_REPORT_PART_COUNT_) - 1)

/* The first reading of a report. */
struct opening {
    struct cmek_saved_report *report;
    cmek_saved_finding_taker *take;
    void *payload;
    struct cmek_map severities; /* struct cmek_tally by project: reports do not count these */
    bool has_scan, has_summary, has_tool;
};

static enum cmek_status parse(struct cmek_saved_report *report, const struct cmek_report_item *item,
                              const struct cmek_json **ret_json, struct cmek_error *err)
{
    if (!report->light)
        report->light = cmek_json_light_new();
    cmek_json_free(report->json);
    report->json = NULL;
    *ret_json = cmek_json_light_parse(report->light, item->text, item->length);
    if (*ret_json)
        return CMEK_OK;
    enum cmek_status status = cmek_json_parse(item->text, item->length, &report->json, err);
    *ret_json = report->json;
    return status;
}

/* Text reports show which projects are worst. */
static void count_severity(struct opening *opening, const struct cmek_finding *finding)
{
    const char *project = finding->project_id ? finding->project_id : finding->project_number;
    if (finding->status != CMEK_STATUS_FAIL || !project)
        return;
    struct cmek_tally *tally = cmek_map_get(&opening->severities, project);
    if (!tally) {
        tally = cmek_arena_alloc(&opening->report->arena, sizeof *tally);
        cmek_map_put(&opening->severities, project, tally);
    }
    tally->fails_by_severity[finding->severity]++;
}

static enum cmek_status take_finding(struct opening *opening, const struct cmek_json *json,
                                     struct cmek_error *err)
{
    struct cmek_saved_report *report = opening->report;
    struct cmek_finding finding;
    enum cmek_status status = cmek_finding_read_json(json, &report->finding_arena, &finding, err);
    if (status == CMEK_OK) {
        report->listed[finding.status]++;
        report->listed_total++;
        count_severity(opening, &finding);
        if (opening->take)
            status = opening->take(opening->payload, &finding, err);
    }
    cmek_arena_clear(&report->finding_arena);
    return status;
}

static enum cmek_status take_item(struct opening *opening, const struct cmek_report_item *item,
                                  struct cmek_error *err)
{
    struct cmek_saved_summary *saved = &opening->report->saved;
    const struct cmek_json *json = NULL;
    enum cmek_status status = parse(opening->report, item, &json, err);
    if (status != CMEK_OK)
        return status;
    switch (item->part) {
    case CMEK_REPORT_TOOL:
        opening->has_tool = true;
        return cmek_summary_read_tool(saved, json, err);
    case CMEK_REPORT_SCAN:
        opening->has_scan = true;
        return cmek_summary_read_scan(saved, json, err);
    case CMEK_REPORT_SUMMARY:
        opening->has_summary = true;
        return cmek_summary_read_counts(saved, json, err);
    case CMEK_REPORT_RULES:
        return cmek_summary_read_rules(saved, json, err);
    case CMEK_REPORT_FINDING:
        return take_finding(opening, json, err);
    case CMEK_REPORT_GAP:
        return cmek_summary_read_gap(saved, json, err);
    case CMEK_REPORT_ASSET:
        opening->report->has_evidence = true;
        if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
            return cmek_fail(err, CMEK_E_INVALID, "it is no object");
        return CMEK_OK;
    case CMEK_REPORT_VERSION:
    case CMEK_REPORT_PART_COUNT_:
        break;
    }
    return CMEK_OK;
}

static enum cmek_status read_all(struct opening *opening, struct cmek_error *err)
{
    struct cmek_report_reader *reader = opening->report->reader;
    struct cmek_report_item item;
    enum cmek_status status = cmek_report_reader_start(reader, ALL_PARTS, err);
    while (status == CMEK_OK) {
        status = cmek_report_reader_next(reader, &item, err);
        if (status != CMEK_OK || item.part == CMEK_REPORT_PART_COUNT_)
            break;
        if (take_item(opening, &item, err) != CMEK_OK)
            status = cmek_report_reader_refuse(reader, &item, err);
    }
    if (status == CMEK_OK && (!opening->has_tool || !opening->has_scan || !opening->has_summary))
        status = cmek_fail(err, CMEK_E_INVALID, "%s is no json report of a scan: it has no %s",
                           cmek_report_reader_name(reader),
                           !opening->has_tool   ? "tool"
                           : !opening->has_scan ? "scan"
                                                : "summary");
    return status;
}

static void end_summary(struct opening *opening)
{
    struct cmek_saved_report *report = opening->report;
    struct cmek_scan_summary *summary = &report->saved.summary;
    struct cmek_tally *projects =
        cmek_arena_array(&report->arena, summary->by_project.count, sizeof *projects);
    for (size_t i = 0; i < summary->by_project.count; i++) {
        projects[i] = summary->by_project.items[i];
        const struct cmek_tally *counted =
            projects[i].name ? cmek_map_get(&opening->severities, projects[i].name) : NULL;
        if (counted)
            memcpy(projects[i].fails_by_severity, counted->fails_by_severity,
                   sizeof counted->fails_by_severity);
    }
    summary->by_project.items = projects;
    summary->listed = report->listed_total;
    cmek_summary_read_end(&report->saved);
}

enum cmek_status cmek_saved_report_open(struct cmek_saved_report *report, const char *path,
                                        cmek_saved_finding_taker *take, void *payload,
                                        struct cmek_error *err)
{
    struct opening opening = {.report = report, .take = take, .payload = payload};
    *report = (struct cmek_saved_report){.saved.arena = &report->arena,
                                         .summary = &report->saved.summary};
    enum cmek_status status = cmek_report_reader_open(path, &report->reader, err);
    if (status == CMEK_OK)
        status = read_all(&opening, err);
    if (status == CMEK_OK)
        end_summary(&opening);
    cmek_map_done(&opening.severities);
    if (status == CMEK_OK)
        return CMEK_OK;
    cmek_saved_report_done(report);
    return err->status = CMEK_E_USAGE;
}

const char *cmek_saved_report_name(const struct cmek_saved_report *report)
{
    return cmek_report_reader_name(report->reader);
}

enum cmek_status cmek_saved_report_start(struct cmek_saved_report *report, struct cmek_error *err)
{
    return cmek_report_reader_start(report->reader, 1U << CMEK_REPORT_FINDING, err);
}

enum cmek_status cmek_saved_report_next(struct cmek_saved_report *report,
                                        struct cmek_finding *ret_finding, bool *ret_has,
                                        struct cmek_error *err)
{
    const struct cmek_json *json = NULL;
    struct cmek_report_item item;
    enum cmek_status status = cmek_report_reader_next(report->reader, &item, err);
    *ret_has = status == CMEK_OK && item.part != CMEK_REPORT_PART_COUNT_;
    if (!*ret_has)
        return status;
    cmek_arena_clear(&report->finding_arena);
    status = parse(report, &item, &json, err);
    if (status == CMEK_OK)
        status = cmek_finding_read_json(json, &report->finding_arena, ret_finding, err);
    return status == CMEK_OK ? CMEK_OK : cmek_report_reader_refuse(report->reader, &item, err);
}

enum cmek_status cmek_saved_report_each_asset(struct cmek_saved_report *report,
                                              void (*asset)(void *state, const char *json),
                                              void *state, struct cmek_error *err)
{
    struct cmek_strbuf text = {0};
    struct cmek_report_item item;
    enum cmek_status status =
        cmek_report_reader_start(report->reader, 1U << CMEK_REPORT_ASSET, err);
    while (status == CMEK_OK) {
        const struct cmek_json *json = NULL;
        status = cmek_report_reader_next(report->reader, &item, err);
        if (status != CMEK_OK || item.part == CMEK_REPORT_PART_COUNT_)
            break;
        status = parse(report, &item, &json, err);
        if (status != CMEK_OK) {
            status = cmek_report_reader_refuse(report->reader, &item, err);
            break;
        }
        cmek_strbuf_clear(&text);
        cmek_json_print(json, &text);
        asset(state, cmek_strbuf_text(&text));
    }
    cmek_strbuf_done(&text);
    return status;
}

enum cmek_status cmek_saved_report_check_comparable(const struct cmek_saved_report *report,
                                                    struct cmek_error *err)
{
    static const enum cmek_finding_status needed[] = {CMEK_STATUS_FAIL, CMEK_STATUS_UNKNOWN,
                                                      CMEK_STATUS_WAIVED};
    const char *name = cmek_saved_report_name(report);
    if (report->summary->simulation)
        return cmek_fail(err, CMEK_E_USAGE,
                         "%s is of a simulation, which says itself what would change: only reports "
                         "of scans can be compared",
                         name);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        uint64_t all = report->summary->total.by_status[needed[i]];
        if (report->listed[needed[i]] == all)
            continue;
        return cmek_fail(err, CMEK_E_USAGE,
                         "%s lists %" PRIu64 " of %" PRIu64
                         " findings with status %s: only a report that lists all fail, unknown and "
                         "waived ones (as --status does by default) can be compared",
                         name, report->listed[needed[i]], all, cmek_status_name(needed[i]));
    }
    return CMEK_OK;
}

void cmek_saved_report_done(struct cmek_saved_report *report)
{
    cmek_report_reader_close(report->reader);
    cmek_summary_read_done(&report->saved);
    cmek_json_free(report->json);
    cmek_json_light_free(report->light);
    cmek_arena_done(&report->finding_arena);
    cmek_arena_done(&report->arena);
    *report = (struct cmek_saved_report){0};
}
