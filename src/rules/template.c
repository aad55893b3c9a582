/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/template.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/utf8.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz_"

enum piece_kind {
    PIECE_END,
    PIECE_LITERAL,
    PIECE_NAME,
    PIECE_STRAY, /* a brace that belongs to nothing */
};

struct piece {
    enum piece_kind kind;
    const char *text; /* NAME: without its braces */
    size_t length;
};

static struct piece next_piece(const char **cursor)
{
    const char *at = *cursor;
    struct piece piece = {.kind = PIECE_LITERAL, .text = at, .length = strcspn(at, "{}")};
    if (*at == '\0')
        return (struct piece){.kind = PIECE_END, .text = at};
    if (piece.length > 0) {
        *cursor = at + piece.length;
        return piece;
    }
    piece.length = 1;
    if (at[1] == at[0]) {
        *cursor = at + 2;
        return piece;
    }
    size_t name = strspn(at + 1, NAME_LETTERS);
    if (*at == '{' && name > 0 && at[1 + name] == '}') {
        *cursor = at + name + 2;
        return (struct piece){.kind = PIECE_NAME, .text = at + 1, .length = name};
    }
    piece.kind = PIECE_STRAY;
    *cursor = at + 1;
    return piece;
}

/* C0, C1, and the marks that reorder text, with which a name could pose as another on a terminal.
 */
static bool is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == CMEK_UTF8_INVALID;
}

static void put_clean(struct cmek_strbuf *buffer, const char *value)
{
    for (size_t length = strlen(value); length > 0;) {
        uint32_t code;
        size_t used = cmek_utf8_decode(value, length, &code);
        if (is_harmful(code))
            cmek_strbuf_puts(buffer, CMEK_UTF8_REPLACEMENT);
        else
            cmek_strbuf_append(buffer, value, used);
        value += used;
        length -= used;
    }
}

static const char *look_up(const struct piece *piece, cmek_template_lookup *lookup, void *payload)
{
    char name[64];
    if (piece->length >= sizeof name)
        return NULL;
    memcpy(name, piece->text, piece->length);
    name[piece->length] = '\0';
    return lookup(payload, name);
}

static void put_placeholder(struct cmek_strbuf *buffer, const struct piece *piece)
{
    for (size_t i = 0; i < piece->length; i++)
        cmek_strbuf_putc(buffer, (char)toupper((unsigned char)piece->text[i]));
}

/* A value that begins a word with a dash would be taken for an option, however it is quoted. */
static void put_value(struct cmek_strbuf *buffer, const struct piece *piece, const char *value,
                      bool begins_word)
{
    if (!value || value[0] == '\0' || (begins_word && value[0] == '-'))
        put_placeholder(buffer, piece);
    else
        put_clean(buffer, value);
}

static bool is_bare(const char *word)
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "_@%+=:,./-";
    return word[strspn(word, safe)] == '\0';
}

static void flush_word(struct cmek_strbuf *word, bool has_value, struct cmek_strbuf *buffer)
{
    const char *text = cmek_strbuf_text(word);
    if (!has_value || is_bare(text)) {
        cmek_strbuf_puts(buffer, text);
    } else {
        cmek_strbuf_putc(buffer, '\'');
        for (; *text; text++) {
            if (*text == '\'')
                cmek_strbuf_puts(buffer, "'\\''");
            else
                cmek_strbuf_putc(buffer, *text);
        }
        cmek_strbuf_putc(buffer, '\'');
    }
    cmek_strbuf_clear(word);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

static void expand_command(const char *text, cmek_template_lookup *lookup, void *payload,
                           struct cmek_strbuf *buffer)
{
    struct cmek_strbuf word = {0};
    bool has_value = false;
    for (struct piece piece = next_piece(&text); piece.kind != PIECE_END;
         piece = next_piece(&text)) {
        if (piece.kind == PIECE_NAME) {
            put_value(&word, &piece, look_up(&piece, lookup, payload), word.length == 0);
            has_value = true;
            continue;
        }
        for (size_t i = 0; i < piece.length; i++) {
            if (!is_blank(piece.text[i])) {
                cmek_strbuf_putc(&word, piece.text[i]);
                continue;
            }
            flush_word(&word, has_value, buffer);
            has_value = false;
            cmek_strbuf_putc(buffer, piece.text[i]);
        }
    }
    flush_word(&word, has_value, buffer);
    cmek_strbuf_done(&word);
}

void cmek_template_expand(const char *text, enum cmek_template_kind kind,
                          cmek_template_lookup *lookup, void *payload, struct cmek_strbuf *buffer)
{
    if (kind == CMEK_TEMPLATE_COMMAND) {
        expand_command(text, lookup, payload, buffer);
        return;
    }
    for (struct piece piece = next_piece(&text); piece.kind != PIECE_END;
         piece = next_piece(&text)) {
        if (piece.kind == PIECE_NAME)
            put_value(buffer, &piece, look_up(&piece, lookup, payload), /* begins_word= */ false);
        else
            cmek_strbuf_append(buffer, piece.text, piece.length);
    }
}

static bool is_known(const struct piece *piece, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == piece->length && memcmp(*names, piece->text, piece->length) == 0)
            return true;
    return false;
}

