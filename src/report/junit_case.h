/* SPDX-License-Identifier: Apache-2.0 */
/** @file junit_case.h  One finding, one coverage gap as a JUnit test case. */
#ifndef CMEK_REPORT_JUNIT_CASE_H
#define CMEK_REPORT_JUNIT_CASE_H

struct cmek_coverage_gap;
struct cmek_finding;
struct cmek_scan_summary;
struct cmek_strbuf;

enum cmek_junit_outcome {
    CMEK_JUNIT_PASSED,
    CMEK_JUNIT_FAILED,
    CMEK_JUNIT_ERRORED, /* unknown: neither compliant nor not */
    CMEK_JUNIT_SKIPPED, /* waived */
    CMEK_JUNIT_OUTCOMES,
};

/** A failure that does not decide the exit status passes: one of severity info, one that only a dry
 * run makes, one that was known before where only new ones count. Its text goes to the suite's
 * output. */
enum cmek_junit_outcome cmek_junit_outcome_of(const struct cmek_scan_summary *summary,
                                              const struct cmek_finding *finding);

/** Appends the case's name, escaped: the resource and, unless enforced, how. */
void cmek_junit_append_name(struct cmek_strbuf *buffer, const struct cmek_finding *finding);

/** Appends <testcase>. @p name is escaped already. */
void cmek_junit_append_case(struct cmek_strbuf *buffer, const char *name,
                            const struct cmek_finding *finding, enum cmek_junit_outcome outcome);

/** Appends the finding's facts, a labelled line each. */
void cmek_junit_append_body(struct cmek_strbuf *buffer, const struct cmek_finding *finding);

/** Appends an errored <testcase>. @p name is escaped already. */
void cmek_junit_append_gap(struct cmek_strbuf *buffer, const char *name,
                           const struct cmek_coverage_gap *gap);

#endif
