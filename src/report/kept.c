/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kept.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cmekscan/reporter.h"
#include "report/finding_json.h"
#include "report/gate.h"

void cmek_kept_init(struct cmek_kept *kept, size_t limit)
{
    *kept = (struct cmek_kept){.limit = limit};
}

static unsigned rank_of(const struct cmek_scan_summary *summary, const struct cmek_finding *finding)
{
    if (finding->status == CMEK_STATUS_UNKNOWN)
        return CMEK_KEPT_UNKNOWN;
    if (finding->status != CMEK_STATUS_FAIL)
        return CMEK_KEPT_REST;
    if (finding->enforcement == CMEK_DRY_RUN)
        return CMEK_KEPT_DRY_RUN;
    return (cmek_gate_holds(summary, finding) ? CMEK_KEPT_GATES : CMEK_KEPT_FAILS) +
           finding->severity;
}

static void forget(struct cmek_kept_finding *finding)
{
    cmek_arena_done(&finding->arena);
    free(finding);
}

/* Drops the last of the worst rank that is after @p rank; false: there is none. */
static bool make_room(struct cmek_kept *kept, unsigned rank)
{
    for (unsigned last = CMEK_KEPT_RANKS - 1; last > rank; last--)
        if (kept->ranks[last].count > 0) {
            forget(kept->ranks[last].items[--kept->ranks[last].count]);
            kept->count--;
            return true;
        }
    return false;
}

void cmek_kept_offer(struct cmek_kept *kept, const struct cmek_scan_summary *summary,
                     const struct cmek_finding *finding)
{
    unsigned rank = rank_of(summary, finding);
    uint64_t order = cmek_kept_total(kept);
    kept->offered[rank]++;
    if (kept->count >= kept->limit && !make_room(kept, rank))
        return;
    struct cmek_finding shown = *finding;
    shown.ancestor_count = shown.reference_count = shown.control_count = 0;
    struct cmek_kept_finding *copy = cmek_calloc(1, sizeof *copy);
    copy->rank = rank;
    copy->order = order;
    cmek_finding_copy(&shown, &copy->arena, &copy->finding);
    *CMEK_VEC_ADD(&kept->ranks[rank]) = copy;
    kept->count++;
}

uint64_t cmek_kept_total(const struct cmek_kept *kept)
{
    uint64_t total = 0;
    for (unsigned rank = 0; rank < CMEK_KEPT_RANKS; rank++)
        total += kept->offered[rank];
    return total;
}

void cmek_kept_done(struct cmek_kept *kept)
{
    for (unsigned rank = 0; rank < CMEK_KEPT_RANKS; rank++) {
        for (size_t i = 0; i < kept->ranks[rank].count; i++)
            forget(kept->ranks[rank].items[i]);
        CMEK_VEC_DONE(&kept->ranks[rank]);
    }
}
