/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "scan/merge.h"

static int run(const struct cmek_values *words)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_scan_options options = {0};
    struct cmek_scan_outcome outcome;
    enum cmek_status status = cmek_output_args(&arena, CMEK_STATUSES_STANDARD, &options, &err);
    if (status == CMEK_OK)
        status = cmek_exit_args(&options, &err);
    if (status == CMEK_OK && words->count == 0)
        status = cmek_fail(&err, CMEK_E_USAGE,
                           "expected the reports of all shards: cmekscan merge REPORT…");
    if (status == CMEK_OK)
        status =
            cmek_merge(&options, (struct cmek_strings){words->items, words->count}, &outcome, &err);
    int exit_status = status == CMEK_OK ? cmek_end(&outcome) : cmek_end_failed(&err);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option_group groups[] = {
    {"What to report", cmek_report_options},
    {"What fails", cmek_exit_options},
    {"Messages", cmek_quiet_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_merge = {
    .name = "merge",
    .summary = "make one report out of those of all shards of a scan",
    .usage = "REPORT… [OPTION]…",
    .description =
        "Joins the json reports of `cmekscan scan --shard I/N` (plain or .gz, one of them may be "
        "-) into the report of the whole scan: findings in their order, counts added up, times "
        "from the first beginning to the last end, API calls together, evidence once. A folder or "
        "organization is judged in every shard by what its policies come to in that shard's "
        "projects; the worst of these verdicts holds.\n\n"
        "A shard whose report is missing is a coverage gap, so the report is then incomplete. Two "
        "reports of the same shard, or of scans with another scope, source, choice of services, "
        "set of rules or version of cmekscan are refused; live ones may differ in whether they "
        "were read through Cloud Asset Inventory.\n\n"
        "Exit status: that of the scan: 0 nothing failed and everything was read; 1 a finding at "
        "or above --fail-on; 2 wrong usage, or reports that do not fit; 3 nothing failed, but the "
        "report is incomplete; 4 a report could not be written.",
    .examples = "cmekscan scan --organization 123456789012 --shard 1/2 --report json=1.json\n"
                "cmekscan scan --organization 123456789012 --shard 2/2 --report json=2.json\n"
                "cmekscan merge 1.json 2.json --report json=all.json --report text",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
