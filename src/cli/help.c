/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "cli/cmd.h"

#define COLUMNS 100
#define INDENT  30

/* Appends words, breaking lines before COLUMNS; lines after the first begin with @p indent blanks.
 */
static void append_wrapped(struct cmek_strbuf *text, const char *prose, size_t indent,
                           size_t column)
{
    while (*prose) {
        size_t length = strcspn(prose, " \n");
        if (column + length > COLUMNS && column > indent) {
            cmek_strbuf_printf(text, "\n%*s", (int)indent, "");
            column = indent;
        }
        cmek_strbuf_append(text, prose, length);
        column += length;
        prose += length;
        if (*prose == '\n') {
            cmek_strbuf_putc(text, '\n');
            column = 0;
            prose++;
        } else if (*prose == ' ') {
            cmek_strbuf_putc(text, ' ');
            column++;
            prose++;
        }
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

void cmek_help_command(const struct cmek_command *command)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "cmekscan %s: %s\n\nUsage: cmekscan %s %s\n\n", command->name,
                       command->summary, command->name, command->usage);
    append_wrapped(&text, command->description, 0, 0);
    cmek_strbuf_putc(&text, '\n');
    for (const struct cmek_option_group *group = command->groups; group->options; group++) {
        cmek_strbuf_printf(&text, "\n%s:\n", group->title);
        for (const struct cmek_option *option = group->options; option->name; option++)
            append_option(&text, option);
    }
    if (command->examples) {
        cmek_strbuf_puts(&text, "\nExamples:\n");
        append_lines(&text, command->examples);
    }
    fputs(cmek_strbuf_text(&text), stdout);
    cmek_strbuf_done(&text);
}

void cmek_help(void)
{
    puts("cmekscan: which resources break the CMEK policies of a Google Cloud organization, why, "
         "and how to mend\n"
         "them\n\n"
         "Usage: cmekscan COMMAND [OPTION]…\n\n"
         "Commands:");
    for (size_t i = 0; cmek_commands[i]; i++)
        printf("  %-12s %s\n", cmek_commands[i]->name, cmek_commands[i]->summary);
    puts("\nBegin with:\n"
         "  cmekscan demo                              see it work, without an account\n"
         "  cmekscan scan --organization ID            scan live, with Application Default "
         "Credentials\n"
         "  cmekscan scan --assets export.ndjson       scan a Cloud Asset Inventory export\n\n"
         "`cmekscan COMMAND --help` explains a command; cmekscan(1) has it all.\n"
         "Exit status: 0 clean, 1 findings, 2 wrong usage, 3 incomplete, 4 could not run.");
}
