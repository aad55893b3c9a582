/* SPDX-License-Identifier: Apache-2.0 */
/** @file resource_keys.h  Inside src/source: what the key places of a row come to, whatever the
 * resource is read from.
 */
#ifndef CMEK_SOURCE_RESOURCE_KEYS_H
#define CMEK_SOURCE_RESOURCE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "model/field_path.h"

struct cmek_arena;
struct cmek_key_places;
struct cmek_resource_data;

/** Where a key is missing. */
struct cmek_key_lack {
    const struct cmek_field_path *path; /* NULL: nowhere */
    size_t indexes[CMEK_LIMIT_PATH_STEPS];
};

/** A resource's keys being read. */
struct cmek_key_reader {
    struct cmek_resource_data *resource;
    struct cmek_arena *arena;
    const char *keys[CMEK_LIMIT_RESOURCE_KEYS];
    size_t count;
    /* Of the path at hand: */
    const struct cmek_field_path *path;
    size_t ends, keyed;
    struct cmek_key_lack lack; /* the first end without a key */
};

/** Calls cmek_key_reader_end for each end of @p path: for a path without lists one, else one for
 * each element. */
typedef void cmek_key_walk(void *payload, const struct cmek_field_path *path,
                           struct cmek_key_reader *reader);
/** An end of the path at hand: its key (NULL, "": none), which must outlive the resource, and the
 * numbers of the list elements on the way (source/field_walk.h). */
void cmek_key_reader_end(struct cmek_key_reader *reader, const char *key, const size_t *indexes);

/** Fills the keys of @p resource and the place that lacks one. Each of @p keys must hold a key,
 * @p further may. True: it shows none, or not wherever it must. */
bool cmek_resource_keys_read(const struct cmek_key_places *keys,
                             const struct cmek_key_places *further, cmek_key_walk *walk,
                             void *payload, struct cmek_resource_data *resource,
                             struct cmek_arena *arena);

#endif
