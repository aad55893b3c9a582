/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_lines.h  The assets in files, one a line: plain or gzip, a file, a folder of files,
 * or standard input. */
#ifndef CMEK_SOURCE_ASSET_LINES_H
#define CMEK_SOURCE_ASSET_LINES_H

#include <stddef.h>

#include "base/error.h"

/** Where a line came from. */
struct cmek_line_origin {
    const char *path; /* "-" for standard input; valid during the call */
    size_t number;    /* from 1 */
};

struct cmek_line_handler {
    /** One line without its end; blank lines are left out. A status other than CMEK_OK ends the
     * reading. */
    enum cmek_status (*line)(void *payload, const struct cmek_line_origin *origin, const char *text,
                             size_t length, struct cmek_error *err);
    /** A line that had to be skipped: longer than the ceiling, or a file that broke off (gzip
     * error, read error). */
    void (*damaged)(void *payload, const struct cmek_line_origin *origin, const char *message);
    void *payload;
};

/** Reads @p path ("-": standard input; a folder: its *.json, *.jsonl, *.ndjson files, also with
 * .gz, by name). CMEK_E_IO when it cannot be opened, is empty, or a folder holds no asset file. */
CMEK_NODISCARD enum cmek_status cmek_asset_lines_read(const char *path,
                                                      const struct cmek_line_handler *handler,
                                                      struct cmek_error *err);

#endif
