/* SPDX-License-Identifier: Apache-2.0 */
/** @file explanation.h  An explanation (model/explanation.h) for people and for machines. */
#ifndef CMEK_REPORT_EXPLANATION_H
#define CMEK_REPORT_EXPLANATION_H

#include <stdbool.h>

struct cmek_explanation;
struct cmek_json_writer;
struct cmek_strbuf;
struct cmek_text;

/** Appends the finding, the path from the organization down with what is set on it, the tags, the
 * key, what would have to be known, and how to mend it. */
void cmek_explanation_write_text(const struct cmek_explanation *explanation, bool colour,
                                 int columns, struct cmek_strbuf *out);
/** Writes one object (reports/cmekscan-explanation-1.schema.json). */
void cmek_explanation_write_json(struct cmek_json_writer *writer,
                                 const struct cmek_explanation *explanation);

/* For explanation_text.c */

/** Draws the path, the organization on top, as a tree. */
void cmek_explanation_draw_path(struct cmek_text *text, const struct cmek_explanation *explanation);
/** The same of the key, without policies. */
void cmek_explanation_draw_key(struct cmek_text *text, const struct cmek_explanation *explanation);

#endif
