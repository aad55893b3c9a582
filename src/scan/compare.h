/* SPDX-License-Identifier: Apache-2.0 */
/** @file compare.h  What became of a finding between two scans.
 *
 * Findings are the same when their ids are. One that a newer scan does not have any more is mended
 * only if that scan has looked where it was; otherwise nobody can tell. It has looked, unless
 *
 *   - no scope of it holds the finding (none does where a file does not tell its own), or it is
 *     another shard;
 *   - it was of a plan, and the older one was not, or the other way round;
 *   - it did not look at that service, or only at Container Registry's resources;
 *   - it looked only at what a plan changes: what is gone may just be changed no more;
 *   - it was of an asset file that holds no asset of that type, while there were some before: the
 *     type may not have been exported;
 *   - it did not have the rule, or nothing to judge by it;
 *   - a coverage gap is on the finding's project or on what lies above it. A listing that failed
 *     (storage.buckets.list) leaves only findings of its own service untold, any other operation
 *     all of them. A gap that is on no node (a line of a file) may be anywhere, and so may gaps
 * that were counted but not listed.
 */
#ifndef CMEK_SCAN_COMPARE_H
#define CMEK_SCAN_COMPARE_H

#include <stdbool.h>

#include "base/map.h"
#include "base/strings.h"
#include "cmekscan/reporter.h"

/** Stands for a finding that a scan does not have. */
#define CMEK_STATUS_ABSENT CMEK_STATUS_COUNT_

enum cmek_difference {
    CMEK_DIFFERENCE_NONE,      /* neither scan has anything to say of it: passed or absent */
    CMEK_DIFFERENCE_NEW,       /* fails, and did not */
    CMEK_DIFFERENCE_MENDED,    /* failed or was waived, and passes or is gone */
    CMEK_DIFFERENCE_CHANGED,   /* otherwise: another status, severity or key */
    CMEK_DIFFERENCE_UNDECIDED, /* failed or was waived, and the newer scan cannot tell */
    CMEK_DIFFERENCE_UNCHANGED,
    CMEK_DIFFERENCE_COUNT_,
};

/** Of two statuses alone. @p is_looked_at: of one that does not fail any more, whether the
 * newer scan has looked. */
enum cmek_difference cmek_difference_of(enum cmek_finding_status before,
                                        enum cmek_finding_status after, bool is_looked_at);

/** What a finding of the newer scan is called beside an older one that has it with another status,
 * or not: a value of struct cmek_finding.baseline_state. */
const char *cmek_baseline_state(enum cmek_finding_status before, enum cmek_finding_status after);

/** A finding of the older scan, as far as it is needed to be held against the newer one. */
struct cmek_known_finding {
    const char *finding_id, *rule_id, *resource_name, *resource_type, *service, *kms_key, *message;
    const char *project_id, *project_number;
    struct cmek_strings ancestors;
    enum cmek_finding_status status;
    enum cmek_severity severity;
    enum cmek_enforcement enforcement;
    bool has_role; /* is Container Registry's */
    enum cmek_finding_status
        after; /* CMEK_STATUS_ABSENT until the newer scan was seen to have it */
};

/** All findings of the older scan. All zero is empty. */
struct cmek_known_findings {
    struct cmek_arena arena;
    struct cmek_map by_id; /* in the order of the report */
    struct cmek_map texts; /* what many of them share */
};

#define CMEK_KNOWN_TWICE "the one with the id %s comes twice"
/** Keeps a copy. CMEK_E_INVALID: there is one with that id. For cmek_saved_report_open. */
CMEK_NODISCARD enum cmek_status cmek_known_findings_add(void *known_findings,
                                                        const struct cmek_finding *finding,
                                                        struct cmek_error *err);
void cmek_known_findings_done(struct cmek_known_findings *known);

/** What a scan has looked at, in comparison with an older one. */
struct cmek_view {
    const struct cmek_scan_summary *old, *now;
    struct cmek_arena arena;
    struct cmek_map gaps;   /* struct view_gap by node or service */
    struct cmek_map scopes; /* of the newer one; as those below, what is in it has any value */
    struct cmek_map services, rules, not_judged;
    struct cmek_map not_exported; /* types that a file may just not hold: then none is in there */
    bool sees_nothing;            /* there is a gap that may be anywhere */
    bool same_scopes, has_all_services;
};

void cmek_view_init(struct cmek_view *view, const struct cmek_scan_summary *old,
                    const struct cmek_scan_summary *now);
/** What became of a finding of the older scan, by its `after`. */
enum cmek_difference cmek_view_difference(const struct cmek_view *view,
                                          const struct cmek_known_finding *finding);
void cmek_view_done(struct cmek_view *view);

#endif
