/* SPDX-License-Identifier: Apache-2.0 */
/** @file alloc.h  Allocation that cannot fail: out of memory ends the process, in one place.
 *
 * cmekscan is a short-lived process with a ceiling on every input, so running out of memory is an
 * accident of the machine. It prints one line and leaves with exit status 4; no caller checks for
 * NULL.
 */
#ifndef CMEK_BASE_ALLOC_H
#define CMEK_BASE_ALLOC_H

#include <stddef.h>

void *cmek_malloc(size_t size);
void *cmek_calloc(size_t count, size_t size);
void *cmek_realloc(void *memory, size_t size);
/** Room for @p count items of @p size bytes; the product is checked for overflow. */
void *cmek_reallocarray(void *memory, size_t count, size_t size);
char *cmek_strdup(const char *text);

/** Has large pieces go back to the system as soon as they are freed; for the beginning of main.
 * Else glibc comes to take them from the heap, where each leaves a hole. */
void cmek_alloc_keep_little(void);
/** Gives free memory between pieces in use back to the system: after a phase that used much of it.
 */
void cmek_alloc_give_back(void);

#endif
