/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_pool.h  Inside src/source: decoding the lines of asset files on several threads.
 *
 * One thread reads, several decode, and the results come out on the caller's own thread in the
 * order of the lines, whatever the number of threads, so nothing behind the results knows that
 * there are any. Memory is bounded: whoever is ahead of the others waits for them.
 */
#ifndef CMEK_SOURCE_ASSET_POOL_H
#define CMEK_SOURCE_ASSET_POOL_H

#include <stdint.h>

#include "base/error.h"
#include "model/record.h"
#include "source/asset_lines.h"

struct cmek_asset_pool;
struct cmek_catalogue;

/** What a line came to; valid during the call that hands it over. */
struct cmek_asset_line {
    struct cmek_line_origin origin;
    const char *message;       /* damaged, and why; NULL: not damaged */
    struct cmek_record record; /* when it is not damaged */
};

struct cmek_asset_work {
    /** Reads; called once, on a thread of its own, to call cmek_asset_pool_lines and the others. */
    enum cmek_status (*read)(void *payload, struct cmek_asset_pool *pool, struct cmek_error *err);
    /** Takes a record or a damaged line; called on the caller's thread. Lines of other types are
     * only counted. */
    void (*take)(void *payload, const struct cmek_asset_line *line);
    void *payload;
    size_t threads; /* that decode; 0: as many as there are processors, few at most */
    const struct cmek_catalogue *catalogue; /* resources of its selected services matter */
};

/** Runs @p work to its end. *@p ret_skipped: how many assets were of other types. Returns what
 * `read` did. */
CMEK_NODISCARD enum cmek_status cmek_asset_pool_run(const struct cmek_asset_work *work,
                                                    uint64_t *ret_skipped, struct cmek_error *err);

/** For `read`. Adds whole lines, which are copied; @p origin is that of the first. */
void cmek_asset_pool_lines(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                           const char *text, size_t length);
/** Adds one asset, line ends and all. */
void cmek_asset_pool_asset(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                           const char *text, size_t length);
/** Adds a line that is known to be damaged, in its place. */
void cmek_asset_pool_damaged(struct cmek_asset_pool *pool, const struct cmek_line_origin *origin,
                             const char *message);

#endif
