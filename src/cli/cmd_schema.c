/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"
#include "report/schema.h"

static int run(const struct cmek_values *words)
{
    (void)words;
    return cmek_print_all((const char *)cmek_report_schema, cmek_report_schema_size);
}

static const struct cmek_option_group groups[] = {{0}};

const struct cmek_command cmek_command_schema = {
    .name = "schema",
    .summary = "print the JSON Schema of the json report",
    .usage = "",
    .description =
        "Prints the contract of the json and jsonl reports (JSON Schema 2020-12), version 1.",
    .examples = "cmekscan schema > cmekscan-report-1.schema.json",
    .groups = groups,
    .run = run,
};
