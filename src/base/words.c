/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/strings.h"

/* In place: a word never grows. */
struct splitter {
    const char *in;
    char *out;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* From behind the opening quote to behind the closing one. */
static bool take_quoted(struct splitter *at, char quote)
{
    for (; *at->in != '\0'; at->in++) {
        if (*at->in == quote) {
            at->in++;
            return true;
        }
        bool is_escape = quote == '"' && *at->in == '\\' && (at->in[1] == '"' || at->in[1] == '\\');
        if (is_escape)
            at->in++;
        *at->out++ = *at->in;
    }
    return false;
}

static enum cmek_status take_word(struct splitter *at, struct cmek_error *err)
{
    while (*at->in != '\0' && !is_blank(*at->in)) {
        char c = *at->in++;
        if (c == '\'' || c == '"') {
            if (!take_quoted(at, c))
                return cmek_fail(err, CMEK_E_INVALID, "a quote is not closed");
            continue;
        }
        if (c == '\\') {
            if (*at->in == '\0')
                return cmek_fail(err, CMEK_E_INVALID, "a backslash protects nothing at the end");
            c = *at->in++;
        }
        *at->out++ = c;
    }
    *at->out++ = '\0';
    return CMEK_OK;
}

enum cmek_status cmek_words_split(const char *text, struct cmek_arena *arena,
                                  struct cmek_strings *ret_words, struct cmek_error *err)
{
    size_t length = strlen(text), count = 0;
    const char **words = cmek_arena_array(arena, length / 2 + 2, sizeof *words);
    struct splitter at = {text, cmek_arena_alloc(arena, length + 1)};
    for (;;) {
        while (is_blank(*at.in))
            at.in++;
        if (*at.in == '\0')
            break;
        words[count++] = at.out;
        enum cmek_status status = take_word(&at, err);
        if (status != CMEK_OK)
            return status;
    }
    *ret_words = (struct cmek_strings){words, count};
    return CMEK_OK;
}
