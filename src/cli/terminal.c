/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "cli/environment.h"
#include "report/terminal.h"

static bool auto_colour(bool is_terminal)
{
    const char *force = cmek_environment("FORCE_COLOR");
    const char *cli_force = cmek_environment("CLICOLOR_FORCE");
    if (cmek_environment("NO_COLOR"))
        return false;
    if (force)
        return strcmp(force, "0") != 0;
    if (cli_force && strcmp(cli_force, "0") != 0)
        return true;
    if (cmek_str_eq(cmek_environment("CLICOLOR"), "0") ||
        cmek_str_eq(cmek_environment("TERM"), "dumb"))
        return false;
    return is_terminal;
}

static int terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40)
        return 80;
    return size.ws_col;
}

enum cmek_status cmek_terminal_style(const char *colour, struct cmek_report_style *ret_style,
                                     struct cmek_error *err)
{
    struct cmek_report_style style = {.is_terminal = isatty(STDOUT_FILENO) == 1, .columns = 80};
    if (style.is_terminal)
        style.columns = terminal_columns();
    if (!colour || strcmp(colour, "auto") == 0)
        style.colour = auto_colour(style.is_terminal);
    else if (strcmp(colour, "always") == 0)
        style.colour = true;
    else if (strcmp(colour, "never") != 0)
        return cmek_fail(err, CMEK_E_USAGE, "--color is '%s', expected auto, always or never",
                         colour);
    *ret_style = style;
    return CMEK_OK;
}

void cmek_terminal_say(const char *text)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_puts(&line, "cmekscan: ");
    cmek_terminal_append(&line, text);
    cmek_strbuf_putc(&line, '\n');
    fputs(cmek_strbuf_text(&line), stderr);
    cmek_strbuf_done(&line);
}
