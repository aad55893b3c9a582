/* SPDX-License-Identifier: Apache-2.0 */
/** @file shard.h  Which part of a scan a project falls to, when several divide one among them.
 *
 * The SHA-256 of the project's number and a NUL, as a big-endian integer, modulo the number of
 * shards: a project stays in its shard whatever else is created, and needs nobody to hand it out.
 */
#ifndef CMEK_MODEL_SHARD_H
#define CMEK_MODEL_SHARD_H

#include <stdbool.h>

/** One of several parts; count 0: the whole. */
struct cmek_shard {
    unsigned index, count; /* 1 … count */
};

/** Whether a project falls to the shard, by its number, or by its id where no number is known.
 * NULL: what lies in no known project falls to the first shard. */
bool cmek_shard_holds(struct cmek_shard shard, const char *project);

#endif
