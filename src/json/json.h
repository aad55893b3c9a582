/* SPDX-License-Identifier: Apache-2.0 */
/** @file json.h  JSON documents (RFC 8259) from untrusted sources, read strictly.
 *
 * `const struct cmek_json *` is a value inside a document: borrowed, valid as long as the document.
 * A JSON null and an absent value are both the NULL pointer; every accessor accepts NULL. Strings
 * are handed out as C strings: a NUL inside one (`\u0000`) reads as U+FFFD, so that a name is never
 * silently cut short.
 */
#ifndef CMEK_JSON_JSON_H
#define CMEK_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

struct cmek_arena;
struct cmek_json;        /* a value (json-c's json_object) */
struct cmek_json_parser; /* a document being fed in pieces */

enum cmek_json_kind {
    CMEK_JSON_NULL, /* also: absent */
    CMEK_JSON_BOOL,
    CMEK_JSON_INTEGER,
    CMEK_JSON_DOUBLE,
    CMEK_JSON_STRING,
    CMEK_JSON_ARRAY,
    CMEK_JSON_OBJECT,
};

/* Documents */

/** Parses one whole document; trailing bytes other than blanks are an error. @p ret_json may be
 * NULL for `null`. CMEK_E_INVALID with the byte position. The caller frees it. */
CMEK_NODISCARD enum cmek_status cmek_json_parse(const char *text, size_t length,
                                                struct cmek_json **ret_json,
                                                struct cmek_error *err);
void cmek_json_free(struct cmek_json *json);

/** Feeding a document as it arrives. A parser can be reused after reset or finish. */
struct cmek_json_parser *cmek_json_parser_new(void);
void cmek_json_parser_free(struct cmek_json_parser *parser);
void cmek_json_parser_reset(struct cmek_json_parser *parser);
/** Takes the next bytes. An error is sticky and reported by finish; returns false once there is
 * one. */
bool cmek_json_parser_feed(struct cmek_json_parser *parser, const char *bytes, size_t length);
/** The document, owned by the caller; a document that is not complete is CMEK_E_INVALID. Resets the
 * parser. */
CMEK_NODISCARD enum cmek_status cmek_json_parser_finish(struct cmek_json_parser *parser,
                                                        struct cmek_json **ret_json,
                                                        struct cmek_error *err);

/* Values */

enum cmek_json_kind cmek_json_kind(const struct cmek_json *json);
/** "a string", "an object", … for messages. */
const char *cmek_json_kind_name(enum cmek_json_kind kind);

/** A member of an object; NULL when @p json is no object, has no such member, or it is null. */
const struct cmek_json *cmek_json_get(const struct cmek_json *json, const char *name);
/** Follows a dotted path of members, "encryption.defaultKmsKeyName". */
const struct cmek_json *cmek_json_get_path(const struct cmek_json *json, const char *dotted_path);
/** True if an object has the member, be it null. */
bool cmek_json_has(const struct cmek_json *json, const char *name);
size_t
cmek_json_count(const struct cmek_json *json); /* of an array's items or an object's members */
const struct cmek_json *cmek_json_item(const struct cmek_json *json, size_t index);
/** Calls @p visit for each member in document order until it returns false. */
void cmek_json_each(const struct cmek_json *json,
                    bool (*visit)(void *payload, const char *name, const struct cmek_json *value),
                    void *payload);

/** The string, copied to @p arena; NULL when @p json is not a string. */
const char *cmek_json_string(const struct cmek_json *json, struct cmek_arena *arena);
/** The string where it stands (cut at an embedded NUL), for comparing with what we know; NULL when
 * not a string. */
const char *cmek_json_peek(const struct cmek_json *json);
/** The string's own bytes, NULs and all, without one at the end; NULL when not a string. */
const char *cmek_json_bytes(const struct cmek_json *json, size_t *ret_length);
/** True for the boolean true only. */
bool cmek_json_is_true(const struct cmek_json *json);
/** An integer, or a string that holds one (Google sends int64 so); false when it is neither or does
 * not fit, for which the smallest integer of all is taken as well. */
bool cmek_json_int64(const struct cmek_json *json, int64_t *ret_value);

/** Appends @p json as compact JSON text, valid UTF-8, without escaping slashes. */
void cmek_json_print(const struct cmek_json *json, struct cmek_strbuf *buffer);

#endif
