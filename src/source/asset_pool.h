/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_pool.h  Inside src/source: decoding the lines of asset files on several threads.
 *
 * Lines go in and results come out in the same order on the caller's own thread, whatever the
 * number of threads, so nothing behind the results knows that there are any. Memory is bounded: a
 * caller that is ahead of the threads waits for them.
 */
#ifndef CMEK_SOURCE_ASSET_POOL_H
#define CMEK_SOURCE_ASSET_POOL_H

#include <stddef.h>

#include "model/record.h"
#include "source/asset_lines.h"

struct cmek_asset_pool;

enum cmek_asset_line_kind {
    CMEK_LINE_RECORD,
    CMEK_LINE_SKIPPED, /* an asset of another type */
    CMEK_LINE_DAMAGED,
};

/** What a line came to; valid during the call that hands it over. */
struct cmek_asset_line {
    enum cmek_asset_line_kind kind;
    struct cmek_line_origin origin;
    struct cmek_record record; /* of RECORD */
    const char *message;       /* of DAMAGED */
};

/** @p threads: how many decode; 0: as many as there are processors, few at most. @p take is called
 * inside line, damaged and finish. */
struct cmek_asset_pool *
cmek_asset_pool_new(size_t threads, void (*take)(void *payload, const struct cmek_asset_line *line),
                    void *payload);
/** Adds a line; it is copied. */
void cmek_asset_pool_line(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                          const char *text, size_t length);
/** Adds a line that is known to be damaged, in its place. */
void cmek_asset_pool_damaged(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                             const char *message);
/** Hands over all that is left. */
void cmek_asset_pool_finish(struct cmek_asset_pool *pool);
void cmek_asset_pool_free(struct cmek_asset_pool *pool);

#endif
