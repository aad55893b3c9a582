/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "cli/cmd.h"
#include "cli/environment.h"
#include "cli/terminal.h"
#include "yaml/yaml.h"

static const char *arg_config;

const struct cmek_option cmek_config_options[] = {
    {"config", 0, CMEK_OPTION_TEXT, &arg_config, "FILE",
     "read options from FILE (YAML); none: from no file (default: ./cmekscan.yaml, "
     "~/.config/cmekscan/cmekscan.yaml or /etc/cmekscan/cmekscan.yaml, the first there is)"},
    {0},
};

static bool belongs_to_a_command(const char *key)
{
    for (size_t i = 0; cmek_commands[i]; i++)
        if (cmek_option_find(cmek_commands[i]->groups, key))
            return true;
    return false;
}

static enum cmek_status unknown_key(const struct cmek_yaml *member, struct cmek_error *err)
{
    struct cmek_suggestion suggestion = {.typed = member->key};
    for (size_t i = 0; cmek_commands[i]; i++)
        for (const struct cmek_option_group *group = cmek_commands[i]->groups; group->options;
             group++)
            for (const struct cmek_option *option = group->options; option->name; option++)
                cmek_suggestion_offer(&suggestion, option->name);
    const char *best = cmek_suggestion_best(&suggestion);
    return cmek_yaml_fail(member, err, "'%s' is no option%s%s%s", member->key,
                          best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

/* The values of a repeatable option: one text, a list, or a mapping of names to values. */
static enum cmek_status collect_values(const struct cmek_yaml *member, struct cmek_arena *arena,
                                       struct cmek_values *values, struct cmek_error *err)
{
    if (member->kind == CMEK_YAML_TEXT) {
        *CMEK_VEC_ADD(values) = member->text;
        return CMEK_OK;
    }
    for (const struct cmek_yaml *item = member->first; item; item = item->next) {
        if (item->kind != CMEK_YAML_TEXT || item->text[0] == '\0')
            return cmek_yaml_fail(item, err, "%s takes texts, this is %s", member->key,
                                  item->kind == CMEK_YAML_TEXT ? "empty"
                                                               : cmek_yaml_kind_name(item->kind));
        *CMEK_VEC_ADD(values) =
            item->key ? cmek_arena_printf(arena, "%s=%s", item->key, item->text) : item->text;
    }
    return CMEK_OK;
}

static bool takes_a_list(const struct cmek_option *option)
{
    return option->kind == CMEK_OPTION_VALUES || cmek_str_eq(option->metavar, "LIST");
}

/* `services: [storage, pubsub]` is `--services storage,pubsub`. */
static void join(struct cmek_values *values, struct cmek_arena *arena)
{
    struct cmek_strbuf text = {0};
    for (size_t i = 0; i < values->count; i++)
        cmek_strbuf_printf(&text, "%s%s", i > 0 ? "," : "", values->items[i]);
    values->items[0] = cmek_arena_strdup(arena, cmek_strbuf_text(&text));
    values->count = 1;
    cmek_strbuf_done(&text);
}

#define FOUND_HERE "cmekscan.yaml"

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* "/a", "../a" and "a/../b", also behind "FORMAT=". */
static bool leads_out(const char *value)
{
    const char *path = strchr(value, '=');
    path = path ? path + 1 : value;
    if (path[0] == '/')
        return true;
    for (const char *at = path; *at;) {
        size_t length = strcspn(at, "/");
        if (length == 2 && at[0] == '.' && at[1] == '.')
            return true;
        at += length + (at[length] == '/');
    }
    return false;
}

/* Whoever writes into the folder that a scan happens to run in is not to decide where its
 * credentials go, nor which files elsewhere are overwritten. */
static enum cmek_status check_trust(const struct cmek_yaml *member,
                                    const struct cmek_values *values, struct cmek_error *err)
{
    static const char *const credentials[] = {"ca-file", "allow-token-host",
                                              "impersonate-service-account"};
    static const char *const written[] = {"report", "output", "checkpoint"};
    if (arg_config || strcmp(member->origin, FOUND_HERE) != 0)
        return CMEK_OK;
    const char *problem = NULL;
    if (is_one_of(member->key, credentials, sizeof credentials / sizeof *credentials))
        problem = "decides where credentials go";
    bool is_written = is_one_of(member->key, written, sizeof written / sizeof *written);
    for (size_t i = 0; is_written && i < values->count; i++)
        if (leads_out(values->items[i]))
            problem = "writes outside of the working directory";
    return problem ? cmek_yaml_fail(member, err,
                                    "%s %s, so it is not taken from a file that was only found; "
                                    "name the file: --config " FOUND_HERE,
                                    member->key, problem)
                   : CMEK_OK;
}

static enum cmek_status apply_member(const struct cmek_option *option,
                                     const struct cmek_yaml *member, struct cmek_arena *arena,
                                     struct cmek_error *err)
{
    struct cmek_values values = {0};
    enum cmek_status status = CMEK_OK;
    if (member->kind != CMEK_YAML_TEXT && !takes_a_list(option))
        status = cmek_yaml_fail(member, err, "%s takes one value, this is %s", member->key,
                                cmek_yaml_kind_name(member->kind));
    else if (member->kind == CMEK_YAML_TEXT && member->text[0] == '\0')
        status = cmek_yaml_fail(member, err, "%s has no value", member->key);
    else
        status = collect_values(member, arena, &values, err);
    if (status == CMEK_OK)
        status = check_trust(member, &values, err);
    if (status == CMEK_OK && option->kind == CMEK_OPTION_TEXT && values.count > 1)
        join(&values, arena);
    if (status == CMEK_OK)
        status =
            cmek_option_set(option, values.items, values.count,
                            cmek_arena_printf(arena, "%s:%zu", member->origin, member->line), err);
    CMEK_VEC_DONE(&values);
    return status;
}

static enum cmek_status apply_root(const struct cmek_yaml *root,
                                   const struct cmek_option_group *groups, struct cmek_arena *arena,
                                   struct cmek_error *err)
{
    if (root->kind != CMEK_YAML_MAPPING)
        return cmek_yaml_fail(root, err, "a configuration is a mapping of options, this is %s",
                              cmek_yaml_kind_name(root->kind));
    enum cmek_status status = CMEK_OK;
    for (const struct cmek_yaml *member = root->first; member && status == CMEK_OK;
         member = member->next) {
        const struct cmek_option *option = cmek_option_find(groups, member->key);
        if (strcmp(member->key, cmek_config_options[0].name) == 0)
            status = cmek_yaml_fail(member, err, "a configuration cannot name another one");
        else if (option)
            status = apply_member(option, member, arena, err);
        else if (!belongs_to_a_command(member->key))
            status = unknown_key(member, err);
    }
    return status;
}

/* The file to read, or NULL. */
static const char *find_file(struct cmek_arena *arena)
{
    if (arg_config)
        return strcmp(arg_config, "none") == 0 ? NULL : arg_config;
    const char *config = cmek_environment("XDG_CONFIG_HOME"), *home = cmek_environment("HOME");
    const char *const candidates[] = {
        FOUND_HERE,
        config ? cmek_arena_printf(arena, "%s/cmekscan/cmekscan.yaml", config)
        : home ? cmek_arena_printf(arena, "%s/.config/cmekscan/cmekscan.yaml", home)
               : NULL,
        "/etc/cmekscan/cmekscan.yaml",
    };
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (candidates[i] && access(candidates[i], F_OK) == 0)
            return candidates[i];
    return NULL;
}

enum cmek_status cmek_config_apply(const struct cmek_option_group *groups, struct cmek_error *err)
{
    if (!cmek_option_find(groups, cmek_config_options[0].name))
        return CMEK_OK; /* the command takes no configuration */
    struct cmek_arena arena = {0};
    struct cmek_strbuf content = {0};
    const struct cmek_yaml *root = NULL;
    const char *path = find_file(&arena);
    enum cmek_status status = CMEK_OK;
    if (path)
        status = cmek_file_read(path, CMEK_LIMIT_RULE_FILE_BYTES, &content, err);
    if (path && status == CMEK_OK)
        status =
            cmek_yaml_parse(path, cmek_strbuf_text(&content), content.length, &arena, &root, err);
    if (path && status == CMEK_OK)
        status = apply_root(root, groups, &arena, err);
    if (status != CMEK_OK && err)
        err->status = CMEK_E_USAGE; /* also when it cannot be read */
    if (path && !arg_config && status == CMEK_OK && !cmek_args_quiet())
        cmek_terminal_say(cmek_arena_printf(&arena, "options are read from %s too", path));
    cmek_strbuf_done(&content);
    cmek_arena_done(&arena);
    return status;
}
