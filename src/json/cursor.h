/* SPDX-License-Identifier: Apache-2.0 */
/** @file cursor.h  A place in a JSON text, for those who step over it without parsing. */
#ifndef CMEK_JSON_CURSOR_H
#define CMEK_JSON_CURSOR_H

#include <stdbool.h>

struct cmek_json_cursor {
    const char *at, *end;
};

/** Steps over white space (RFC 8259 section 2). */
static inline void cmek_json_skip_blanks(struct cmek_json_cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t' ||
                                        *cursor->at == '\r' || *cursor->at == '\n'))
        cursor->at++;
}

/** Steps over white space and @p byte; false, at the place where it should be, when it is not
 * there. */
static inline bool cmek_json_take(struct cmek_json_cursor *cursor, char byte)
{
    cmek_json_skip_blanks(cursor);
    if (cursor->at == cursor->end || *cursor->at != byte)
        return false;
    cursor->at++;
    return true;
}

#endif
