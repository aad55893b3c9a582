/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/strbuf.h"
#include "cli/cmd.h"

#define COLUMNS      80
#define INDENT       30
#define USAGE_INDENT 4

/* Appends words, breaking lines before COLUMNS; lines after the first begin with @p indent blanks.
 */
static void append_wrapped(struct cmek_strbuf *text, const char *prose, size_t indent,
                           size_t column)
{
    bool gap = false;
    while (*prose) {
        size_t length = strcspn(prose, " \n");
        if (gap && column + 1 + length > COLUMNS) {
            cmek_strbuf_printf(text, "\n%*s", (int)indent, "");
            column = indent;
            gap = false;
        }
        cmek_strbuf_printf(text, "%s%.*s", gap ? " " : "", (int)length, prose);
        column += gap + length;
        prose += length;
        gap = *prose == ' ';
        if (*prose == '\n') {
            cmek_strbuf_putc(text, '\n');
            column = 0;
        }
        prose += *prose != '\0';
    }
}

static void append_option(struct cmek_strbuf *text, const struct cmek_option *option)
{
    size_t start = text->length;
    cmek_strbuf_puts(text, "  ");
    if (option->letter)
        cmek_strbuf_printf(text, "-%c, ", option->letter);
    cmek_strbuf_printf(text, "--%s%s%s", option->name, option->metavar ? " " : "",
                       option->metavar ? option->metavar : "");
    size_t column = text->length - start;
    if (column + 2 > INDENT) {
        cmek_strbuf_putc(text, '\n');
        column = 0;
    }
    cmek_strbuf_printf(text, "%*s", (int)(INDENT - column), "");
    append_wrapped(text, option->help, INDENT, INDENT);
    cmek_strbuf_putc(text, '\n');
}

static void append_lines(struct cmek_strbuf *text, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        cmek_strbuf_printf(text, "  %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static int print(struct cmek_strbuf *text)
{
    int exit_status = cmek_print_all(cmek_strbuf_text(text), text->length);
    cmek_strbuf_done(text);
    return exit_status;
}

int cmek_help_command(const struct cmek_command *command)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "cmekscan %s: %s\n\n", command->name, command->summary);
    struct cmek_strbuf usage = {0};
    cmek_strbuf_printf(&usage, "Usage: cmekscan %s %s", command->name, command->usage);
    append_wrapped(&text, cmek_strbuf_text(&usage), USAGE_INDENT, 0);
    cmek_strbuf_done(&usage);
    cmek_strbuf_puts(&text, "\n\n");
    append_wrapped(&text, command->description, 0, 0);
    cmek_strbuf_putc(&text, '\n');
    for (const struct cmek_option_group *group = command->groups; group->options; group++) {
        if (group->title[0] != '\0')
            cmek_strbuf_printf(&text, "\n%s:\n", group->title);
        for (const struct cmek_option *option = group->options; option->name; option++)
            append_option(&text, option);
    }
    if (command->examples) {
        cmek_strbuf_puts(&text, "\nExamples:\n");
        append_lines(&text, command->examples);
    }
    return print(&text);
}

int cmek_help(void)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, "cmekscan: which resources break the CMEK policies of a Google Cloud\n"
                            "organization, why, and how to mend them\n\n"
                            "Usage: cmekscan COMMAND [OPTION]…\n\n"
                            "Commands:\n");
    for (size_t i = 0; cmek_commands[i]; i++)
        cmek_strbuf_printf(&text, "  %-12s %s\n", cmek_commands[i]->name,
                           cmek_commands[i]->summary);
    cmek_strbuf_puts(
        &text, "\nBegin with:\n"
               "  cmekscan demo                         see it work, without an account\n"
               "  cmekscan scan --organization ID       scan live, after\n"
               "                                        gcloud auth application-default login\n"
               "  cmekscan scan --assets export.ndjson  scan a Cloud Asset Inventory export\n\n"
               "`cmekscan COMMAND --help` explains a command; cmekscan(1) has it all.\n"
               "Exit status: 0 clean, 1 findings, 2 wrong usage, 3 incomplete, 4 could not run.\n");
    return print(&text);
}
