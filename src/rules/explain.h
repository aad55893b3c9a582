/* SPDX-License-Identifier: Apache-2.0 */
/** @file explain.h  Why a verdict is what it is (model/explanation.h), and what the checks are
 * about. Pure, like the evaluation. */
#ifndef CMEK_RULES_EXPLAIN_H
#define CMEK_RULES_EXPLAIN_H

#include "model/explanation.h"
#include "rules/evaluate.h"

/** What a check looks at and what its verdicts mean, for people. */
struct cmek_rule_documentation {
    const char *check;
    const char *governs;               /* what it has something to say about */
    const char *fail, *pass, *unknown; /* when it says so; NULL: it never does */
};

/** Of a check by name (struct cmek_rule.check); NULL when there is none. */
const struct cmek_rule_documentation *cmek_check_documentation(const char *check);

/** Explains a verdict of @p evaluation. Strings and arrays are in @p arena, the inventory or the
 * rules. */
void cmek_verdict_explain(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                          struct cmek_arena *arena, struct cmek_explanation *ret_explanation);

#endif
