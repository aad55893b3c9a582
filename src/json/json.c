/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "json/strict.h"
#include "json/writer.h"

/* struct cmek_json is json-c's json_object under our name, so that no other module sees json-c. */
static struct json_object *unwrap(const struct cmek_json *json)
{
    return (struct json_object *)(uintptr_t)json;
}

static struct cmek_json *wrap(struct json_object *object)
{
    return (struct cmek_json *)(void *)object;
}

struct cmek_json_parser {
    struct json_tokener *tokener;
    struct cmek_json_strict strict;
    struct json_object *document; /* complete, or NULL */
    bool done, failed;
    size_t fed; /* bytes taken before the failure */
    enum json_tokener_error error;
};

struct cmek_json_parser *cmek_json_parser_new(void)
{
    struct cmek_json_parser *parser = cmek_calloc(1, sizeof *parser);
    parser->tokener = json_tokener_new_ex(CMEK_LIMIT_JSON_DEPTH);
    if (!parser->tokener)
        abort();
    /* UTF-8 is checked by strict.c: json-c's check fails where a piece ends in a character. */
    json_tokener_set_flags(parser->tokener,
                           JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    return parser;
}

void cmek_json_parser_reset(struct cmek_json_parser *parser)
{
    json_tokener_reset(parser->tokener);
    json_object_put(parser->document);
    parser->document = NULL;
    parser->strict = (struct cmek_json_strict){0};
    parser->done = parser->failed = false;
    parser->fed = 0;
}

void cmek_json_parser_free(struct cmek_json_parser *parser)
{
    if (!parser)
        return;
    json_object_put(parser->document);
    json_tokener_free(parser->tokener);
    free(parser);
}

static bool only_blanks(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r' && bytes[i] != '\n')
            return false;
    return true;
}

static bool fail_parse(struct cmek_json_parser *parser, enum json_tokener_error error)
{
    parser->failed = true;
    parser->error = error;
    return false;
}

static bool feed(struct cmek_json_parser *parser, const char *bytes, size_t length)
{
    while (length > 0 && !parser->failed) {
        if (parser->done)
            return only_blanks(bytes, length) ||
                   fail_parse(parser, json_tokener_error_parse_unexpected);
        size_t piece = length < INT_MAX ? length : INT_MAX;
        struct json_object *document = json_tokener_parse_ex(parser->tokener, bytes, (int)piece);
        enum json_tokener_error error = json_tokener_get_error(parser->tokener);
        size_t taken = json_tokener_get_parse_end(parser->tokener);
        parser->fed += taken;
        if (error == json_tokener_continue)
            return true;
        if (error != json_tokener_success)
            return fail_parse(parser, error);
        parser->document = document;
        parser->done = true;
        bytes += taken;
        length -= taken;
    }
    return !parser->failed;
}

bool cmek_json_parser_feed(struct cmek_json_parser *parser, const char *bytes, size_t length)
{
    if (parser->failed)
        return false;
    size_t good = cmek_json_strict_scan(&parser->strict, bytes, length);
    if (!feed(parser, bytes, good) || good == length)
        return !parser->failed;
    return fail_parse(parser, json_tokener_error_parse_unexpected);
}

enum cmek_status cmek_json_parser_finish(struct cmek_json_parser *parser,
                                         struct cmek_json **ret_json, struct cmek_error *err)
{
    /* A bare number ends only where something else begins. */
    if (!parser->failed && !parser->done)
        cmek_json_parser_feed(parser, "\n", 1);
    enum cmek_status status = CMEK_OK;
    if (parser->failed)
        status = cmek_fail(err, CMEK_E_INVALID, "not valid JSON: %s at byte %zu",
                           json_tokener_error_desc(parser->error), parser->fed);
    else if (!parser->done)
        status =
            cmek_fail(err, CMEK_E_INVALID, "not valid JSON: it ends in the middle, after byte %zu",
                      parser->fed > 0 ? parser->fed - 1 : 0);
    if (status == CMEK_OK) {
        *ret_json = wrap(parser->document);
        parser->document = NULL;
    }
    cmek_json_parser_reset(parser);
    return status;
}

enum cmek_status cmek_json_parse(const char *text, size_t length, struct cmek_json **ret_json,
                                 struct cmek_error *err)
{
    struct cmek_json_parser *parser = cmek_json_parser_new();
    cmek_json_parser_feed(parser, text, length);
    enum cmek_status status = cmek_json_parser_finish(parser, ret_json, err);
    cmek_json_parser_free(parser);
    return status;
}

void cmek_json_free(struct cmek_json *json)
{
    json_object_put(unwrap(json));
}

enum cmek_json_kind cmek_json_kind(const struct cmek_json *json)
{
    switch (json_object_get_type(unwrap(json))) {
    case json_type_boolean:
        return CMEK_JSON_BOOL;
    case json_type_double:
        return CMEK_JSON_DOUBLE;
    case json_type_int:
        return CMEK_JSON_INTEGER;
    case json_type_object:
        return CMEK_JSON_OBJECT;
    case json_type_array:
        return CMEK_JSON_ARRAY;
    case json_type_string:
        return CMEK_JSON_STRING;
    case json_type_null:
        break;
    }
    return CMEK_JSON_NULL;
}

const char *cmek_json_kind_name(enum cmek_json_kind kind)
{
    static const char *const names[] = {
        [CMEK_JSON_NULL] = "null",          [CMEK_JSON_BOOL] = "a boolean",
        [CMEK_JSON_INTEGER] = "an integer", [CMEK_JSON_DOUBLE] = "a number",
        [CMEK_JSON_STRING] = "a string",    [CMEK_JSON_ARRAY] = "an array",
        [CMEK_JSON_OBJECT] = "an object",
    };
    return names[kind];
}

const struct cmek_json *cmek_json_get(const struct cmek_json *json, const char *name)
{
    struct json_object *value = NULL;
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT ||
        !json_object_object_get_ex(unwrap(json), name, &value))
        return NULL;
    return wrap(value);
}

