/* SPDX-License-Identifier: Apache-2.0 */
/** @file gfm.h  Text in GitHub Flavored Markdown (https://github.github.com/gfm/), so that nothing
 * in it is markup, ends a table cell or calls a person.
 *
 * Control and invisible characters are shown as in report/terminal.h.
 */
#ifndef CMEK_REPORT_GFM_H
#define CMEK_REPORT_GFM_H

struct cmek_strbuf;

/** Appends prose. A word joiner follows each "@", which would mention whoever has that name. */
void cmek_gfm_append_text(struct cmek_strbuf *buffer, const char *text);
/** Appends a code span, for names: what stands in it can be copied as it is, but for the backslash
 * that a table wants before "|". Nothing for NULL or "". */
void cmek_gfm_append_code(struct cmek_strbuf *buffer, const char *text);

#endif