static enum cmek_status unknown_name(const struct piece *piece, const char *const *names,
                                     struct cmek_error *err)
{
    struct cmek_strbuf known = {0};
    for (const char *const *name = names; *name; name++)
        cmek_strbuf_printf(&known, "%s{%s}", name == names ? "" : ", ", *name);
    enum cmek_status status =
        cmek_fail(err, CMEK_E_USAGE, "unknown placeholder '{%.*s}'; known: %s", (int)piece->length,
                  piece->text, cmek_strbuf_text(&known));
    cmek_strbuf_done(&known);
    return status;
}

enum cmek_status cmek_template_check(const char *text, const char *const *names,
                                     struct cmek_error *err)
{
    for (struct piece piece = next_piece(&text); piece.kind != PIECE_END;
         piece = next_piece(&text)) {
        if (piece.kind == PIECE_STRAY)
            return cmek_fail(err, CMEK_E_USAGE,
                             "a stray '%c': placeholders look like {bucket}, a brace is doubled",
                             piece.text[0]);
        if (piece.kind == PIECE_NAME && !is_known(&piece, names))
            return unknown_name(&piece, names, err);
    }
    return CMEK_OK;
}

/* Where a reader of shell text stands. */
struct shell_state {
    char quote; /* ' or ", 0 outside */
    bool in_comment, escaped;
    bool word_begun, word_has_value, word_has_syntax;
};

static enum cmek_status end_word(struct shell_state *state, struct cmek_error *err)
{
    if (state->word_has_value && state->word_has_syntax)
        return cmek_fail(err, CMEK_E_USAGE,
                         "a placeholder shares a word with quotes or other shell syntax; values "
                         "are quoted for the shell when they are filled in");
    state->word_begun = state->word_has_value = state->word_has_syntax = false;
    return CMEK_OK;
}

static enum cmek_status read_shell(struct shell_state *state, char byte, struct cmek_error *err)
{
    if (state->in_comment) {
        state->in_comment = byte != '\n';
        return CMEK_OK;
    }
    if (state->escaped) {
        state->escaped = false;
        state->word_has_syntax = !is_blank(byte) || state->word_has_syntax;
        return CMEK_OK;
    }
    if (byte == '\\' && state->quote != '\'') {
        state->escaped = true;
        return CMEK_OK;
    }
    if (state->quote != 0) {
        if (byte == state->quote)
            state->quote = 0;
        return CMEK_OK;
    }
    if (is_blank(byte))
        return end_word(state, err);
    if (byte == '#' && !state->word_begun) {
        state->in_comment = true;
        return CMEK_OK;
    }
    state->word_begun = true;
    if (byte == '\'' || byte == '"')
        state->quote = byte;
    if (strchr("'\"$;|&<>()", byte))
        state->word_has_syntax = true;
    return CMEK_OK;
}

static enum cmek_status read_name(struct shell_state *state, struct cmek_error *err)
{
    if (state->in_comment)
        return CMEK_OK;
    if (state->quote != 0 || state->escaped)
        return cmek_fail(err, CMEK_E_USAGE,
                         "a placeholder inside quotes; values are quoted for the shell when they "
                         "are filled in");
    state->word_begun = state->word_has_value = true;
    return CMEK_OK;
}

enum cmek_status cmek_template_check_command(const char *text, struct cmek_error *err)
{
    if (strstr(text, "<<") || strchr(text, '`'))
        return cmek_fail(err, CMEK_E_USAGE, "here documents ('<<') and '`' cannot be quoted for");
    struct shell_state state = {0};
    enum cmek_status status = CMEK_OK;
    for (struct piece piece = next_piece(&text); piece.kind != PIECE_END && status == CMEK_OK;
         piece = next_piece(&text)) {
        if (piece.kind == PIECE_NAME)
            status = read_name(&state, err);
        else
            for (size_t i = 0; i < piece.length && status == CMEK_OK; i++)
                status = read_shell(&state, piece.text[i], err);
    }
    if (status == CMEK_OK && state.quote != 0)
        status = cmek_fail(err, CMEK_E_USAGE, "a %c that is never closed", state.quote);
    return status == CMEK_OK ? end_word(&state, err) : status;
}
