/* SPDX-License-Identifier: Apache-2.0 */
#include "json/decode.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "json/json.h"

static enum cmek_status wrong_kind(const struct cmek_json *json, const char *name,
                                   enum cmek_json_kind expected, struct cmek_error *err)
{
    return cmek_fail(err, CMEK_E_INVALID, "%s is %s, expected %s", name,
                     cmek_json_kind_name(cmek_json_kind(json)), cmek_json_kind_name(expected));
}

static enum cmek_status decode_string(const struct cmek_json *json,
                                      const struct cmek_json_field *field, struct cmek_arena *arena,
                                      const char **ret_text, struct cmek_error *err)
{
    int64_t number;
    if ((field->flags & CMEK_JSON_NUMBER_AS_TEXT) && cmek_json_kind(json) == CMEK_JSON_INTEGER) {
        if (!cmek_json_int64(json, &number))
            return cmek_fail(err, CMEK_E_INVALID, "%s does not fit 64 bits", field->name);
        *ret_text = cmek_arena_printf(arena, "%" PRId64, number);
        return CMEK_OK;
    }
    const char *text = cmek_json_string(json, arena);
    if (!text)
        return wrong_kind(json, field->name, CMEK_JSON_STRING, err);
    *ret_text = text;
    return CMEK_OK;
}

static enum cmek_status decode_strings(const struct cmek_json *json, const char *name,
                                       struct cmek_arena *arena, struct cmek_strings *ret_strings,
                                       struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_ARRAY)
        return wrong_kind(json, name, CMEK_JSON_ARRAY, err);
    size_t count = cmek_json_count(json);
    const char **items = cmek_arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = cmek_json_string(cmek_json_item(json, i), arena);
        if (!items[i])
            return cmek_fail(err, CMEK_E_INVALID, "%s[%zu] is %s, expected a string", name, i,
                             cmek_json_kind_name(cmek_json_kind(cmek_json_item(json, i))));
    }
    *ret_strings = (struct cmek_strings){items, count};
    return CMEK_OK;
}

static enum cmek_status decode_array(const struct cmek_json *json,
                                     const struct cmek_json_field *field, struct cmek_arena *arena,
                                     struct cmek_json_items *ret_items, struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_ARRAY)
        return wrong_kind(json, field->name, CMEK_JSON_ARRAY, err);
    size_t count = cmek_json_count(json);
    unsigned char *items = cmek_arena_array(arena, count, field->item_size);
    for (size_t i = 0; i < count; i++) {
        enum cmek_status status = cmek_json_decode(cmek_json_item(json, i), field->fields, arena,
                                                   items + i * field->item_size, err);
        if (status != CMEK_OK) {
            cmek_error_prefix(err, "%s[%zu]", field->name, i);
            return status;
        }
    }
    *ret_items = (struct cmek_json_items){items, count};
    return CMEK_OK;
}

static enum cmek_status decode_field(const struct cmek_json *json,
                                     const struct cmek_json_field *field, struct cmek_arena *arena,
                                     void *member, struct cmek_error *err)
{
    enum cmek_status status;
    switch (field->kind) {
    case CMEK_JSON_FIELD_STRING:
        return decode_string(json, field, arena, member, err);
    case CMEK_JSON_FIELD_BOOL:
        if (cmek_json_kind(json) != CMEK_JSON_BOOL)
            return wrong_kind(json, field->name, CMEK_JSON_BOOL, err);
        *(bool *)member = cmek_json_is_true(json);
        return CMEK_OK;
    case CMEK_JSON_FIELD_INT64:
        if (!cmek_json_int64(json, member))
            return wrong_kind(json, field->name, CMEK_JSON_INTEGER, err);
        return CMEK_OK;
    case CMEK_JSON_FIELD_STRINGS:
        return decode_strings(json, field->name, arena, member, err);
    case CMEK_JSON_FIELD_RAW:
        memcpy(member, &json, sizeof(const struct cmek_json *));
        return CMEK_OK;
    case CMEK_JSON_FIELD_OBJECT:
        status = cmek_json_decode(json, field->fields, arena, member, err);
        if (status != CMEK_OK)
            cmek_error_prefix(err, "%s", field->name);
        return status;
    case CMEK_JSON_FIELD_ARRAY: {
        struct cmek_json_items items;
        status = decode_array(json, field, arena, &items, err);
        if (status == CMEK_OK)
            memcpy(member, &items, sizeof items);
        return status;
    }
    }
    return CMEK_OK;
}

enum cmek_status cmek_json_decode(const struct cmek_json *json,
                                  const struct cmek_json_field *fields, struct cmek_arena *arena,
                                  void *ret_struct, struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return cmek_fail(err, CMEK_E_INVALID, "found %s, expected an object",
                         cmek_json_kind_name(cmek_json_kind(json)));
    for (const struct cmek_json_field *field = fields; field->name; field++) {
        const struct cmek_json *value = cmek_json_get(json, field->name);
        if (!value && field->alias)
            value = cmek_json_get(json, field->alias);
        if (!value) {
            if (field->flags & CMEK_JSON_REQUIRED)
                return cmek_fail(err, CMEK_E_INVALID, "%s is missing", field->name);
            continue;
        }
        enum cmek_status status =
            decode_field(value, field, arena, (unsigned char *)ret_struct + field->offset, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}
