/* SPDX-License-Identifier: Apache-2.0 */
#include "source/field_walk.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "json/json.h"

struct walk {
    const struct cmek_field_path *path;
    void (*visit)(void *payload, const struct cmek_field_end *end);
    void *payload;
    size_t indexes[CMEK_LIMIT_PATH_STEPS];
};

static void end_here(struct walk *walk, const struct cmek_json *value, bool is_odd)
{
    struct cmek_field_end end = {value, is_odd, walk->indexes};
    walk->visit(walk->payload, &end);
}

static bool is_empty_list(const struct cmek_json *json)
{
    return cmek_json_kind(json) == CMEK_JSON_ARRAY && cmek_json_count(json) == 0;
}

static void go_on(struct walk *walk, const struct cmek_json *json, size_t step, size_t depth);

static void go_through(struct walk *walk, const struct cmek_json *list, size_t step, size_t depth)
{
    if (cmek_json_kind(list) != CMEK_JSON_ARRAY) {
        if (list)
            end_here(walk, NULL, /* is_odd= */ true);
        return;
    }
    for (size_t i = 0; i < cmek_json_count(list); i++) {
        walk->indexes[depth] = i;
        go_on(walk, cmek_json_item(list, i), step, depth + 1);
    }
}

/* @p json is what step @p step - 1 led to. */
static void go_on(struct walk *walk, const struct cmek_json *json, size_t step, size_t depth)
{
    if (step == walk->path->count) {
        end_here(walk, json, /* is_odd= */ false);
        return;
    }
    if (json && cmek_json_kind(json) != CMEK_JSON_OBJECT && !is_empty_list(json)) {
        end_here(walk, NULL, /* is_odd= */ true);
        return;
    }
    const struct cmek_field_step *next = &walk->path->steps[step];
    const struct cmek_json *member = cmek_json_get(json, next->name);
    if (next->is_list)
        go_through(walk, member, step + 1, depth);
    else
        go_on(walk, member, step + 1, depth);
}

void cmek_field_walk(const struct cmek_json *data, const struct cmek_field_path *path,
                     void (*visit)(void *payload, const struct cmek_field_end *end), void *payload)
{
    struct walk walk = {.path = path, .visit = visit, .payload = payload};
    if (path->count > 0)
        go_on(&walk, data, 0, 0);
}

struct search {
    const char *wanted; /* NULL: any text that is not empty */
    const struct cmek_json *found;
};

/* "Nothing" comes as null, {}, [], "" and false too. */
static bool holds_something(const struct cmek_json *json)
{
    enum cmek_json_kind kind = cmek_json_kind(json);
    if (kind == CMEK_JSON_OBJECT || kind == CMEK_JSON_ARRAY)
        return cmek_json_count(json) > 0;
    if (kind == CMEK_JSON_STRING)
        return cmek_json_peek(json)[0] != '\0';
    return kind == CMEK_JSON_BOOL ? cmek_json_is_true(json) : json != NULL;
}

static void look(void *payload, const struct cmek_field_end *end)
{
    bool *found = payload;
    *found |= holds_something(end->value);
}

static void compare(void *payload, const struct cmek_field_end *end)
{
    struct search *search = payload;
    const char *text = cmek_json_peek(end->value);
    if (search->found || !text)
        return;
    if (search->wanted ? cmek_str_eq(text, search->wanted) : text[0] != '\0')
        search->found = end->value;
}

const char *cmek_field_text(const struct cmek_json *data, const struct cmek_field_path *path,
                            struct cmek_arena *arena)
{
    struct search search = {0};
    cmek_field_walk(data, path, compare, &search);
    return cmek_json_string(search.found, arena);
}

bool cmek_field_is(const struct cmek_json *data, const struct cmek_field_path *path,
                   const char *value)
{
    struct search search = {.wanted = value};
    bool found = false;
    if (!value) {
        cmek_field_walk(data, path, look, &found);
        return found;
    }
    cmek_field_walk(data, path, compare, &search);
    return search.found != NULL;
}

const char *cmek_field_place(const struct cmek_field_path *path, const size_t *indexes,
                             struct cmek_arena *arena)
{
    struct cmek_strbuf text = {0};
    size_t depth = 0;
    for (size_t i = 0; i < path->count; i++) {
        const char *quote = strpbrk(path->steps[i].name, ".[]") ? "\"" : "";
        cmek_strbuf_printf(&text, "%s%s%s%s", i > 0 ? "." : "", quote, path->steps[i].name, quote);
        if (path->steps[i].is_list && indexes[depth++] != CMEK_FIELD_ONLY)
            cmek_strbuf_printf(&text, "[%zu]", indexes[depth - 1]);
    }
    const char *place = cmek_arena_strdup(arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return place;
}
