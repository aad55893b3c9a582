/* SPDX-License-Identifier: Apache-2.0 */
/** @file vec.h  Typed growing arrays.
 *
 *     CMEK_VEC(struct finding) findings = {0};
 *     *CMEK_VEC_ADD(&findings) = finding;      // a zeroed slot, valid until the next add
 *     CMEK_VEC_DONE(&findings);
 */
#ifndef CMEK_BASE_VEC_H
#define CMEK_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

/** An anonymous struct type; name it with `struct name CMEK_VEC_OF(type)` where it crosses a
 * function. */
#define CMEK_VEC_OF(type)                                                                          \
    {                                                                                              \
        type *items;                                                                               \
        size_t count, capacity;                                                                    \
    }
#define CMEK_VEC(type) struct CMEK_VEC_OF(type)

/** A pointer to one more item, zeroed. */
#define CMEK_VEC_ADD(vec)                                                                          \
    ((vec)->items =                                                                                \
         cmek_vec_reserve((vec)->items, (vec)->count, &(vec)->capacity, sizeof *(vec)->items),     \
     &(vec)->items[(vec)->count++])

#define CMEK_VEC_DONE(vec)                                                                         \
    (free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->capacity = 0)

/** Makes room for one more item than @p count and zeroes that slot; use it through CMEK_VEC_ADD. */
void *cmek_vec_reserve(void *items, size_t count, size_t *capacity, size_t item_size);

#endif
