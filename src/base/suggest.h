/* SPDX-License-Identifier: Apache-2.0 */
/** @file suggest.h  "Did you mean": the name closest to what was typed. */
#ifndef CMEK_BASE_SUGGEST_H
#define CMEK_BASE_SUGGEST_H

#include <stddef.h>

/** Number of letters to add, drop, change or swap with the next to make one of the other (optimal
 * string alignment); words beyond 64 bytes count as far apart. */
size_t cmek_edit_distance(const char *a, const char *b);

/** Remembers the closest name offered so far. */
struct cmek_suggestion {
    const char *typed, *best;
    size_t distance;
};
void cmek_suggestion_offer(struct cmek_suggestion *suggestion, const char *name);
/** The closest name, if it is close enough to be meant; else NULL. */
const char *cmek_suggestion_best(const struct cmek_suggestion *suggestion);

#endif
