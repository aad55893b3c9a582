/* SPDX-License-Identifier: Apache-2.0 */
#include "cmekscan/finding.h"

static const char *const status_names[CMEK_STATUS_COUNT_] = {
    [CMEK_STATUS_FAIL] = "fail",
    [CMEK_STATUS_UNKNOWN] = "unknown",
    [CMEK_STATUS_PASS] = "pass",
    [CMEK_STATUS_WAIVED] = "waived",
};

static const char *const severity_names[CMEK_SEVERITY_COUNT_] = {
    [CMEK_SEVERITY_CRITICAL] = "critical", [CMEK_SEVERITY_HIGH] = "high",
    [CMEK_SEVERITY_MEDIUM] = "medium",     [CMEK_SEVERITY_LOW] = "low",
    [CMEK_SEVERITY_INFO] = "info",
};

static const char *const enforcement_names[CMEK_ENFORCEMENT_COUNT_] = {
    [CMEK_ENFORCED] = "enforced",
    [CMEK_DRY_RUN] = "dry-run",
    [CMEK_SIMULATED] = "simulated",
};

const char *cmek_status_name(enum cmek_finding_status status)
{
    return status_names[status];
}

const char *cmek_severity_name(enum cmek_severity severity)
{
    return severity_names[severity];
}

const char *cmek_enforcement_name(enum cmek_enforcement enforcement)
{
    return enforcement_names[enforcement];
}