const struct cmek_json *cmek_json_get_path(const struct cmek_json *json, const char *dotted_path)
{
    char name[128];
    for (;;) {
        size_t length = strcspn(dotted_path, ".");
        if (length >= sizeof name)
            return NULL;
        memcpy(name, dotted_path, length);
        name[length] = '\0';
        json = cmek_json_get(json, name);
        if (dotted_path[length] == '\0')
            return json;
        dotted_path += length + 1;
    }
}

bool cmek_json_has(const struct cmek_json *json, const char *name)
{
    return cmek_json_kind(json) == CMEK_JSON_OBJECT &&
           json_object_object_get_ex(unwrap(json), name, NULL);
}

size_t cmek_json_count(const struct cmek_json *json)
{
    switch (json_object_get_type(unwrap(json))) {
    case json_type_array:
        return json_object_array_length(unwrap(json));
    case json_type_object:
        return (size_t)json_object_object_length(unwrap(json));
    case json_type_null:
    case json_type_boolean:
    case json_type_double:
    case json_type_int:
    case json_type_string:
        break;
    }
    return 0;
}

const struct cmek_json *cmek_json_item(const struct cmek_json *json, size_t index)
{
    if (cmek_json_kind(json) != CMEK_JSON_ARRAY || index >= json_object_array_length(unwrap(json)))
        return NULL;
    return wrap(json_object_array_get_idx(unwrap(json), index));
}

void cmek_json_each(const struct cmek_json *json,
                    bool (*visit)(void *payload, const char *name, const struct cmek_json *value),
                    void *payload)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return;
    struct json_object_iterator at = json_object_iter_begin(unwrap(json));
    struct json_object_iterator end = json_object_iter_end(unwrap(json));
    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
        if (!visit(payload, json_object_iter_peek_name(&at),
                   wrap(json_object_iter_peek_value(&at))))
            return;
}

const char *cmek_json_peek(const struct cmek_json *json)
{
    return cmek_json_kind(json) == CMEK_JSON_STRING ? json_object_get_string(unwrap(json)) : NULL;
}

const char *cmek_json_string(const struct cmek_json *json, struct cmek_arena *arena)
{
    const char *text = cmek_json_peek(json);
    if (!text)
        return NULL;
    size_t length = (size_t)json_object_get_string_len(unwrap(json));
    if (!memchr(text, '\0', length))
        return cmek_arena_strndup(arena, text, length);
    static const char replacement[] = "\xEF\xBF\xBD";
    struct cmek_strbuf buffer = {0};
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0')
            cmek_strbuf_puts(&buffer, replacement);
        else
            cmek_strbuf_putc(&buffer, text[i]);
    }
    const char *copy = cmek_arena_strndup(arena, cmek_strbuf_text(&buffer), buffer.length);
    cmek_strbuf_done(&buffer);
    return copy;
}

bool cmek_json_is_true(const struct cmek_json *json)
{
    return cmek_json_kind(json) == CMEK_JSON_BOOL && json_object_get_boolean(unwrap(json));
}

static bool parse_int64(const char *text, int64_t *ret_value)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno != 0)
        return false;
    *ret_value = value;
    return true;
}

bool cmek_json_int64(const struct cmek_json *json, int64_t *ret_value)
{
    if (cmek_json_kind(json) == CMEK_JSON_STRING) {
        const char *text = cmek_json_peek(json);
        return strlen(text) == (size_t)json_object_get_string_len(unwrap(json)) &&
               parse_int64(text, ret_value);
    }
    if (cmek_json_kind(json) != CMEK_JSON_INTEGER)
        return false;
    /* json-c saturates without a word, so its smallest integer may stand for anything below. */
    int64_t value = json_object_get_int64(unwrap(json));
    if (value == INT64_MIN ||
        (value == INT64_MAX && json_object_get_uint64(unwrap(json)) > INT64_MAX))
        return false;
    *ret_value = value;
    return true;
}

static bool print_value(void *payload, const char *name, const struct cmek_json *json);

static void print_any(struct cmek_json_writer *writer, const struct cmek_json *json)
{
    switch (cmek_json_kind(json)) {
    case CMEK_JSON_OBJECT:
        cmek_json_begin_object(writer);
        cmek_json_each(json, print_value, writer);
        cmek_json_end_object(writer);
        return;
    case CMEK_JSON_ARRAY:
        cmek_json_begin_array(writer);
        for (size_t i = 0; i < cmek_json_count(json); i++)
            print_any(writer, cmek_json_item(json, i));
        cmek_json_end_array(writer);
        return;
    case CMEK_JSON_STRING:
        cmek_json_string_n(writer, cmek_json_peek(json),
                           (size_t)json_object_get_string_len(unwrap(json)));
        return;
    case CMEK_JSON_NULL:
    case CMEK_JSON_BOOL:
    case CMEK_JSON_INTEGER:
    case CMEK_JSON_DOUBLE:
        cmek_json_raw(writer, json ? json_object_to_json_string(unwrap(json)) : "null");
        return;
    }
}

static bool print_value(void *payload, const char *name, const struct cmek_json *json)
{
    cmek_json_key(payload, name);
    print_any(payload, json);
    return true;
}

void cmek_json_print(const struct cmek_json *json, struct cmek_strbuf *buffer)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, buffer, /* indent= */ 0);
    print_any(&writer, json);
}
