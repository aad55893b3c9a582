/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static bool reserve(struct cmek_strbuf *buffer, size_t more)
{
    if (buffer->overflow)
        return false;
    if (buffer->limit > 0 && more > buffer->limit - buffer->length) {
        buffer->overflow = true;
        return false;
    }
    size_t need = buffer->length + more + 1;
    if (need > buffer->capacity) {
        size_t capacity = buffer->capacity > 0 ? buffer->capacity : 64;
        while (capacity < need)
            capacity *= 2;
        buffer->data = cmek_realloc(buffer->data, capacity);
        buffer->capacity = capacity;
    }
    return true;
}

char *cmek_strbuf_extend(struct cmek_strbuf *buffer, size_t length)
{
    if (!reserve(buffer, length))
        return NULL;
    char *room = buffer->data + buffer->length;
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return room;
}

void cmek_strbuf_append(struct cmek_strbuf *buffer, const char *bytes, size_t length)
{
    char *room = cmek_strbuf_extend(buffer, length);
    if (room && length > 0)
        memcpy(room, bytes, length);
}

void cmek_strbuf_puts(struct cmek_strbuf *buffer, const char *text)
{
    cmek_strbuf_append(buffer, text, strlen(text));
}

void cmek_strbuf_putc(struct cmek_strbuf *buffer, char byte)
{
    char *room = cmek_strbuf_extend(buffer, 1);
    if (room)
        *room = byte;
}

void cmek_strbuf_printf(struct cmek_strbuf *buffer, const char *format, ...)
{
    char brief[256]; /* most texts: formatting is what costs, not copying */
    va_list args;
    va_start(args, format);
    int length = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    char *room = length < 0 ? NULL : cmek_strbuf_extend(buffer, (size_t)length);
    if (!room)
        return;
    if ((size_t)length < sizeof brief) {
        memcpy(room, brief, (size_t)length);
        return;
    }
    va_start(args, format);
    vsnprintf(room, (size_t)length + 1, format, args);
    va_end(args);
}

const char *cmek_strbuf_text(const struct cmek_strbuf *buffer)
{
    return buffer->data ? buffer->data : "";
}

void cmek_strbuf_clear(struct cmek_strbuf *buffer)
{
    buffer->length = 0;
    buffer->overflow = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

char *cmek_strbuf_detach(struct cmek_strbuf *buffer)
{
    char *text = buffer->data ? buffer->data : cmek_strdup("");
    *buffer = (struct cmek_strbuf){.limit = buffer->limit};
    return text;
}

void cmek_strbuf_done(struct cmek_strbuf *buffer)
{
    if (!buffer)
        return;
    free(buffer->data);
    *buffer = (struct cmek_strbuf){0};
}
