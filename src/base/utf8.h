/* SPDX-License-Identifier: Apache-2.0 */
/** @file utf8.h  Telling UTF-8 from other bytes (RFC 3629): for every encoder that must emit valid
 * text. */
#ifndef CMEK_BASE_UTF8_H
#define CMEK_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define CMEK_UTF8_INVALID     UINT32_MAX
#define CMEK_UTF8_REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/** Decodes the character at the start of @p bytes (@p length > 0) and returns how many bytes it
 * takes. Bytes that are no UTF-8 (overlong forms, surrogates and codes above U+10FFFF included)
 * give CMEK_UTF8_INVALID and take one byte. */
size_t cmek_utf8_decode(const char *bytes, size_t length, uint32_t *ret_code);

#endif
