/* SPDX-License-Identifier: Apache-2.0 */
/** @file saved_report.h  A json report that was written earlier, as a summary and a stream of
 * findings: what reporters are fed with.
 *
 * The file is read once to check and count all of it, and then once for each time that its findings
 * or its evidence are asked for; its summary is all that stays in memory. Whatever is wrong with
 * the file is CMEK_E_USAGE: it is not what the command was to be given.
 */
#ifndef CMEK_SCAN_SAVED_REPORT_H
#define CMEK_SCAN_SAVED_REPORT_H

#include "report/summary_read.h"

struct cmek_json;
struct cmek_json_light;
struct cmek_report_item;
struct cmek_report_reader;

struct cmek_saved_report {
    struct cmek_report_reader *reader;
    struct cmek_saved_summary saved;
    const struct cmek_scan_summary *summary; /* of `saved` */
    uint64_t listed[CMEK_STATUS_COUNT_];     /* findings in it */
    uint64_t listed_total;
    bool has_evidence;
    struct cmek_arena arena;         /* of the summary */
    struct cmek_arena finding_arena; /* of the finding at hand */
    struct cmek_json_light *light;
    struct cmek_json *json; /* of the item at hand, where the light reader did not take it */
};

/** A finding of a report; false: stop, as @p err says. */
typedef enum cmek_status cmek_saved_finding_taker(void *payload, const struct cmek_finding *finding,
                                                  struct cmek_error *err);

/** Opens a report ("-": standard input) and reads all of it; @p take, which may be NULL, gets each
 * finding on the way, when the summary may not be known yet. */
CMEK_NODISCARD enum cmek_status cmek_saved_report_open(struct cmek_saved_report *report,
                                                       const char *path,
                                                       cmek_saved_finding_taker *take,
                                                       void *payload, struct cmek_error *err);
const char *cmek_saved_report_name(const struct cmek_saved_report *report);

/** Goes to the first finding. */
CMEK_NODISCARD enum cmek_status cmek_saved_report_start(struct cmek_saved_report *report,
                                                        struct cmek_error *err);
/** The next finding, valid until the one after it is asked for; *@p ret_has false: there is none.
 */
CMEK_NODISCARD enum cmek_status cmek_saved_report_next(struct cmek_saved_report *report,
                                                       struct cmek_finding *ret_finding,
                                                       bool *ret_has, struct cmek_error *err);

/** Calls @p asset with each asset of the evidence, a JSON object on one line. */
CMEK_NODISCARD enum cmek_status cmek_saved_report_each_asset(struct cmek_saved_report *report,
                                                             void (*asset)(void *state,
                                                                           const char *json),
                                                             void *state, struct cmek_error *err);

/** Refuses a report that does not list all its failed, unknown and waived findings, or is of a
 * simulation: it cannot be compared. */
CMEK_NODISCARD enum cmek_status
cmek_saved_report_check_comparable(const struct cmek_saved_report *report, struct cmek_error *err);

void cmek_saved_report_done(struct cmek_saved_report *report);

#endif
