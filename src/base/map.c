/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <limits.h>
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
static uint32_t hash_bytes(const void *key, size_t length)
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
    return (uint32_t)(state ^ state >> 32);
}

/* Entries stay where they were put: blocks of them, each twice as large as the one before. After a
 * block's entries stands one without a key whose value is the next block, so that walking needs
 * nothing but the entry at hand. */
#define FIRST_BLOCK ((size_t)8)
#define BLOCKS_MAX  28

struct cmek_map_entry {
    const char *key; /* NULL: no entry */
    void *value;
};

/* A place in the table, found by probing one after the other. Hashes are kept here: most places
 * that are not the one asked for are passed over without a look at their keys, and none has to be
 * computed again when the table grows. */
struct slot {
    uint32_t hash;
    uint32_t number; /* of the entry, from 1; 0: free */
};

struct cmek_map_table {
    struct slot *slots;
    size_t slot_count; /* a power of two */
    size_t count, block_count;
    struct cmek_map_entry *blocks[BLOCKS_MAX];
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

/* The entry of an index from 0: block b begins at FIRST_BLOCK * (2^b - 1). */
static struct cmek_map_entry *entry_at(const struct cmek_map_table *table, size_t index)
{
    size_t scaled = index / FIRST_BLOCK + 1;
    int block = (int)(sizeof(unsigned long long) * CHAR_BIT) - 1 - __builtin_clzll(scaled);
    return &table->blocks[block][index - FIRST_BLOCK * (((size_t)1 << block) - 1)];
}

static struct cmek_map_entry *find(const struct cmek_map_table *table, const char *key,
                                   size_t length, uint32_t hash)
{
    const size_t mask = table->slot_count - 1;
    for (size_t i = hash & mask; table->slots[i].number > 0; i = (i + 1) & mask) {
        if (table->slots[i].hash != hash)
            continue;
        struct cmek_map_entry *entry = entry_at(table, table->slots[i].number - 1);
        if (strlen(entry->key) == length && memcmp(entry->key, key, length) == 0)
            return entry;
    }
    return NULL;
}

void *cmek_map_get_n(const struct cmek_map *map, const char *key, size_t length)
{
    if (!map->table)
        return NULL;
    const struct cmek_map_entry *entry = find(map->table, key, length, hash_bytes(key, length));
    return entry ? entry->value : NULL;
}

void *cmek_map_get(const struct cmek_map *map, const char *key)
{
    return cmek_map_get_n(map, key, strlen(key));
}

static void occupy(struct cmek_map_table *table, struct slot slot)
{
    const size_t mask = table->slot_count - 1;
    size_t i = slot.hash & mask;
    while (table->slots[i].number > 0)
        i = (i + 1) & mask;
    table->slots[i] = slot;
}

/* At most three quarters of the places are taken. */
static void make_room(struct cmek_map_table *table)
{
    if (table->count + 1 <= table->slot_count / 4 * 3)
        return;
    struct slot *old = table->slots;
    size_t old_count = table->slot_count;
    table->slot_count = old_count > 0 ? old_count * 2 : FIRST_BLOCK * 2;
    table->slots = cmek_calloc(table->slot_count, sizeof *table->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i].number > 0)
            occupy(table, old[i]);
    free(old);
}

static struct cmek_map_entry *new_entry(struct cmek_map_table *table)
{
    if (table->count == FIRST_BLOCK * (((size_t)1 << table->block_count) - 1)) {
        if (table->block_count == BLOCKS_MAX)
            abort(); /* two thousand million entries */
        size_t size = FIRST_BLOCK << table->block_count;
        struct cmek_map_entry *block = cmek_calloc(size + 1, sizeof *block);
        if (table->block_count > 0)
            entry_at(table, table->count - 1)[1].value = block;
        table->blocks[table->block_count++] = block;
    }
    return entry_at(table, table->count++);
}

static void put(struct cmek_map *map, const char *key, void *value, bool is_borrowed)
{
    seed_once();
    if (!map->table)
        map->table = cmek_calloc(1, sizeof *map->table);
    struct cmek_map_table *table = map->table;
    make_room(table);
    size_t length = strlen(key);
    uint32_t hash = hash_bytes(key, length);
    struct cmek_map_entry *entry = find(table, key, length, hash);
    if (!entry) {
        entry = new_entry(table);
        entry->key = is_borrowed ? key : cmek_arena_strndup(&map->arena, key, length);
        occupy(table, (struct slot){hash, (uint32_t)table->count});
    }
    entry->value = value;
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
    return map->table ? map->table->count : 0;
}

struct cmek_map_entry *cmek_map_first(const struct cmek_map *map)
{
    return cmek_map_count(map) > 0 ? map->table->blocks[0] : NULL;
}

struct cmek_map_entry *cmek_map_next(const struct cmek_map_entry *entry)
{
    struct cmek_map_entry *next = (struct cmek_map_entry *)(uintptr_t)(entry + 1);
    return next->key ? next : next->value;
}

const char *cmek_map_key(const struct cmek_map_entry *entry)
{
    return entry->key;
}

void *cmek_map_value(const struct cmek_map_entry *entry)
{
    return entry->value;
}

void cmek_map_done(struct cmek_map *map)
{
    if (!map)
        return;
    for (size_t i = 0; map->table && i < map->table->block_count; i++)
        free(map->table->blocks[i]);
    if (map->table)
        free(map->table->slots);
    free(map->table);
    map->table = NULL;
    cmek_arena_done(&map->arena);
}
