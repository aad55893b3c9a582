/* SPDX-License-Identifier: Apache-2.0 */
/** @file yaml.h  Configuration files in YAML, read strictly: every mistake is a sentence with file,
 * line and column.
 *
 * The part of YAML that people write by hand: mappings, lists and text, one document a file.
 * Anchors, aliases, tags, merge keys and duplicate keys are refused. A scalar is its text; whether
 * `no` or `1.0` means something else is for the reader of the file to say. All failures are
 * CMEK_E_USAGE.
 */
#ifndef CMEK_YAML_YAML_H
#define CMEK_YAML_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"

struct cmek_arena;

enum cmek_yaml_kind {
    CMEK_YAML_TEXT,
    CMEK_YAML_LIST,
    CMEK_YAML_MAPPING,
};

/** A value in a document; lives in the arena that it was parsed into. */
struct cmek_yaml {
    enum cmek_yaml_kind kind;
    bool quoted;             /* TEXT: in quotes or a block, so never a number or a boolean */
    const char *origin;      /* the file's name, for messages */
    size_t line, column;     /* from 1; a mapping's member: where its key stands */
    const char *key;         /* a mapping's member: its key; else NULL */
    const char *text;        /* TEXT */
    struct cmek_yaml *first; /* LIST, MAPPING: the items in order */
    struct cmek_yaml *next;  /* the next item of the list or mapping that this one is in */
    size_t count;            /* LIST, MAPPING */
};

/** Parses one document; @p origin names it in messages. */
CMEK_NODISCARD enum cmek_status cmek_yaml_parse(const char *origin, const char *text, size_t length,
                                                struct cmek_arena *arena,
                                                const struct cmek_yaml **ret_root,
                                                struct cmek_error *err);

/** A member of a mapping, or NULL. */
const struct cmek_yaml *cmek_yaml_get(const struct cmek_yaml *mapping, const char *key);
/** The member of the first of two spellings that is there, or NULL. */
const struct cmek_yaml *cmek_yaml_get_either(const struct cmek_yaml *mapping, const char *key,
                                             const char *alias);
/** "text", "a list", "a mapping". */
const char *cmek_yaml_kind_name(enum cmek_yaml_kind kind);
/** Fails with CMEK_E_USAGE and "ORIGIN:LINE:COLUMN: …". */
enum cmek_status cmek_yaml_fail(const struct cmek_yaml *at, struct cmek_error *err,
                                const char *format, ...) CMEK_PRINTF(3, 4);

/* Mappings into structs by tables, as json/decode.h does it, but an unknown key is an error. */

enum cmek_yaml_field_kind {
    CMEK_YAML_FIELD_TEXT,
    CMEK_YAML_FIELD_TEXTS, /* a list of texts */
    CMEK_YAML_FIELD_RAW,
};

struct cmek_yaml_field {
    const char *name;
    enum cmek_yaml_field_kind kind;
    size_t offset;
};

/** The kind follows from the member's type: const char *, struct cmek_strings or const struct
 * cmek_yaml *. */
#define CMEK_YAML_FIELD(type, member, yaml_name)                                                   \
    {                                                                                              \
        .name = (yaml_name), .offset = offsetof(type, member),                                     \
        .kind = _Generic(((type *)0)->member,                                                      \
            const char *: CMEK_YAML_FIELD_TEXT,                                                    \
            struct cmek_strings: CMEK_YAML_FIELD_TEXTS,                                            \
            const struct cmek_yaml *: CMEK_YAML_FIELD_RAW)                                         \
    }
#define CMEK_YAML_END                                                                              \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/** Fills the members that @p node gives and leaves the others. An unknown key, a wrong kind and an
 * empty text fail. */
CMEK_NODISCARD enum cmek_status cmek_yaml_decode(const struct cmek_yaml *node,
                                                 const struct cmek_yaml_field *fields,
                                                 struct cmek_arena *arena, void *ret_struct,
                                                 struct cmek_error *err);

/** Where @p word is in @p words (NULL-ended), or would end them. */
size_t cmek_yaml_word_index(const char *word, const char *const *words);
/** Fails when @p word, the member @p key of @p mapping, is none of @p words and lists them. @p word
 * NULL: not given, which is fine. */
CMEK_NODISCARD enum cmek_status cmek_yaml_check_word(const struct cmek_yaml *mapping,
                                                     const char *key, const char *word,
                                                     const char *const *words,
                                                     struct cmek_error *err);

#endif
