/* SPDX-License-Identifier: Apache-2.0 */
/** @file extent.h  How far a JSON value reaches, for those who cut values out of a text without
 * parsing them. */
#ifndef CMEK_JSON_EXTENT_H
#define CMEK_JSON_EXTENT_H

#include <stdbool.h>
#include <stddef.h>

/** Inside an object, an array or a string. All zero is before its first byte. */
struct cmek_json_extent {
    size_t depth; /* of brackets */
    bool in_string, escaped;
};

/** Takes the next byte; true when the value ends with it. Whether brackets match is for whoever
 * parses the value. */
static inline bool cmek_json_extent_take(struct cmek_json_extent *extent, char byte)
{
    if (extent->escaped) {
        extent->escaped = false;
    } else if (extent->in_string) {
        extent->escaped = byte == '\\';
        extent->in_string = byte != '"';
    } else if (byte == '"') {
        extent->in_string = true;
    } else if (byte == '{' || byte == '[') {
        extent->depth++;
    } else if ((byte == '}' || byte == ']') && extent->depth > 0) {
        extent->depth--;
    }
    return extent->depth == 0 && !extent->in_string;
}

#endif
