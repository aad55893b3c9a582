/* SPDX-License-Identifier: Apache-2.0 */
/** @file file.h  Reading a whole small file. */
#ifndef CMEK_BASE_FILE_H
#define CMEK_BASE_FILE_H

#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

/** Appends the file at @p path to @p ret_content; a file larger than @p limit is CMEK_E_LIMIT, else
 * CMEK_E_IO. */
CMEK_NODISCARD enum cmek_status cmek_file_read(const char *path, size_t limit,
                                               struct cmek_strbuf *ret_content,
                                               struct cmek_error *err);

#endif
