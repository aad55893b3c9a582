/* SPDX-License-Identifier: Apache-2.0 */
/** @file decode.h  JSON objects into structs by field tables.
 *
 *     static const struct cmek_json_field topic_fields[] = {
 *         CMEK_JSON_FIELD(struct topic, name, "name", CMEK_JSON_REQUIRED),
 *         CMEK_JSON_FIELD(struct topic, kms_key, "kmsKeyName", CMEK_JSON_OPTIONAL),
 *         CMEK_JSON_END,
 *     };
 *
 * The kind of a field follows from the type of its member, so a table that disagrees with its
 * struct does not compile: const char * (string), bool, int64_t (number, or string holding one),
 * struct cmek_strings (array of strings), const struct cmek_json * (anything, borrowed from the
 * document). Unknown keys are ignored, JSON null counts as absent.
 */
#ifndef CMEK_JSON_DECODE_H
#define CMEK_JSON_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"

struct cmek_arena;
struct cmek_json;

enum cmek_json_field_kind {
    CMEK_JSON_FIELD_STRING,
    CMEK_JSON_FIELD_BOOL,
    CMEK_JSON_FIELD_INT64,
    CMEK_JSON_FIELD_STRINGS,
    CMEK_JSON_FIELD_RAW,
    CMEK_JSON_FIELD_OBJECT, /* a struct inside the struct */
    CMEK_JSON_FIELD_ARRAY,  /* {items, count} of structs */
};

enum cmek_json_flags {
    CMEK_JSON_OPTIONAL = 0,
    CMEK_JSON_REQUIRED = 1 << 0,
    /** A const char * that also takes an integer, printed: Google's project numbers come either
       way. */
    CMEK_JSON_NUMBER_AS_TEXT = 1 << 1,
};

struct cmek_json_field {
    const char *name;
    const char *alias; /* a second spelling (snake_case of an export file), or NULL */
    enum cmek_json_field_kind kind;
    unsigned flags;
    size_t offset;
    const struct cmek_json_field *fields; /* OBJECT, ARRAY */
    size_t item_size;                     /* ARRAY */
};

/** What an ARRAY field decodes to; the member must have this layout: {items pointer, count}. */
struct cmek_json_items {
    void *items;
    size_t count;
};

#define CMEK_JSON_KIND_OF_(type, member)                                                           \
    _Generic(((type *)0)->member,                                                                  \
        const char *: CMEK_JSON_FIELD_STRING,                                                      \
        bool: CMEK_JSON_FIELD_BOOL,                                                                \
        int64_t: CMEK_JSON_FIELD_INT64,                                                            \
        struct cmek_strings: CMEK_JSON_FIELD_STRINGS,                                              \
        const struct cmek_json *: CMEK_JSON_FIELD_RAW)

#define CMEK_JSON_FIELD_ALIAS(type, member, json_name, json_alias, field_flags)                    \
    {                                                                                              \
        .name = (json_name), .alias = (json_alias), .kind = CMEK_JSON_KIND_OF_(type, member),      \
        .flags = (field_flags), .offset = offsetof(type, member)                                   \
    }
#define CMEK_JSON_FIELD(type, member, json_name, field_flags)                                      \
    CMEK_JSON_FIELD_ALIAS(type, member, json_name, NULL, field_flags)
#define CMEK_JSON_OBJECT_FIELD(type, member, json_name, json_alias, table)                         \
    {                                                                                              \
        .name = (json_name), .alias = (json_alias), .kind = CMEK_JSON_FIELD_OBJECT,                \
        .offset = offsetof(type, member), .fields = (table)                                        \
    }
#define CMEK_JSON_ARRAY_FIELD(type, member, json_name, json_alias, table)                          \
    {                                                                                              \
        .name = (json_name), .alias = (json_alias), .kind = CMEK_JSON_FIELD_ARRAY,                 \
        .offset = offsetof(type, member), .fields = (table),                                       \
        .item_size = sizeof *((type *)0)->member.items                                             \
    }
#define CMEK_JSON_END                                                                              \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/** Fills @p ret_struct (zeroed by the caller) from @p json; strings and arrays go to @p arena.
 * CMEK_E_INVALID names the path and both types: "encryption.defaultKmsKeyName is an integer,
 * expected a string". */
CMEK_NODISCARD enum cmek_status cmek_json_decode(const struct cmek_json *json,
                                                 const struct cmek_json_field *fields,
                                                 struct cmek_arena *arena, void *ret_struct,
                                                 struct cmek_error *err);

#endif
