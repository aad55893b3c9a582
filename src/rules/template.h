/* SPDX-License-Identifier: Apache-2.0 */
/** @file template.h  Texts with {names} in them: the remediation of a rule with a finding's real
 * names filled in. */
#ifndef CMEK_RULES_TEMPLATE_H
#define CMEK_RULES_TEMPLATE_H

#include <stdbool.h>

#include "base/error.h"

struct cmek_strbuf;

enum cmek_template_kind {
    CMEK_TEMPLATE_PROSE,   /* values as they are */
    CMEK_TEMPLATE_COMMAND, /* each value a shell word: quoted as POSIX sh needs it, bare when
                              nothing needs quoting */
};

/** Looks a name up; NULL: it has no value here. */
typedef const char *cmek_template_lookup(void *payload, const char *name);

/** Appends @p text with each {name} replaced; {{ and }} stand for braces. A word of a command that
 * mixes text and values (`gs://{bucket}`) is quoted as one word. A name without value becomes its
 * own upper-case placeholder, e.g. KEY_RING for {key_ring}; so does a value that would begin a word
 * of a command with a dash, as an option. Control characters, marks that reorder text and bytes
 * that are no UTF-8 become U+FFFD in both kinds. */
void cmek_template_expand(const char *text, enum cmek_template_kind kind,
                          cmek_template_lookup *lookup, void *payload, struct cmek_strbuf *buffer);

/** Whether @p text is well formed (braces balanced, every name among the NULL-ended @p names);
 * CMEK_E_USAGE says not. */
CMEK_NODISCARD enum cmek_status cmek_template_check(const char *text, const char *const *names,
                                                    struct cmek_error *err);
/** Whether the values of a well-formed command can be quoted: a placeholder stands outside quotes
 * and shares its word with no shell syntax. CMEK_E_USAGE says not. */
CMEK_NODISCARD enum cmek_status cmek_template_check_command(const char *text,
                                                            struct cmek_error *err);

#endif
