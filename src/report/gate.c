/* SPDX-License-Identifier: Apache-2.0 */
#include "report/gate.h"

#include "base/strings.h"
#include "cmekscan/reporter.h"

bool cmek_gate_is_new(const struct cmek_finding *finding)
{
    return cmek_str_eq(finding->baseline_state, "new");
}

bool cmek_gate_holds(const struct cmek_scan_summary *summary, const struct cmek_finding *finding)
{
    bool only_new = summary->simulation || (summary->baseline && summary->baseline->fail_on_new);
    return finding->status == CMEK_STATUS_FAIL && finding->enforcement != CMEK_DRY_RUN &&
           (!only_new || cmek_gate_is_new(finding));
}
