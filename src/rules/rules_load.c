/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "embed/cmek_built_in_rules.h"
#include "rules/rule_decode.h"
#include "rules/rule_set.h"
#include "yaml/yaml.h"

static enum cmek_status add_all(struct cmek_rule_set *set, const struct cmek_yaml *root,
                                const char *origin, struct cmek_map *seen, struct cmek_error *err)
{
    if (root->kind != CMEK_YAML_LIST)
        return cmek_yaml_fail(root, err, "a rule file is a list of rules ('- id: …'), this is %s",
                              cmek_yaml_kind_name(root->kind));
    for (const struct cmek_yaml *node = root->first; node; node = node->next) {
        struct cmek_rule_change change;
        enum cmek_status status = cmek_rule_decode(node, &set->arena, &change, err);
        if (status != CMEK_OK)
            return status;
        const struct cmek_yaml *earlier = cmek_map_get(seen, change.rule.id);
        if (earlier)
            return cmek_yaml_fail(node, err, "rule '%s' is already in line %zu", change.rule.id,
                                  earlier->line);
        cmek_map_put_borrowed(seen, change.rule.id, (void *)(uintptr_t)node);
        status = cmek_rule_set_add(set, &change, origin, err);
        if (status != CMEK_OK)
            return status;
    }
    return CMEK_OK;
}

static enum cmek_status load_text(struct cmek_rule_set *set, const char *name, const char *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    const struct cmek_yaml *root;
    enum cmek_status status = cmek_yaml_parse(name, text, length, &set->arena, &root, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_map seen = {0};
    status = add_all(set, root, cmek_arena_strdup(&set->arena, origin), &seen, err);
    cmek_map_done(&seen);
    return status;
}

struct cmek_rule_set *cmek_rules_built_in(void)
{
    struct cmek_rule_set *set = cmek_rule_set_new();
    struct cmek_error err;
    enum cmek_status status =
        load_text(set, "rules/", "built in", (const char *)cmek_built_in_rules,
                  cmek_built_in_rules_size, &err);
    if (status != CMEK_OK)
        abort(); /* tests/unit/rules holds these files to the loader */
    return set;
}

static enum cmek_status load_file(struct cmek_rule_set *set, const char *path,
                                  struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_RULE_FILE_BYTES, &content, err);
    if (status == CMEK_OK)
        status = load_text(set, path, path, cmek_strbuf_text(&content), content.length, err);
    cmek_strbuf_done(&content);
    return status;
}

static bool is_rule_file(const char *name)
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
        if (!is_rule_file(entry->d_name))
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

static enum cmek_status load_folder(struct cmek_rule_set *set, const char *path,
                                    struct cmek_error *err)
{
    struct names names = {0};
    enum cmek_status status = list_folder(path, &names, err);
    for (size_t i = 0; i < names.count && status == CMEK_OK; i++) {
        struct cmek_strbuf file = {0};
        cmek_strbuf_printf(&file, "%s/%s", path, names.items[i]);
        status = load_file(set, cmek_strbuf_text(&file), err);
        cmek_strbuf_done(&file);
    }
    names_done(&names);
    return status;
}

enum cmek_status cmek_rules_load(struct cmek_rule_set *rules, const char *path,
                                 struct cmek_error *err)
{
    struct stat info;
    bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    enum cmek_status status =
        is_folder ? load_folder(rules, path, err) : load_file(rules, path, err);
    if (status == CMEK_OK)
        return CMEK_OK;
    if (err)
        err->status =
            CMEK_E_USAGE; /* also when it cannot be read: it is part of the command line */
    return CMEK_E_USAGE;
}
