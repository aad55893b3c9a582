/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/strings.h"
#include "report/comparison.h"
#include "scan/compare.h"
#include "scan/saved_report.h"

struct diff {
    const struct cmek_diff_options *options;
    struct cmek_saved_report before, after;
    struct cmek_known_findings known; /* of the older report */
    struct cmek_map seen;             /* ids of the newer one */
    struct cmek_view view;
    struct cmek_arena arena; /* of what is listed of the newer report */
    struct cmek_comparison comparison;
    uint64_t gating;
};

static const char *keep(struct diff *diff, const char *text)
{
    return text ? cmek_arena_strdup(&diff->arena, text) : NULL;
}

static struct cmek_changed_findings *list_of(struct diff *diff, enum cmek_difference difference)
{
    struct cmek_changed_findings *const lists[CMEK_DIFFERENCE_COUNT_] = {
        [CMEK_DIFFERENCE_NEW] = &diff->comparison.fresh,
        [CMEK_DIFFERENCE_MENDED] = &diff->comparison.mended,
        [CMEK_DIFFERENCE_CHANGED] = &diff->comparison.changed,
        [CMEK_DIFFERENCE_UNDECIDED] = &diff->comparison.undecided,
    };
    return lists[difference];
}

static void count(struct diff *diff, enum cmek_difference difference,
                  const struct cmek_changed_finding *finding)
{
    struct cmek_changed_findings *list = list_of(diff, difference);
    enum cmek_severity fail_on = diff->options->fail_on;
    diff->comparison.unchanged += difference == CMEK_DIFFERENCE_UNCHANGED;
    if (list)
        *CMEK_VEC_ADD(list) = *finding;
    if (difference == CMEK_DIFFERENCE_NEW && finding->enforcement != CMEK_DRY_RUN)
        diff->gating += fail_on != CMEK_FAIL_ON_NOTHING && finding->severity <= fail_on;
}

/* Keeps what is to be listed, for the report goes on. */
static struct cmek_changed_finding keep_finding(struct diff *diff,
                                                const struct cmek_finding *finding,
                                                const struct cmek_known_finding *known)
{
    return (struct cmek_changed_finding){
        .finding_id = keep(diff, finding->finding_id),
        .rule_id = keep(diff, finding->rule_id),
        .resource_name = keep(diff, finding->resource_name),
        .project_id = keep(diff, finding->project_id),
        .message = keep(diff, finding->message),
        .enforcement = finding->enforcement,
        .status_before = known ? known->status : CMEK_STATUS_ABSENT,
        .status = finding->status,
        .severity_before = known ? known->severity : finding->severity,
        .severity = finding->severity,
        .kms_key_before = known ? known->kms_key : NULL,
        .kms_key = keep(diff, finding->kms_key),
    };
}

static void compare(struct diff *diff, const struct cmek_finding *finding)
{
    struct cmek_known_finding *known = cmek_map_get(&diff->known.by_id, finding->finding_id);
    enum cmek_difference difference;
    if (known) {
        known->after = finding->status;
        difference = cmek_view_difference(&diff->view, known);
        bool is_same =
            known->severity == finding->severity && cmek_str_eq(known->kms_key, finding->kms_key);
        if (difference == CMEK_DIFFERENCE_UNCHANGED && !is_same)
            difference = CMEK_DIFFERENCE_CHANGED;
    } else {
        difference = cmek_difference_of(CMEK_STATUS_ABSENT, finding->status, true);
    }
    struct cmek_changed_finding changed = {0};
    if (list_of(diff, difference))
        changed = keep_finding(diff, finding, known);
    count(diff, difference, &changed);
}

static enum cmek_status take_new(struct diff *diff, struct cmek_error *err)
{
    struct cmek_finding finding;
    bool has = true;
    enum cmek_status status = cmek_saved_report_start(&diff->after, err);
    while (status == CMEK_OK && has) {
        status = cmek_saved_report_next(&diff->after, &finding, &has, err);
        if (status == CMEK_OK && has)
            compare(diff, &finding);
    }
    return status;
}

/* What only the older report has, in its order. */
static void take_gone(struct diff *diff)
{
    for (struct cmek_map_entry *e = cmek_map_first(&diff->known.by_id); e; e = cmek_map_next(e)) {
        const struct cmek_known_finding *known = cmek_map_value(e);
        if (known->after != CMEK_STATUS_ABSENT)
            continue;
        const struct cmek_changed_finding gone = {
            .finding_id = known->finding_id,
            .rule_id = known->rule_id,
            .resource_name = known->resource_name,
            .project_id = known->project_id,
            .message = known->message,
            .enforcement = known->enforcement,
            .status_before = known->status,
            .status = CMEK_STATUS_ABSENT,
            .severity_before = known->severity,
            .severity = known->severity,
            .kms_key_before = known->kms_key,
        };
        count(diff, cmek_view_difference(&diff->view, known), &gone);
    }
}

