/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"

static uint64_t hash_seed;

__extension__ typedef unsigned __int128 uint128;

/* Both halves of the product: every bit of the result depends on every bit of the word. */
static uint64_t fold(uint64_t word)
{
    uint128 product = (uint128)word * UINT64_C(0x9e3779b97f4a7c15);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes at a time into a state that begins with the seed, which is what defeats prepared
 * collisions. */
static unsigned hash_bytes(const void *key, size_t length)
{
    const unsigned char *bytes = key;
    uint64_t state = hash_seed + length, word;
    for (; length >= sizeof word; length -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        state = fold(state ^ word);
    }
    word = 0;
    memcpy(&word, bytes, length);
    state = fold(fold(state ^ word) ^ hash_seed);
    return (unsigned)(state ^ state >> 32);
}

#define HASH_FUNCTION(key, length, value) ((value) = hash_bytes((key), (length)))
#define uthash_malloc(size)               cmek_malloc(size)
#define uthash_fatal(message)             abort()
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#include <uthash.h>

struct cmek_map_entry {
    UT_hash_handle hh; /* holds the key */
    void *value;
};

static void seed_once(void)
{
    static bool seeded;
    if (seeded)
        return;
    seeded = true;
    /* Without random bytes the seed stays 0: slower against an attacker, still correct. */
    if (getrandom(&hash_seed, sizeof hash_seed, GRND_NONBLOCK) != (ssize_t)sizeof hash_seed)
        hash_seed = 0;
}

void *cmek_map_get_n(const struct cmek_map *map, const char *key, size_t length)
{
    struct cmek_map_entry *entry = NULL;
    HASH_FIND(hh, map->head, key, length, entry);
    return entry ? entry->value : NULL;
}

void *cmek_map_get(const struct cmek_map *map, const char *key)
{
    return cmek_map_get_n(map, key, strlen(key));
}

static void put(struct cmek_map *map, const char *key, void *value, bool is_borrowed)
{
    seed_once();
    size_t length = strlen(key);
    unsigned hash = hash_bytes(key, length);
    struct cmek_map_entry *entry = NULL;
    HASH_FIND_BYHASHVALUE(hh, map->head, key, length, hash, entry);
    if (entry) {
        entry->value = value;
        return;
    }
    entry = cmek_arena_alloc(&map->arena, sizeof *entry);
    entry->value = value;
    if (!is_borrowed)
        key = cmek_arena_strndup(&map->arena, key, length);
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, map->head, key, length, hash, entry);
}

void cmek_map_put(struct cmek_map *map, const char *key, void *value)
{
    put(map, key, value, /* is_borrowed= */ false);
}

void cmek_map_put_borrowed(struct cmek_map *map, const char *key, void *value)
{
    put(map, key, value, /* is_borrowed= */ true);
}

size_t cmek_map_count(const struct cmek_map *map)
{
    return HASH_COUNT(map->head);
}

struct cmek_map_entry *cmek_map_first(const struct cmek_map *map)
{
    return map->head;
}

struct cmek_map_entry *cmek_map_next(const struct cmek_map_entry *entry)
{
    return entry->hh.next;
}

const char *cmek_map_key(const struct cmek_map_entry *entry)
{
    return entry->hh.key;
}

void *cmek_map_value(const struct cmek_map_entry *entry)
{
    return entry->value;
}

void cmek_map_done(struct cmek_map *map)
{
    if (!map)
        return;
    HASH_CLEAR(hh, map->head);
    cmek_arena_done(&map->arena);
}
#pragma GCC diagnostic pop
