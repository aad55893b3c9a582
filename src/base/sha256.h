/* SPDX-License-Identifier: Apache-2.0 */
/** @file sha256.h  SHA-256 of a list of strings, for identifiers that stay the same from scan to
 * scan. */
#ifndef CMEK_BASE_SHA256_H
#define CMEK_BASE_SHA256_H

#include <stddef.h>

#define CMEK_SHA256_HEX_SIZE 65

/** Writes the digest of @p parts, each followed by a NUL, as lower-case hex. A NULL part counts as
 * an empty one, but
 * ("a", "bc") and ("ab", "c") differ. */
void cmek_sha256_hex(const char *const *parts, size_t count, char hex[CMEK_SHA256_HEX_SIZE]);

#endif
