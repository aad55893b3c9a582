/* SPDX-License-Identifier: Apache-2.0 */
/** @file field_walk.h  Following the paths of the service catalogue through the JSON of a resource.
 */
#ifndef CMEK_SOURCE_FIELD_WALK_H
#define CMEK_SOURCE_FIELD_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "model/field_path.h"

struct cmek_arena;
struct cmek_json;

/** Stands for the number of a list's only element, which a place leaves out. */
#define CMEK_FIELD_ONLY ((size_t)-1)

/** One end of a path. */
struct cmek_field_end {
    const struct cmek_json *value; /* NULL: nothing there */
    bool is_odd; /* something on the way has a shape that it cannot have: no object, no list */
    const size_t *indexes; /* of the list elements passed, outermost first; valid during the call */
};

/** Calls @p visit for each end: once for a path without lists, else once for each element, so not
 * at all for an empty or missing list. "Nothing" comes as an absent member, null, {} and []. */
void cmek_field_walk(const struct cmek_json *data, const struct cmek_field_path *path,
                     void (*visit)(void *payload, const struct cmek_field_end *end), void *payload);

/** The first text that is not empty, copied to @p arena; NULL: none, or the path is empty. */
const char *cmek_field_text(const struct cmek_json *data, const struct cmek_field_path *path,
                            struct cmek_arena *arena);
/** Whether some end is the text @p value; NULL: whether any holds something, be it an object. */
bool cmek_field_is(const struct cmek_json *data, const struct cmek_field_path *path,
                   const char *value);
/** The path's text with the elements' numbers: "disks[2].kmsKeyName"; names that hold dots in
 * quotes. */
const char *cmek_field_place(const struct cmek_field_path *path, const size_t *indexes,
                             struct cmek_arena *arena);

#endif
