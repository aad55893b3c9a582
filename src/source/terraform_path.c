/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_path.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "json/json.h"

struct step {
    const char *name; /* NULL: a number */
    size_t index;
};
#define NO_INDEX SIZE_MAX /* "[*]": which one is not told */

static const char *quoted(const char **at, struct cmek_arena *arena)
{
    const char *start = ++*at;
    size_t length = strcspn(start, "\"");
    *at += length + (start[length] == '"');
    return cmek_arena_strndup(arena, start, length);
}

static void take_index(const char **at, struct cmek_arena *arena, struct step *step)
{
    ++*at;
    if (**at == '"') {
        step->name = quoted(at, arena);
    } else if (**at >= '0' && **at <= '9') {
        char *end;
        step->index = strtoul(*at, &end, 10);
        step->index -= step->index == NO_INDEX;
        *at = end;
    }
    *at += strcspn(*at, "]");
    *at += **at == ']';
}

/* Takes the next step from *@p at and steps past its dot; false at the end. */
static bool take_step(const char **at, struct cmek_arena *arena, struct step *ret_step)
{
    *ret_step = (struct step){NULL, NO_INDEX};
    if (**at == '\0')
        return false;
    if (**at == '[') {
        take_index(at, arena, ret_step);
    } else if (**at == '"') {
        ret_step->name = quoted(at, arena);
    } else {
        size_t length = strcspn(*at, ".[");
        ret_step->name = cmek_arena_strndup(arena, *at, length);
        *at += length;
    }
    *at += **at == '.';
    return true;
}

static const struct cmek_json *first_of(const struct cmek_json *json)
{
    return cmek_json_kind(json) == CMEK_JSON_ARRAY ? cmek_json_item(json, 0) : json;
}

static const struct cmek_json *at_index(const struct cmek_json *json, size_t index)
{
    bool is_list = cmek_json_kind(json) == CMEK_JSON_ARRAY && index != NO_INDEX;
    return is_list ? cmek_json_item(json, index) : json;
}

static void note_marks(struct cmek_tf_place *place)
{
    place->is_unknown |= cmek_json_is_true(place->unknown);
    place->is_sensitive |= cmek_json_is_true(place->sensitive);
}

static void open_lists(struct cmek_tf_place *place)
{
    place->after = first_of(place->after);
    place->unknown = first_of(place->unknown);
    place->sensitive = first_of(place->sensitive);
    note_marks(place);
}

void cmek_tf_place_walk(struct cmek_tf_place *place, const char *path, struct cmek_arena *arena)
{
    struct step step;
    note_marks(place);
    while (take_step(&path, arena, &step)) {
        if (step.name) {
            open_lists(place);
            place->after = cmek_json_get(place->after, step.name);
            place->unknown = cmek_json_get(place->unknown, step.name);
            place->sensitive = cmek_json_get(place->sensitive, step.name);
        } else {
            place->after = at_index(place->after, step.index);
            place->unknown = at_index(place->unknown, step.index);
            place->sensitive = at_index(place->sensitive, step.index);
        }
        note_marks(place);
    }
    open_lists(place);
}

const struct cmek_json *cmek_tf_expression(const struct cmek_json *expressions, const char *path,
                                           struct cmek_arena *arena)
{
    struct step step;
    while (take_step(&path, arena, &step)) {
        size_t count = cmek_json_count(expressions);
        if (step.name)
            expressions = cmek_json_get(first_of(expressions), step.name);
        else if (count > 0)
            expressions = at_index(expressions, step.index < count ? step.index : count - 1);
    }
    return first_of(expressions);
}

bool cmek_tf_is_left_out(const struct cmek_json *expressions, const struct cmek_json *after,
                         const char *path, struct cmek_arena *arena)
{
    struct step step;
    while (take_step(&path, arena, &step)) {
        bool is_list = cmek_json_kind(expressions) == CMEK_JSON_ARRAY;
        if (is_list && cmek_json_count(expressions) != cmek_json_count(after))
            return false;
        if (!step.name) {
            expressions = at_index(expressions, step.index);
            after = at_index(after, step.index);
            continue;
        }
        if (is_list && cmek_json_count(expressions) != 1)
            return false;
        expressions = first_of(expressions);
        if (cmek_json_kind(expressions) != CMEK_JSON_OBJECT)
            return false;
        if (*path == '\0')
            return !cmek_json_has(expressions, step.name);
        expressions = cmek_json_get(expressions, step.name);
        after = cmek_json_get(first_of(after), step.name);
    }
    return false;
}
