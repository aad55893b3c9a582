/* SPDX-License-Identifier: Apache-2.0 */
#include "report/worst.h"

#include <assert.h>
#include <stdlib.h>

#include "base/strbuf.h"

void cmek_worst_init(struct cmek_worst *worst, size_t limit)
{
    *worst = (struct cmek_worst){.limit = limit};
}

void cmek_worst_offer(struct cmek_worst *worst, unsigned rank, struct cmek_strbuf *text)
{
    assert(rank < CMEK_WORST_RANKS);
    worst->count[rank]++;
    if (worst->kept[rank].count < worst->limit)
        *CMEK_VEC_ADD(&worst->kept[rank]) = cmek_strbuf_detach(text);
    cmek_strbuf_clear(text);
}

uint64_t cmek_worst_total(const struct cmek_worst *worst)
{
    uint64_t total = 0;
    for (unsigned rank = 0; rank < CMEK_WORST_RANKS; rank++)
        total += worst->count[rank];
    return total;
}

void cmek_worst_done(struct cmek_worst *worst)
{
    for (unsigned rank = 0; rank < CMEK_WORST_RANKS; rank++) {
        for (size_t i = 0; i < worst->kept[rank].count; i++)
            free(worst->kept[rank].items[i]);
        CMEK_VEC_DONE(&worst->kept[rank]);
    }
}
