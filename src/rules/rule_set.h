/* SPDX-License-Identifier: Apache-2.0 */
/** @file rule_set.h  The set behind rule.h, for the loader. */
#ifndef CMEK_RULES_RULE_SET_H
#define CMEK_RULES_RULE_SET_H

#include "base/arena.h"
#include "base/vec.h"
#include "rules/rule.h"

struct cmek_rule_change;

struct cmek_rule_set {
    struct cmek_arena arena;                      /* holds the rules and all they point to */
    struct CMEK_VEC_OF(struct cmek_rule *) rules; /* by id */
};

struct cmek_rule_set *cmek_rule_set_new(void);
/** Adds a new rule or changes the one there is. */
CMEK_NODISCARD enum cmek_status cmek_rule_set_add(struct cmek_rule_set *set,
                                                  const struct cmek_rule_change *change,
                                                  const char *origin, struct cmek_error *err);

#endif
