/* SPDX-License-Identifier: Apache-2.0 */
/** @file terminal.h  Names from the cloud on a terminal or in a CI log, without obeying them.
 *
 * Control characters, invisible and direction-changing characters are shown as \x1b, \u202e; bytes
 * that are not UTF-8 as U+FFFD. What a CI system would take for a command is broken up: "::" where
 * a line could begin with it (GitHub trims blanks before it looks), "##[" and "##vso[" anywhere
 * (Azure Pipelines looks anywhere).
 */
#ifndef CMEK_REPORT_TERMINAL_H
#define CMEK_REPORT_TERMINAL_H

#include <stddef.h>

struct cmek_strbuf;

/** Appends @p text on one line, neutralised; a line end in it is shown as \x0a. */
void cmek_terminal_append(struct cmek_strbuf *buffer, const char *text);

/** Appends prose, neutralised, breaking lines between words before @p columns; further lines begin
 * with @p indent blanks. The cursor stands at column @p indent. No line end is added. */
void cmek_terminal_append_wrapped(struct cmek_strbuf *buffer, const char *text, size_t indent,
                                  size_t columns);

/** Columns that valid UTF-8 takes: 2 for a wide character, 0 for a combining mark. */
size_t cmek_terminal_width(const char *text, size_t length);

#endif
