/* SPDX-License-Identifier: Apache-2.0 */
/** @file worst.h  The worst few of many findings, for reports whose readers take only so many.
 *
 * Findings come in the order of resources; what is kept is the first N of each rank, so memory does
 * not grow with the findings.
 */
#ifndef CMEK_REPORT_WORST_H
#define CMEK_REPORT_WORST_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct cmek_strbuf;

/** Ranks 0 (shown first) … CMEK_WORST_RANKS - 1. */
#define CMEK_WORST_RANKS 12

struct cmek_worst {
    size_t limit; /* texts kept of each rank */
    struct CMEK_VEC_OF(char *) kept[CMEK_WORST_RANKS];
    uint64_t count[CMEK_WORST_RANKS]; /* of all that were offered */
};

void cmek_worst_init(struct cmek_worst *worst, size_t limit);
/** Takes what @p text holds, or only counts it; @p text is empty afterwards. */
void cmek_worst_offer(struct cmek_worst *worst, unsigned rank, struct cmek_strbuf *text);
uint64_t cmek_worst_total(const struct cmek_worst *worst);
void cmek_worst_done(struct cmek_worst *worst);

#endif
