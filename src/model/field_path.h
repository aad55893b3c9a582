/* SPDX-License-Identifier: Apache-2.0 */
/** @file field_path.h  Paths into the JSON of a resource, as the service catalogue writes them.
 *
 *     encryption.defaultKmsKeyName
 *     disks[].diskEncryptionKey.kmsKeyName                     every element of a list
 *     metadata.annotations."run.googleapis.com/encryption-key" a name that holds dots
 *
 * A path is only text and steps here; source/field_walk.h follows it.
 */
#ifndef CMEK_MODEL_FIELD_PATH_H
#define CMEK_MODEL_FIELD_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct cmek_arena;

struct cmek_field_step {
    const char *name;
    bool is_list; /* followed by []: goes on in each element */
};

struct cmek_field_path {
    const char *text;
    const struct cmek_field_step *steps;
    size_t count; /* 0: no path */
};

/** A list of paths. */
struct cmek_field_paths {
    const struct cmek_field_path *items;
    size_t count;
};

/** Parses @p text into @p arena. CMEK_E_USAGE says what is wrong with it. */
CMEK_NODISCARD enum cmek_status cmek_field_path_parse(const char *text, struct cmek_arena *arena,
                                                      struct cmek_field_path *ret_path,
                                                      struct cmek_error *err);
/** Parses "PATH or PATH …". */
CMEK_NODISCARD enum cmek_status cmek_field_paths_parse(const char *text, struct cmek_arena *arena,
                                                       struct cmek_field_paths *ret_paths,
                                                       struct cmek_error *err);

#endif
