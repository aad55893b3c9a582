/* SPDX-License-Identifier: Apache-2.0 */
#include "json/light.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "json/cursor.h"
#include "json/light_node.h"
#include "json/skip.h"

/* Far below what the parser takes, far above what most APIs send. */
#define MOST_DEPTH 32
#define MOST_NODES 1024
/* So many digits fit 64 bits whatever they are. */
#define MOST_DIGITS 18

struct cmek_json_light {
    struct cmek_json_cursor cursor;
    size_t depth;
    struct cmek_arena strings; /* that had to be copied */
    size_t node_count;
    struct cmek_json_node nodes[MOST_NODES];
};

struct cmek_json_light *cmek_json_light_new(void)
{
    return cmek_calloc(1, sizeof(struct cmek_json_light));
}

void cmek_json_light_free(struct cmek_json_light *light)
{
    if (!light)
        return;
    cmek_arena_done(&light->strings);
    free(light);
}

static size_t left(const struct cmek_json_light *light)
{
    return (size_t)(light->cursor.end - light->cursor.at);
}

/* Each read_… and skip_… steps over what it is named for, or returns false. */

static bool skip_text(struct cmek_json_light *light, const char *text, size_t length)
{
    if (left(light) < length || memcmp(light->cursor.at, text, length) != 0)
        return false;
    light->cursor.at += length;
    return true;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool decode_escapes(struct cmek_json_light *light, const char *quoted, size_t length,
                           struct cmek_json_node *node)
{
    struct cmek_json *whole = NULL;
    if (cmek_json_parse(quoted, length, &whole, NULL) != CMEK_OK)
        return false;
    size_t text_length;
    const char *text = cmek_json_bytes(whole, &text_length);
    node->text = cmek_arena_strndup(&light->strings, text, text_length);
    node->length = text_length;
    cmek_json_free(whole);
    return true;
}

static bool read_string(struct cmek_json_light *light, struct cmek_json_node *node)
{
    bool is_escaped;
    const char *quoted = light->cursor.at;
    if (!cmek_json_skip_string(&light->cursor, &is_escaped))
        return false;
    size_t length = (size_t)(light->cursor.at - quoted);
    node->kind = CMEK_JSON_STRING;
    if (is_escaped)
        return decode_escapes(light, quoted, length, node);
    node->text = quoted + 1;
    node->length = length - 2;
    return true;
}

static bool skip_digits(struct cmek_json_light *light)
{
    const char *start = light->cursor.at;
    while (light->cursor.at < light->cursor.end && is_digit(*light->cursor.at))
        light->cursor.at++;
    return light->cursor.at > start;
}

static bool skip_any(struct cmek_json_light *light, char a, char b)
{
    bool found = left(light) > 0 && (*light->cursor.at == a || *light->cursor.at == b);
    light->cursor.at += found;
    return found;
}

static bool read_number(struct cmek_json_light *light, struct cmek_json_node *node)
{
    const char *start = light->cursor.at;
    bool is_negative = skip_any(light, '-', '-');
    bool is_zero = skip_any(light, '0', '0');
    if (!is_zero && !skip_digits(light))
        return false;
    size_t digits = (size_t)(light->cursor.at - start) - is_negative;
    bool has_fraction = skip_any(light, '.', '.');
    if (has_fraction && !skip_digits(light))
        return false;
    bool has_exponent = skip_any(light, 'e', 'E');
    if (has_exponent) {
        skip_any(light, '+', '-');
        if (!skip_digits(light))
            return false;
    }
    bool is_integer = !has_fraction && !has_exponent;
    node->kind = is_integer ? CMEK_JSON_INTEGER : CMEK_JSON_DOUBLE;
    node->text = start;
    node->length = (size_t)(light->cursor.at - start);
    return !is_integer || (digits <= MOST_DIGITS && !(is_negative && is_zero));
}

static bool read_value(struct cmek_json_light *light, struct cmek_json_node *node);

static struct cmek_json_node *new_node(struct cmek_json_light *light)
{
    if (light->node_count == MOST_NODES)
        return NULL;
    struct cmek_json_node *node = &light->nodes[light->node_count++];
    node->document = light;
    node->next = NULL;
    return node;
}

static bool read_name(struct cmek_json_light *light, struct cmek_json_node *member)
{
    bool is_escaped;
    cmek_json_skip_blanks(&light->cursor);
    if (left(light) == 0 || *light->cursor.at != '"')
        return false;
    member->name = light->cursor.at + 1;
    if (!cmek_json_skip_string(&light->cursor, &is_escaped) || is_escaped)
        return false;
    member->name_length = (uint32_t)(light->cursor.at - member->name - 1);
    return cmek_json_take(&light->cursor, ':');
}

/* An object or array; its opening bracket is next. */
static bool read_nested(struct cmek_json_light *light, struct cmek_json_node *node, bool is_object)
{
    char close = is_object ? '}' : ']';
    node->kind = is_object ? CMEK_JSON_OBJECT : CMEK_JSON_ARRAY;
    node->first = NULL;
    node->length = 0;
    light->cursor.at++;
    if (cmek_json_take(&light->cursor, close))
        return true;
    if (++light->depth > MOST_DEPTH)
        return false;
    const struct cmek_json_node **end = &node->first;
    do {
        struct cmek_json_node *inner = new_node(light);
        if (!inner || (is_object && !read_name(light, inner)) || !read_value(light, inner))
            return false;
        *end = inner;
        end = &inner->next;
        node->length++;
    } while (cmek_json_take(&light->cursor, ','));
    light->depth--;
    return cmek_json_take(&light->cursor, close);
}

static bool read_word(struct cmek_json_light *light, struct cmek_json_node *node,
                      enum cmek_json_kind kind, const char *word, size_t length)
{
    node->kind = (unsigned char)kind;
    node->is_true = word[0] == 't';
    return skip_text(light, word, length);
}

static bool read_value(struct cmek_json_light *light, struct cmek_json_node *node)
{
    cmek_json_skip_blanks(&light->cursor);
    if (left(light) == 0)
        return false;
    switch (*light->cursor.at) {
    case '"':
        return read_string(light, node);
    case '{':
    case '[':
        return read_nested(light, node, *light->cursor.at == '{');
    case 't':
        return read_word(light, node, CMEK_JSON_BOOL, "true", 4);
    case 'f':
        return read_word(light, node, CMEK_JSON_BOOL, "false", 5);
    case 'n':
        return read_word(light, node, CMEK_JSON_NULL, "null", 4);
    default:
        return read_number(light, node);
    }
}

const struct cmek_json *cmek_json_light_parse(struct cmek_json_light *light, const char *text,
                                              size_t length)
{
    light->cursor = (struct cmek_json_cursor){text, text + length};
    light->depth = light->node_count = 0;
    cmek_arena_clear(&light->strings);
    cmek_json_skip_blanks(&light->cursor);
    if (length > UINT32_MAX || left(light) == 0 ||
        (*light->cursor.at != '{' && *light->cursor.at != '['))
        return NULL;
    struct cmek_json_node *root = new_node(light);
    if (!read_value(light, root))
        return NULL;
    cmek_json_skip_blanks(&light->cursor);
    return left(light) == 0 ? cmek_json_of_node(root) : NULL;
}

const struct cmek_json_node *cmek_json_node_get(const struct cmek_json_node *object,
                                                const char *name, size_t name_length)
{
    const struct cmek_json_node *found = NULL;
    for (const struct cmek_json_node *at = object->first; at; at = at->next)
        if (at->name_length == name_length && memcmp(at->name, name, name_length) == 0)
            found = at;
    return found;
}

const char *cmek_json_node_copy(const struct cmek_json_node *node, const char *text, size_t length)
{
    return cmek_arena_strndup(&node->document->strings, text, length);
}
