/* SPDX-License-Identifier: Apache-2.0 */
#include "model/field_path.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"

static enum cmek_status wrong(const char *text, const char *problem, struct cmek_error *err)
{
    return cmek_fail(err, CMEK_E_USAGE,
                     "'%.200s' %s; a path looks like encryption.defaultKmsKeyName, "
                     "disks[].kmsKeyName or labels.\"a.b\"",
                     text, problem);
}

/* The name at *at, which moves behind it; NULL: there is none. */
static const char *take_name(const char **at, struct cmek_arena *arena)
{
    const char *start = *at;
    size_t length;
    if (*start == '"') {
        start++;
        length = strcspn(start, "\"");
        if (start[length] != '"')
            return NULL;
        *at = start + length + 1;
    } else {
        length = strcspn(start, ".[]\" \t\n");
        *at = start + length;
    }
    return length > 0 ? cmek_arena_strndup(arena, start, length) : NULL;
}

enum cmek_status cmek_field_path_parse(const char *text, struct cmek_arena *arena,
                                       struct cmek_field_path *ret_path, struct cmek_error *err)
{
    struct cmek_field_step steps[CMEK_LIMIT_PATH_STEPS];
    size_t count = 0;
    const char *at = text;
    if (strlen(text) > CMEK_LIMIT_PATH_BYTES)
        return wrong(text, "is too long", err);
    for (;;) {
        if (count == CMEK_LIMIT_PATH_STEPS)
            return wrong(text, "has too many steps", err);
        struct cmek_field_step *step = &steps[count++];
        step->name = take_name(&at, arena);
        if (!step->name)
            return wrong(text, "is no path", err);
        step->is_list = strncmp(at, "[]", 2) == 0;
        at += step->is_list ? 2 : 0;
        if (*at == '\0')
            break;
        if (*at++ != '.')
            return wrong(text, "is no path", err);
    }
    struct cmek_field_step *copy = cmek_arena_array(arena, count, sizeof *copy);
    memcpy(copy, steps, count * sizeof *copy);
    *ret_path = (struct cmek_field_path){cmek_arena_strdup(arena, text), copy, count};
    return CMEK_OK;
}

enum cmek_status cmek_field_paths_parse(const char *text, struct cmek_arena *arena,
                                        struct cmek_field_paths *ret_paths, struct cmek_error *err)
{
    static const char separator[] = " or ";
    struct cmek_field_path items[CMEK_LIMIT_PATH_ALTERNATIVES];
    size_t count = 0;
    for (const char *at = text; at;) {
        const char *end = strstr(at, separator);
        if (count == CMEK_LIMIT_PATH_ALTERNATIVES)
            return wrong(text, "names too many paths", err);
        char *part =
            end ? cmek_arena_strndup(arena, at, (size_t)(end - at)) : cmek_arena_strdup(arena, at);
        enum cmek_status status = cmek_field_path_parse(part, arena, &items[count++], err);
        if (status != CMEK_OK)
            return status;
        at = end ? end + sizeof separator - 1 : NULL;
    }
    struct cmek_field_path *copy = cmek_arena_array(arena, count, sizeof *copy);
    memcpy(copy, items, count * sizeof *copy);
    *ret_paths = (struct cmek_field_paths){copy, count};
    return CMEK_OK;
}
