/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/suggest.h"

#include <string.h>

#define WORD_MAX 64

size_t cmek_edit_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b), row[WORD_MAX + 1];
    if (length_a > WORD_MAX || length_b > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= length_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            size_t best = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            diagonal = row[j];
            row[j] = changed < best ? changed : best;
        }
    }
    return row[length_b];
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
