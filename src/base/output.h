/* SPDX-License-Identifier: Apache-2.0 */
/** @file output.h  A file that appears whole or not at all.
 *
 * Bytes go to a temporary file beside the target; commit flushes, fsyncs and renames it. A path of
 * "-" is standard output, which cannot be taken back: it is written as it comes. Write errors are
 * sticky, so a writer may ignore them until commit, which reports the first one.
 */
#ifndef CMEK_BASE_OUTPUT_H
#define CMEK_BASE_OUTPUT_H

#include <stddef.h>

#include "base/error.h"

struct cmek_output;

/** Opens @p path for writing; CMEK_E_IO with a message when the folder is missing or not writable.
 */
CMEK_NODISCARD enum cmek_status cmek_output_open(const char *path, struct cmek_output **ret_output,
                                                 struct cmek_error *err);
/** The same, starting with a copy of what @p path holds already. */
CMEK_NODISCARD enum cmek_status
cmek_output_open_append(const char *path, struct cmek_output **ret_output, struct cmek_error *err);
/** Whether @p path could be opened so; touches nothing that is there. */
CMEK_NODISCARD enum cmek_status cmek_output_probe(const char *path, struct cmek_error *err);
void cmek_output_write(struct cmek_output *output, const char *bytes, size_t length);
/** Makes the file appear under its name and frees @p output whatever the outcome. */
CMEK_NODISCARD enum cmek_status cmek_output_commit(struct cmek_output *output,
                                                   struct cmek_error *err);
/** Removes what was written and frees @p output; NULL is allowed. */
void cmek_output_discard(struct cmek_output *output);
const char *cmek_output_path(const struct cmek_output *output);

#endif
