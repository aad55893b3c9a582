/* SPDX-License-Identifier: Apache-2.0 */
#include "report/gfm.h"

#include <string.h>

#include "base/strbuf.h"
#include "report/terminal.h"

#define WORD_JOINER "\xE2\x81\xA0" /* U+2060: no width, no line break */

void cmek_gfm_append_text(struct cmek_strbuf *buffer, const char *text)
{
    struct cmek_strbuf plain = {0};
    cmek_terminal_append(&plain, text);
    for (const char *at = cmek_strbuf_text(&plain); *at; at++) {
        if (strchr("\\`*_{}[]()<>#+-!|~&:", *at)) /* ":" too: emoji, bare addresses */
            cmek_strbuf_putc(buffer, '\\');
        cmek_strbuf_putc(buffer, *at);
        if (*at == '@')
            cmek_strbuf_puts(buffer, WORD_JOINER);
    }
    cmek_strbuf_done(&plain);
}

/* A code span ends at as many backticks as it began with. */
static size_t fence_length(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t run = strspn(text, "`");
        if (run > longest)
            longest = run;
        text += run > 0 ? run : 1;
    }
    return longest + 1;
}

static void append_fence(struct cmek_strbuf *buffer, size_t length)
{
    for (size_t i = 0; i < length; i++)
        cmek_strbuf_putc(buffer, '`');
}

void cmek_gfm_append_code(struct cmek_strbuf *buffer, const char *text)
{
    if (!text || !*text)
        return;
    struct cmek_strbuf plain = {0};
    cmek_terminal_append(&plain, text);
    size_t fence = fence_length(cmek_strbuf_text(&plain));
    const char *pad = fence > 1 ? " " : ""; /* a backtick at either end needs a blank beside it */
    append_fence(buffer, fence);
    cmek_strbuf_puts(buffer, pad);
    for (const char *at = cmek_strbuf_text(&plain); *at; at++) {
        if (*at == '|')
            cmek_strbuf_putc(buffer, '\\');
        cmek_strbuf_putc(buffer, *at);
    }
    cmek_strbuf_puts(buffer, pad);
    append_fence(buffer, fence);
    cmek_strbuf_done(&plain);
}
