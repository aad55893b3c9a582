/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf16.h"

#include <stdint.h>

#include "base/strbuf.h"
#include "base/utf8.h"

struct reader {
    const unsigned char *at, *end;
    bool is_big_endian;
};

bool cmek_utf16_has_mark(const char *bytes, size_t length)
{
    if (length < 2)
        return false;
    unsigned char first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];
    return (first == 0xFF && second == 0xFE) || (first == 0xFE && second == 0xFF);
}

/* The unit at the reader's place, which has two bytes left. */
static uint32_t peek(const struct reader *reader)
{
    unsigned high = reader->is_big_endian ? reader->at[0] : reader->at[1];
    unsigned low = reader->is_big_endian ? reader->at[1] : reader->at[0];
    return high << 8 | low;
}

static bool has_unit(const struct reader *reader)
{
    return reader->end - reader->at >= 2;
}

/* One character, or CMEK_UTF8_INVALID. */
static uint32_t next(struct reader *reader)
{
    if (!has_unit(reader)) {
        reader->at = reader->end;
        return CMEK_UTF8_INVALID;
    }
    uint32_t unit = peek(reader);
    reader->at += 2;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (unit > 0xDBFF || !has_unit(reader))
        return CMEK_UTF8_INVALID;
    uint32_t low = peek(reader);
    if (low < 0xDC00 || low > 0xDFFF)
        return CMEK_UTF8_INVALID;
    reader->at += 2;
    return 0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
}

static void put(struct cmek_strbuf *buffer, uint32_t code)
{
    char bytes[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(leads[length] | code);
    cmek_strbuf_append(buffer, bytes, length);
}

void cmek_utf16_to_utf8(const char *bytes, size_t length, struct cmek_strbuf *buffer)
{
    const unsigned char *start = (const unsigned char *)bytes;
    struct reader reader = {start + 2, start + length, start[0] == 0xFE};
    while (reader.at < reader.end) {
        uint32_t code = next(&reader);
        if (code == CMEK_UTF8_INVALID)
            cmek_strbuf_puts(buffer, CMEK_UTF8_REPLACEMENT);
        else
            put(buffer, code);
    }
}
