/* SPDX-License-Identifier: Apache-2.0 */
/** @file registry.h  The reporters built in, and running several of them at once. */
#ifndef CMEK_REPORT_REGISTRY_H
#define CMEK_REPORT_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "cmekscan/reporter.h"

/** The reporters in the order they are listed, NULL-ended. */
extern const struct cmek_reporter *const cmek_reporters[];

/** The reporter of that name, or NULL. */
const struct cmek_reporter *cmek_reporter_find(const char *name);

/** One `--report FORMAT[=PATH]`. A path of "-" is standard output. */
struct cmek_report_request {
    const struct cmek_reporter *reporter;
    const char *path;
    bool append; /* after what the file holds already */
};

/** What the reports' environment allows; see struct cmek_report_context. */
struct cmek_report_style {
    bool is_terminal, colour; /* of standard output */
    int columns;
    const char *json_path; /* of the report that is rendered again, or NULL */
};

struct cmek_report_set;

/** Says before a scan begins what would keep its reports from being opened: CMEK_E_USAGE for two
 * that go to one place or a reporter that does not fit, CMEK_E_IO for a path that cannot be
 * written. */
CMEK_NODISCARD enum cmek_status cmek_report_set_check(const struct cmek_report_request *requests,
                                                      size_t count, struct cmek_error *err);
/** Opens all outputs and all reports; on failure nothing is left behind. CMEK_E_IO names the path.
 */
CMEK_NODISCARD enum cmek_status
cmek_report_set_open(const struct cmek_report_request *requests, size_t count,
                     const struct cmek_report_style *style, const struct cmek_scan_summary *summary,
                     struct cmek_report_set **ret_set, struct cmek_error *err);
/** Hands a finding to each report. A report that fails is given up; the others go on; close tells.
 */
void cmek_report_set_finding(struct cmek_report_set *set, const struct cmek_finding *finding);
/** Ends and commits all reports, frees @p set. The first failure is returned, after the others were
 * committed. */
CMEK_NODISCARD enum cmek_status cmek_report_set_close(struct cmek_report_set *set,
                                                      struct cmek_error *err);
/** Gives all reports up; no file appears. NULL is allowed. */
void cmek_report_set_abandon(struct cmek_report_set *set);

#endif
