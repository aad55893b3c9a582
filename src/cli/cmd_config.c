/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "json/writer.h"

static bool arg_origin;

/* A JSON string is a YAML one, whatever it holds. */
static void append_quoted(struct cmek_strbuf *text, const char *value)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, text, 0);
    cmek_json_text(&writer, value);
}

static void append_value(struct cmek_strbuf *text, const struct cmek_option *option)
{
    const struct cmek_values *values = option->target;
    switch (option->kind) {
    case CMEK_OPTION_FLAG:
        cmek_strbuf_puts(text, *(const bool *)option->target ? "true" : "false");
        break;
    case CMEK_OPTION_TEXT:
        append_quoted(text, *(const char *const *)option->target);
        break;
    case CMEK_OPTION_VALUES:
        cmek_strbuf_putc(text, '[');
        for (size_t i = 0; i < values->count; i++) {
            cmek_strbuf_puts(text, i > 0 ? ", " : "");
            append_quoted(text, values->items[i]);
        }
        cmek_strbuf_putc(text, ']');
        break;
    }
}

/* The default as one would write it; NULL: none that can be written down. */
static const char *standard_value(const struct cmek_option *option)
{
    static const char *const values[][2] = {
        {"via", "auto"},
        {"services", "\"storage,pubsub,artifactregistry\""},
        {"report", "[text]"},
        {"status", "\"" CMEK_STATUSES_STANDARD "\""},
        {"color", "auto"},
        {"fail-on", "low"},
        {"waiver-max-days", "365"},
        {"max-attempts", "6"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i][0], option->name) == 0)
            return values[i][1];
    return option->kind == CMEK_OPTION_FLAG ? "false" : NULL;
}

static void append_option(struct cmek_strbuf *text, const struct cmek_option *option)
{
    const char *origin = cmek_option_origin(option), *standard = standard_value(option);
    cmek_strbuf_printf(text, "%s%s:", origin ? "" : "# ", option->name);
    if (origin || standard)
        cmek_strbuf_putc(text, ' ');
    if (origin)
        append_value(text, option);
    else if (standard)
        cmek_strbuf_puts(text, standard);
    if (!origin && !standard)
        cmek_strbuf_printf(text, "  # %s, not set", option->metavar);
    else if (arg_origin)
        cmek_strbuf_printf(text, "  # %s", origin ? origin : "default");
    cmek_strbuf_putc(text, '\n');
}

static const struct cmek_option options[] = {
    {"origin", 0, CMEK_OPTION_FLAG, &arg_origin, NULL, "say where each value comes from"},
    {0},
};

static const struct cmek_option_group groups[] = {
    {"Options", options},
    {"Configuration", cmek_config_options},
    {"And the options of scan", cmek_scope_options},
    {"", cmek_service_options},
    {"", cmek_assets_options},
    {"", cmek_plan_options},
    {"", cmek_report_options},
    {"", cmek_exit_options},
    {"", cmek_rule_options},
    {"", cmek_gate_options},
    {"", cmek_confirm_options},
    {"", cmek_auth_options},
    {"", cmek_baseline_options},
    {"", cmek_shard_options},
    {"", cmek_connection_options},
    {0},
};

static int run(const struct cmek_values *words)
{
    struct cmek_error err;
    if (words->count != 1 || strcmp(words->items[0], "show") != 0) {
        cmek_fail(&err, CMEK_E_USAGE, "expected: cmekscan config show");
        return cmek_end_failed(&err);
    }
    struct cmek_strbuf text = {0};
    for (const struct cmek_option_group *group = groups; group->options; group++)
        for (const struct cmek_option *option = group->options; option->name; option++)
            if (option->target != &arg_origin && group->options != cmek_config_options)
                append_option(&text, option);
    int exit_status = cmek_print_all(cmek_strbuf_text(&text), text.length);
    cmek_strbuf_done(&text);
    return exit_status;
}

const struct cmek_command cmek_command_config = {
    .name = "config",
    .summary = "show the options that a scan would have",
    .usage = "show [--origin] [OPTION]…",
    .description =
        "Prints the options of scan as they are in effect: from the command line, the environment "
        "(CMEKSCAN_NAME), the configuration file, in this order. The output is itself a "
        "configuration file; options that have their default are comments in it, with that default "
        "where it is a value.",
    .examples =
        "cmekscan config show --origin\ncmekscan config show --fail-on high > cmekscan.yaml",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
