/* SPDX-License-Identifier: Apache-2.0 */
/** @file strings.h  Small questions about strings, and lists of them. */
#ifndef CMEK_BASE_STRINGS_H
#define CMEK_BASE_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

/** A borrowed list of strings. */
struct cmek_strings {
    const char *const *items;
    size_t count;
};

/** Equal; two NULLs are equal, NULL and text are not. */
bool cmek_str_eq(const char *a, const char *b);
bool cmek_str_starts(const char *text, const char *prefix);
bool cmek_str_ends(const char *text, const char *suffix);
/** What follows @p prefix in @p text, or NULL when it does not begin so. */
const char *cmek_str_after(const char *text, const char *prefix);
/** One or more ASCII digits and nothing else. */
bool cmek_str_is_number(const char *text);
/** NULL-safe order: NULL sorts before any text. */
int cmek_str_compare(const char *a, const char *b);

#endif
