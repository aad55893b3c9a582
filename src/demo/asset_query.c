/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/asset_query.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strings.h"
#include "demo/index.h"

static const char *name_of(const struct cmek_demo_asset_item *asset)
{
    return asset->name;
}

static const char *state_of(const struct cmek_demo_asset_item *asset)
{
    return asset->state;
}

static const char *project_of(const struct cmek_demo_asset_item *asset)
{
    return asset->node->name;
}

static const struct {
    const char *field;
    const char *(*value)(const struct cmek_demo_asset_item *asset);
} fields[] = {
    {"name", name_of},
    {"state", state_of},
    {"project", project_of},
};

static const char *value_of(const struct cmek_demo_asset_item *asset, const char *field)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (cmek_str_eq(fields[i].field, field))
            return fields[i].value(asset);
    return NULL;
}

static bool is_field(const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (cmek_str_eq(fields[i].field, name))
            return true;
    return false;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " ");
}

/* One word, as it is or in quotes. */
static const char *parse_word(const char *at, struct cmek_arena *arena, const char **ret_word)
{
    bool is_quoted = *at == '"';
    at += is_quoted;
    size_t length = strcspn(at, is_quoted ? "\"" : " ()");
    if (length == 0 || (is_quoted && at[length] != '"'))
        return NULL;
    *ret_word = cmek_arena_strndup(arena, at, length);
    return skip_blanks(at + length + is_quoted);
}

static const char *parse_values(const char *at, struct cmek_arena *arena,
                                struct cmek_demo_asset_term *term)
{
    const char *word = NULL;
    if (*at != '(') {
        at = parse_word(at, arena, &word);
        if (at)
            *CMEK_VEC_ADD(&term->values) = word;
        return at;
    }
    for (at = skip_blanks(at + 1); at; at = skip_blanks(at + 2)) {
        at = parse_word(at, arena, &word);
        if (!at)
            return NULL;
        *CMEK_VEC_ADD(&term->values) = word;
        if (*at == ')')
            return skip_blanks(at + 1);
        if (!cmek_str_starts(at, "OR "))
            return NULL;
    }
    return NULL;
}

bool cmek_demo_asset_query_parse(const char *text, struct cmek_arena *arena,
                                 struct cmek_demo_asset_query *ret_query)
{
    struct cmek_demo_asset_query query = {0};
    const char *at = skip_blanks(text ? text : "");
    while (at && *at) {
        if (query.terms.count > 0 && cmek_str_starts(at, "AND "))
            at = skip_blanks(at + 4);
        size_t length = strcspn(at, ":= ");
        struct cmek_demo_asset_term *term = CMEK_VEC_ADD(&query.terms);
        term->field = cmek_arena_strndup(arena, at, length);
        term->is_exact = at[length] == '=';
        bool is_known = is_field(term->field) && (term->is_exact || at[length] == ':');
        at = is_known ? parse_values(at + length + 1, arena, term) : NULL;
    }
    if (at) {
        *ret_query = query;
        return true;
    }
    cmek_demo_asset_query_done(&query);
    return false;
}

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) != 0;
}

/* Whether the words of @p wanted stand one after the other in @p text. */
static bool has_words(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);
    bool is_prefix = length > 0 && wanted[length - 1] == '*';
    length -= is_prefix;
    for (const char *at = text; *at; at++) {
        if ((at > text && is_word_byte(at[-1])) || strncasecmp(at, wanted, length) != 0)
            continue;
        if (is_prefix || !is_word_byte(at[length]))
            return true;
    }
    return false;
}

static bool term_keeps(const struct cmek_demo_asset_term *term,
                       const struct cmek_demo_asset_item *asset)
{
    const char *text = value_of(asset, term->field);
    for (size_t i = 0; text && i < term->values.count; i++)
        if (term->is_exact ? cmek_str_eq(text, term->values.items[i])
                           : has_words(text, term->values.items[i]))
            return true;
    return false;
}

bool cmek_demo_asset_query_keeps(const struct cmek_demo_asset_query *query,
                                 const struct cmek_demo_asset_item *asset)
{
    for (size_t i = 0; i < query->terms.count; i++)
        if (!term_keeps(&query->terms.items[i], asset))
            return false;
    return true;
}

void cmek_demo_asset_query_done(struct cmek_demo_asset_query *query)
{
    for (size_t i = 0; i < query->terms.count; i++)
        CMEK_VEC_DONE(&query->terms.items[i].values);
    CMEK_VEC_DONE(&query->terms);
}
