/* SPDX-License-Identifier: Apache-2.0 */
/** @file changes.h  What a simulation would change, in a sentence. */
#ifndef CMEK_REPORT_CHANGES_H
#define CMEK_REPORT_CHANGES_H

struct cmek_scan_summary;
struct cmek_strbuf;

/** Appends "This policy would newly break 12 resources in 3 projects, and mend 4." for a summary
 * with a simulation. */
void cmek_changes_append(struct cmek_strbuf *buffer, const struct cmek_scan_summary *summary);

#endif
