/* SPDX-License-Identifier: Apache-2.0 */
#include "http/waiting.h"

#include "http/transfer.h"

static void swap(struct cmek_waiting *waiting, size_t a, size_t b)
{
    struct cmek_transfer *kept = waiting->heap.items[a];
    waiting->heap.items[a] = waiting->heap.items[b];
    waiting->heap.items[b] = kept;
}

static bool is_earlier(const struct cmek_waiting *waiting, size_t a, size_t b)
{
    return waiting->heap.items[a]->due_ms < waiting->heap.items[b]->due_ms;
}

void cmek_waiting_add(struct cmek_waiting *waiting, struct cmek_transfer *transfer)
{
    size_t child = waiting->heap.count;
    *CMEK_VEC_ADD(&waiting->heap) = transfer;
    while (child > 0 && is_earlier(waiting, child, (child - 1) / 2)) {
        swap(waiting, child, (child - 1) / 2);
        child = (child - 1) / 2;
    }
}

struct cmek_transfer *cmek_waiting_first(const struct cmek_waiting *waiting)
{
    return waiting->heap.count > 0 ? waiting->heap.items[0] : NULL;
}

struct cmek_transfer *cmek_waiting_take(struct cmek_waiting *waiting)
{
    if (waiting->heap.count == 0)
        return NULL;
    struct cmek_transfer *first = waiting->heap.items[0];
    size_t count = --waiting->heap.count, parent = 0;
    waiting->heap.items[0] = waiting->heap.items[count];
    for (;;) {
        size_t least = parent;
        for (size_t child = 2 * parent + 1; child <= 2 * parent + 2 && child < count; child++)
            if (is_earlier(waiting, child, least))
                least = child;
        if (least == parent)
            return first;
        swap(waiting, parent, least);
        parent = least;
    }
}

void cmek_waiting_done(struct cmek_waiting *waiting)
{
    CMEK_VEC_DONE(&waiting->heap);
}
