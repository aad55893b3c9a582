/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pack_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/vec.h"
#include "yaml/yaml.h"

static enum cmek_status load_text(const char *name, const char *origin, const char *text,
                                  size_t length, const struct cmek_pack_sink *sink,
                                  struct cmek_error *err)
{
    const struct cmek_yaml *root;
    enum cmek_status status = cmek_yaml_parse(name, text, length, sink->arena, &root, err);
    if (status != CMEK_OK)
        return status;
    return sink->document(sink->payload, root, cmek_arena_strdup(sink->arena, origin), err);
}

void cmek_pack_built_in(const char *name, const unsigned char *text, size_t length,
                        const struct cmek_pack_sink *sink)
{
    struct cmek_error err;
    if (load_text(name, "built in", (const char *)text, length, sink, &err) != CMEK_OK)
        abort();
}

static enum cmek_status load_file(const char *path, const struct cmek_pack_sink *sink,
                                  struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_RULE_FILE_BYTES, &content, err);
    if (status == CMEK_OK)
        status = load_text(path, path, cmek_strbuf_text(&content), content.length, sink, err);
    cmek_strbuf_done(&content);
    return status;
}

static bool is_pack_file(const char *name)
{
    return name[0] != '.' && (cmek_str_ends(name, ".yaml") || cmek_str_ends(name, ".yml"));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names CMEK_VEC_OF(char *);

static void names_done(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    CMEK_VEC_DONE(names);
}

static enum cmek_status list_folder(const char *path, struct names *names, struct cmek_error *err)
{
    DIR *folder = opendir(path);
    if (!folder)
        return cmek_fail(err, CMEK_E_USAGE, "cannot open '%s': %s", path, strerror(errno));
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!is_pack_file(entry->d_name))
            continue;
        if (names->count == CMEK_LIMIT_DIRECTORY_FILES)
            break;
        *CMEK_VEC_ADD(names) = cmek_strdup(entry->d_name);
    }
    closedir(folder);
    if (names->count == 0)
        return cmek_fail(err, CMEK_E_USAGE, "no *.yaml or *.yml file in '%s'", path);
    if (names->count == CMEK_LIMIT_DIRECTORY_FILES)
        return cmek_fail(err, CMEK_E_USAGE, "%d files or more in '%s'", CMEK_LIMIT_DIRECTORY_FILES,
                         path);
    qsort(names->items, names->count, sizeof *names->items, compare_names);
    return CMEK_OK;
}

static enum cmek_status load_folder(const char *path, const struct cmek_pack_sink *sink,
                                    struct cmek_error *err)
{
    struct names names = {0};
    enum cmek_status status = list_folder(path, &names, err);
    for (size_t i = 0; i < names.count && status == CMEK_OK; i++) {
        struct cmek_strbuf file = {0};
        cmek_strbuf_printf(&file, "%s/%s", path, names.items[i]);
        status = load_file(cmek_strbuf_text(&file), sink, err);
        cmek_strbuf_done(&file);
    }
    names_done(&names);
    return status;
}

enum cmek_status cmek_pack_load(const char *path, const struct cmek_pack_sink *sink,
                                struct cmek_error *err)
{
    struct stat info;
    bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    enum cmek_status status = is_folder ? load_folder(path, sink, err) : load_file(path, sink, err);
    if (status == CMEK_OK)
        return CMEK_OK;
    if (err)
        err->status = CMEK_E_USAGE;
    return CMEK_E_USAGE;
}
