/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted, of all that is found: options of every command that judges. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strings.h"
#include "cli/cmd.h"

static struct {
    const char *waivers, *max_days;
    bool strict;
} arg;

const struct cmek_option cmek_gate_options[] = {
    {"waivers", 0, CMEK_OPTION_TEXT, &arg.waivers, "FILE",
     "accept findings that FILE (YAML) names with a reason, an owner and an expiry date"},
    {"waiver-max-days", 0, CMEK_OPTION_TEXT, &arg.max_days, "N",
     "a waiver that lasts longer waives nothing, 1 to 3650 (default: 365)"},
    {"strict-waivers", 0, CMEK_OPTION_FLAG, &arg.strict, NULL,
     "exit with 2, evaluating nothing, when a waiver has expired, lasts too long or is malformed"},
    {0},
};

enum cmek_status cmek_waiver_days_parse(const char *text, int *ret_days, struct cmek_error *err)
{
    *ret_days = CMEK_WAIVER_DAYS_DEFAULT;
    if (!text)
        return CMEK_OK;
    long days = cmek_str_is_number(text) && strlen(text) <= 5 ? strtol(text, NULL, 10) : 0;
    if (days < 1 || days > CMEK_WAIVER_DAYS_MOST)
        return cmek_fail(err, CMEK_E_USAGE, "--waiver-max-days is '%s', expected 1 to %d", text,
                         CMEK_WAIVER_DAYS_MOST);
    *ret_days = (int)days;
    return CMEK_OK;
}

static enum cmek_status check_strictly(const struct cmek_waivers *waivers, struct cmek_error *err)
{
    for (size_t i = 0; i < waivers->count; i++)
        if (waivers->items[i].state != CMEK_WAIVER_ACTIVE)
            return cmek_fail(err, CMEK_E_USAGE, "--strict-waivers: waiver %s: %s",
                             waivers->items[i].id, waivers->items[i].problem);
    return CMEK_OK;
}

enum cmek_status cmek_gate_args(struct cmek_arena *arena, struct cmek_scan_options *ret_options,
                                struct cmek_error *err)
{
    int days;
    enum cmek_status status = cmek_waiver_days_parse(arg.max_days, &days, err);
    if (status == CMEK_OK && !arg.waivers && arg.strict)
        status = cmek_fail(err, CMEK_E_USAGE, "--strict-waivers needs --waivers FILE");
    if (status == CMEK_OK && arg.waivers)
        status = cmek_waivers_load(arg.waivers, cmek_time_now(), days, ret_options->rules, arena,
                                   &ret_options->waivers, err);
    if (status == CMEK_OK && arg.strict)
        status = check_strictly(&ret_options->waivers, err);
    return status;
}
