/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/convert.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/strings.h"
#include "scan/saved_report.h"

struct conversion {
    const struct cmek_scan_options *options;
    const char *path; /* of the report */
    struct cmek_saved_report report;
    struct cmek_error *err;
    enum cmek_status status; /* of reading the evidence, which no reporter can tell */
};

static void each_asset(void *payload, void (*asset)(void *state, const char *json), void *state)
{
    struct conversion *conversion = payload;
    conversion->status =
        cmek_saved_report_each_asset(&conversion->report, asset, state, conversion->err);
}

static enum cmek_status feed(struct conversion *conversion, struct cmek_report_set *reports)
{
    struct cmek_finding finding;
    bool has = true;
    enum cmek_status status = cmek_saved_report_start(&conversion->report, conversion->err);
    while (status == CMEK_OK && has) {
        status = cmek_saved_report_next(&conversion->report, &finding, &has, conversion->err);
        if (status == CMEK_OK && has && conversion->options->statuses >> finding.status & 1)
            cmek_report_set_finding(reports, &finding);
    }
    return status;
}

static enum cmek_status write_reports(struct conversion *conversion)
{
    const struct cmek_scan_options *options = conversion->options;
    struct cmek_scan_summary summary = *conversion->report.summary;
    struct cmek_report_set *reports = NULL;
    struct cmek_report_style style = options->style;
    bool is_all = options->statuses + 1 == 1U << CMEK_STATUS_COUNT_; /* that it holds */
    uint64_t asked = 0;
    if (!cmek_str_eq(conversion->path, "-"))
        style.json_path = conversion->path;
    summary.listed = 0;
    for (int status = 0; status < CMEK_STATUS_COUNT_; status++)
        if (options->statuses >> status & 1) {
            summary.listed += conversion->report.listed[status];
            asked += summary.total.by_status[status];
        }
    if (!is_all && asked > summary.listed)
        summary.not_held = asked - summary.listed;
    if (conversion->report.has_evidence && !options->no_evidence)
        summary.evidence = (struct cmek_evidence){each_asset, conversion};
    enum cmek_status status = cmek_report_set_open(options->reports, options->report_count, &style,
                                                   &summary, &reports, conversion->err);
    if (status != CMEK_OK)
        return status;
    status = feed(conversion, reports);
    if (status != CMEK_OK) {
        cmek_report_set_abandon(reports);
        return status;
    }
    status = cmek_report_set_close(reports, conversion->err);
    return status == CMEK_OK ? conversion->status : status;
}

enum cmek_status cmek_convert(const struct cmek_scan_options *options, const char *path,
                              struct cmek_scan_outcome *ret_outcome, struct cmek_error *err)
{
    struct conversion conversion = {.options = options, .path = path, .err = err};
    enum cmek_status status = cmek_report_set_check(options->reports, options->report_count, err);
    if (status == CMEK_OK)
        status = cmek_saved_report_open(&conversion.report, path, NULL, NULL, err);
    if (status != CMEK_OK)
        return status;
    status = write_reports(&conversion);
    *ret_outcome = (struct cmek_scan_outcome){.exit = CMEK_EXIT_OK};
    snprintf(ret_outcome->reason, sizeof ret_outcome->reason,
             "rendered again: %" PRIu64 " findings of scan %.64s", conversion.report.listed_total,
             conversion.report.summary->scan_id ? conversion.report.summary->scan_id : "?");
    cmek_saved_report_done(&conversion.report);
    return status;
}
