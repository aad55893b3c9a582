/* SPDX-License-Identifier: Apache-2.0 */
#include "report/uri.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

static bool is_unreserved(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

static void encode(struct cmek_strbuf *buffer, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        cmek_strbuf_printf(buffer, "%%%02X", (unsigned)(unsigned char)bytes[i]);
}

static void append_segment(struct cmek_strbuf *buffer, const char *segment, size_t length)
{
    if ((length == 1 && segment[0] == '.') || (length == 2 && memcmp(segment, "..", 2) == 0)) {
        encode(buffer, segment, length);
        return;
    }
    for (size_t at = 0; at < length;) {
        if (is_unreserved(segment[at])) {
            cmek_strbuf_putc(buffer, segment[at++]);
            continue;
        }
        uint32_t code;
        size_t used = cmek_utf8_decode(segment + at, length - at, &code);
        if (code == CMEK_UTF8_INVALID)
            encode(buffer, CMEK_UTF8_REPLACEMENT, sizeof CMEK_UTF8_REPLACEMENT - 1);
        else
            encode(buffer, segment + at, used);
        at += used;
    }
}

void cmek_uri_append_path(struct cmek_strbuf *buffer, const char *path)
{
    for (;;) {
        size_t length = strcspn(path, "/");
        append_segment(buffer, path, length);
        path += length;
        if (*path == '\0')
            return;
        cmek_strbuf_putc(buffer, '/');
        path++;
    }
}
