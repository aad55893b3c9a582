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

#define COLUMNS_LEAST 40 /* narrower, reports are laid out as if for 80 */

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

int cmek_terminal_columns(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

enum cmek_status cmek_terminal_style(const char *colour, struct cmek_report_style *ret_style,
                                     struct cmek_error *err)
{
    struct cmek_report_style style = {.is_terminal = isatty(STDOUT_FILENO) == 1, .columns = 80};
    if (style.is_terminal && cmek_terminal_columns(STDOUT_FILENO) >= COLUMNS_LEAST)
        style.columns = cmek_terminal_columns(STDOUT_FILENO);
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
