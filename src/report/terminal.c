/* SPDX-License-Identifier: Apache-2.0 */
#include "report/terminal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

struct range {
    uint32_t first, last;
};

/* Controls, and characters that are invisible or change the direction of what follows. */
static const struct range unsafe[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},      {0x180e, 0x180e},
    {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfe00, 0xfe0f},    {0xfeff, 0xfeff},
    {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe000, 0xf8ff}, {0xe0000, 0x10ffff},
};

/* East Asian wide characters and emoji (Unicode's EastAsianWidth.txt, in large strokes). */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static const struct range combining[] = {
    {0x300, 0x36f},
    {0x1ab0, 0x1aff},
    {0x20d0, 0x20ff},
};

#define IN(code, ranges) is_in((code), (ranges), sizeof(ranges) / sizeof *(ranges))

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* Whether the character at @p at must be escaped lest a CI system obey the line. */
static bool begins_command(const char *text, size_t length, size_t at)
{
    if (text[at] == ':') {
        bool at_start = at == 0 || text[at - 1] <= ' ' || text[at - 1] > '~';
        return at_start && at + 1 < length && text[at + 1] == ':';
    }
    return text[at] == '#' && at > 0 && text[at - 1] == '#';
}

static void append_escaped(struct cmek_strbuf *buffer, uint32_t code)
{
    if (code < 0x80)
        cmek_strbuf_printf(buffer, "\\x%02x", (unsigned)code);
    else if (code <= 0xffff)
        cmek_strbuf_printf(buffer, "\\u%04x", (unsigned)code);
    else
        cmek_strbuf_printf(buffer, "\\U%08x", (unsigned)code);
}

/* Most of what is written, so it is looked up in no table. */
static bool is_plain(char byte)
{
    return byte >= ' ' && byte <= '~' && byte != ':' && byte != '#';
}

static void append_n(struct cmek_strbuf *buffer, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t run = at;
        while (run < length && is_plain(text[run]))
            run++;
        cmek_strbuf_append(buffer, text + at, run - at);
        at = run;
        if (at == length)
            return;
        uint32_t code;
        size_t used = cmek_utf8_decode(text + at, length - at, &code);
        if (code == CMEK_UTF8_INVALID)
            cmek_strbuf_puts(buffer, CMEK_UTF8_REPLACEMENT);
        else if (IN(code, unsafe) || begins_command(text, length, at))
            append_escaped(buffer, code);
        else
            cmek_strbuf_append(buffer, text + at, used);
        at += used;
    }
}

void cmek_terminal_append(struct cmek_strbuf *buffer, const char *text)
{
    append_n(buffer, text, strlen(text));
}

size_t cmek_terminal_width(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        at += cmek_utf8_decode(text + at, length - at, &code);
        if (code < combining[0].first)
            columns++;
        else if (!IN(code, combining))
            columns += IN(code, wide) ? 2 : 1;
    }
    return columns;
}

void cmek_terminal_append_wrapped(struct cmek_strbuf *buffer, const char *text, size_t indent,
                                  size_t columns)
{
    static const char blanks[] = " \t\r\n";
    struct cmek_strbuf word = {0};
    size_t column = indent;
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        size_t length = strcspn(text, blanks);
        cmek_strbuf_clear(&word);
        append_n(&word, text, length);
        size_t width = cmek_terminal_width(cmek_strbuf_text(&word), word.length);
        if (column > indent && column + 1 + width > columns) {
            cmek_strbuf_printf(buffer, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            cmek_strbuf_putc(buffer, ' ');
            column++;
        }
        cmek_strbuf_append(buffer, cmek_strbuf_text(&word), word.length);
        column += width;
        text += length;
    }
    cmek_strbuf_done(&word);
}
