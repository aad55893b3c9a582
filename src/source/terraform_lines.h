/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_lines.h  Inside src/source: where the blocks of a plan are written.
 *
 * A plan does not say it, so the *.tf files are searched for `resource "TYPE" "NAME"`: those of the
 * root module's folder, and of modules whose source is a local path.
 */
#ifndef CMEK_SOURCE_TERRAFORM_LINES_H
#define CMEK_SOURCE_TERRAFORM_LINES_H

#include "source/terraform.h"

/** Fills in file and line of the plan's blocks, as far as they are found; what cannot be read is
 * left out. Files are named relative to the working folder where they lie below it. */
void cmek_tf_find_lines(struct cmek_tf_plan *plan, const char *directory);

/** Calls @p found for each resource block in the text of a *.tf file: comments, strings that span
 * lines and what is no HCL at all are stepped over. */
void cmek_tf_scan_lines(const char *text, struct cmek_arena *arena,
                        void (*found)(void *payload, const char *name, unsigned line),
                        void *payload);

#endif
