/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_prefilter.h"

#include <string.h>

#include "model/asset_type.h"

struct scanner {
    const char *at, *end;
};

static void skip_blanks(struct scanner *scanner)
{
    while (scanner->at < scanner->end && (*scanner->at == ' ' || *scanner->at == '\t' ||
                                          *scanner->at == '\r' || *scanner->at == '\n'))
        scanner->at++;
}

static bool take(struct scanner *scanner, char byte)
{
    skip_blanks(scanner);
    if (scanner->at == scanner->end || *scanner->at != byte)
        return false;
    scanner->at++;
    return true;
}

/* Steps over a string whose opening quote is next. */
static bool take_string(struct scanner *scanner, const char **ret_text, size_t *ret_length)
{
    if (!take(scanner, '"'))
        return false;
    *ret_text = scanner->at;
    const char *from = scanner->at;
    for (;;) {
        const char *quote = memchr(from, '"', (size_t)(scanner->end - from));
        if (!quote)
            return false;
        size_t backslashes = 0;
        while (quote - backslashes > scanner->at && quote[-1 - (ptrdiff_t)backslashes] == '\\')
            backslashes++;
        from = quote + 1;
        if (backslashes % 2 == 1)
            continue;
        *ret_length = (size_t)(quote - *ret_text);
        scanner->at = quote + 1;
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
static bool skip_nested(struct scanner *scanner)
{
    size_t depth = 0;
    while (scanner->at < scanner->end) {
        char byte = *scanner->at;
        if (byte == '"') {
            const char *text;
            size_t length;
            if (!take_string(scanner, &text, &length))
                return false;
            continue;
        }
        scanner->at++;
        if (byte == '{' || byte == '[')
            depth++;
        else if ((byte == '}' || byte == ']') && --depth == 0)
            return true;
    }
    return false;
}

static bool skip_value(struct scanner *scanner)
{
    skip_blanks(scanner);
    if (scanner->at == scanner->end)
        return false;
    if (*scanner->at == '{' || *scanner->at == '[')
        return skip_nested(scanner);
    if (*scanner->at == '"') {
        const char *text;
        size_t length;
        return take_string(scanner, &text, &length);
    }
    const char *start = scanner->at;
    while (scanner->at < scanner->end && !strchr(",}] \t\r\n", *scanner->at))
        scanner->at++;
    return scanner->at > start;
}

static bool is_key(const char *text, size_t length, const char *key)
{
    return strlen(key) == length && memcmp(text, key, length) == 0;
}

static bool is_type_key(const char *text, size_t length)
{
    return is_key(text, length, "asset_type") || is_key(text, length, "assetType");
}

bool cmek_asset_may_be_resource(const char *line, size_t length)
{
    struct scanner scanner = {line, line + length};
    if (!take(&scanner, '{'))
        return false;
    do {
        const char *text;
        size_t text_length;
        if (!take_string(&scanner, &text, &text_length) || !take(&scanner, ':'))
            return false;
        if (!is_type_key(text, text_length))
            continue;
        const struct cmek_service_type *ignored;
        return take_string(&scanner, &text, &text_length) &&
               cmek_asset_kind(text, text_length, &ignored) == CMEK_ASSET_RESOURCE;
    } while (skip_value(&scanner) && take(&scanner, ','));
    return false;
}

bool cmek_asset_is_irrelevant(const char *line, size_t length)
{
    struct scanner scanner = {line, line + length};
    bool irrelevant = false;
    if (!take(&scanner, '{'))
        return false;
    do {
        const char *key, *type;
        size_t key_length, type_length;
        if (!take_string(&scanner, &key, &key_length) || !is_plain(key, key_length) ||
            !take(&scanner, ':'))
            return false;
        if (is_key(key, key_length, "org_policy") || is_key(key, key_length, "orgPolicy"))
            return false; /* counts whatever the asset */
        if (!is_type_key(key, key_length)) {
            if (!skip_value(&scanner))
                return false;
            continue;
        }
        const struct cmek_service_type *ignored;
        if (!take_string(&scanner, &type, &type_length) || !is_plain(type, type_length) ||
            cmek_asset_kind(type, type_length, &ignored) != CMEK_ASSET_OTHER)
            return false;
        irrelevant = true;
    } while (take(&scanner, ','));
    if (!take(&scanner, '}'))
        return false;
    skip_blanks(&scanner);
    return irrelevant && scanner.at == scanner.end;
}
