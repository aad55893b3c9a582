/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/terminal.h"
#include "report/comparison.h"
#include "scan/diff.h"
#include "json/writer.h"

enum format { TEXT, MARKDOWN, JSON, FORMATS };

static const char *const formats[FORMATS] = {"text", "markdown", "json"};

static struct {
    const char *format, *colour;
} arg;

static const struct cmek_option options[] = {
    {"format", 0, CMEK_OPTION_TEXT, &arg.format, "FORMAT",
     "text, markdown or json (default: text)"},
    {"color", 0, CMEK_OPTION_TEXT, &arg.colour, "WHEN", "auto, always or never (default: auto)"},
    {0},
};

/* How the comparison is to look, and where it goes. */
struct printer {
    enum format format;
    struct cmek_report_style style;
    struct cmek_strbuf text;
    bool looks_swapped;
};

static bool is_older(const struct cmek_scan_summary *a, const struct cmek_scan_summary *b)
{
    struct cmek_time left, right;
    return a->started_at && b->started_at && cmek_time_parse(a->started_at, &left) &&
           cmek_time_parse(b->started_at, &right) && left.seconds < right.seconds;
}

static void print(void *payload, const struct cmek_comparison *comparison)
{
    struct printer *printer = payload;
    struct cmek_json_writer writer;
    printer->looks_swapped = is_older(comparison->after, comparison->before);
    switch (printer->format) {
    case TEXT:
        cmek_comparison_write_text(comparison, printer->style.colour, printer->style.columns,
                                   &printer->text);
        return;
    case MARKDOWN:
        cmek_comparison_write_markdown(comparison, &printer->text);
        return;
    case JSON:
    case FORMATS:
        break;
    }
    cmek_json_writer_init(&writer, &printer->text, 2);
    cmek_comparison_write_json(&writer, comparison);
    cmek_strbuf_putc(&printer->text, '\n');
}

static enum cmek_status parse_format(struct printer *printer, struct cmek_error *err)
{
    printer->format = TEXT;
    while (arg.format && printer->format < FORMATS &&
           strcmp(formats[printer->format], arg.format) != 0)
        printer->format++;
    if (printer->format == FORMATS)
        return cmek_fail(err, CMEK_E_USAGE, "--format is '%s', expected text, markdown or json",
                         arg.format);
    return cmek_terminal_style(arg.colour, &printer->style, err);
}

static int run(const struct cmek_values *words)
{
    struct cmek_error err = {0};
    struct printer printer = {0};
    struct cmek_scan_options gate = {0};
    struct cmek_scan_outcome outcome;
    enum cmek_status status = parse_format(&printer, &err);
    if (status == CMEK_OK)
        status = cmek_exit_args(&gate, &err);
    if (status == CMEK_OK && words->count != 2)
        status = cmek_fail(&err, CMEK_E_USAGE, "expected two reports: cmekscan diff OLD NEW");
    if (status == CMEK_OK) {
        const struct cmek_diff_options diff = {words->items[0], words->items[1], gate.fail_on,
                                               gate.allow_incomplete};
        status = cmek_diff(&diff, print, &printer, &outcome, &err);
    }
    if (status == CMEK_OK && printer.looks_swapped && !cmek_args_quiet())
        cmek_terminal_say("NEW is older than OLD: swapped?");
    int exit_status = CMEK_EXIT_OK;
    if (status == CMEK_OK)
        exit_status = cmek_print_all(cmek_strbuf_text(&printer.text), printer.text.length);
    if (status != CMEK_OK)
        exit_status = cmek_end_failed(&err);
    else if (exit_status == CMEK_EXIT_OK)
        exit_status = cmek_end(&outcome);
    cmek_strbuf_done(&printer.text);
    return exit_status;
}

static const struct cmek_option_group groups[] = {
    {"How it looks", options},
    {"What fails", cmek_exit_options},
    {"Messages", cmek_quiet_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_diff = {
    .name = "diff",
    .summary = "hold two json reports against each other: new, mended, unchanged",
    .usage = "OLD NEW [OPTION]…",
    .description =
        "Compares the findings of two reports (plain or .gz, one of them may be -) by their ids. "
        "New is what fails and did not; mended what failed or was waived, and passes or is gone; "
        "changed what has another status, severity or key otherwise. A resource that was moved or "
        "renamed is another one: its finding is mended, and a new one there.\n\n"
        "What is not in the newer report is mended only if that scan has looked: not outside its "
        "scope, services or rules, nor where a coverage gap is on the project or above it. "
        "Otherwise, and where the finding is unknown now, it is undecided.\n\n"
        "Both reports must list all fail, unknown and waived findings, as they do by default.\n\n"
        "Exit status: 0 nothing new; 1 a new failure at or above --fail-on that no dry run makes; "
        "2 wrong usage, or a report that cannot be read; 3 nothing new, but the newer report is "
        "incomplete; 4 the comparison could not be written.",
    .examples = "cmekscan diff monday.json tuesday.json\n"
                "cmekscan diff main.json.gz branch.json --format markdown > comment.md",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
