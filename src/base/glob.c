/* SPDX-License-Identifier: Apache-2.0 */
#include "base/glob.h"

#include <stddef.h>

/* Whether the pattern's first byte, which is no star, takes @p byte; @p ret_next gets what follows
 * it. */
static bool takes(const char *pattern, char byte, const char **ret_next)
{
    bool literal = *pattern == '\\' && pattern[1] != '\0';
    const char *at = literal ? pattern + 1 : pattern;
    *ret_next = at + 1;
    return *at != '\0' && ((!literal && *at == '?') || *at == byte);
}

bool cmek_glob_match(const char *pattern, const char *text)
{
    /* Where to go on when the bytes after the last star did not fit: one byte later. An earlier
     * star need not be tried again, since the last one can take whatever it could have. */
    const char *after_star = NULL, *retry = NULL, *next;
    while (*text) {
        if (*pattern == '*') {
            after_star = ++pattern;
            retry = text;
        } else if (takes(pattern, *text, &next)) {
            pattern = next;
            text++;
        } else if (after_star) {
            pattern = after_star;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
