/* SPDX-License-Identifier: Apache-2.0 */
#include "json/prune.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "json/cursor.h"
#include "json/strict.h"

/* Far below what the parser takes, far above what APIs send. */
#define MOST_DEPTH 32

struct scanner {
    struct cmek_json_cursor cursor;
    size_t depth;
    struct cmek_strbuf *out;
};

/* Each skip_… and take_… steps over what it is named for, or returns false. */

static bool take(struct scanner *scanner, char byte)
{
    return cmek_json_take(&scanner->cursor, byte);
}

static bool skip_text(struct scanner *scanner, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(scanner->cursor.end - scanner->cursor.at) < length ||
        memcmp(scanner->cursor.at, text, length) != 0)
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
static bool skip_escape(struct scanner *scanner)
{
    size_t left = (size_t)(scanner->cursor.end - scanner->cursor.at);
    if (left < 2)
        return false;
    if (scanner->cursor.at[1] != 'u') {
        bool known = scanner->cursor.at[1] != '\0' && strchr("\"\\/bfnrt", scanner->cursor.at[1]);
        scanner->cursor.at += 2;
        return known;
    }
    for (size_t i = 2; i < 6; i++)
        if (i >= left || !is_hex(scanner->cursor.at[i]))
            return false;
    scanner->cursor.at += 6;
    return true;
}

static bool skip_character(struct scanner *scanner)
{
    uint32_t code;
    scanner->cursor.at +=
        cmek_utf8_decode(scanner->cursor.at, (size_t)(scanner->cursor.end - scanner->cursor.at),
                         &code);
    return code >= 0x20 && code != CMEK_UTF8_INVALID;
}

/* *ret_escaped, which may be NULL: whether it holds an escape. */
static bool skip_string(struct scanner *scanner, bool *ret_escaped)
{
    bool escaped = false;
    if (!take(scanner, '"'))
        return false;
    for (;;) {
        scanner->cursor.at += cmek_json_plain_run(scanner->cursor.at, (size_t)(scanner->cursor.end -
                                                                               scanner->cursor.at));
        if (scanner->cursor.at == scanner->cursor.end)
            return false;
        if (*scanner->cursor.at == '"')
            break;
        bool is_escape = *scanner->cursor.at == '\\';
        escaped |= is_escape;
        if (!(is_escape ? skip_escape(scanner) : skip_character(scanner)))
            return false;
    }
    scanner->cursor.at++;
    if (ret_escaped)
        *ret_escaped = escaped;
    return true;
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
    return skip_string(scanner, NULL) && take(scanner, ':') && skip_value(scanner);
}

/* An object or array; its opening bracket is next. */
static bool skip_nested(struct scanner *scanner, char close, bool (*skip)(struct scanner *scanner))
{
    scanner->cursor.at++;
    if (take(scanner, close))
        return true;
    if (++scanner->depth > MOST_DEPTH)
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
        return skip_string(scanner, NULL);
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

static const struct cmek_json_keep *find(const struct cmek_json_keep *keep, const char *name,
                                         size_t length)
{
    for (; keep->name; keep++)
        if (strlen(keep->name) == length && memcmp(keep->name, name, length) == 0)
            return keep;
    return NULL;
}

static bool copy_object(struct scanner *scanner, const struct cmek_json_keep *keep);

/* @p name: where the member's name begins, its opening quote. */
static bool copy_value(struct scanner *scanner, const char *name, const struct cmek_json_keep *keep)
{
    cmek_json_skip_blanks(&scanner->cursor);
    bool is_object = scanner->cursor.at < scanner->cursor.end && *scanner->cursor.at == '{';
    bool is_whole = !keep || !keep->members || !is_object;
    const char *value = scanner->cursor.at;
    if (is_whole && !skip_value(scanner))
        return false;
    cmek_strbuf_append(scanner->out, name,
                       (size_t)((is_whole ? scanner->cursor.at : value) - name));
    return is_whole || copy_object(scanner, keep->members);
}

static bool copy_member(struct scanner *scanner, const struct cmek_json_keep *keep, bool *is_first)
{
    bool is_escaped;
    cmek_json_skip_blanks(&scanner->cursor);
    const char *name = scanner->cursor.at;
    if (!skip_string(scanner, &is_escaped))
        return false;
    const struct cmek_json_keep *row =
        find(keep, name + 1, (size_t)(scanner->cursor.at - name) - 2);
    if (!take(scanner, ':'))
        return false;
    if (!row && !is_escaped)
        return skip_value(scanner);
    if (!*is_first)
        cmek_strbuf_putc(scanner->out, ',');
    *is_first = false;
    return copy_value(scanner, name, row);
}

/* The opening bracket is next. */
static bool copy_object(struct scanner *scanner, const struct cmek_json_keep *keep)
{
    bool is_first = true;
    scanner->cursor.at++;
    cmek_strbuf_putc(scanner->out, '{');
    if (!take(scanner, '}')) {
        do {
            if (!copy_member(scanner, keep, &is_first))
                return false;
        } while (take(scanner, ','));
        if (!take(scanner, '}'))
            return false;
    }
    cmek_strbuf_putc(scanner->out, '}');
    return true;
}

bool cmek_json_prune(const char *text, size_t length, const struct cmek_json_keep *keep,
                     struct cmek_strbuf *pruned)
{
    struct scanner scanner = {.cursor = {text, text + length}, .out = pruned};
    cmek_json_skip_blanks(&scanner.cursor);
    if (scanner.cursor.at == scanner.cursor.end || *scanner.cursor.at != '{' ||
        !copy_object(&scanner, keep))
        return false;
    cmek_json_skip_blanks(&scanner.cursor);
    return scanner.cursor.at == scanner.cursor.end;
}
