/* SPDX-License-Identifier: Apache-2.0 */
/** @file words.h  A command line into its words, by the quoting rules of the POSIX shell and
 * nothing more of it: no variables, no globs, no operators. */
#ifndef CMEK_BASE_WORDS_H
#define CMEK_BASE_WORDS_H

#include "base/error.h"

struct cmek_arena;
struct cmek_strings;

/** Splits at blanks; '…' holds all as it is, in "…" a backslash protects `"` and itself, elsewhere
 * the byte after it (as Python's shlex.split does). Strings and list go to @p arena; the list ends
 * with a NULL besides its count. CMEK_E_INVALID for an open quote or a backslash at the end. */
CMEK_NODISCARD enum cmek_status cmek_words_split(const char *text, struct cmek_arena *arena,
                                                 struct cmek_strings *ret_words,
                                                 struct cmek_error *err);

#endif
