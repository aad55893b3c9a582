/* SPDX-License-Identifier: Apache-2.0 */
/** @file cleanup.h  A foreign resource and its release on the same line (gcc and clang's cleanup
 * attribute). */
#ifndef CMEK_BASE_CLEANUP_H
#define CMEK_BASE_CLEANUP_H

/** Releases the variable with @p function(&variable) when its scope ends. Always initialise such a
 * variable. */
#define CMEK_CLEANUP(function) __attribute__((cleanup(function)))

/** Defines `name(type **)` for CMEK_CLEANUP from a plain `release(type *)`; NULL is left alone. */
#define CMEK_DEFINE_CLEANUP(type, release, name)                                                   \
    static inline void name(type **pointer)                                                        \
    {                                                                                              \
        if (*pointer)                                                                              \
            release(*pointer);                                                                     \
    }

/** Moves the pointer out of a CMEK_CLEANUP variable: ownership leaves, nothing is released. */
#define CMEK_TAKE(pointer)                                                                         \
    __extension__({                                                                                \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

#endif
