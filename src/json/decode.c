/* SPDX-License-Identifier: Apache-2.0 */
#include "json/decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "json/json.h"

/* Where a value is in its document: "bindings[2].members"; each level stands on its caller's stack.
 */
struct path {
    const struct path *parent;
    const char *name; /* NULL: an item of an array */
    size_t index;
};

static void print_path(const struct path *path, struct cmek_strbuf *buffer)
{
    if (!path)
        return;
    print_path(path->parent, buffer);
    if (!path->name)
        cmek_strbuf_printf(buffer, "[%zu]", path->index);
    else
        cmek_strbuf_printf(buffer, "%s%s", buffer->length > 0 ? "." : "", path->name);
}

static enum cmek_status fail_at(const struct path *path, struct cmek_error *err,
                                const char *problem)
{
    struct cmek_strbuf where = {0};
    print_path(path, &where);
    enum cmek_status status = cmek_fail(err, CMEK_E_INVALID, "%s %s",
                                        path ? cmek_strbuf_text(&where) : "the document", problem);
    cmek_strbuf_done(&where);
    return status;
}

static enum cmek_status wrong_kind(const struct path *path, const struct cmek_json *json,
                                   enum cmek_json_kind expected, struct cmek_error *err)
{
    char problem[64];
    snprintf(problem, sizeof problem, "is %s, expected %s",
             cmek_json_kind_name(cmek_json_kind(json)), cmek_json_kind_name(expected));
    return fail_at(path, err, problem);
}

static enum cmek_status decode_object(const struct path *path, const struct cmek_json *json,
                                      const struct cmek_json_field *fields,
                                      struct cmek_arena *arena, void *ret_struct,
                                      struct cmek_error *err);

static enum cmek_status decode_string(const struct path *path, const struct cmek_json *json,
                                      unsigned flags, struct cmek_arena *arena,
                                      const char **ret_text, struct cmek_error *err)
{
    int64_t number;
    if ((flags & CMEK_JSON_NUMBER_AS_TEXT) && cmek_json_kind(json) == CMEK_JSON_INTEGER) {
        if (!cmek_json_int64(json, &number))
            return fail_at(path, err, "does not fit 64 bits");
        *ret_text = cmek_arena_printf(arena, "%" PRId64, number);
        return CMEK_OK;
    }
    const char *text = cmek_json_string(json, arena);
    if (!text)
        return wrong_kind(path, json, CMEK_JSON_STRING, err);
    *ret_text = text;
    return CMEK_OK;
}

static enum cmek_status decode_int64(const struct path *path, const struct cmek_json *json,
                                     int64_t *ret_value, struct cmek_error *err)
{
    if (cmek_json_int64(json, ret_value))
        return CMEK_OK;
    if (cmek_json_kind(json) == CMEK_JSON_INTEGER)
        return fail_at(path, err, "does not fit 64 bits");
    return wrong_kind(path, json, CMEK_JSON_INTEGER, err);
}

static enum cmek_status decode_strings(const struct path *path, const struct cmek_json *json,
                                       struct cmek_arena *arena, struct cmek_strings *ret_strings,
                                       struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_ARRAY)
        return wrong_kind(path, json, CMEK_JSON_ARRAY, err);
    size_t count = cmek_json_count(json);
    const char **items = cmek_arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct path item = {.parent = path, .index = i};
        enum cmek_status status = decode_string(&item, cmek_json_item(json, i), CMEK_JSON_OPTIONAL,
                                                arena, &items[i], err);
        if (status != CMEK_OK)
            return status;
    }
    *ret_strings = (struct cmek_strings){items, count};
    return CMEK_OK;
}

static enum cmek_status decode_array(const struct path *path, const struct cmek_json *json,
                                     const struct cmek_json_field *field, struct cmek_arena *arena,
                                     void *member, struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_ARRAY)
        return wrong_kind(path, json, CMEK_JSON_ARRAY, err);
    size_t count = cmek_json_count(json);
    unsigned char *items = cmek_arena_array(arena, count, field->item_size);
    for (size_t i = 0; i < count; i++) {
        const struct path item = {.parent = path, .index = i};
        enum cmek_status status = decode_object(&item, cmek_json_item(json, i), field->fields,
                                                arena, items + i * field->item_size, err);
        if (status != CMEK_OK)
            return status;
    }
    memcpy(member, &(struct cmek_json_items){items, count}, sizeof(struct cmek_json_items));
    return CMEK_OK;
}

static enum cmek_status decode_field(const struct path *path, const struct cmek_json *json,
                                     const struct cmek_json_field *field, struct cmek_arena *arena,
                                     void *member, struct cmek_error *err)
{
    switch (field->kind) {
    case CMEK_JSON_FIELD_STRING:
        return decode_string(path, json, field->flags, arena, member, err);
    case CMEK_JSON_FIELD_BOOL:
        if (cmek_json_kind(json) != CMEK_JSON_BOOL)
            return wrong_kind(path, json, CMEK_JSON_BOOL, err);
        *(bool *)member = cmek_json_is_true(json);
        return CMEK_OK;
    case CMEK_JSON_FIELD_INT64:
        return decode_int64(path, json, member, err);
    case CMEK_JSON_FIELD_STRINGS:
        return decode_strings(path, json, arena, member, err);
    case CMEK_JSON_FIELD_RAW:
        memcpy(member, &json, sizeof(const struct cmek_json *));
        return CMEK_OK;
    case CMEK_JSON_FIELD_OBJECT:
        return decode_object(path, json, field->fields, arena, member, err);
    case CMEK_JSON_FIELD_ARRAY:
        return decode_array(path, json, field, arena, member, err);
    }
    return CMEK_OK;
}

static enum cmek_status decode_object(const struct path *path, const struct cmek_json *json,
                                      const struct cmek_json_field *fields,
                                      struct cmek_arena *arena, void *ret_struct,
                                      struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return wrong_kind(path, json, CMEK_JSON_OBJECT, err);
    for (const struct cmek_json_field *field = fields; field->name; field++) {
        const struct path member = {.parent = path, .name = field->name};
        const struct cmek_json *value = cmek_json_get(json, field->name);
        if (!value && field->alias)
            value = cmek_json_get(json, field->alias);
        if (!value) {
            if (field->flags & CMEK_JSON_REQUIRED)
                return fail_at(&member, err, "is missing");
            continue;
        }
        enum cmek_status status = decode_field(&member, value, field, arena,
                                               (unsigned char *)ret_struct + field->offset, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

enum cmek_status cmek_json_decode(const struct cmek_json *json,
                                  const struct cmek_json_field *fields, struct cmek_arena *arena,
                                  void *ret_struct, struct cmek_error *err)
{
    return decode_object(/* path= */ NULL, json, fields, arena, ret_struct, err);
}
