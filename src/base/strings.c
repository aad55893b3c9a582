/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strings.h"

#include <string.h>

bool cmek_str_eq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

const char *cmek_str_after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text && strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

bool cmek_str_starts(const char *text, const char *prefix)
{
    return cmek_str_after(text, prefix) != NULL;
}

bool cmek_str_ends(const char *text, const char *suffix)
{
    if (!text)
        return false;
    size_t text_length = strlen(text), suffix_length = strlen(suffix);
    return text_length >= suffix_length && strcmp(text + text_length - suffix_length, suffix) == 0;
}

bool cmek_str_is_number(const char *text)
{
    return text && text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

int cmek_str_compare(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}
