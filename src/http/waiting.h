/* SPDX-License-Identifier: Apache-2.0 */
/** @file waiting.h  Transfers that wait for their time (`due_ms`): a binary heap, earliest first.
 */
#ifndef CMEK_HTTP_WAITING_H
#define CMEK_HTTP_WAITING_H

#include <stdint.h>

#include "base/vec.h"

struct cmek_transfer;

/** All zero is valid and empty. */
struct cmek_waiting {
    CMEK_VEC(struct cmek_transfer *) heap;
};

void cmek_waiting_add(struct cmek_waiting *waiting, struct cmek_transfer *transfer);
/** The earliest, or NULL; it stays. */
struct cmek_transfer *cmek_waiting_first(const struct cmek_waiting *waiting);
/** Removes the earliest and returns it, or NULL. */
struct cmek_transfer *cmek_waiting_take(struct cmek_waiting *waiting);
void cmek_waiting_done(struct cmek_waiting *waiting);

#endif
