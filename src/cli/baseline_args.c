/* SPDX-License-Identifier: Apache-2.0 */
/* What was known before: options of scan alone. */
#include "base/error.h"
#include "cli/cmd.h"
#include "scan/baseline.h"

static struct {
    const char *baseline;
    bool fail_on_new;
} arg;

const struct cmek_option cmek_baseline_options[] = {
    {"baseline", 0, CMEK_OPTION_TEXT, &arg.baseline, "REPORT",
     "compare with an earlier json report (plain or .gz): findings say whether they are new, "
     "unchanged or resolved, the summary counts"},
    {"fail-on-new", 0, CMEK_OPTION_FLAG, &arg.fail_on_new, NULL,
     "exit with 1 only for failures that the baseline did not have"},
    {0},
};

enum cmek_status cmek_baseline_args(struct cmek_baseline *ret_baseline,
                                    struct cmek_scan_options *ret_options, struct cmek_error *err)
{
    if (!arg.baseline && arg.fail_on_new)
        return cmek_fail(err, CMEK_E_USAGE, "--fail-on-new needs --baseline REPORT");
    if (!arg.baseline)
        return CMEK_OK;
    enum cmek_status status = cmek_baseline_load(arg.baseline, ret_baseline, err);
    if (status != CMEK_OK)
        return status;
    ret_options->baseline = ret_baseline;
    ret_options->fail_on_new = arg.fail_on_new;
    return CMEK_OK;
}
