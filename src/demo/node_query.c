/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/node_query.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/strings.h"
#include "demo/index.h"

static const char *display_name_of(const struct cmek_demo_node *node)
{
    return node->display_name;
}

static const char *parent_of(const struct cmek_demo_node *node)
{
    return node->parent_name;
}

static const char *project_id_of(const struct cmek_demo_node *node)
{
    return node->project_id;
}

static const char *state_of(const struct cmek_demo_node *node)
{
    return node->item.status;
}

static const struct {
    const char *field;
    const char *(*value)(const struct cmek_demo_node *node);
} fields[] = {
    {"displayname", display_name_of},
    {"name", display_name_of},
    {"domain", display_name_of},
    {"parent", parent_of},
    {"id", project_id_of},
    {"projectid", project_id_of},
    {"state", state_of},
    {"lifecyclestate", state_of},
};

static bool is_known(const char *field)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (cmek_str_eq(fields[i].field, field))
            return true;
    return false;
}

static bool parse_term(char *text, struct cmek_demo_term *ret_term)
{
    for (char *at = text; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    size_t length = strcspn(text, ":=");
    if (text[length] == '\0')
        return false;
    text[length] = '\0';
    char *value = text + length + 1;
    size_t value_length = strlen(value);
    if (value_length >= 2 && value[0] == '"' && value[value_length - 1] == '"') {
        value[value_length - 1] = '\0';
        value++;
    }
    *ret_term = (struct cmek_demo_term){text, value};
    return value[0] != '\0' && is_known(text);
}

bool cmek_demo_query_parse(const char *text, bool any_term, struct cmek_arena *arena,
                           struct cmek_demo_query *ret_query)
{
    *ret_query = (struct cmek_demo_query){.any_term = any_term};
    ret_query->terms = cmek_arena_array(arena, strlen(text) / 2 + 1, sizeof *ret_query->terms);
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        char *term = cmek_arena_strndup(arena, text, length);
        text += length;
        if (cmek_str_eq(term, "AND")) {
            ret_query->any_term = false;
            continue;
        }
        if (!parse_term(term, &ret_query->terms[ret_query->count]))
            return false;
        ret_query->count++;
    }
    return true;
}

static bool matches(const char *value, const char *pattern)
{
    size_t length = strlen(pattern);
    if (!value)
        return false;
    if (pattern[length - 1] == '*')
        return strncasecmp(value, pattern, length - 1) == 0;
    return strcasecmp(value, pattern) == 0;
}

bool cmek_demo_query_keeps(void *payload, const struct cmek_demo_item *item)
{
    const struct cmek_demo_query *query = payload;
    size_t matching = 0;
    for (size_t t = 0; t < query->count; t++)
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            if (cmek_str_eq(fields[i].field, query->terms[t].field))
                matching += matches(fields[i].value(item->node), query->terms[t].value);
    if (query->any_term)
        return query->count == 0 || matching > 0;
    return matching == query->count;
}
