/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_prefilter.h"

#include <string.h>

#include "model/catalogue.h"
#include "json/cursor.h"

/* Steps over a string whose opening quote is next. */
static bool take_string(struct cmek_json_cursor *cursor, const char **ret_text, size_t *ret_length)
{
    if (!cmek_json_take(cursor, '"'))
        return false;
    *ret_text = cursor->at;
    const char *from = cursor->at;
    for (;;) {
        const char *quote = memchr(from, '"', (size_t)(cursor->end - from));
        if (!quote)
            return false;
        size_t backslashes = 0;
        while (quote - backslashes > cursor->at && quote[-1 - (ptrdiff_t)backslashes] == '\\')
            backslashes++;
        from = quote + 1;
        if (backslashes % 2 == 1)
            continue;
        *ret_length = (size_t)(quote - *ret_text);
        cursor->at = quote + 1;
        return true;
    }
}

/* Whether a string says what it seems to: no escapes, and no bytes that a parser may refuse. */
static bool is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~' || text[i] == '\\')
            return false;
    return true;
}

/* Steps over an object or array whose opening bracket is next, by counting brackets outside
 * strings. */
static bool skip_nested(struct cmek_json_cursor *cursor)
{
    size_t depth = 0;
    while (cursor->at < cursor->end) {
        char byte = *cursor->at;
        if (byte == '"') {
            const char *text;
            size_t length;
            if (!take_string(cursor, &text, &length))
                return false;
            continue;
        }
        cursor->at++;
        if (byte == '{' || byte == '[')
            depth++;
        else if ((byte == '}' || byte == ']') && --depth == 0)
            return true;
    }
    return false;
}

static bool skip_value(struct cmek_json_cursor *cursor)
{
    cmek_json_skip_blanks(cursor);
    if (cursor->at == cursor->end)
        return false;
    if (*cursor->at == '{' || *cursor->at == '[')
        return skip_nested(cursor);
    if (*cursor->at == '"') {
        const char *text;
        size_t length;
        return take_string(cursor, &text, &length);
    }
    const char *start = cursor->at;
    while (cursor->at < cursor->end && !strchr(",}] \t\r\n", *cursor->at))
        cursor->at++;
    return cursor->at > start;
}

static bool is_key(const char *text, size_t length, const char *key)
{
    return strlen(key) == length && memcmp(text, key, length) == 0;
}

static bool is_type_key(const char *text, size_t length)
{
    return is_key(text, length, "asset_type") || is_key(text, length, "assetType");
}

bool cmek_asset_is_irrelevant(const struct cmek_catalogue *catalogue, const char *line,
                              size_t length)
{
    struct cmek_json_cursor cursor = {line, line + length};
    bool irrelevant = false;
    if (!cmek_json_take(&cursor, '{'))
        return false;
    do {
        const char *key, *type;
        size_t key_length, type_length;
        if (!take_string(&cursor, &key, &key_length) || !is_plain(key, key_length) ||
            !cmek_json_take(&cursor, ':'))
            return false;
        if (is_key(key, key_length, "org_policy") || is_key(key, key_length, "orgPolicy"))
            return false; /* counts whatever the asset */
        if (!is_type_key(key, key_length)) {
            if (!skip_value(&cursor))
                return false;
            continue;
        }
        const struct cmek_service_type *ignored;
        if (!take_string(&cursor, &type, &type_length) || !is_plain(type, type_length) ||
            cmek_catalogue_kind(catalogue, type, type_length, &ignored) != CMEK_ASSET_OTHER)
            return false;
        irrelevant = true;
    } while (cmek_json_take(&cursor, ','));
    if (!cmek_json_take(&cursor, '}'))
        return false;
    cmek_json_skip_blanks(&cursor);
    return irrelevant && cursor.at == cursor.end;
}
