/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/vec.h"
#include "source/asset_line.h"

/* Beyond this the one thread that takes the records is the slowest. */
#define MOST_THREADS ((size_t)8)
/* Large enough that handing a batch over costs nothing, small enough to stay in the cache. */
#define BATCH_BYTES ((size_t)128 * 1024)

enum piece_kind { LINES, ASSET, DAMAGED };

/* A part of a batch as it was added. */
struct piece {
    enum piece_kind kind;
    size_t offset, length; /* in the batch's text; of DAMAGED the message */
    size_t number;         /* of the line, or the first of them */
};

/* Consecutive pieces of one file. Belongs to the reading thread until it is submitted, to one
 * decoding thread until it is done, then to the caller's. */
struct batch {
    char *path;
    struct cmek_strbuf text;
    CMEK_VEC(struct piece) pieces;
    CMEK_VEC(struct cmek_asset_line) results;
    uint64_t skipped;
    struct cmek_arena arena; /* of the results */
    bool is_done;
};

struct cmek_asset_pool {
    const struct cmek_asset_work *work;
    size_t decoders;
    bool is_threaded;        /* else the caller's thread does everything, batch by batch */
    enum cmek_status status; /* what reading came to */
    struct cmek_error err;
    uint64_t skipped;

    /* A ring: batch n is batches[n % batch_count]; handed_over <= begun <= submitted. The one after
     * those submitted is being filled. */
    struct batch *batches;
    size_t batch_count;

    pthread_mutex_t lock; /* guards what follows, and each batch's is_done */
    pthread_cond_t has_room, has_work, has_results;
    size_t handed_over, submitted, begun;
    bool is_read; /* nothing more will be submitted */
};

/* Decoding */

static void add_damage(struct batch *batch, size_t number, const char *message)
{
    struct cmek_asset_line *line = CMEK_VEC_ADD(&batch->results);
    line->origin = (struct cmek_line_origin){batch->path, number};
    line->message = cmek_arena_strdup(&batch->arena, message);
}

static void decode_asset(struct cmek_asset_line_decoder *decoder, struct batch *batch,
                         size_t number, const char *text, size_t length)
{
    struct cmek_error problem = {0};
    struct cmek_record record;
    bool is_relevant;
    if (cmek_asset_line_decode(decoder, text, length, &batch->arena, &record, &is_relevant,
                               &problem) != CMEK_OK) {
        add_damage(batch, number, problem.message);
    } else if (!is_relevant) {
        batch->skipped++;
    } else {
        struct cmek_asset_line *line = CMEK_VEC_ADD(&batch->results);
        line->origin = (struct cmek_line_origin){batch->path, number};
        line->record = record;
    }
}

static void decode_lines(struct cmek_asset_line_decoder *decoder, struct batch *batch,
                         const struct piece *piece, const char *text)
{
    struct cmek_line_cursor cursor = {text, text + piece->length, piece->number - 1};
    size_t length;
    while (cmek_line_next(&cursor, &text, &length))
        decode_asset(decoder, batch, cursor.number, text, length);
}

static void decode_batch(struct cmek_asset_line_decoder *decoder, struct batch *batch)
{
    for (size_t i = 0; i < batch->pieces.count; i++) {
        const struct piece *piece = &batch->pieces.items[i];
        const char *text = cmek_strbuf_text(&batch->text) + piece->offset;
        if (piece->kind == LINES)
            decode_lines(decoder, batch, piece, text);
        else if (piece->kind == ASSET)
            decode_asset(decoder, batch, piece->number, text, piece->length);
        else
            add_damage(batch, piece->number, text);
    }
}

/* The next batch that nobody works on yet; NULL: there will be none. */
static struct batch *next_work(struct cmek_asset_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->begun == pool->submitted && !pool->is_read)
        pthread_cond_wait(&pool->has_work, &pool->lock);
    struct batch *batch = NULL;
    if (pool->begun < pool->submitted)
        batch = &pool->batches[pool->begun++ % pool->batch_count];
    pthread_mutex_unlock(&pool->lock);
    return batch;
}

static void *decode(void *payload)
{
    struct cmek_asset_pool *pool = payload;
    struct cmek_asset_line_decoder decoder = {.catalogue = pool->work->catalogue};
    struct batch *batch;
    while ((batch = next_work(pool))) {
        decode_batch(&decoder, batch);
        pthread_mutex_lock(&pool->lock);
        batch->is_done = true;
        pthread_cond_signal(&pool->has_results);
        pthread_mutex_unlock(&pool->lock);
    }
    cmek_asset_line_decoder_done(&decoder);
    return NULL;
}

/* Handing over */

static void empty(struct batch *batch)
{
    free(batch->path);
    batch->path = NULL;
    batch->pieces.count = batch->results.count = 0;
    batch->skipped = 0;
    batch->is_done = false;
    cmek_arena_clear(&batch->arena);
    if (batch->text.capacity > 4 * BATCH_BYTES) /* one huge line must not cost memory for ever */
        cmek_strbuf_done(&batch->text);
    cmek_strbuf_clear(&batch->text);
}

static void hand_over(struct cmek_asset_pool *pool, struct batch *batch)
{
    for (size_t i = 0; i < batch->results.count; i++)
        pool->work->take(pool->work->payload, &batch->results.items[i]);
    pool->skipped += batch->skipped;
    empty(batch);
}

