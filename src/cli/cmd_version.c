/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"
#include "cmekscan/version.h"

static int run(const struct cmek_values *words)
{
    (void)words;
    static const char text[] = "cmekscan " CMEKSCAN_VERSION " (commit " CMEKSCAN_COMMIT ")\n";
    return cmek_print_all(text, sizeof text - 1);
}

static const struct cmek_option_group groups[] = {{0}};

const struct cmek_command cmek_command_version = {
    .name = "version",
    .summary = "print the version",
    .usage = "",
    .description = "Prints the version and the commit it was built from.",
    .groups = groups,
    .run = run,
};
