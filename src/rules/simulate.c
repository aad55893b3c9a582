/* SPDX-License-Identifier: Apache-2.0 */
/* Simulations: today's verdict and the simulated one become one finding. */
#include "rules/check.h"
#include "rules/evaluation.h"
#include "rules/rule.h"

bool cmek_rule_is_simulated(const struct cmek_rule *rule)
{
    return cmek_check_find(rule->check)->is_simulated;
}

bool cmek_evaluation_judges(const struct cmek_evaluation *evaluation, enum cmek_policy_mode mode)
{
    bool simulates = evaluation->options.simulates;
    return mode == CMEK_POLICY_LIVE ||
           mode == (simulates ? CMEK_POLICY_SIMULATED : CMEK_POLICY_DRY_RUN);
}

enum cmek_policy_mode cmek_evaluation_governing(const struct cmek_evaluation *evaluation)
{
    return evaluation->options.simulates ? CMEK_POLICY_SIMULATED : CMEK_POLICY_LIVE;
}

enum cmek_enforcement cmek_enforcement_of(enum cmek_policy_mode mode)
{
    static const enum cmek_enforcement enforcements[CMEK_POLICY_MODE_COUNT_] = {
        [CMEK_POLICY_LIVE] = CMEK_ENFORCED,
        [CMEK_POLICY_DRY_RUN] = CMEK_DRY_RUN,
        [CMEK_POLICY_SIMULATED] = CMEK_SIMULATED,
    };
    return enforcements[mode];
}

void cmek_change_pair_add(struct cmek_change_pair *pair, const struct cmek_verdict *verdict)
{
    bool is_then = verdict->enforcement == CMEK_SIMULATED;
    *(is_then ? &pair->then : &pair->today) = *verdict;
    *(is_then ? &pair->has_then : &pair->has_today) = true;
}

/* What is accepted, like what is not governed, is as good as what complies. */
static enum cmek_finding_status trouble_of(const struct cmek_verdict *verdict)
{
    bool is_trouble =
        verdict && (verdict->status == CMEK_STATUS_FAIL || verdict->status == CMEK_STATUS_UNKNOWN);
    return is_trouble ? verdict->status : CMEK_STATUS_PASS;
}

static enum cmek_change compare(enum cmek_finding_status before, enum cmek_finding_status after)
{
    if (before == after)
        return CMEK_CHANGE_NONE;
    if (after == CMEK_STATUS_FAIL)
        return CMEK_CHANGE_NEWLY_FAILING;
    if (after == CMEK_STATUS_UNKNOWN)
        return CMEK_CHANGE_NEWLY_UNKNOWN;
    return before == CMEK_STATUS_FAIL ? CMEK_CHANGE_NO_LONGER_FAILING
                                      : CMEK_CHANGE_NO_LONGER_UNKNOWN;
}

/* The pass of a rule that no simulated policy makes govern. */
static struct cmek_verdict lift(const struct cmek_verdict *today)
{
    struct cmek_verdict verdict = *today;
    verdict.enforcement = CMEK_SIMULATED;
    verdict.status = CMEK_STATUS_PASS;
    verdict.effective = NULL;
    verdict.cause = verdict.reason = verdict.detail = NULL;
    verdict.is_lifted = true;
    return verdict;
}

bool cmek_change_pair_take(struct cmek_change_pair *pair, struct cmek_verdict *ret_verdict)
{
    const struct cmek_verdict *today = pair->has_today ? &pair->today : NULL;
    const struct cmek_verdict *then = pair->has_then ? &pair->then : NULL;
    enum cmek_finding_status before = trouble_of(today);
    pair->has_today = pair->has_then = false;
    if (!then && before == CMEK_STATUS_PASS)
        return false;
    *ret_verdict = then ? *then : lift(today);
    ret_verdict->change = compare(before, trouble_of(then));
    return true;
}
