/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_file.h  The offline source: Cloud Asset Inventory exports, and what `cmekscan
 * collect` wrote. */
#ifndef CMEK_SOURCE_ASSET_FILE_H
#define CMEK_SOURCE_ASSET_FILE_H

#include <stddef.h>

#include "base/error.h"
#include "model/record.h"

struct cmek_catalogue;

/** Reads all assets of @p path that matter to @p catalogue (a file, plain or gzip; a folder; "-":
 * standard input) into @p sink, in their order. @p threads decode them (0: as many as there are
 * processors); the sink is called on the caller's own. A line that cannot be read becomes a
 * coverage gap of its file and number. CMEK_E_IO: @p path cannot be opened or is empty;
 * CMEK_E_INVALID: it holds no asset at all. */
CMEK_NODISCARD enum cmek_status cmek_asset_file_read(const struct cmek_catalogue *catalogue,
                                                     const char *path, size_t threads,
                                                     const struct cmek_record_sink *sink,
                                                     struct cmek_error *err);

#endif
