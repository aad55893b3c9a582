/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum cmek_status cmek_fail(struct cmek_error *err, enum cmek_status status, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
    }
    return status;
}

void cmek_error_prefix(struct cmek_error *err, const char *format, ...)
{
    if (!err)
        return;
    char lower[sizeof err->message];
    memcpy(lower, err->message, sizeof lower);
    va_list args;
    va_start(args, format);
    int length = vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof err->message)
        return;
    size_t room = sizeof err->message - (size_t)length;
    snprintf(err->message + length, room, ": %.*s", (int)(room > 3 ? room - 3 : 0), lower);
}
