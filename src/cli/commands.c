/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/output.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/environment.h"
#include "cli/terminal.h"

extern const struct cmek_command cmek_command_scan, cmek_command_simulate, cmek_command_collect,
    cmek_command_explain, cmek_command_demo, cmek_command_demo_cloud, cmek_command_rules,
    cmek_command_services, cmek_command_reporters, cmek_command_schema, cmek_command_version,
    cmek_command_waivers, cmek_command_config, cmek_command_diff, cmek_command_convert,
    cmek_command_merge;

const struct cmek_command *const cmek_commands[] = {
    &cmek_command_scan,
    &cmek_command_simulate,
    &cmek_command_collect,
    &cmek_command_explain,
    &cmek_command_diff,
    &cmek_command_convert,
    &cmek_command_merge,
    &cmek_command_demo,
    &cmek_command_demo_cloud,
    &cmek_command_rules,
    &cmek_command_services,
    &cmek_command_reporters,
    &cmek_command_schema,
    &cmek_command_waivers,
    &cmek_command_config,
    &cmek_command_version,
    NULL,
};

int cmek_end(const struct cmek_scan_outcome *outcome)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, outcome->reason);
    if (outcome->exit == CMEK_EXIT_USAGE)
        cmek_option_blame(outcome->reason, &line);
    cmek_strbuf_printf(&line, " (exit status %d)", (int)outcome->exit);
    cmek_terminal_say(cmek_strbuf_text(&line));
    cmek_strbuf_done(&line);
    return (int)outcome->exit;
}

int cmek_end_failed(const struct cmek_error *err)
{
    struct cmek_scan_outcome outcome = cmek_outcome_failed(err);
    return cmek_end(&outcome);
}

int cmek_print_all(const char *bytes, size_t length)
{
    struct cmek_output *output = NULL;
    struct cmek_error err = {0};
    enum cmek_status status = cmek_output_open("-", &output, &err);
    if (status == CMEK_OK) {
        cmek_output_write(output, bytes, length);
        status = cmek_output_commit(output, &err);
    }
    return status == CMEK_OK ? CMEK_EXIT_OK : cmek_end_failed(&err);
}

static const struct cmek_command *find(const char *name)
{
    for (size_t i = 0; cmek_commands[i]; i++)
        if (strcmp(cmek_commands[i]->name, name) == 0)
            return cmek_commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    struct cmek_suggestion suggestion = {.typed = name};
    for (size_t i = 0; cmek_commands[i]; i++)
        cmek_suggestion_offer(&suggestion, cmek_commands[i]->name);
    const char *best = cmek_suggestion_best(&suggestion);
    struct cmek_error err;
    cmek_fail(&err, CMEK_E_USAGE, "unknown command '%s'%s%s%s; cmekscan --help lists the commands",
              name, best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
    return cmek_end_failed(&err);
}

static bool asks_for_help(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* A mistyped variable would quietly change what a CI job gates on, so it is told. */
static void check_variable(const char *name)
{
    static const char prefix[] = "CMEKSCAN_"; /* alike for all, so it tells nothing */
    struct cmek_suggestion suggestion = {.typed = name + sizeof prefix - 1};
    if (strcmp(name, "CMEKSCAN_SHARDS") == 0) /* no option: see shard_args.c */
        return;
    struct cmek_arena names = {0};
    for (size_t i = 0; cmek_commands[i]; i++) {
        const struct cmek_option_group *group = cmek_commands[i]->groups;
        for (; group->options; group++) {
            for (const struct cmek_option *option = group->options; option->name; option++) {
                struct cmek_strbuf variable = {0};
                cmek_option_variable(option->name, &variable);
                cmek_suggestion_offer(&suggestion,
                                      cmek_arena_strdup(&names, cmek_strbuf_text(&variable) +
                                                                    sizeof prefix - 1));
                cmek_strbuf_done(&variable);
            }
        }
    }
    const char *best = cmek_suggestion_best(&suggestion);
    if (best && strcmp(best, suggestion.typed) != 0)
        cmek_terminal_say(cmek_arena_printf(&names,
                                            "the variable %s is no option and is ignored "
                                            "(did you mean %s%s?)",
                                            name, prefix, best));
    cmek_arena_done(&names);
}

static int run_command(const struct cmek_command *command, int argc, char *const *argv)
{
    if (asks_for_help(argc, argv))
        return cmek_help_command(command);
    struct cmek_error err = {0};
    struct cmek_values words = {0};
    enum cmek_status status =
        cmek_options_parse(command->groups, argc, argv, command->takes_words ? &words : NULL, &err);
    if (status == CMEK_OK)
        status = cmek_options_environment(command->groups, &err);
    if (status == CMEK_OK)
        status = cmek_config_apply(command->groups, &err);
    cmek_environment_each("CMEKSCAN_", check_variable);
    int exit_status = status == CMEK_OK ? command->run(&words) : cmek_end_failed(&err);
    CMEK_VEC_DONE(&words);
    return exit_status;
}

int cmek_main(int argc, char *const *argv)
{
    struct cmek_error err = {0};
    if (argc < 2) {
        cmek_fail(&err, CMEK_E_USAGE, "a command is missing; cmekscan --help lists them");
        return cmek_end_failed(&err);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        const struct cmek_command *command = argc > 2 ? find(argv[2]) : NULL;
        if (argc > 2 && !command)
            return unknown_command(argv[2]);
        return command ? cmek_help_command(command) : cmek_help();
    }
    const struct cmek_command *command =
        find(strcmp(argv[1], "--version") == 0 ? "version" : argv[1]);
    return command ? run_command(command, argc - 2, argv + 2) : unknown_command(argv[1]);
}
