/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void cmek_secret_set(struct cmek_secret *secret, const char *bytes, size_t length)
{
    char *copy = cmek_malloc(length + 1);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    cmek_secret_done(secret);
    secret->bytes = copy;
    secret->length = length;
}

void cmek_secret_done(struct cmek_secret *secret)
{
    if (!secret || !secret->bytes)
        return;
    explicit_bzero(secret->bytes, secret->length);
    free(secret->bytes);
    *secret = (struct cmek_secret){0};
}

void cmek_secret_wipe_text(const char *text)
{
    if (text)
        explicit_bzero((char *)(uintptr_t)text, strlen(text));
}
