/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"
#include "cli/cmd.h"

static int run(const struct cmek_values *words)
{
    (void)words;
    struct cmek_strbuf text = {0};
    for (size_t i = 0; cmek_reporters[i]; i++)
        cmek_strbuf_printf(&text, "%-8s %s\n", cmek_reporters[i]->name,
                           cmek_reporters[i]->description);
    int exit_status = cmek_print_all(cmek_strbuf_text(&text), text.length);
    cmek_strbuf_done(&text);
    return exit_status;
}

static const struct cmek_option_group groups[] = {{0}};

const struct cmek_command cmek_command_reporters = {
    .name = "reporters",
    .summary = "list the report formats",
    .usage = "",
    .description = "Lists the formats that --report takes.",
    .groups = groups,
    .run = run,
};
