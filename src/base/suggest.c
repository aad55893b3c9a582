/* SPDX-License-Identifier: Apache-2.0 */
#include "base/suggest.h"

#include <string.h>

#define WORD_MAX 64

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t cmek_edit_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    size_t rows[3][WORD_MAX + 1]; /* of the last two letters of a, and the one at hand */
    if (length_a > WORD_MAX || length_b > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= length_b; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            row[j] = least(least(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

void cmek_suggestion_offer(struct cmek_suggestion *suggestion, const char *name)
{
    size_t distance = cmek_edit_distance(suggestion->typed, name);
    /* A beginning is as good as a typing error: --asset for --assets, --org for --organization. */
    if (strlen(suggestion->typed) >= 3 &&
        strncmp(suggestion->typed, name, strlen(suggestion->typed)) == 0)
        distance = 1;
    if (suggestion->best && distance >= suggestion->distance)
        return;
    suggestion->best = name;
    suggestion->distance = distance;
}

const char *cmek_suggestion_best(const struct cmek_suggestion *suggestion)
{
    size_t tolerance = strlen(suggestion->typed) / 3;
    return suggestion->best && suggestion->distance <= (tolerance < 1 ? 1 : tolerance)
               ? suggestion->best
               : NULL;
}
