/* SPDX-License-Identifier: Apache-2.0 */
/** @file strict.h  What json-c lets through though RFC 8259 does not, and what it gets wrong when a
 * document comes in pieces.
 *
 * It takes raw control characters in strings, names in single quotes, NaN, Infinity, "1." and
 * "-01"; it refuses valid UTF-8 that is split in a character, and takes "1-1" when it is split
 * before the dash.
 */
#ifndef CMEK_JSON_STRICT_H
#define CMEK_JSON_STRICT_H

#include <stdbool.h>
#include <stddef.h>

/** Where a document stands. All zero is its start. */
struct cmek_json_strict {
    bool in_string, escaped;
    unsigned char number;    /* how much of a number was seen (strict.c) */
    unsigned char remaining; /* bytes that a UTF-8 character still needs; the next is low … high */
    unsigned char low, high;
};

/** How many of the next bytes may pass: @p length, or where the first offence is. */
size_t cmek_json_strict_scan(struct cmek_json_strict *state, const char *bytes, size_t length);
/** How many of the next bytes are plain text inside a string: ASCII, no control characters, no
 * quote, no backslash. */
size_t cmek_json_plain_run(const char *bytes, size_t length);

#endif
