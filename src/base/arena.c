/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Blocks double: there are many small arenas. */
#define FIRST_BLOCK_BYTES ((size_t)1024)
#define BLOCK_BYTES       ((size_t)64 * 1024)

struct cmek_arena_block {
    struct cmek_arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char data[];
};

static struct cmek_arena_block *block_new(size_t size)
{
    struct cmek_arena_block *block = cmek_malloc(sizeof *block + size);
    block->next = NULL;
    block->used = 0;
    block->size = size;
    return block;
}

static size_t next_block_size(const struct cmek_arena_block *head, size_t needed)
{
    size_t size = head ? head->size * 2 : FIRST_BLOCK_BYTES;
    while (size < BLOCK_BYTES && needed > size / 4)
        size *= 2;
    return size < BLOCK_BYTES ? size : BLOCK_BYTES;
}

static void *take(struct cmek_arena *arena, size_t size, size_t align)
{
    struct cmek_arena_block *head = arena->head;
    size_t at = head ? (head->used + align - 1) & ~(align - 1) : 0;
    if (!head || at > head->size || size > head->size - at) {
        struct cmek_arena_block *block =
            block_new(size > BLOCK_BYTES / 4 ? size : next_block_size(head, size));
        if (head && block->size == size &&
            size > 0) { /* a large piece: keep filling the block we have */
            block->next = head->next;
            head->next = block;
        } else {
            block->next = head;
            arena->head = block;
        }
        block->used = size;
        arena->bytes += size;
        return block->data;
    }
    head->used = at + size;
    arena->bytes += size;
    return head->data + at;
}

void *cmek_arena_alloc(struct cmek_arena *arena, size_t size)
{
    return memset(take(arena, size, _Alignof(max_align_t)), 0, size);
}

void *cmek_arena_array(struct cmek_arena *arena, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / 2 / size)
        return cmek_reallocarray(NULL, SIZE_MAX, SIZE_MAX); /* reports and leaves */
    return cmek_arena_alloc(arena, count * size);
}

char *cmek_arena_strndup(struct cmek_arena *arena, const char *text, size_t length)
{
    char *copy = take(arena, length + 1, 1);
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *cmek_arena_strdup(struct cmek_arena *arena, const char *text)
{
    return cmek_arena_strndup(arena, text, strlen(text));
}

char *cmek_arena_lower(struct cmek_arena *arena, const char *text)
{
    char *copy = cmek_arena_strdup(arena, text);
    for (char *at = copy; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return copy;
}

char *cmek_arena_printf(struct cmek_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return cmek_arena_strdup(arena, "");
    char *text = take(arena, (size_t)length + 1, 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

static void free_blocks(struct cmek_arena_block *block)
{
    while (block) {
        struct cmek_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void cmek_arena_clear(struct cmek_arena *arena)
{
    if (arena->head) {
        free_blocks(arena->head->next);
        arena->head->next = NULL;
        arena->head->used = 0;
    }
    arena->bytes = 0;
}

void cmek_arena_done(struct cmek_arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->head);
    *arena = (struct cmek_arena){0};
}
