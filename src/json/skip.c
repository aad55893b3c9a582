/* SPDX-License-Identifier: Apache-2.0 */
#include "json/skip.h"

#include <stddef.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "json/strict.h"

struct scanner {
    struct cmek_json_cursor cursor;
    size_t depth, most_depth;
};

/* Each skip_… and take steps over what it is named for, or returns false. */

static bool take(struct scanner *scanner, char byte)
{
    return cmek_json_take(&scanner->cursor, byte);
}

static size_t left(const struct cmek_json_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

static bool skip_text(struct scanner *scanner, const char *text)
{
    size_t length = strlen(text);
    if (left(&scanner->cursor) < length || memcmp(scanner->cursor.at, text, length) != 0)
        return false;
    scanner->cursor.at += length;
    return true;
}

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

/* The backslash is next. */
static bool skip_escape(struct cmek_json_cursor *cursor)
{
    if (left(cursor) < 2)
        return false;
    char byte = cursor->at[1];
    size_t length = byte == 'u' ? 6 : 2;
    if (byte == '\0' || !strchr("\"\\/bfnrtu", byte) || left(cursor) < length)
        return false;
    for (size_t i = 2; i < length; i++)
        if (!is_hex(cursor->at[i]))
            return false;
    cursor->at += length;
    return true;
}

static bool skip_character(struct cmek_json_cursor *cursor)
{
    uint32_t code;
    cursor->at += cmek_utf8_decode(cursor->at, left(cursor), &code);
    return code >= 0x20 && code != CMEK_UTF8_INVALID;
}

bool cmek_json_skip_string(struct cmek_json_cursor *cursor, bool *ret_escaped)
{
    *ret_escaped = false;
    if (!cmek_json_take(cursor, '"'))
        return false;
    for (;;) {
        cursor->at += cmek_json_plain_run(cursor->at, left(cursor));
        if (cursor->at == cursor->end)
            return false;
        if (*cursor->at == '"')
            break;
        bool is_escape = *cursor->at == '\\';
        *ret_escaped |= is_escape;
        if (!(is_escape ? skip_escape(cursor) : skip_character(cursor)))
            return false;
    }
    cursor->at++;
    return true;
}

static bool skip_string(struct scanner *scanner)
{
    bool is_escaped;
    return cmek_json_skip_string(&scanner->cursor, &is_escaped);
}

static bool skip_digits(struct scanner *scanner)
{
    const char *start = scanner->cursor.at;
    while (scanner->cursor.at < scanner->cursor.end && *scanner->cursor.at >= '0' &&
           *scanner->cursor.at <= '9')
        scanner->cursor.at++;
    return scanner->cursor.at > start;
}

static bool skip_number(struct scanner *scanner)
{
    skip_text(scanner, "-");
    if (!skip_text(scanner, "0") && !skip_digits(scanner))
        return false;
    if (skip_text(scanner, ".") && !skip_digits(scanner))
        return false;
    if (!skip_text(scanner, "e") && !skip_text(scanner, "E"))
        return true;
    if (!skip_text(scanner, "+"))
        skip_text(scanner, "-");
    return skip_digits(scanner);
}

static bool skip_value(struct scanner *scanner);

static bool skip_member(struct scanner *scanner)
{
    return skip_string(scanner) && take(scanner, ':') && skip_value(scanner);
}

/* An object or array; its opening bracket is next. */
static bool skip_nested(struct scanner *scanner, char close, bool (*skip)(struct scanner *scanner))
{
    scanner->cursor.at++;
    if (take(scanner, close))
        return true;
    if (++scanner->depth > scanner->most_depth)
        return false;
    do {
        if (!skip(scanner))
            return false;
    } while (take(scanner, ','));
    scanner->depth--;
    return take(scanner, close);
}

static bool skip_value(struct scanner *scanner)
{
    cmek_json_skip_blanks(&scanner->cursor);
    if (scanner->cursor.at == scanner->cursor.end)
        return false;
    switch (*scanner->cursor.at) {
    case '"':
        return skip_string(scanner);
    case '{':
        return skip_nested(scanner, '}', skip_member);
    case '[':
        return skip_nested(scanner, ']', skip_value);
    case 't':
        return skip_text(scanner, "true");
    case 'f':
        return skip_text(scanner, "false");
    case 'n':
        return skip_text(scanner, "null");
    default:
        return skip_number(scanner);
    }
}

bool cmek_json_skip_value(struct cmek_json_cursor *cursor, size_t most_depth)
{
    struct scanner scanner = {.cursor = *cursor, .most_depth = most_depth};
    bool done = skip_value(&scanner);
    *cursor = scanner.cursor;
    return done;
}

/* Steps to where the next one begins; false at the end, or where there is none. */
static bool to_next(struct cmek_json_walk *walk, char open, char close)
{
    char before = walk->is_open ? ',' : open;
    if (walk->is_ended || walk->is_broken)
        return false;
    if (walk->is_open && cmek_json_take(&walk->cursor, close)) {
        walk->is_ended = true;
        return false;
    }
    if (!cmek_json_take(&walk->cursor, before)) {
        walk->is_broken = true;
        return false;
    }
    if (!walk->is_open) {
        walk->is_open = true;
        walk->is_ended = cmek_json_take(&walk->cursor, close);
    }
    return !walk->is_ended;
}

static bool take_value(struct cmek_json_walk *walk, struct cmek_json_text *ret_value)
{
    cmek_json_skip_blanks(&walk->cursor);
    const char *start = walk->cursor.at;
    walk->is_broken = !cmek_json_skip_value(&walk->cursor, walk->most_depth);
    *ret_value = (struct cmek_json_text){start, (size_t)(walk->cursor.at - start)};
    return !walk->is_broken;
}

struct cmek_json_walk cmek_json_walk(struct cmek_json_text text, size_t most_depth)
{
    const char *at = text.length > 0 ? text.at : ""; /* nothing has no place */
    return (struct cmek_json_walk){.cursor = {at, at + text.length}, .most_depth = most_depth};
}

bool cmek_json_walk_item(struct cmek_json_walk *walk, struct cmek_json_text *ret_item)
{
    return to_next(walk, '[', ']') && take_value(walk, ret_item);
}

bool cmek_json_walk_member(struct cmek_json_walk *walk, struct cmek_json_text *ret_name,
                           struct cmek_json_text *ret_value)
{
    if (!to_next(walk, '{', '}'))
        return false;
    cmek_json_skip_blanks(&walk->cursor);
    const char *start = walk->cursor.at;
    bool is_escaped;
    walk->is_broken = !cmek_json_skip_string(&walk->cursor, &is_escaped);
    struct cmek_json_text name = {start + 1, (size_t)(walk->cursor.at - start) - 2};
    if (walk->is_broken || !cmek_json_take(&walk->cursor, ':')) {
        walk->is_broken = true;
        return false;
    }
    *ret_name = name;
    return take_value(walk, ret_value);
}

bool cmek_json_text_is(struct cmek_json_text text, const char *expected)
{
    return strlen(expected) == text.length && memcmp(text.at, expected, text.length) == 0;
}

struct cmek_json_text cmek_json_text_member(struct cmek_json_text object, const char *name)
{
    struct cmek_json_walk walk = cmek_json_walk(object, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text found = {NULL, 0}, member, value;
    if (object.length == 0 || *object.at != '{')
        return found;
    while (cmek_json_walk_member(&walk, &member, &value))
        if (cmek_json_text_is(member, name))
            found = value;
    return found;
}
