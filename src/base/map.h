/* SPDX-License-Identifier: Apache-2.0 */
/** @file map.h  A map from strings to pointers, in insertion order.
 *
 * Names come from untrusted files, so the hash is seeded per process: nobody can prepare names that
 * all collide.
 */
#ifndef CMEK_BASE_MAP_H
#define CMEK_BASE_MAP_H

#include <stddef.h>

#include "base/arena.h"

struct cmek_map_entry;
struct cmek_map_table;

/** All zero is a valid empty map. Values are borrowed. */
struct cmek_map {
    struct cmek_map_table *table; /* NULL: nothing was put yet */
    struct cmek_arena arena;      /* copied keys */
};

/** The value stored under @p key, or NULL. */
void *cmek_map_get(const struct cmek_map *map, const char *key);
void *cmek_map_get_n(const struct cmek_map *map, const char *key, size_t length);
/** Stores @p value (not NULL) under @p key, replacing an earlier one. The key is copied. */
void cmek_map_put(struct cmek_map *map, const char *key, void *value);
/** Like put, but borrows @p key, which must outlive the map. */
void cmek_map_put_borrowed(struct cmek_map *map, const char *key, void *value);
size_t cmek_map_count(const struct cmek_map *map);

/** Iteration in insertion order: `for (e = cmek_map_first(m); e; e = cmek_map_next(e))`. What is
 * put meanwhile comes at the end. */
struct cmek_map_entry *cmek_map_first(const struct cmek_map *map);
struct cmek_map_entry *cmek_map_next(const struct cmek_map_entry *entry);
const char *cmek_map_key(const struct cmek_map_entry *entry);
void *cmek_map_value(const struct cmek_map_entry *entry);

void cmek_map_done(struct cmek_map *map);

#endif
