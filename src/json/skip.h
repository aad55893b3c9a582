/* SPDX-License-Identifier: Apache-2.0 */
/** @file skip.h  Stepping through a JSON text (RFC 8259) without building a tree of it.
 *
 * For documents of which little is of interest: what is stepped over is still held to the whole
 * grammar, names and values come as pieces of the text, and the few that matter are parsed
 * (json/json.h). Of two members of one name the later counts, as in a parsed document.
 */
#ifndef CMEK_JSON_SKIP_H
#define CMEK_JSON_SKIP_H

#include <stdbool.h>
#include <stddef.h>

#include "json/cursor.h"

/** A piece of a JSON text; borrowed. Length 0: nothing. */
struct cmek_json_text {
    const char *at;
    size_t length;
};

/** Steps over one value and the blanks before it; false where there is none, or it is nested deeper
 * than @p most_depth. */
bool cmek_json_skip_value(struct cmek_json_cursor *cursor, size_t most_depth);
/** Steps over a string and the blanks before it; *@p ret_escaped: whether an escape is in it. */
bool cmek_json_skip_string(struct cmek_json_cursor *cursor, bool *ret_escaped);

/** A walk through the items of an array, or the members of an object. */
struct cmek_json_walk {
    struct cmek_json_cursor cursor;
    size_t most_depth;
    bool is_open, is_ended;
    bool is_broken; /* it came upon something that is no JSON, or no array or object */
};

struct cmek_json_walk cmek_json_walk(struct cmek_json_text text, size_t most_depth);
/** The next item of an array; false at its end, or when the walk is broken. */
bool cmek_json_walk_item(struct cmek_json_walk *walk, struct cmek_json_text *ret_item);
/** The next member of an object; @p ret_name is what stands between the quotes. */
bool cmek_json_walk_member(struct cmek_json_walk *walk, struct cmek_json_text *ret_name,
                           struct cmek_json_text *ret_value);

bool cmek_json_text_is(struct cmek_json_text text, const char *expected);
/** The member @p name of the object @p object; nothing when it has none or is no object. */
struct cmek_json_text cmek_json_text_member(struct cmek_json_text object, const char *name);

#endif
