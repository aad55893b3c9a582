/* SPDX-License-Identifier: Apache-2.0 */
#include "json/writer.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
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

/* How many of the bytes stand for themselves in a string. "##" is broken up, so a # ends the run:
 * Azure Pipelines obeys "##vso[" and "##[" anywhere in a line it shows. */
static size_t plain_run(const char *bytes, size_t length)
{
    size_t run = 0;
    for (; length - run >= sizeof(uint64_t); run += sizeof(uint64_t)) {
        uint64_t word = cmek_bytes_load(bytes + run);
        uint64_t found = cmek_bytes_below(word, 0x20) | cmek_bytes_equal(word, '"') |
                         cmek_bytes_equal(word, '\\') | cmek_bytes_equal(word, '#') |
                         cmek_bytes_equal(word, 0x7f) | cmek_bytes_from_0x80(word);
        if (found)
            return run + cmek_bytes_first(found);
    }
    for (; run < length; run++) {
        unsigned char byte = (unsigned char)bytes[run];
        if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\' || byte == '#')
            break;
    }
    return run;
}

/* Writes the character at @p at, which may need an escape, and returns its length. */
static size_t put_special(struct cmek_strbuf *buffer, const char *bytes, size_t length, size_t at)
{
    unsigned char byte = (unsigned char)bytes[at];
    if (byte == '#' && (at == 0 || bytes[at - 1] != '#')) {
        cmek_strbuf_putc(buffer, '#');
        return 1;
    }
    if (byte < 0x80) {
        if (short_escape(byte))
            cmek_strbuf_puts(buffer, short_escape(byte));
        else
            cmek_strbuf_printf(buffer, "\\u%04x", (unsigned)byte);
        return 1;
    }
    uint32_t code;
    size_t used = cmek_utf8_decode(bytes + at, length - at, &code);
    if (code == CMEK_UTF8_INVALID)
        cmek_strbuf_puts(buffer, CMEK_UTF8_REPLACEMENT);
    else if (code < 0xa0 || code == 0x2028 || code == 0x2029)
        cmek_strbuf_printf(buffer, "\\u%04x", (unsigned)code);
    else
        cmek_strbuf_append(buffer, bytes + at, used);
    return used;
}

/* The string in quotes, then @p after. */
static void quote(struct cmek_strbuf *buffer, const char *bytes, size_t length, const char *after)
{
    cmek_strbuf_putc(buffer, '"');
    for (size_t at = 0; at < length;) {
        size_t run = plain_run(bytes + at, length - at);
        cmek_strbuf_append(buffer, bytes + at, run);
        at += run;
        if (at < length)
            at += put_special(buffer, bytes, length, at);
    }
    cmek_strbuf_puts(buffer, after);
}

void cmek_json_key(struct cmek_json_writer *writer, const char *name)
{
    assert(!writer->after_key);
    separate(writer);
    quote(writer->buffer, name, strlen(name), writer->indent > 0 ? "\": " : "\":");
    writer->after_key = true;
}

void cmek_json_string_n(struct cmek_json_writer *writer, const char *bytes, size_t length)
{
    separate(writer);
    quote(writer->buffer, bytes, length, "\"");
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
