/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "source/asset_line.h"

/* Beyond this the one thread that takes the records is the slowest. */
#define MOST_THREADS ((size_t)4)
/* Large enough that handing a batch over costs nothing, small enough to stay in the cache. */
#define BATCH_BYTES ((size_t)128 * 1024)

struct item {
    size_t offset, length; /* in the batch's text */
    struct cmek_asset_line line;
};

/* Consecutive lines of one file. Belongs to the caller's thread until it is submitted and again
 * once it is done, to one decoding thread in between. */
struct batch {
    char *path;
    struct cmek_strbuf text;
    CMEK_VEC(struct item) items;
    struct cmek_arena arena; /* of the records */
    bool is_done;
};

struct cmek_asset_pool {
    void (*take)(void *payload, const struct cmek_asset_line *line);
    void *payload;
    pthread_t threads[MOST_THREADS];
    size_t thread_count;
    struct cmek_asset_line_decoder
        decoder; /* of the caller's thread, when it has to do all itself */

    /* A ring: batch n is batches[n % batch_count]; handed_over <= begun <= submitted. */
    struct batch *batches;
    size_t batch_count;
    size_t handed_over; /* the caller's alone, like the batch after those submitted */

    pthread_mutex_t lock; /* guards what follows, and each batch's is_done */
    pthread_cond_t has_work, has_results;
    size_t submitted, begun;
    bool is_ending;
};

/* Decoding */

static void decode_item(struct cmek_asset_line_decoder *decoder, struct batch *batch,
                        struct item *item)
{
    struct cmek_asset_line *line = &item->line;
    if (line->kind == CMEK_LINE_DAMAGED)
        return;
    struct cmek_error problem = {0};
    bool is_relevant;
    if (cmek_asset_line_decode(decoder, cmek_strbuf_text(&batch->text) + item->offset, item->length,
                               &batch->arena, &line->record, &is_relevant, &problem) == CMEK_OK) {
        line->kind = is_relevant ? CMEK_LINE_RECORD : CMEK_LINE_SKIPPED;
    } else {
        line->kind = CMEK_LINE_DAMAGED;
        line->message = cmek_arena_strdup(&batch->arena, problem.message);
    }
}

static void decode_batch(struct cmek_asset_line_decoder *decoder, struct batch *batch)
{
    for (size_t i = 0; i < batch->items.count; i++)
        decode_item(decoder, batch, &batch->items.items[i]);
}

/* The next batch that nobody works on yet; NULL: there will be none. */
static struct batch *next_work(struct cmek_asset_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->begun == pool->submitted && !pool->is_ending)
        pthread_cond_wait(&pool->has_work, &pool->lock);
    struct batch *batch = NULL;
    if (!pool->is_ending)
        batch = &pool->batches[pool->begun++ % pool->batch_count];
    pthread_mutex_unlock(&pool->lock);
    return batch;
}

static void mark_done(struct cmek_asset_pool *pool, struct batch *batch)
{
    pthread_mutex_lock(&pool->lock);
    batch->is_done = true;
    pthread_cond_signal(&pool->has_results);
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *payload)
{
    struct cmek_asset_pool *pool = payload;
    struct cmek_asset_line_decoder decoder = {0};
    struct batch *batch;
    while ((batch = next_work(pool))) {
        decode_batch(&decoder, batch);
        mark_done(pool, batch);
    }
    cmek_asset_line_decoder_done(&decoder);
    return NULL;
}

/* The caller's side */

static struct batch *filling(struct cmek_asset_pool *pool)
{
    return &pool->batches[pool->submitted % pool->batch_count];
}

static void empty(struct batch *batch)
{
    free(batch->path);
    batch->path = NULL;
    batch->items.count = 0;
    batch->is_done = false;
    cmek_arena_clear(&batch->arena);
    if (batch->text.capacity > 2 * BATCH_BYTES) /* one huge line must not cost memory for ever */
        cmek_strbuf_done(&batch->text);
    cmek_strbuf_clear(&batch->text);
}

static void hand_over_oldest(struct cmek_asset_pool *pool)
{
    struct batch *batch = &pool->batches[pool->handed_over % pool->batch_count];
    if (pool->thread_count == 0)
        decode_batch(&pool->decoder, batch);
    pthread_mutex_lock(&pool->lock);
    while (!batch->is_done && pool->thread_count > 0)
        pthread_cond_wait(&pool->has_results, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < batch->items.count; i++)
        pool->take(pool->payload, &batch->items.items[i].line);
    empty(batch);
    pool->handed_over++;
}

static void submit(struct cmek_asset_pool *pool)
{
    if (filling(pool)->items.count == 0)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->submitted++;
    pthread_cond_signal(&pool->has_work);
    pthread_mutex_unlock(&pool->lock);
    if (pool->submitted - pool->handed_over == pool->batch_count)
        hand_over_oldest(pool);
}

static struct item *add_item(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin)
{
    struct batch *batch = filling(pool);
    if (batch->text.length >= BATCH_BYTES || batch->items.count >= BATCH_BYTES / 64 ||
        (batch->path && !cmek_str_eq(batch->path, origin->path)))
        submit(pool);
    batch = filling(pool);
    if (!batch->path)
        batch->path = cmek_strdup(origin->path);
    struct item *item = CMEK_VEC_ADD(&batch->items);
    item->line.origin = (struct cmek_line_origin){batch->path, origin->number};
    return item;
}

void cmek_asset_pool_line(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                          const char *text, size_t length)
{
    struct item *item = add_item(pool, origin);
    struct cmek_strbuf *copy = &filling(pool)->text;
    item->offset = copy->length;
    item->length = length;
    cmek_strbuf_append(copy, text, length);
}

void cmek_asset_pool_damaged(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                             const char *message)
{
    struct item *item = add_item(pool, origin);
    item->line.kind = CMEK_LINE_DAMAGED;
    item->line.message = cmek_arena_strdup(&filling(pool)->arena, message);
}

void cmek_asset_pool_finish(struct cmek_asset_pool *pool)
{
    submit(pool);
    while (pool->handed_over < pool->submitted)
        hand_over_oldest(pool);
}

static size_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (size_t)count : 1;
}

struct cmek_asset_pool *
cmek_asset_pool_new(size_t threads, void (*take)(void *payload, const struct cmek_asset_line *line),
                    void *payload)
{
    struct cmek_asset_pool *pool = cmek_calloc(1, sizeof *pool);
    if (threads == 0)
        threads = processors();
    if (threads > MOST_THREADS)
        threads = MOST_THREADS;
    pool->take = take;
    pool->payload = payload;
    pool->batch_count = 2 * threads + 2;
    pool->batches = cmek_calloc(pool->batch_count, sizeof *pool->batches);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->has_work, NULL);
    pthread_cond_init(&pool->has_results, NULL);
    while (pool->thread_count < threads &&
           pthread_create(&pool->threads[pool->thread_count], NULL, work, pool) == 0)
        pool->thread_count++;
    return pool;
}

void cmek_asset_pool_free(struct cmek_asset_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->has_work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    for (size_t i = 0; i < pool->batch_count; i++) {
        struct batch *batch = &pool->batches[i];
        free(batch->path);
        cmek_strbuf_done(&batch->text);
        CMEK_VEC_DONE(&batch->items);
        cmek_arena_done(&batch->arena);
    }
    pthread_cond_destroy(&pool->has_results);
    pthread_cond_destroy(&pool->has_work);
    pthread_mutex_destroy(&pool->lock);
    cmek_asset_line_decoder_done(&pool->decoder);
    free(pool->batches);
    free(pool);
}
