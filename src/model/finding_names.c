/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmekscan/finding.h"
#include "model/explanation.h"

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

static const char *const change_names[CMEK_CHANGE_COUNT_] = {
    [CMEK_CHANGE_NONE] = "unchanged",
    [CMEK_CHANGE_NEWLY_FAILING] = "newly_failing",
    [CMEK_CHANGE_NEWLY_UNKNOWN] = "newly_unknown",
    [CMEK_CHANGE_NO_LONGER_FAILING] = "no_longer_failing",
    [CMEK_CHANGE_NO_LONGER_UNKNOWN] = "no_longer_unknown",
};

static const char *const fate_names[CMEK_FATE_COUNT_] = {
    [CMEK_FATE_NOT_SET] = "not-set",
    [CMEK_FATE_DECIDES] = "decides",
    [CMEK_FATE_CONTRIBUTES] = "contributes",
    [CMEK_FATE_UNDECIDED] = "undecided",
    [CMEK_FATE_SHADOWED] = "shadowed",
    [CMEK_FATE_CONDITION_FALSE] = "condition-false",
    [CMEK_FATE_EMPTY] = "empty",
    [CMEK_FATE_RESET] = "reset",
    [CMEK_FATE_OVERRIDDEN] = "overridden",
    [CMEK_FATE_UNREADABLE] = "unreadable",
    [CMEK_FATE_HIDDEN] = "hidden",
};

static int place_of(const char *name, const char *const *names, int count)
{
    int place = 0;
    while (place < count && strcmp(name, names[place]) != 0)
        place++;
    return place;
}

const char *cmek_fate_name(enum cmek_fate fate)
{
    return fate_names[fate];
}

const char *cmek_status_name(enum cmek_finding_status status)
{
    return status_names[status];
}

const char *cmek_severity_name(enum cmek_severity severity)
{
    return severity_names[severity];
}

enum cmek_finding_status cmek_status_named(const char *name)
{
    return (enum cmek_finding_status)place_of(name, status_names, CMEK_STATUS_COUNT_);
}

enum cmek_severity cmek_severity_named(const char *name)
{
    return (enum cmek_severity)place_of(name, severity_names, CMEK_SEVERITY_COUNT_);
}

enum cmek_enforcement cmek_enforcement_named(const char *name)
{
    return (enum cmek_enforcement)place_of(name, enforcement_names, CMEK_ENFORCEMENT_COUNT_);
}

const char *cmek_enforcement_name(enum cmek_enforcement enforcement)
{
    return enforcement_names[enforcement];
}

const char *cmek_change_name(enum cmek_change change)
{
    return change_names[change];
}
