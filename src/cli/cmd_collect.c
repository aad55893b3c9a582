/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/progress.h"
#include "model/catalogue.h"

static const char *arg_output;

static int run(const struct cmek_values *words)
{
    (void)words;
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_feed_options feed;
    struct cmek_catalogue *catalogue = NULL;
    enum cmek_status status = cmek_feed_args("", &arena, &feed, &catalogue, &err);
    if (status == CMEK_OK && !arg_output)
        status =
            cmek_fail(&err, CMEK_E_USAGE, "--output FILE is missing: where to write the records");
    int exit_status;
    if (status == CMEK_OK) {
        cmek_progress_attach(&feed, cmek_args_quiet());
        struct cmek_scan_outcome outcome = cmek_collect(&feed, arg_output);
        cmek_progress_end();
        exit_status = cmek_end(&outcome);
    } else {
        exit_status = cmek_end_failed(&err);
    }
    cmek_catalogue_free(catalogue);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option options[] = {
    {"output", 'o', CMEK_OPTION_TEXT, &arg_output, "FILE",
     "where to write the records; - for standard output"},
    {0},
};
static const struct cmek_option_group groups[] = {
    {"What to collect", cmek_scope_options},
    {"", cmek_export_options},
    {"", cmek_service_options},
    {"Output", options},
    {"Credentials", cmek_auth_options},
    {"Connection", cmek_connection_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_collect = {
    .name = "collect",
    .summary = "write down what a live scan would read, for `scan --assets`",
    .usage = "(--organization ID | --folder ID | --project ID)… -o FILE [OPTION]…",
    .description = "Writes the records of a live reading as NDJSON in the form of a Cloud Asset "
                   "Inventory export, coverage "
                   "gaps included. Scanning that file gives the same findings as scanning live "
                   "did, so a scan can be "
                   "recorded, replayed and audited; only what fails by the word of Cloud Asset "
                   "Inventory, which lags, is not read again from its own API.\n\n"
                   "Exit status: 0 everything was read; 2 wrong usage; 3 something could not be "
                   "read; 4 nothing could.",
    .examples = "cmekscan collect --organization 123456789012 -o monday.ndjson\n"
                "cmekscan scan --assets monday.ndjson\n"
                "cmekscan collect --organization 123456789012 --export gs://my-bucket/assets -o "
                "monday.ndjson",
    .groups = groups,
    .run = run,
};
