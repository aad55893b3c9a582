/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_lines.h  The assets in files, one a line: plain or gzip, a file, a folder of files,
 * or standard input. */
#ifndef CMEK_SOURCE_ASSET_LINES_H
#define CMEK_SOURCE_ASSET_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** Where a line came from. */
struct cmek_line_origin {
    const char *path; /* "-" for standard input; valid during the call */
    size_t number;    /* from 1 */
};

struct cmek_line_handler {
    /** One line without its end, or one element of an array; blank lines are left out. A status
     * other than CMEK_OK ends the reading. */
    enum cmek_status (*line)(void *payload, const struct cmek_line_origin *origin, const char *text,
                             size_t length, struct cmek_error *err);
    /** A line that had to be skipped: longer than the ceiling, or a file that broke off (gzip
     * error, read error). */
    void (*damaged)(void *payload, const struct cmek_line_origin *origin, const char *message);
    void *payload;
    /** Many lines at once instead of one by one, for who takes them apart elsewhere with
     * cmek_line_next; @p origin is that of the first. Elements of an array still come through
     * `line`. NULL: not so. */
    enum cmek_status (*lines)(void *payload, const struct cmek_line_origin *origin,
                              const char *text, size_t length, struct cmek_error *err);
};

/** Reads @p path ("-": standard input; a folder: its *.json, *.jsonl, *.ndjson files, also with
 * .gz, by name). CMEK_E_IO when it cannot be opened, is empty, or a folder holds no asset file. */
CMEK_NODISCARD enum cmek_status cmek_asset_lines_read(const char *path,
                                                      const struct cmek_line_handler *handler,
                                                      struct cmek_error *err);

/** A place in a text of lines. */
struct cmek_line_cursor {
    const char *at, *end;
    size_t number; /* of the line at hand; to begin with, one less than that of the first */
};

/** The next line that is not blank, without its end; false when there is none. */
bool cmek_line_next(struct cmek_line_cursor *cursor, const char **ret_text, size_t *ret_length);

#endif
