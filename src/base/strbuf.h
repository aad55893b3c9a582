/* SPDX-License-Identifier: Apache-2.0 */
/** @file strbuf.h  A growing string with a ceiling.
 *
 * All zero is a valid empty buffer without a ceiling. Once a ceiling is passed the buffer is marked
 * as overflown and takes nothing more, so a series of appends needs one check at its end.
 */
#ifndef CMEK_BASE_STRBUF_H
#define CMEK_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "cmekscan/error.h"

struct cmek_strbuf {
    char *data; /* NUL-terminated once anything was appended; NULL before */
    size_t length, capacity;
    size_t limit; /* 0: none */
    bool overflow;
};

void cmek_strbuf_append(struct cmek_strbuf *buffer, const char *bytes, size_t length);
/** Room for @p length more bytes, which the caller fills; NULL when they do not fit. */
char *cmek_strbuf_extend(struct cmek_strbuf *buffer, size_t length);
void cmek_strbuf_puts(struct cmek_strbuf *buffer, const char *text);
void cmek_strbuf_putc(struct cmek_strbuf *buffer, char byte);
void cmek_strbuf_printf(struct cmek_strbuf *buffer, const char *format, ...) CMEK_PRINTF(2, 3);
/** The text so far, never NULL; valid until the next change. */
const char *cmek_strbuf_text(const struct cmek_strbuf *buffer);
/** Empties the buffer, keeping its memory and its limit. */
void cmek_strbuf_clear(struct cmek_strbuf *buffer);
/** Gives the string to the caller, who frees it with free(); never NULL. The buffer is empty
 * afterwards. */
char *cmek_strbuf_detach(struct cmek_strbuf *buffer);
void cmek_strbuf_done(struct cmek_strbuf *buffer);

#endif
