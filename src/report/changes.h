/* SPDX-License-Identifier: Apache-2.0 */
/** @file changes.h  What a simulation would change, and what a baseline shows, in a sentence. */
#ifndef CMEK_REPORT_CHANGES_H
#define CMEK_REPORT_CHANGES_H

struct cmek_baseline_summary;
struct cmek_scan_summary;
struct cmek_strbuf;

/** Appends "This policy would newly break 12 resources in 3 projects, and mend 4." for a summary
 * with a simulation. */
void cmek_changes_append(struct cmek_strbuf *buffer, const struct cmek_scan_summary *summary);

/** Appends "3 new failures, 22 unchanged, 2 resolved, 1 undecided since 2026-11-01T06:00:00Z". */
void cmek_changes_append_baseline(struct cmek_strbuf *buffer,
                                  const struct cmek_baseline_summary *baseline);

#endif
