/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/condition.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"

struct parser {
    const char *text, *at;
    int depth;
    cmek_tag_lookup *lookup;
    void *payload;
    struct cmek_arena strings; /* of the expression: gone with the parser */
    struct cmek_arena *arena;  /* of the reason */
    const char *syntax;        /* the first thing that could not be parsed, or NULL */
    const char *unknown;       /* the first call that could not be answered, or NULL */
};

static enum cmek_tristate syntax_error(struct parser *parser, const char *expected)
{
    if (!parser->syntax)
        parser->syntax =
            cmek_arena_printf(parser->arena,
                              "the condition cannot be read: expected %s at character %zu",
                              expected, (size_t)(parser->at - parser->text) + 1);
    return CMEK_UNKNOWN;
}

static void skip_blanks(struct parser *parser)
{
    parser->at += strspn(parser->at, " \t\r\n");
}

static bool take(struct parser *parser, const char *token)
{
    skip_blanks(parser);
    size_t length = strlen(token);
    if (strncmp(parser->at, token, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static const char *take_string(struct parser *parser)
{
    skip_blanks(parser);
    char quote = *parser->at;
    if (quote != '\'' && quote != '"')
        return NULL;
    const char *start = parser->at + 1;
    size_t length = 0;
    while (start[length] != '\0' && start[length] != quote) {
        if (start[length] == '\\' || start[length] == '\n' || start[length] == '\r')
            return NULL;
        length++;
    }
    if (start[length] != quote)
        return NULL;
    parser->at = start + length + 1;
    return cmek_arena_strndup(&parser->strings, start, length);
}

/* The name after "resource.", which may have blanks around its dot. */
static size_t name_length(const char *at)
{
    size_t length = 0;
    while ((at[length] >= 'a' && at[length] <= 'z') || (at[length] >= 'A' && at[length] <= 'Z') ||
           (at[length] >= '0' && at[length] <= '9') || at[length] == '_')
        length++;
    return length;
}

static bool take_word(struct parser *parser, const char *word)
{
    skip_blanks(parser);
    size_t length = name_length(parser->at);
    if (length != strlen(word) || memcmp(parser->at, word, length) != 0)
        return false;
    parser->at += length;
    return true;
}

static enum cmek_tristate call(struct parser *parser)
{
    static const struct {
        const char *name;
        bool by_id, has_value;
    } functions[] = {
        {"matchTag", false, true},
        {"matchTagId", true, true},
        {"hasTagKey", false, false},
        {"hasTagKeyId", true, false},
    };
    if (!take_word(parser, "resource") || !take(parser, "."))
        return syntax_error(parser, "'resource.matchTag(…)' or another tag function");
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!take_word(parser, functions[i].name))
            continue;
        struct cmek_tag_test test = {.by_id = functions[i].by_id};
        if (!take(parser, "("))
            return syntax_error(parser, "'('");
        if (!(test.key = take_string(parser)))
            return syntax_error(parser, "a quoted tag key");
        if (functions[i].has_value && !take(parser, ","))
            return syntax_error(parser, "',' and a tag value");
        if (functions[i].has_value && !(test.value = take_string(parser)))
            return syntax_error(parser, "a quoted tag value");
        if (!take(parser, ")"))
            return syntax_error(parser, "')'");
        const char *reason = NULL;
        enum cmek_tristate answer = parser->lookup(parser->payload, &test, &reason);
        if (answer == CMEK_UNKNOWN && !parser->unknown)
            parser->unknown = reason;
        return answer;
    }
    return syntax_error(parser, "matchTag, matchTagId, hasTagKey or hasTagKeyId");
}

static enum cmek_tristate expression(struct parser *parser);

static enum cmek_tristate factor(struct parser *parser)
{
    bool negate = false;
    while (take(parser, "!"))
        negate = !negate;
    enum cmek_tristate value;
    if (take(parser, "(")) {
        if (++parser->depth > CMEK_LIMIT_CONDITION_DEPTH)
            return syntax_error(parser, "fewer nested parentheses");
        value = expression(parser);
        parser->depth--;
        if (!parser->syntax && !take(parser, ")"))
            return syntax_error(parser, "')'");
    } else {
        value = call(parser);
    }
    if (value == CMEK_UNKNOWN || !negate)
        return value;
    return value == CMEK_YES ? CMEK_NO : CMEK_YES;
}

/* `dominant` is what one operand suffices for: NO for &&, YES for ||. All operands are parsed: a
 * syntax error in any makes the whole expression undecided. */
static enum cmek_tristate join(enum cmek_tristate left, enum cmek_tristate right,
                               enum cmek_tristate dominant)
{
    if (left == dominant || right == dominant)
        return dominant;
    if (left == CMEK_UNKNOWN || right == CMEK_UNKNOWN)
        return CMEK_UNKNOWN;
    return left;
}

static enum cmek_tristate term(struct parser *parser)
{
    enum cmek_tristate value = factor(parser);
    while (!parser->syntax && take(parser, "&&"))
        value = join(value, factor(parser), CMEK_NO);
    return value;
}

static enum cmek_tristate expression(struct parser *parser)
{
    enum cmek_tristate value = term(parser);
    while (!parser->syntax && take(parser, "||"))
        value = join(value, term(parser), CMEK_YES);
    return value;
}

enum cmek_tristate cmek_condition_evaluate(const char *text, cmek_tag_lookup *lookup, void *payload,
                                           struct cmek_arena *arena, const char **ret_reason)
{
    struct parser parser = {
        .text = text, .at = text, .lookup = lookup, .payload = payload, .arena = arena};
    enum cmek_tristate value = CMEK_UNKNOWN;
    if (strlen(text) > CMEK_LIMIT_CONDITION_BYTES) {
        parser.syntax = "the condition is too long to be one";
    } else {
        value = expression(&parser);
        skip_blanks(&parser);
        if (!parser.syntax && *parser.at != '\0')
            syntax_error(&parser, "'&&', '||' or the end");
    }
    cmek_arena_done(&parser.strings);
    if (parser.syntax) {
        *ret_reason = parser.syntax;
        return CMEK_UNKNOWN;
    }
    if (value == CMEK_UNKNOWN)
        *ret_reason = parser.unknown ? parser.unknown : "a tag could not be decided";
    return value;
}
