/* SPDX-License-Identifier: Apache-2.0 */
/** @file policy.h  Organization policies as they are written down, before anything is evaluated.
 *
 * https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies
 */
#ifndef CMEK_MODEL_POLICY_H
#define CMEK_MODEL_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strings.h"

enum cmek_constraint {
    CMEK_CONSTRAINT_SERVICE,     /* gcp.restrictNonCmekServices */
    CMEK_CONSTRAINT_KEY_PROJECT, /* gcp.restrictCmekCryptoKeyProjects */
    CMEK_CONSTRAINT_COUNT_,
};

/** One PolicyRule. Several parts in one rule all apply; `enforce` belongs to other constraints. */
struct cmek_policy_rule {
    struct cmek_strings allowed, denied;
    bool allow_all, deny_all;
    const char *condition; /* CEL; NULL: unconditional. An empty text is a condition too. */
};

enum cmek_spec_state {
    CMEK_SPEC_ABSENT,
    CMEK_SPEC_PRESENT,
    CMEK_SPEC_UNREADABLE, /* it exists, but what it says is not known */
};

/** A PolicySpec. */
struct cmek_policy_spec {
    enum cmek_spec_state state;
    bool reset, inherit_from_parent;
    const struct cmek_policy_rule *rules;
    size_t rule_count;
    const char *unreadable_reason; /* a sentence, when UNREADABLE */
};

/** Both halves of a Policy: what is enforced, and what only a dry run looks at. */
struct cmek_policy {
    struct cmek_policy_spec live, dry_run;
};

/** "constraints/gcp.restrictNonCmekServices", … */
const char *cmek_constraint_name(enum cmek_constraint constraint);
/** From a name with or without "constraints/"; CMEK_CONSTRAINT_COUNT_ when it is neither of ours.
 */
enum cmek_constraint cmek_constraint_parse(const char *name);

#endif
