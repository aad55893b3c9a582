/* SPDX-License-Identifier: Apache-2.0 */
/** @file arena.h  Memory that is allocated piece by piece and given back all at once. */
#ifndef CMEK_BASE_ARENA_H
#define CMEK_BASE_ARENA_H

#include <stddef.h>

#include "cmekscan/error.h"

struct cmek_arena_block;

/** A bump allocator. All zero is a valid empty arena. */
struct cmek_arena {
    struct cmek_arena_block *head;
    size_t bytes; /* asked for since the last clear */
};

/** Zeroed memory, aligned for any type, valid until clear or done. */
void *cmek_arena_alloc(struct cmek_arena *arena, size_t size);
/** Zeroed room for @p count items; the product is checked for overflow. */
void *cmek_arena_array(struct cmek_arena *arena, size_t count, size_t size);
char *cmek_arena_strdup(struct cmek_arena *arena, const char *text);
/** Copies @p length bytes and adds a NUL. */
char *cmek_arena_strndup(struct cmek_arena *arena, const char *text, size_t length);
/** A copy with ASCII letters in lower case. */
char *cmek_arena_lower(struct cmek_arena *arena, const char *text);
char *cmek_arena_printf(struct cmek_arena *arena, const char *format, ...) CMEK_PRINTF(2, 3);

/** Forgets everything but keeps one block for reuse. */
void cmek_arena_clear(struct cmek_arena *arena);
/** Gives everything back. */
void cmek_arena_done(struct cmek_arena *arena);

#endif
