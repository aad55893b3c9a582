/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_array.h  Assets in one JSON array, pretty-printed or not: what `gcloud asset list
 * --format=json` writes.
 *
 * Splits the array into its elements without parsing them, so that a list of any length takes the
 * memory of one asset. What stands between the elements must be commas and blanks; an element is an
 * object.
 */
#ifndef CMEK_SOURCE_ASSET_ARRAY_H
#define CMEK_SOURCE_ASSET_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "source/asset_lines.h"
#include "json/extent.h"

struct cmek_asset_array {
    const struct cmek_line_handler
        *handler; /* gets each element as a line, with the number of its first line */
    struct cmek_line_origin origin;
    struct cmek_strbuf element;
    size_t line, depth; /* 0: before the array, 1: between elements, 2: inside of one */
    struct cmek_json_extent extent;
    bool ended;  /* the closing bracket was seen */
    bool broken; /* damage was reported; the rest is left unread */
};

/** How many of the bytes that a file begins with say nothing: blanks, line ends, a byte-order mark,
 * or the beginning of one. */
size_t cmek_asset_file_content(const char *bytes, size_t length);
/** Whether a file that begins with @p bytes is an array: '[' after blanks and a byte-order mark. */
bool cmek_asset_array_begins(const char *bytes, size_t length);

void cmek_asset_array_init(struct cmek_asset_array *array, const struct cmek_line_handler *handler,
                           const char *path);
/** Takes the next bytes of the file. Passes on what the handler returns. */
CMEK_NODISCARD enum cmek_status cmek_asset_array_feed(struct cmek_asset_array *array,
                                                      const char *bytes, size_t length,
                                                      struct cmek_error *err);
/** Says so if the file ends inside the array; frees the buffer. */
void cmek_asset_array_done(struct cmek_asset_array *array);

#endif
