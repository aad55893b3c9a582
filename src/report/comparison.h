/* SPDX-License-Identifier: Apache-2.0 */
/** @file comparison.h  Two reports held against each other, for people and for machines. */
#ifndef CMEK_REPORT_COMPARISON_H
#define CMEK_REPORT_COMPARISON_H

#include "base/vec.h"
#include "cmekscan/reporter.h"

struct cmek_json_writer;
struct cmek_strbuf;

/** A finding that is not what it was. Statuses are CMEK_STATUS_COUNT_ in a report that does not
 * have it. */
struct cmek_changed_finding {
    const char *finding_id, *rule_id, *resource_name, *project_id, *message;
    enum cmek_enforcement enforcement;
    enum cmek_finding_status status_before, status;
    enum cmek_severity severity_before, severity;
    const char *kms_key_before, *kms_key;
};

struct cmek_changed_findings CMEK_VEC_OF(struct cmek_changed_finding);

/** Strings belong to whoever fills it in. */
struct cmek_comparison {
    const struct cmek_scan_summary *before, *after;
    struct cmek_changed_findings fresh, mended, changed, undecided;
    uint64_t unchanged;
};

/** Appends the counts, and the findings of each kind one by one. */
void cmek_comparison_write_text(const struct cmek_comparison *comparison, bool colour, int columns,
                                struct cmek_strbuf *out);
/** The same as GitHub Flavored Markdown of little more than 60,000 bytes, for a comment. */
void cmek_comparison_write_markdown(const struct cmek_comparison *comparison,
                                    struct cmek_strbuf *out);
/** Writes one object (reports/cmekscan-diff-1.schema.json). */
void cmek_comparison_write_json(struct cmek_json_writer *writer,
                                const struct cmek_comparison *comparison);

/* For comparison_….c */

/** The kinds that are listed, in the order of the reports. */
struct cmek_comparison_part {
    const char *name, *title; /* "new", "New failures" */
    size_t offset;            /* of the list in struct cmek_comparison */
};
#define CMEK_COMPARISON_PARTS 4
extern const struct cmek_comparison_part cmek_comparison_parts[CMEK_COMPARISON_PARTS];
const struct cmek_changed_findings *cmek_comparison_list(const struct cmek_comparison *comparison,
                                                         const struct cmek_comparison_part *part);
/** Appends what of a finding is another: "fail → waived, severity high → low". */
void cmek_comparison_append_change(struct cmek_strbuf *out,
                                   const struct cmek_changed_finding *finding);
/** Appends "2 new, 1 mended, 3 unchanged, 0 changed, 1 undecided". */
void cmek_comparison_append_counts(struct cmek_strbuf *out,
                                   const struct cmek_comparison *comparison);

#endif
