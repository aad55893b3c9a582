/* SPDX-License-Identifier: Apache-2.0 */
/** @file text.h  The parts of the report for people: what the text reporter is made of. */
#ifndef CMEK_REPORT_TEXT_H
#define CMEK_REPORT_TEXT_H

#include "base/strbuf.h"
#include "cmekscan/reporter.h"
#include "report/kept.h"

struct cmek_map;

/** Findings that a text report shows in full; more than anybody reads. */
#define CMEK_TEXT_FINDINGS 2000
/** Digits of a finding's id that are shown: enough for `cmekscan explain`. */
#define CMEK_TEXT_ID_LENGTH    12
#define CMEK_TEXT_VALUE_INDENT 15

/** A text report being written: lines gather in @p out. */
struct cmek_text {
    struct cmek_report_context context;
    struct cmek_strbuf out;
    size_t columns;
    struct cmek_kept kept;
    bool has_commands;
};

enum cmek_text_style {
    CMEK_TEXT_BOLD,
    CMEK_TEXT_DIM,
    CMEK_TEXT_ALARM, /* critical and high, gaps */
    CMEK_TEXT_WARN,  /* medium, unknown */
    CMEK_TEXT_GOOD,
    CMEK_TEXT_STYLES,
};

/** Appends @p value, neutralised, in a style where colours are on. */
void cmek_text_paint(struct cmek_text *text, enum cmek_text_style style, const char *value);
/** Appends a label, up to where its value begins. */
void cmek_text_begin_field(struct cmek_text *text, const char *label);
/** Appends "label  value", wrapped under the value; nothing when @p value is NULL. */
void cmek_text_field(struct cmek_text *text, const char *label, const char *value);

/** Tallies that a summary shows one by one. */
#define CMEK_TEXT_TOP 10
/** The first of those that @p is_shown is true for, in the order of @p compare (negative: before);
 * found without sorting all, there may be 100,000. Returns how many. */
size_t cmek_text_top(const struct cmek_tallies *tallies,
                     bool (*is_shown)(const struct cmek_tally *tally),
                     int (*compare)(const struct cmek_tally *a, const struct cmek_tally *b),
                     const struct cmek_tally *ret_top[CMEK_TEXT_TOP]);
/** Appends a name, neutralised, as the first cell of a row with four numbers. */
void cmek_text_append_name(struct cmek_text *text, const char *name);

/** Which policies a simulation judges by. */
void cmek_text_write_simulated(struct cmek_text *text);
/** What the simulation would change, by project and in one line. */
void cmek_text_write_changes(struct cmek_text *text);

/** How many columns prose takes on a terminal of @p columns. */
size_t cmek_text_columns(int columns);
/** "  FAIL  high  cmek-required  (dry-run)" after a blank line. */
void cmek_text_write_title(struct cmek_text *text, const struct cmek_finding *finding);
/** What the finding is on: its name, unwrapped, to be copied; its kind and location. */
void cmek_text_write_resource(struct cmek_text *text, const struct cmek_finding *finding);
/** The commands of a shell script (or NULL), each on one line behind @p indent blanks, to
 * be copied. */
void cmek_text_write_commands(struct cmek_text *text, const char *script, int indent);

/** A finding with all its facts. @p mends: what was said under the same heading of how to mend
 * others, for that not to be said again; borrows the finding. */
void cmek_text_write_finding(struct cmek_text *text, const struct cmek_finding *finding,
                             struct cmek_map *mends);

/** "" for one, else "s". */
const char *cmek_text_plural(uint64_t count);
/** Appends "4 high", after a comma where something stands already; nothing when there is none. */
void cmek_text_append_joined(struct cmek_strbuf *line, uint64_t count, const char *what);
/** Appends "1 critical, 4 high". */
void cmek_text_append_severities(struct cmek_strbuf *line, const struct cmek_tally *tally);

/** What was looked at. */
void cmek_text_write_head(struct cmek_text *text);
/** In one line, what was found. */
void cmek_text_write_found(struct cmek_text *text);
/** The worst failures, one line each. */
void cmek_text_write_worst(struct cmek_text *text);
/** What could not be looked at. */
void cmek_text_write_gaps(struct cmek_text *text);
/** The findings by project, folder and organization: where the worst are comes first. */
void cmek_text_write_groups(struct cmek_text *text);
/** That the scan is incomplete. */
void cmek_text_write_incomplete(struct cmek_text *text);
/** The counts, the worst projects, the gaps again, and one line that says it all. */
void cmek_text_write_summary(struct cmek_text *text);

#endif
