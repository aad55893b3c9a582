/* SPDX-License-Identifier: Apache-2.0 */
/** @file utf16.h  UTF-16 text, as PowerShell's `>` writes it, into UTF-8 (RFC 2781, RFC 3629). */
#ifndef CMEK_BASE_UTF16_H
#define CMEK_BASE_UTF16_H

#include <stdbool.h>
#include <stddef.h>

struct cmek_strbuf;

/** Whether @p bytes begin with a byte-order mark of UTF-16. */
bool cmek_utf16_has_mark(const char *bytes, size_t length);
/** Appends text that begins with a byte-order mark as UTF-8, without the mark. A surrogate without
 * its other half, and half a unit at the end, become U+FFFD. */
void cmek_utf16_to_utf8(const char *bytes, size_t length, struct cmek_strbuf *buffer);

#endif
