/* SPDX-License-Identifier: Apache-2.0 */
/** @file options.h  Command-line options as tables: parsing, environment defaults and --help come
 * from the same rows. */
#ifndef CMEK_CLI_OPTIONS_H
#define CMEK_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/vec.h"

/** Values of a repeatable option; borrowed from argv or the environment. */
struct cmek_values CMEK_VEC_OF(const char *);

enum cmek_option_kind {
    CMEK_OPTION_FLAG,   /* bool */
    CMEK_OPTION_TEXT,   /* const char *, the last one given */
    CMEK_OPTION_VALUES, /* struct cmek_values */
};

struct cmek_option {
    const char *name; /* without dashes; NULL ends a table */
    char letter;      /* one-letter form, or 0 */
    enum cmek_option_kind kind;
    void *target;
    const char *metavar; /* of a value: "FILE" */
    const char *help;
};

/** Options that belong together in --help. */
struct cmek_option_group {
    const char *title;
    const struct cmek_option *options;
};

/** An option by its name without dashes, or NULL. */
const struct cmek_option *cmek_option_find(const struct cmek_option_group *groups,
                                           const char *name);

/** Gives an option a value, a flag "true" or "false", unless a stronger source has done so before.
 * Values live as long as the process, like argv. @p origin says for messages where it comes from:
 * "--fail-on", "CMEKSCAN_FAIL_ON", "cmekscan.yaml:3". */
CMEK_NODISCARD enum cmek_status cmek_option_set(const struct cmek_option *option,
                                                const char *const *values, size_t count,
                                                const char *origin, struct cmek_error *err);
/** Where an option's value comes from; NULL: it has its default. */
const char *cmek_option_origin(const struct cmek_option *option);

/** Parses @p args (after the command's name). Options are `--name VALUE`, `--name=VALUE`, `-x
 * VALUE`, `-xVALUE`; `--` ends them. Words that are no options go to @p words, NULL: there may be
 * none. CMEK_E_USAGE says what is wrong and what is close to it. */
CMEK_NODISCARD enum cmek_status cmek_options_parse(const struct cmek_option_group *groups,
                                                   int count, char *const *args,
                                                   struct cmek_values *words,
                                                   struct cmek_error *err);
/** Fills options that were not given from CMEKSCAN_NAME (dashes as underscores); lists are split at
 * commas. */
CMEK_NODISCARD enum cmek_status cmek_options_environment(const struct cmek_option_group *groups,
                                                         struct cmek_error *err);

struct cmek_strbuf;
/** Appends " (from cmekscan.yaml:2)" to a message about options ("--fail-on is …") whose values do
 * not come from the command line, so that it does not seem to blame that. */
void cmek_option_blame(const char *message, struct cmek_strbuf *text);
/** Appends the variable that stands for an option: "CMEKSCAN_FAIL_ON" for "fail-on". */
void cmek_option_variable(const char *option, struct cmek_strbuf *name);

#endif
