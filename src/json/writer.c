/* SPDX-License-Identifier: Apache-2.0 */
#include "json/writer.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

void cmek_json_writer_init(struct cmek_json_writer *writer, struct cmek_strbuf *buffer, int indent)
{
    *writer = (struct cmek_json_writer){.buffer = buffer, .indent = indent};
}

static void newline(struct cmek_json_writer *writer)
{
    if (writer->indent == 0)
        return;
    cmek_strbuf_putc(writer->buffer, '\n');
    for (int i = 0; i < writer->depth * writer->indent; i++)
        cmek_strbuf_putc(writer->buffer, ' ');
}

/* What stands between the previous value and the next: nothing after a key, else a comma and a line
 * end. */
static void separate(struct cmek_json_writer *writer)
{
    if (writer->after_key) {
        writer->after_key = false;
        return;
    }
    if (writer->depth == 0)
        return;
    if (writer->has_items[writer->depth])
        cmek_strbuf_putc(writer->buffer, ',');
    writer->has_items[writer->depth] = true;
    newline(writer);
}

static void begin(struct cmek_json_writer *writer, char bracket)
{
    separate(writer);
    assert(writer->depth + 1 < CMEK_JSON_WRITER_DEPTH);
    writer->has_items[++writer->depth] = false;
    cmek_strbuf_putc(writer->buffer, bracket);
}

static void end(struct cmek_json_writer *writer, char bracket)
{
    assert(writer->depth > 0 && !writer->after_key);
    bool had_items = writer->has_items[writer->depth--];
    if (had_items)
        newline(writer);
    cmek_strbuf_putc(writer->buffer, bracket);
}

void cmek_json_begin_object(struct cmek_json_writer *writer)
{
    begin(writer, '{');
}

void cmek_json_end_object(struct cmek_json_writer *writer)
{
    end(writer, '}');
}

void cmek_json_begin_array(struct cmek_json_writer *writer)
{
    begin(writer, '[');
}

void cmek_json_end_array(struct cmek_json_writer *writer)
{
    end(writer, ']');
}

static const char *short_escape(unsigned char byte)
{
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

/* "##" is broken up: Azure Pipelines obeys "##vso[" and "##[" anywhere in a line it shows. */
static bool is_plain(const char *bytes, size_t at)
{
    unsigned char byte = (unsigned char)bytes[at];
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\' &&
           (byte != '#' || at == 0 || bytes[at - 1] != '#');
}

static void quote(struct cmek_strbuf *buffer, const char *bytes, size_t length)
{
    cmek_strbuf_putc(buffer, '"');
    for (size_t at = 0; at < length;) {
        size_t run = at;
        while (run < length && is_plain(bytes, run))
            run++;
        cmek_strbuf_append(buffer, bytes + at, run - at);
        at = run;
        if (at == length)
            break;
        unsigned char byte = (unsigned char)bytes[at];
        if (byte < 0x80) {
            if (short_escape(byte))
                cmek_strbuf_puts(buffer, short_escape(byte));
            else
                cmek_strbuf_printf(buffer, "\\u%04x", (unsigned)byte);
            at++;
            continue;
        }
        uint32_t code;
        size_t used = cmek_utf8_decode(bytes + at, length - at, &code);
        if (code == CMEK_UTF8_INVALID)
            cmek_strbuf_puts(buffer, CMEK_UTF8_REPLACEMENT);
        else if (code < 0xa0 || code == 0x2028 || code == 0x2029)
            cmek_strbuf_printf(buffer, "\\u%04x", (unsigned)code);
        else
            cmek_strbuf_append(buffer, bytes + at, used);
        at += used;
    }
    cmek_strbuf_putc(buffer, '"');
}

void cmek_json_key(struct cmek_json_writer *writer, const char *name)
{
    assert(!writer->after_key);
    separate(writer);
    quote(writer->buffer, name, strlen(name));
    cmek_strbuf_puts(writer->buffer, writer->indent > 0 ? ": " : ":");
    writer->after_key = true;
}

void cmek_json_string_n(struct cmek_json_writer *writer, const char *bytes, size_t length)
{
    separate(writer);
    quote(writer->buffer, bytes, length);
}

void cmek_json_text(struct cmek_json_writer *writer, const char *text)
{
    if (text)
        cmek_json_string_n(writer, text, strlen(text));
    else
        cmek_json_null(writer);
}

void cmek_json_raw(struct cmek_json_writer *writer, const char *json_text)
{
    separate(writer);
    cmek_strbuf_puts(writer->buffer, json_text);
}

void cmek_json_int(struct cmek_json_writer *writer, int64_t value)
{
    separate(writer);
    cmek_strbuf_printf(writer->buffer, "%" PRId64, value);
}

void cmek_json_bool(struct cmek_json_writer *writer, bool value)
{
    cmek_json_raw(writer, value ? "true" : "false");
}

void cmek_json_null(struct cmek_json_writer *writer)
{
    cmek_json_raw(writer, "null");
}

void cmek_json_member_text(struct cmek_json_writer *writer, const char *name, const char *text)
{
    cmek_json_key(writer, name);
    cmek_json_text(writer, text);
}

void cmek_json_member_int(struct cmek_json_writer *writer, const char *name, int64_t value)
{
    cmek_json_key(writer, name);
    cmek_json_int(writer, value);
}

void cmek_json_member_bool(struct cmek_json_writer *writer, const char *name, bool value)
{
    cmek_json_key(writer, name);
    cmek_json_bool(writer, value);
}
