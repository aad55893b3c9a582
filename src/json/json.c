/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "json/json_c.h"
#include "json/light_node.h"
#include "json/writer.h"

enum cmek_json_kind cmek_json_kind(const struct cmek_json *json)
{
    const struct cmek_json_node *node = cmek_json_node(json);
    if (node)
        return (enum cmek_json_kind)node->kind;
    switch (json_object_get_type(cmek_json_unwrap(json))) {
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

/* A null is no value. */
static const struct cmek_json *of_node(const struct cmek_json_node *node)
{
    return node && node->kind != CMEK_JSON_NULL ? cmek_json_of_node(node) : NULL;
}

const struct cmek_json *cmek_json_get(const struct cmek_json *json, const char *name)
{
    struct json_object *value = NULL;
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return NULL;
    if (cmek_json_node(json))
        return of_node(cmek_json_node_get(cmek_json_node(json), name, strlen(name)));
    return json_object_object_get_ex(cmek_json_unwrap(json), name, &value) ? cmek_json_wrap(value)
                                                                           : NULL;
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
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return false;
    if (cmek_json_node(json))
        return cmek_json_node_get(cmek_json_node(json), name, strlen(name)) != NULL;
    return json_object_object_get_ex(cmek_json_unwrap(json), name, NULL);
}

/* A name that is given twice is one member, as with json-c. */
static bool is_repeated(const struct cmek_json_node *object, const struct cmek_json_node *member)
{
    for (const struct cmek_json_node *at = object->first; at != member; at = at->next)
        if (at->name_length == member->name_length &&
            memcmp(at->name, member->name, at->name_length) == 0)
            return true;
    return false;
}

static size_t count_members(const struct cmek_json_node *object)
{
    size_t count = 0;
    for (const struct cmek_json_node *at = object->first; at; at = at->next)
        count += !is_repeated(object, at);
    return count;
}

size_t cmek_json_count(const struct cmek_json *json)
{
    const struct cmek_json_node *node = cmek_json_node(json);
    switch (cmek_json_kind(json)) {
    case CMEK_JSON_ARRAY:
        return node ? node->length : json_object_array_length(cmek_json_unwrap(json));
    case CMEK_JSON_OBJECT:
        return node ? count_members(node)
                    : (size_t)json_object_object_length(cmek_json_unwrap(json));
    case CMEK_JSON_NULL:
    case CMEK_JSON_BOOL:
    case CMEK_JSON_INTEGER:
    case CMEK_JSON_DOUBLE:
    case CMEK_JSON_STRING:
        break;
    }
    return 0;
}

const struct cmek_json *cmek_json_item(const struct cmek_json *json, size_t index)
{
    if (cmek_json_kind(json) != CMEK_JSON_ARRAY || index >= cmek_json_count(json))
        return NULL;
    const struct cmek_json_node *node = cmek_json_node(json);
    if (node) {
        for (node = node->first; index > 0; index--)
            node = node->next;
        return of_node(node);
    }
    return cmek_json_wrap(json_object_array_get_idx(cmek_json_unwrap(json), index));
}

static void each_node(const struct cmek_json_node *object,
                      bool (*visit)(void *payload, const char *name, const struct cmek_json *value),
                      void *payload)
{
    for (const struct cmek_json_node *at = object->first; at; at = at->next) {
        if (is_repeated(object, at))
            continue;
        const struct cmek_json_node *value = cmek_json_node_get(object, at->name, at->name_length);
        if (!visit(payload, cmek_json_node_copy(at, at->name, at->name_length), of_node(value)))
            return;
    }
}

void cmek_json_each(const struct cmek_json *json,
                    bool (*visit)(void *payload, const char *name, const struct cmek_json *value),
                    void *payload)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return;
    if (cmek_json_node(json)) {
        each_node(cmek_json_node(json), visit, payload);
        return;
    }
    struct json_object_iterator at = json_object_iter_begin(cmek_json_unwrap(json));
    struct json_object_iterator end = json_object_iter_end(cmek_json_unwrap(json));
    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
        if (!visit(payload, json_object_iter_peek_name(&at),
                   cmek_json_wrap(json_object_iter_peek_value(&at))))
            return;
}

const char *cmek_json_bytes(const struct cmek_json *json, size_t *ret_length)
{
    if (cmek_json_kind(json) != CMEK_JSON_STRING)
        return NULL;
    const struct cmek_json_node *node = cmek_json_node(json);
    *ret_length = node ? node->length : (size_t)json_object_get_string_len(cmek_json_unwrap(json));
    return node ? node->text : json_object_get_string(cmek_json_unwrap(json));
}

const char *cmek_json_peek(const struct cmek_json *json)
{
    size_t length;
    const char *text = cmek_json_bytes(json, &length);
    return text && cmek_json_node(json) ? cmek_json_node_copy(cmek_json_node(json), text, length)
                                        : text;
}

const char *cmek_json_string(const struct cmek_json *json, struct cmek_arena *arena)
{
    size_t length;
    const char *text = cmek_json_bytes(json, &length);
    if (!text)
        return NULL;
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
    if (cmek_json_kind(json) != CMEK_JSON_BOOL)
        return false;
    const struct cmek_json_node *node = cmek_json_node(json);
    return node ? node->is_true : json_object_get_boolean(cmek_json_unwrap(json));
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
        size_t length;
        cmek_json_bytes(json, &length);
        const char *text = cmek_json_peek(json);
        return strlen(text) == length && parse_int64(text, ret_value);
    }
    if (cmek_json_kind(json) != CMEK_JSON_INTEGER)
        return false;
    const struct cmek_json_node *node = cmek_json_node(json);
    if (node)
        return parse_int64(cmek_json_node_copy(node, node->text, node->length), ret_value);
    /* json-c saturates without a word, so its smallest integer may stand for anything below. */
    int64_t value = json_object_get_int64(cmek_json_unwrap(json));
    if (value == INT64_MIN ||
        (value == INT64_MAX && json_object_get_uint64(cmek_json_unwrap(json)) > INT64_MAX))
        return false;
    *ret_value = value;
    return true;
}

static bool print_value(void *payload, const char *name, const struct cmek_json *json);

static void print_string(struct cmek_json_writer *writer, const struct cmek_json *json)
{
    size_t length;
    const char *text = cmek_json_bytes(json, &length);
    cmek_json_string_n(writer, text, length);
}

/* As it was written. */
static void print_number(struct cmek_json_writer *writer, const struct cmek_json *json)
{
    const struct cmek_json_node *node = cmek_json_node(json);
    cmek_json_raw(writer, node ? cmek_json_node_copy(node, node->text, node->length)
                               : json_object_to_json_string(cmek_json_unwrap(json)));
}

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
        print_string(writer, json);
        return;
    case CMEK_JSON_BOOL:
        cmek_json_bool(writer, cmek_json_is_true(json));
        return;
    case CMEK_JSON_NULL:
        cmek_json_null(writer);
        return;
    case CMEK_JSON_INTEGER:
    case CMEK_JSON_DOUBLE:
        print_number(writer, json);
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
