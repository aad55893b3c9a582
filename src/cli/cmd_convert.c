/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "scan/convert.h"

static int run(const struct cmek_values *words)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_scan_options options = {0};
    struct cmek_scan_outcome outcome;
    enum cmek_status status = cmek_output_args(&arena, "all", &options, &err);
    if (status == CMEK_OK && words->count != 1)
        status = cmek_fail(&err, CMEK_E_USAGE,
                           "expected one report: cmekscan convert REPORT --report FORMAT[=PATH]");
    if (status == CMEK_OK)
        status = cmek_convert(&options, words->items[0], &outcome, &err);
    int exit_status = status == CMEK_OK ? cmek_end(&outcome) : cmek_end_failed(&err);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option_group groups[] = {
    {"What to report", cmek_report_options},
    {"Messages", cmek_quiet_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_convert = {
    .name = "convert",
    .summary = "render a saved json report again, in any format",
    .usage = "REPORT [OPTION]…",
    .description =
        "Writes the reports that the scan would have written, from its json report (plain or .gz, "
        "- for standard input), asking nobody. Of the findings in it --status may list fewer; "
        "what the report does not list cannot be listed again.\n\n"
        "Exit status: 0 rendered, whatever the report says; 2 wrong usage, or a report that cannot "
        "be read; 4 a report could not be written.",
    .examples = "cmekscan convert report.json --report sarif=cmek.sarif --report junit=cmek.xml\n"
                "gsutil cat gs://reports/monday.json.gz | cmekscan convert - --status fail",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
