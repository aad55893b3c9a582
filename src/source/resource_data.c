/* SPDX-License-Identifier: Apache-2.0 */
/* resource.data of a resource, by its row in the service catalogue. */
#include "source/resource_data.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "model/catalogue.h"
#include "model/names.h"
#include "model/record.h"
#include "source/field_walk.h"
#include "source/resource_keys.h"
#include "json/decode.h"
#include "json/json.h"

/* "No key" comes as nothing, null and ""; any other shape is one that the field cannot have. */
static void take_end(void *payload, const struct cmek_field_end *end)
{
    struct cmek_key_reader *reader = payload;
    const char *text = cmek_json_string(end->value, reader->arena);
    if (end->is_odd || (end->value && !text))
        reader->resource->key_unreadable = true;
    cmek_key_reader_end(reader, text, end->indexes);
}

static void walk(void *payload, const struct cmek_field_path *path, struct cmek_key_reader *reader)
{
    cmek_field_walk(payload, path, take_end, reader);
}

static void decode_keys(struct cmek_resource_data *resource, const struct cmek_json *data,
                        struct cmek_arena *arena)
{
    const struct cmek_service_type *type = resource->type;
    if (!cmek_resource_keys_read(&type->keys, &type->further_keys, walk, (void *)(uintptr_t)data,
                                 resource, arena))
        return;
    for (size_t i = 0; i < type->other_key_count && !resource->other_key; i++)
        if (cmek_field_text(data, &type->other_keys[i].field, arena))
            resource->other_key = &type->other_keys[i];
}

struct labels {
    struct cmek_arena *arena;
    struct cmek_label *items;
    size_t count;
};

static bool add_label(void *payload, const char *name, const struct cmek_json *value)
{
    struct labels *labels = payload;
    const char *text = cmek_json_string(value, labels->arena);
    if (text)
        labels->items[labels->count++] =
            (struct cmek_label){cmek_arena_strdup(labels->arena, name), text};
    return true;
}

void cmek_resource_decode_labels(struct cmek_resource_data *resource, const struct cmek_json *json,
                                 struct cmek_arena *arena)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return;
    struct labels labels = {
        arena, cmek_arena_array(arena, cmek_json_count(json), sizeof(struct cmek_label)), 0};
    cmek_json_each(json, add_label, &labels);
    resource->labels = labels.items;
    resource->label_count = labels.count;
}

/* The row's own field, else `location`, else what the name says. Compute Engine gives addresses
 * whose last part is the name; topics are global and have none. */
static const char *resource_location(const struct cmek_record *record, const struct cmek_json *data,
                                     struct cmek_arena *arena)
{
    static const char *const marks[] = {"/locations/", "/zones/", "/regions/"};
    const char *location = cmek_field_text(data, &record->data.resource.type->location, arena);
    if (!location)
        location = cmek_json_string(cmek_json_get(data, "location"), arena);
    if (location)
        return cmek_arena_lower(arena, cmek_short_name(location));
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *in_name = strstr(record->name, marks[i]);
        if (!in_name)
            continue;
        in_name += strlen(marks[i]);
        return cmek_arena_strndup(arena, in_name, strcspn(in_name, "/"));
    }
    return NULL;
}

static bool is_excepted(const struct cmek_record *record, const struct cmek_json *data)
{
    const struct cmek_service_type *type = record->data.resource.type;
    for (size_t i = 0; i < type->exception_count; i++) {
        const struct cmek_exception *exception = &type->exceptions[i];
        if (exception->name ? cmek_exception_names(exception, cmek_short_name(record->name))
                            : cmek_field_is(data, &exception->field, exception->value))
            return true;
    }
    return false;
}

/* What an earlier reader read: asset_encode.h. */
struct as_read {
    const char *key, *keyless_place, *other_key, *created_at;
    struct cmek_strings more_keys;
    bool excepted;
};

static void decode_as_read(struct cmek_resource_data *resource, const struct cmek_json *json,
                           struct cmek_arena *arena)
{
    static const struct cmek_json_field fields[] = {
        CMEK_JSON_FIELD(struct as_read, key, "key", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct as_read, more_keys, "more_keys", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct as_read, keyless_place, "keyless_place", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct as_read, other_key, "other_key", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct as_read, created_at, "created_at", CMEK_JSON_OPTIONAL),
        CMEK_JSON_FIELD(struct as_read, excepted, "excepted", CMEK_JSON_OPTIONAL),
        CMEK_JSON_END,
    };
    struct as_read read = {0};
    if (cmek_json_decode(json, fields, arena, &read, NULL) != CMEK_OK ||
        (!read.key && (read.more_keys.count > 0 || read.keyless_place)) ||
        read.more_keys.count >= CMEK_LIMIT_RESOURCE_KEYS) {
        resource->key_unreadable = true;
        return;
    }
    resource->kms_key = read.key;
    resource->more_keys = read.more_keys;
    resource->keyless_place = read.keyless_place;
    resource->created_at = read.created_at;
    resource->is_excepted = read.excepted;
    for (size_t i = 0; i < resource->type->other_key_count; i++)
        if (cmek_str_eq(read.other_key, resource->type->other_keys[i].field.text))
            resource->other_key = &resource->type->other_keys[i];
}

static void decode_by_row(struct cmek_record *record, const struct cmek_json *data,
                          struct cmek_arena *arena)
{
    struct cmek_resource_data *resource = &record->data.resource;
    decode_keys(resource, data, arena);
    resource->created_at = cmek_field_text(data, &resource->type->created, arena);
    resource->is_excepted = is_excepted(record, data);
}

void cmek_resource_decode(struct cmek_record *record, const struct cmek_json *data,
                          struct cmek_arena *arena)
{
    struct cmek_resource_data *resource = &record->data.resource;
    const struct cmek_json *as_read = cmek_json_get(data, CMEK_RESOURCE_AS_READ);
    if (as_read)
        decode_as_read(resource, as_read, arena);
    else
        decode_by_row(record, data, arena);
    cmek_resource_decode_labels(resource, cmek_json_get(data, "labels"), arena);
    resource->location = resource_location(record, data, arena);
    const char *mode = cmek_json_peek(
        cmek_json_get_path(data,
                           "encryption.googleManagedEncryptionEnforcementConfig.restrictionMode"));
    resource->google_keys_refused = cmek_str_eq(mode, "FullyRestricted");
    struct project_number {
        const char *number;
    } number = {0};
    static const struct cmek_json_field fields[] = {
        CMEK_JSON_FIELD(struct project_number, number, "projectNumber", CMEK_JSON_NUMBER_AS_TEXT),
        CMEK_JSON_END,
    };
    if (cmek_json_decode(data, fields, arena, &number, NULL) == CMEK_OK)
        resource->project_number = number.number;
}