static enum cmek_status refuse_twice(void *payload, const struct cmek_finding *finding,
                                     struct cmek_error *err)
{
    struct cmek_map *seen = payload;
    if (cmek_map_get(seen, finding->finding_id))
        return cmek_fail(err, CMEK_E_INVALID, CMEK_KNOWN_TWICE, finding->finding_id);
    cmek_map_put(seen, finding->finding_id, seen);
    return CMEK_OK;
}

static enum cmek_status open_reports(struct diff *diff, struct cmek_error *err)
{
    const struct cmek_diff_options *options = diff->options;
    if (strcmp(options->before, "-") == 0 && strcmp(options->after, "-") == 0)
        return cmek_fail(err, CMEK_E_USAGE, "only one report can be read from standard input");
    enum cmek_status status = cmek_saved_report_open(&diff->before, options->before,
                                                     cmek_known_findings_add, &diff->known, err);
    if (status == CMEK_OK)
        status = cmek_saved_report_check_comparable(&diff->before, err);
    if (status == CMEK_OK)
        status =
            cmek_saved_report_open(&diff->after, options->after, refuse_twice, &diff->seen, err);
    return status == CMEK_OK ? cmek_saved_report_check_comparable(&diff->after, err) : status;
}

/* What keeps "no new failure" from being all there is to say. */
static const char *why(bool has_undecided, bool is_complete, bool is_allowed)
{
    if (is_complete)
        return has_undecided ? ", since the newer scan has not looked there" : "";
    if (is_allowed)
        return has_undecided ? ", since the newer scan is incomplete, which is allowed"
                             : "; that the newer scan is incomplete is allowed";
    return has_undecided ? ", since the newer scan is incomplete"
                         : ", but the newer scan is incomplete";
}

static struct cmek_scan_outcome outcome_of(const struct diff *diff)
{
    struct cmek_scan_outcome outcome = {.exit = CMEK_EXIT_OK};
    const struct cmek_diff_options *options = diff->options;
    bool is_complete = diff->after.summary->complete && diff->after.summary->gap_count == 0;
    if (diff->gating > 0) {
        outcome.exit = CMEK_EXIT_FINDINGS;
        snprintf(outcome.reason, sizeof outcome.reason,
                 "%" PRIu64 " new failure%s at or above severity %s%s", diff->gating,
                 diff->gating == 1 ? "" : "s", cmek_severity_name(options->fail_on),
                 is_complete ? "" : "; the newer scan is incomplete");
    } else {
        char undecided[64] = "";
        size_t count = diff->comparison.undecided.count;
        if (count > 0)
            snprintf(undecided, sizeof undecided, "; %zu undecided", count);
        if (!is_complete && !options->allow_incomplete)
            outcome.exit = CMEK_EXIT_INCOMPLETE;
        snprintf(outcome.reason, sizeof outcome.reason, "no new failure%s%s", undecided,
                 why(count > 0, is_complete, options->allow_incomplete));
    }
    return outcome;
}

static void done(struct diff *diff)
{
    CMEK_VEC_DONE(&diff->comparison.fresh);
    CMEK_VEC_DONE(&diff->comparison.mended);
    CMEK_VEC_DONE(&diff->comparison.changed);
    CMEK_VEC_DONE(&diff->comparison.undecided);
    cmek_view_done(&diff->view);
    cmek_saved_report_done(&diff->before);
    cmek_saved_report_done(&diff->after);
    cmek_known_findings_done(&diff->known);
    cmek_map_done(&diff->seen);
    cmek_arena_done(&diff->arena);
}

enum cmek_status cmek_diff(const struct cmek_diff_options *options,
                           void (*print)(void *payload, const struct cmek_comparison *comparison),
                           void *payload, struct cmek_scan_outcome *ret_outcome,
                           struct cmek_error *err)
{
    struct diff diff = {.options = options};
    enum cmek_status status = open_reports(&diff, err);
    if (status == CMEK_OK) {
        cmek_view_init(&diff.view, diff.before.summary, diff.after.summary);
        status = take_new(&diff, err);
    }
    if (status == CMEK_OK) {
        take_gone(&diff);
        diff.comparison.before = diff.before.summary;
        diff.comparison.after = diff.after.summary;
        print(payload, &diff.comparison);
        *ret_outcome = outcome_of(&diff);
    }
    done(&diff);
    return status;
}
