/* SPDX-License-Identifier: Apache-2.0 */
/** @file secret.h  Tokens and private keys: kept apart from other strings, wiped when done with. */
#ifndef CMEK_BASE_SECRET_H
#define CMEK_BASE_SECRET_H

#include <stddef.h>

/** A wiped-after-use string. All zero is empty. There is no way to print one. */
struct cmek_secret {
    char *bytes; /* NUL-terminated, or NULL */
    size_t length;
};

/** Replaces the content with a copy. */
void cmek_secret_set(struct cmek_secret *secret, const char *bytes, size_t length);
/** Wipes and frees. */
void cmek_secret_done(struct cmek_secret *secret);
/** Overwrites a string that someone else frees, e.g. a secret's copy in an arena or a strbuf; NULL
 * is allowed. */
void cmek_secret_wipe_text(const char *text);

#endif
