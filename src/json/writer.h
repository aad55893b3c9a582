/* SPDX-License-Identifier: Apache-2.0 */
/** @file writer.h  JSON text as a stream: begin, key, value, end. Escaping and UTF-8 repair happen
 * here, once.
 *
 * Output is always valid JSON and valid UTF-8: bytes that are not UTF-8 become U+FFFD, control
 * characters are escaped, and so are U+2028 and U+2029 (line ends in JavaScript) and the second of
 * two "#" (a command to Azure Pipelines). Unbalanced calls are programming errors and assert.
 */
#ifndef CMEK_JSON_WRITER_H
#define CMEK_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cmek_strbuf;

#define CMEK_JSON_WRITER_DEPTH 96

struct cmek_json_writer {
    struct cmek_strbuf *buffer; /* borrowed */
    int indent;                 /* blanks per level; 0: compact, one line */
    int depth;
    bool has_items[CMEK_JSON_WRITER_DEPTH], after_key;
};

void cmek_json_writer_init(struct cmek_json_writer *writer, struct cmek_strbuf *buffer, int indent);
void cmek_json_begin_object(struct cmek_json_writer *writer);
void cmek_json_end_object(struct cmek_json_writer *writer);
void cmek_json_begin_array(struct cmek_json_writer *writer);
void cmek_json_end_array(struct cmek_json_writer *writer);
void cmek_json_key(struct cmek_json_writer *writer, const char *name);

/** A string, or null for a NULL pointer. */
void cmek_json_text(struct cmek_json_writer *writer, const char *text);
void cmek_json_string_n(struct cmek_json_writer *writer, const char *bytes, size_t length);
void cmek_json_int(struct cmek_json_writer *writer, int64_t value);
void cmek_json_bool(struct cmek_json_writer *writer, bool value);
void cmek_json_null(struct cmek_json_writer *writer);
/** Text that is JSON already. */
void cmek_json_raw(struct cmek_json_writer *writer, const char *json_text);

/* Key and value in one call. */
void cmek_json_member_text(struct cmek_json_writer *writer, const char *name, const char *text);
void cmek_json_member_int(struct cmek_json_writer *writer, const char *name, int64_t value);
void cmek_json_member_bool(struct cmek_json_writer *writer, const char *name, bool value);

#endif
