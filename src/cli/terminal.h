/* SPDX-License-Identifier: Apache-2.0 */
/** @file terminal.h  Whether and how to speak to a terminal, and speaking to it. */
#ifndef CMEK_CLI_TERMINAL_H
#define CMEK_CLI_TERMINAL_H

#include "base/error.h"
#include "report/registry.h"

/** Terminal, colour and width of standard output. @p colour is --color: "auto", "always" or
 * "never", NULL: auto. For auto, in this order: NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR=0,
 * TERM=dumb, then whether it is a terminal. */
CMEK_NODISCARD enum cmek_status cmek_terminal_style(const char *colour,
                                                    struct cmek_report_style *ret_style,
                                                    struct cmek_error *err);

/** Columns of the terminal @p fd; 80 where it does not say. */
int cmek_terminal_columns(int fd);

/** One line on standard error, "cmekscan: TEXT": names from the cloud in it are not obeyed. */
void cmek_terminal_say(const char *text);

#endif
