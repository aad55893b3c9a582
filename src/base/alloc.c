/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGE_BYTES (256 * 1024)

static _Noreturn void out_of_memory(void)
{
    static const char message[] = "cmekscan: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(4);
}

void *cmek_malloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

void *cmek_calloc(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

void *cmek_realloc(void *memory, size_t size)
{
    void *grown = realloc(memory, size > 0 ? size : 1);
    if (!grown)
        out_of_memory();
    return grown;
}

void *cmek_reallocarray(void *memory, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        out_of_memory();
    return cmek_realloc(memory, count * size);
}

char *cmek_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(cmek_malloc(size), text, size);
}

void cmek_alloc_keep_little(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
#endif
}

void cmek_alloc_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
