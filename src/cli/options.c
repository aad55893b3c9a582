/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/suggest.h"
#include "cli/environment.h"

static const struct cmek_option *find_named(const struct cmek_option_group *groups,
                                            const char *name, size_t length)
{
    for (; groups->options; groups++)
        for (const struct cmek_option *option = groups->options; option->name; option++)
            if (strlen(option->name) == length && memcmp(option->name, name, length) == 0)
                return option;
    return NULL;
}

const struct cmek_option *cmek_option_find(const struct cmek_option_group *groups, const char *name)
{
    return find_named(groups, name, strlen(name));
}

static const struct cmek_option *find_letter(const struct cmek_option_group *groups, char letter)
{
    for (; groups->options; groups++)
        for (const struct cmek_option *option = groups->options; option->name; option++)
            if (option->letter == letter)
                return option;
    return NULL;
}

/* What other scanners call it. */
static bool means_report(const struct cmek_option_group *groups, const char *name)
{
    static const char *const names[] = {"json",   "jsonl",         "sarif",
                                        "junit",  "markdown",      "format",
                                        "output", "output-format", "output-file"};
    for (size_t i = 0;
         find_named(groups, "report", strlen("report")) && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static enum cmek_status unexpected(const struct cmek_option_group *groups, const char *word,
                                   struct cmek_error *err)
{
    bool is_scope =
        cmek_str_is_number(word) && find_named(groups, "organization", strlen("organization"));
    if (is_scope)
        return cmek_fail(err, CMEK_E_USAGE,
                         "unexpected argument '%s' (did you mean --organization %s, or --project "
                         "%s?)",
                         word, word, word);
    return cmek_fail(err, CMEK_E_USAGE, "unexpected argument '%s'; --help shows the usage", word);
}

static enum cmek_status unknown(const struct cmek_option_group *groups, const char *arg,
                                struct cmek_error *err)
{
    struct cmek_strbuf name = {0};
    const char *bare = arg + strspn(arg, "-");
    cmek_strbuf_append(&name, bare, strcspn(bare, "="));
    struct cmek_suggestion suggestion = {.typed = cmek_strbuf_text(&name)};
    bool is_report = means_report(groups, cmek_strbuf_text(&name));
    for (; groups->options; groups++)
        for (const struct cmek_option *option = groups->options; option->name; option++)
            cmek_suggestion_offer(&suggestion, option->name);
    const char *best = is_report ? "report json=PATH" : cmek_suggestion_best(&suggestion);
    cmek_fail(err, CMEK_E_USAGE, "unknown option '%s'%s%s%s; --help lists the options", arg,
              best ? " (did you mean --" : "", best ? best : "", best ? "?)" : "");
    cmek_strbuf_done(&name);
    return CMEK_E_USAGE;
}

/* Where options got their values, by name: a process runs one command. */
static struct cmek_map origins;

const char *cmek_option_origin(const struct cmek_option *option)
{
    return cmek_map_get(&origins, option->name);
}

/* The next option that a message speaks of, its end in *at; NULL: there is none. */
static const char *next_spoken_of(const char **at, struct cmek_strbuf *name)
{
    const char *start = strstr(*at, "--");
    if (!start)
        return NULL;
    size_t length = strspn(start + 2, "abcdefghijklmnopqrstuvwxyz-");
    *at = start + 2 + length;
    cmek_strbuf_clear(name);
    cmek_strbuf_append(name, start + 2, length);
    return cmek_strbuf_text(name);
}

void cmek_option_blame(const char *message, struct cmek_strbuf *text)
{
    struct cmek_strbuf name = {0}, list = {0};
    struct cmek_map seen = {0};
    size_t count = 0;
    const char *last = NULL;
    for (const char *at = message, *option; (option = next_spoken_of(&at, &name)) != NULL;) {
        const char *origin = cmek_map_get(&origins, option);
        if (!origin || cmek_map_get(&seen, option))
            continue;
        cmek_map_put(&seen, option, &seen);
        count++;
        if (cmek_str_starts(origin, "--"))
            continue;
        last = origin;
        cmek_strbuf_printf(&list, "%s--%s is from %s", list.length > 0 ? ", " : "", option, origin);
    }
    if (last && count == 1)
        cmek_strbuf_printf(text, " (from %s)", last);
    else if (last)
        cmek_strbuf_printf(text, " (%s)", cmek_strbuf_text(&list));
    cmek_map_done(&seen);
    cmek_strbuf_done(&list);
    cmek_strbuf_done(&name);
}

static enum cmek_status set_flag(const struct cmek_option *option, const char *value,
                                 const char *origin, struct cmek_error *err)
{
    static const char *const words[][2] = {{"true", "false"},
                                           {"1", "0"},
                                           {"yes", "no"},
                                           {"on", "off"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!cmek_str_eq(value, words[i][0]) && !cmek_str_eq(value, words[i][1]))
            continue;
        *(bool *)option->target = cmek_str_eq(value, words[i][0]);
        return CMEK_OK;
    }
    return cmek_fail(err, CMEK_E_USAGE, "%s is '%s', expected true or false", origin, value);
}

/* Sets a value whatever there was before. */
static enum cmek_status set(const struct cmek_option *option, const char *value, const char *origin,
                            struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    switch (option->kind) {
    case CMEK_OPTION_FLAG:
        status = set_flag(option, value, origin, err);
        break;
    case CMEK_OPTION_TEXT:
        *(const char **)option->target = value;
        break;
    case CMEK_OPTION_VALUES:
        *CMEK_VEC_ADD((struct cmek_values *)option->target) = value;
        break;
    }
    if (status == CMEK_OK && !cmek_option_origin(option))
        cmek_map_put_borrowed(&origins, option->name, cmek_strdup(origin));
    return status;
}

enum cmek_status cmek_option_set(const struct cmek_option *option, const char *const *values,
                                 size_t count, const char *origin, struct cmek_error *err)
{
    if (cmek_option_origin(option))
        return CMEK_OK;
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < count && status == CMEK_OK; i++)
        status = set(option, option->kind == CMEK_OPTION_FLAG ? values[i] : cmek_strdup(values[i]),
                     origin, err);
    return status;
}

/* One argument that begins with a dash; *index moves on when the value is the next one. */
static enum cmek_status take_option(const struct cmek_option_group *groups, int count,
                                    char *const *args, int *index, struct cmek_error *err)
{
    const char *arg = args[*index], *value = NULL;
    const struct cmek_option *option;
    if (arg[1] == '-') {
        size_t length = strcspn(arg + 2, "=");
        option = find_named(groups, arg + 2, length);
        if (arg[2 + length] == '=')
            value = arg + 2 + length + 1;
    } else {
        option = find_letter(groups, arg[1]);
        if (arg[2] != '\0')
            value = arg + 2;
    }
    if (!option)
        return unknown(groups, arg, err);
    char origin[80];
    snprintf(origin, sizeof origin, "--%s", option->name);
    if (option->kind == CMEK_OPTION_FLAG)
        return set(option, value ? value : "true", origin, err);
    if (!value && *index + 1 < count)
        value = args[++*index];
    if (!value || value[0] == '\0')
        return cmek_fail(err, CMEK_E_USAGE, "option --%s needs a value: --%s %s", option->name,
                         option->name, option->metavar);
    return set(option, value, origin, err);
}

enum cmek_status cmek_options_parse(const struct cmek_option_group *groups, int count,
                                    char *const *args, struct cmek_values *words,
                                    struct cmek_error *err)
{
    bool options_ended = false;
    for (int i = 0; i < count; i++) {
        bool is_option = !options_ended && args[i][0] == '-' && args[i][1] != '\0';
        if (is_option && strcmp(args[i], "--") == 0) {
            options_ended = true;
        } else if (is_option) {
            enum cmek_status status = take_option(groups, count, args, &i, err);
            if (status != CMEK_OK)
                return status;
        } else if (words) {
            *CMEK_VEC_ADD(words) = args[i];
        } else {
            return unexpected(groups, args[i], err);
        }
    }
    return CMEK_OK;
}

void cmek_option_variable(const char *option, struct cmek_strbuf *name)
{
    cmek_strbuf_puts(name, "CMEKSCAN_");
    for (; *option; option++)
        cmek_strbuf_putc(name, *option == '-'
                                   ? '_'
                                   : (char)(*option >= 'a' && *option <= 'z' ? *option - 'a' + 'A'
                                                                             : *option));
}

/* A list is split at commas. */
static enum cmek_status set_from_variable(const struct cmek_option *option, const char *variable,
                                          const char *value, struct cmek_error *err)
{
    if (option->kind != CMEK_OPTION_VALUES)
        return cmek_option_set(option, &value, 1, variable, err);
    struct cmek_values pieces = {0};
    char *copy = cmek_strdup(value), *rest = copy;
    for (const char *piece; (piece = strsep(&rest, ",")) != NULL;)
        if (piece[0] != '\0')
            *CMEK_VEC_ADD(&pieces) = piece;
    enum cmek_status status = cmek_option_set(option, pieces.items, pieces.count, variable, err);
    CMEK_VEC_DONE(&pieces);
    free(copy);
    return status;
}

enum cmek_status cmek_options_environment(const struct cmek_option_group *groups,
                                          struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    for (; groups->options && status == CMEK_OK; groups++) {
        for (const struct cmek_option *option = groups->options; option->name && status == CMEK_OK;
             option++) {
            struct cmek_strbuf variable = {0};
            cmek_option_variable(option->name, &variable);
            const char *value = cmek_environment(cmek_strbuf_text(&variable));
            if (value)
                status = set_from_variable(option, cmek_strbuf_text(&variable), value, err);
            cmek_strbuf_done(&variable);
        }
    }
    return status;
}
