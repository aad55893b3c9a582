/* SPDX-License-Identifier: Apache-2.0 */
/** @file pack_files.h  Inside src/rules: reading YAML packs from a file or a folder of them. */
#ifndef CMEK_RULES_PACK_FILES_H
#define CMEK_RULES_PACK_FILES_H

#include <stddef.h>

#include "base/error.h"

struct cmek_arena;
struct cmek_yaml;

/** Takes the documents of a pack. */
struct cmek_pack_sink {
    struct cmek_arena *arena; /* that documents are parsed into */
    /** @p origin is the file's name, or "built in"; it lives in the arena. */
    enum cmek_status (*document)(void *payload, const struct cmek_yaml *root, const char *origin,
                                 struct cmek_error *err);
    void *payload;
};

/** Reads @p path, or each *.yaml and *.yml of a folder by name. All failures are CMEK_E_USAGE, also
 * when it cannot be read: it is part of the command line. */
CMEK_NODISCARD enum cmek_status cmek_pack_load(const char *path, const struct cmek_pack_sink *sink,
                                               struct cmek_error *err);
/** Hands over what is compiled in; @p name stands for it in messages. Aborts when it cannot be
 * read: tests hold the files to the loader. */
void cmek_pack_built_in(const char *name, const unsigned char *text, size_t length,
                        const struct cmek_pack_sink *sink);

#endif