/* The oldest batch, once it is decoded; NULL: all have been handed over. */
static struct batch *next_results(struct cmek_asset_pool *pool)
{
    struct batch *batch = &pool->batches[pool->handed_over % pool->batch_count];
    pthread_mutex_lock(&pool->lock);
    while (!batch->is_done && !(pool->is_read && pool->handed_over == pool->submitted))
        pthread_cond_wait(&pool->has_results, &pool->lock);
    bool is_end = !batch->is_done;
    pthread_mutex_unlock(&pool->lock);
    return is_end ? NULL : batch;
}

static void hand_over_all(struct cmek_asset_pool *pool)
{
    struct batch *batch;
    while ((batch = next_results(pool))) {
        hand_over(pool, batch);
        pthread_mutex_lock(&pool->lock);
        pool->handed_over++;
        pthread_cond_signal(&pool->has_room);
        pthread_mutex_unlock(&pool->lock);
    }
}

/* Reading */

static struct batch *filling(struct cmek_asset_pool *pool)
{
    return &pool->batches[pool->submitted % pool->batch_count];
}

static void submit(struct cmek_asset_pool *pool)
{
    if (filling(pool)->pieces.count == 0)
        return;
    if (!pool->is_threaded) {
        struct cmek_asset_line_decoder decoder = {.catalogue = pool->work->catalogue};
        decode_batch(&decoder, filling(pool));
        cmek_asset_line_decoder_done(&decoder);
        hand_over(pool, filling(pool));
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->submitted++;
    pthread_cond_signal(&pool->has_work);
    while (pool->submitted - pool->handed_over == pool->batch_count)
        pthread_cond_wait(&pool->has_room, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static void add(struct cmek_asset_pool *pool, enum piece_kind kind,
                const struct cmek_line_origin *origin, const char *text, size_t length)
{
    struct batch *batch = filling(pool);
    if (batch->text.length >= BATCH_BYTES ||
        (batch->path && !cmek_str_eq(batch->path, origin->path))) {
        submit(pool);
        batch = filling(pool);
    }
    if (!batch->path)
        batch->path = cmek_strdup(origin->path);
    *CMEK_VEC_ADD(&batch->pieces) =
        (struct piece){kind, batch->text.length, length, origin->number};
    cmek_strbuf_append(&batch->text, text, length);
}

void cmek_asset_pool_lines(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                           const char *text, size_t length)
{
    add(pool, LINES, origin, text, length);
}

void cmek_asset_pool_asset(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                           const char *text, size_t length)
{
    add(pool, ASSET, origin, text, length);
}

void cmek_asset_pool_damaged(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                             const char *message)
{
    add(pool, DAMAGED, origin, message, strlen(message) + 1);
}

static void *read_all(void *payload)
{
    struct cmek_asset_pool *pool = payload;
    pool->status = pool->work->read(pool->work->payload, pool, &pool->err);
    submit(pool);
    pthread_mutex_lock(&pool->lock);
    pool->is_read = true;
    pthread_cond_broadcast(&pool->has_work);
    pthread_cond_signal(&pool->has_results);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* All together */

static size_t decoder_count(size_t wanted)
{
    if (wanted == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        wanted = processors > 0 ? (size_t)processors : 1;
    }
    return wanted < MOST_THREADS ? wanted : MOST_THREADS;
}

static void pool_init(struct cmek_asset_pool *pool, const struct cmek_asset_work *work)
{
    pool->work = work;
    pool->decoders = decoder_count(work->threads);
    pool->batch_count = 2 * pool->decoders + 2;
    pool->batches = cmek_calloc(pool->batch_count, sizeof *pool->batches);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->has_room, NULL);
    pthread_cond_init(&pool->has_work, NULL);
    pthread_cond_init(&pool->has_results, NULL);
}

static void pool_done(struct cmek_asset_pool *pool)
{
    for (size_t i = 0; i < pool->batch_count; i++) {
        struct batch *batch = &pool->batches[i];
        free(batch->path);
        cmek_strbuf_done(&batch->text);
        CMEK_VEC_DONE(&batch->pieces);
        CMEK_VEC_DONE(&batch->results);
        cmek_arena_done(&batch->arena);
    }
    pthread_cond_destroy(&pool->has_results);
    pthread_cond_destroy(&pool->has_work);
    pthread_cond_destroy(&pool->has_room);
    pthread_mutex_destroy(&pool->lock);
    free(pool->batches);
}

/* Where threads are not to be had, one is enough; the reader is started last, so that without it
 * there is nothing to decode. */
static void run(struct cmek_asset_pool *pool)
{
    pthread_t decoders[MOST_THREADS], reader;
    size_t started = 0;
    while (started < pool->decoders && pthread_create(&decoders[started], NULL, decode, pool) == 0)
        started++;
    pool->is_threaded = started > 0;
    if (pool->is_threaded && pthread_create(&reader, NULL, read_all, pool) == 0) {
        hand_over_all(pool);
        pthread_join(reader, NULL);
    } else {
        pool->is_threaded = false;
        read_all(pool);
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(decoders[i], NULL);
}

enum cmek_status cmek_asset_pool_run(const struct cmek_asset_work *work, uint64_t *ret_skipped,
                                     struct cmek_error *err)
{
    struct cmek_asset_pool pool = {0};
    pool_init(&pool, work);
    run(&pool);
    pool_done(&pool);
    *ret_skipped = pool.skipped;
    if (pool.status != CMEK_OK)
        return cmek_fail(err, pool.status, "%s", pool.err.message);
    return CMEK_OK;
}
