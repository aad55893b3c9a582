/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

#include <string.h>

#include "base/alloc.h"

void *cmek_vec_reserve(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count == *capacity) {
        *capacity = *capacity > 0 ? *capacity + *capacity / 2 + 1 : 8;
        items = cmek_reallocarray(items, *capacity, item_size);
    }
    memset((char *)items + count * item_size, 0, item_size);
    return items;
}
