/* SPDX-License-Identifier: Apache-2.0 */
/** @file location.h  The place in a file that a finding is shown at. */
#ifndef CMEK_REPORT_LOCATION_H
#define CMEK_REPORT_LOCATION_H

struct cmek_finding;
struct cmek_strbuf;

/** Appends a relative URI: the source file of a planned resource; for a live one, which has no
 * file, its full resource name below "cmek/", since GitHub and GitLab take nothing without a path.
 */
void cmek_location_append_uri(struct cmek_strbuf *buffer, const struct cmek_finding *finding);

/** The line in that file; 1 where none is known. */
unsigned cmek_location_line(const struct cmek_finding *finding);

#endif
