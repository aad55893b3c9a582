/* SPDX-License-Identifier: Apache-2.0 */
#include "source/resource_keys.h"

#include <string.h>

#include "base/arena.h"
#include "model/catalogue.h"
#include "model/record.h"
#include "source/field_walk.h"

static void add_key(struct cmek_key_reader *reader, const char *key)
{
    for (size_t i = 0; i < reader->count; i++)
        if (strcmp(reader->keys[i], key) == 0)
            return;
    if (reader->count == CMEK_LIMIT_RESOURCE_KEYS)
        reader->resource->key_unreadable = true; /* those beyond are not seen */
    else
        reader->keys[reader->count++] = key;
}

void cmek_key_reader_end(struct cmek_key_reader *reader, const char *key, const size_t *indexes)
{
    reader->ends++;
    if (key && key[0] != '\0') {
        reader->keyed++;
        add_key(reader, key);
    } else if (!reader->lack.path) {
        reader->lack.path = reader->path;
        memcpy(reader->lack.indexes, indexes, sizeof reader->lack.indexes);
    }
}

/* What goes through the ends of a path. */
struct walker {
    cmek_key_walk *walk;
    void *payload;
};

static void read_path(struct cmek_key_reader *reader, const struct walker *walker,
                      const struct cmek_field_path *path)
{
    reader->path = path;
    reader->ends = reader->keyed = 0;
    reader->lack.path = NULL;
    walker->walk(walker->payload, path, reader);
}

/* A place has its key when all ends of one of its paths have one. Lists without elements ask for
 * none. Of several ways to lack one, that which has some is the telling one. */
static bool read_place(struct cmek_key_reader *reader, const struct walker *walker,
                       const struct cmek_field_paths *place, struct cmek_key_lack *lack)
{
    bool has_ends = false, has_key = false, is_partial = false;
    for (size_t i = 0; i < place->count; i++) {
        read_path(reader, walker, &place->items[i]);
        has_ends |= reader->ends > 0;
        has_key |= reader->ends > 0 && reader->keyed == reader->ends;
        if (reader->lack.path && (!lack->path || (reader->keyed > 0 && !is_partial)))
            *lack = reader->lack;
        is_partial |= reader->keyed > 0;
    }
    return has_key || !has_ends;
}

static void keep_keys(struct cmek_key_reader *reader)
{
    struct cmek_resource_data *resource = reader->resource;
    if (reader->count == 0)
        return;
    resource->kms_key = reader->keys[0];
    if (reader->count == 1)
        return;
    const char **more = cmek_arena_array(reader->arena, reader->count - 1, sizeof *more);
    memcpy(more, reader->keys + 1, (reader->count - 1) * sizeof *more);
    resource->more_keys = (struct cmek_strings){more, reader->count - 1};
}

bool cmek_resource_keys_read(const struct cmek_key_places *keys,
                             const struct cmek_key_places *further, cmek_key_walk *walk,
                             void *payload, struct cmek_resource_data *resource,
                             struct cmek_arena *arena)
{
    struct cmek_key_reader reader;
    const struct walker walker = {walk, payload};
    struct cmek_key_lack first = {.path = NULL};
    reader.resource = resource;
    reader.arena = arena;
    reader.count = 0;
    for (size_t i = 0; i < keys->count; i++) {
        struct cmek_key_lack lack = {.path = NULL};
        if (!read_place(&reader, &walker, &keys->items[i], &lack) && !first.path)
            first = lack;
    }
    for (size_t i = 0; i < further->count; i++)
        for (size_t k = 0; k < further->items[i].count; k++)
            read_path(&reader, &walker, &further->items[i].items[k]);
    keep_keys(&reader);
    if (first.path && reader.count > 0)
        resource->keyless_place = cmek_field_place(first.path, first.indexes, arena);
    return reader.count == 0 || first.path;
}
