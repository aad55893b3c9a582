/* SPDX-License-Identifier: Apache-2.0 */
/** @file rule_decode.h  One rule of a rule file, checked member by member (rules/README.md). */
#ifndef CMEK_RULES_RULE_DECODE_H
#define CMEK_RULES_RULE_DECODE_H

#include <stdbool.h>

#include "rules/rule.h"

struct cmek_arena;
struct cmek_yaml;

/** What a file says of a rule: the members that it gives; the others are NULL. */
struct cmek_rule_change {
    struct cmek_rule rule;
    bool has_severity;
    const char *default_check;  /* the check of the rule's own name, or NULL when there is none */
    const struct cmek_yaml *at; /* for messages */
};

CMEK_NODISCARD enum cmek_status cmek_rule_decode(const struct cmek_yaml *node,
                                                 struct cmek_arena *arena,
                                                 struct cmek_rule_change *ret_change,
                                                 struct cmek_error *err);
/** Applies @p change to @p rule, which is all zero when the rule is new; a new rule must be
 * complete. */
CMEK_NODISCARD enum cmek_status cmek_rule_apply(const struct cmek_rule_change *change,
                                                const char *origin, struct cmek_rule *rule,
                                                struct cmek_error *err);

#endif
