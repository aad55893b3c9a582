/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "cli/environment.h"
#include "cli/suggest.h"

static const struct cmek_option *find_named(const struct cmek_option_group *groups,
                                            const char *name, size_t length)
{
    for (; groups->options; groups++)
        for (const struct cmek_option *option = groups->options; option->name; option++)
            if (strlen(option->name) == length && memcmp(option->name, name, length) == 0)
                return option;
    return NULL;
}

static const struct cmek_option *find_letter(const struct cmek_option_group *groups, char letter)
{
    for (; groups->options; groups++)
        for (const struct cmek_option *option = groups->options; option->name; option++)
            if (option->letter == letter)
                return option;
    return NULL;
}

static enum cmek_status unknown(const struct cmek_option_group *groups, const char *arg,
                                struct cmek_error *err)
{
    struct cmek_strbuf name = {0};
    const char *bare = arg + strspn(arg, "-");
    cmek_strbuf_append(&name, bare, strcspn(bare, "="));
    struct cmek_suggestion suggestion = {.typed = cmek_strbuf_text(&name)};
    for (; groups->options; groups++)
        for (const struct cmek_option *option = groups->options; option->name; option++)
            cmek_suggestion_offer(&suggestion, option->name);
    const char *best = cmek_suggestion_best(&suggestion);
    cmek_fail(err, CMEK_E_USAGE, "unknown option '%s'%s%s%s; --help lists the options", arg,
              best ? " (did you mean --" : "", best ? best : "", best ? "?)" : "");
    cmek_strbuf_done(&name);
    return CMEK_E_USAGE;
}

static void set(const struct cmek_option *option, const char *value)
{
    switch (option->kind) {
    case CMEK_OPTION_FLAG:
        *(bool *)option->target = true;
        return;
    case CMEK_OPTION_TEXT:
        *(const char **)option->target = value;
        return;
    case CMEK_OPTION_VALUES:
        *CMEK_VEC_ADD((struct cmek_values *)option->target) = value;
        return;
    }
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
    if (option->kind == CMEK_OPTION_FLAG) {
        if (value)
            return cmek_fail(err, CMEK_E_USAGE, "option --%s takes no value", option->name);
        set(option, NULL);
        return CMEK_OK;
    }
    if (!value && *index + 1 < count)
        value = args[++*index];
    if (!value || value[0] == '\0')
        return cmek_fail(err, CMEK_E_USAGE, "option --%s needs a value: --%s %s", option->name,
                         option->name, option->metavar);
    set(option, value);
    return CMEK_OK;
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
            return cmek_fail(err, CMEK_E_USAGE, "unexpected argument '%s'; --help shows the usage",
                             args[i]);
        }
    }
    return CMEK_OK;
}

static bool is_given(const struct cmek_option *option)
{
    switch (option->kind) {
    case CMEK_OPTION_FLAG:
        return *(const bool *)option->target;
    case CMEK_OPTION_TEXT:
        return *(const char *const *)option->target != NULL;
    case CMEK_OPTION_VALUES:
        return ((const struct cmek_values *)option->target)->count > 0;
    }
    return true;
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

static enum cmek_status set_flag(const struct cmek_option *option, const char *variable,
                                 const char *value, struct cmek_error *err)
{
    static const char *const yes[] = {"1", "true", "yes", "on"}, *const no[] = {"0", "false", "no",
                                                                                "off"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (cmek_str_eq(value, yes[i]))
            set(option, NULL);
        if (cmek_str_eq(value, yes[i]) || cmek_str_eq(value, no[i]))
            return CMEK_OK;
    }
    return cmek_fail(err, CMEK_E_USAGE, "%s is '%s', expected true or false", variable, value);
}

/* The pieces live as long as the process, like argv. */
static void set_values(const struct cmek_option *option, const char *value)
{
    char *copy = cmek_strdup(value);
    for (char *piece = copy; piece;) {
        char *comma = strchr(piece, ',');
        if (comma)
            *comma++ = '\0';
        if (piece[0] != '\0')
            set(option, piece);
        piece = comma;
    }
}

enum cmek_status cmek_options_environment(const struct cmek_option_group *groups,
                                          struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    for (; groups->options && status == CMEK_OK; groups++) {
        for (const struct cmek_option *option = groups->options; option->name; option++) {
            struct cmek_strbuf variable = {0};
            cmek_option_variable(option->name, &variable);
            const char *value = cmek_environment(cmek_strbuf_text(&variable));
            if (value && !is_given(option) && option->kind == CMEK_OPTION_FLAG)
                status = set_flag(option, cmek_strbuf_text(&variable), value, err);
            else if (value && !is_given(option) && option->kind == CMEK_OPTION_VALUES)
                set_values(option, value);
            else if (value && !is_given(option))
                set(option, value);
            cmek_strbuf_done(&variable);
            if (status != CMEK_OK)
                break;
        }
    }
    return status;
}
