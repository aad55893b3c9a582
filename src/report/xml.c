/* SPDX-License-Identifier: Apache-2.0 */
#include "report/xml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

static const char *reference(uint32_t code, bool after_hash)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\t':
        return "&#9;";
    case '\n':
        return "&#10;";
    case '\r':
        return "&#13;";
    case '#':
        return after_hash ? "&#35;" : NULL;
    default:
        return NULL;
    }
}

/* XML 1.0 section 2.2, without the discouraged C1 controls: a terminal would obey them. */
static bool is_character(uint32_t code)
{
    return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xfffd) ||
           (code >= 0x10000 && code <= 0x10ffff);
}

void cmek_xml_append(struct cmek_strbuf *buffer, const char *text)
{
    if (!text)
        return;
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t used = cmek_utf8_decode(text + at, length - at, &code);
        const char *replacement = reference(code, at > 0 && text[at - 1] == '#');
        if (replacement)
            cmek_strbuf_puts(buffer, replacement);
        else if (is_character(code))
            cmek_strbuf_append(buffer, text + at, used);
        else
            cmek_strbuf_puts(buffer, CMEK_UTF8_REPLACEMENT);
        at += used;
    }
}

void cmek_xml_attribute(struct cmek_strbuf *buffer, const char *name, const char *value)
{
    cmek_strbuf_printf(buffer, " %s=\"", name);
    cmek_xml_append(buffer, value);
    cmek_strbuf_putc(buffer, '"');
}
