/* SPDX-License-Identifier: Apache-2.0 */
/** @file list.h  Asking an effective list policy about one value, over every way the unknowns can
 * fall.
 *
 * A value is denied if a deny rule covers it, or if there are allow lists, no allowAll, and none of
 * them covers it; deny wins over allow. An answer is the set of outcomes that are possible: exact,
 * not the cautious approximation that three-valued logic gives.
 */
#ifndef CMEK_POLICY_LIST_H
#define CMEK_POLICY_LIST_H

#include <stdbool.h>

#include "cmekscan/finding.h"
#include "policy/effective.h"

/** Possible outcomes; an answer is a set of them. `restricted` means that some entry or denyAll is
 * in force. */
enum cmek_list_outcome {
    CMEK_ALLOWED_FREELY = 1 << 0,     /* allowed, and nothing restricts */
    CMEK_ALLOWED_RESTRICTED = 1 << 1, /* allowed, though something restricts */
    CMEK_DENIED_RESTRICTED = 1 << 2,
    CMEK_DENIED_BY_DEFAULT = 1 << 3, /* no rule in force, the constraint's default denies */
};
#define CMEK_DENIED     (CMEK_DENIED_RESTRICTED | CMEK_DENIED_BY_DEFAULT)
#define CMEK_ALLOWED    (CMEK_ALLOWED_FREELY | CMEK_ALLOWED_RESTRICTED)
#define CMEK_RESTRICTED (CMEK_ALLOWED_RESTRICTED | CMEK_DENIED_RESTRICTED)

/** Whether an entry covers the value that is asked about. */
typedef enum cmek_tristate cmek_entry_match(void *payload, const char *entry);

/** The set of possible outcomes for one value. */
unsigned cmek_list_ask(const struct cmek_effective *effective, cmek_entry_match *match,
                       void *payload);

/** The rule that decided, or would. */
struct cmek_list_cause {
    const struct cmek_node *node; /* NULL: none, the default holds */
    const char *entry; /* the entry, "denyAll" or "allowAll"; NULL: an allow list that does not
                          cover the value */
    const struct cmek_policy_rule *rule;
    bool is_certain; /* in force whatever the unknowns */
};

/** Why the value is denied (@p denied) or allowed: the nearest rule that does it, a certain one
 * before an uncertain. */
struct cmek_list_cause cmek_list_explain(const struct cmek_effective *effective,
                                         cmek_entry_match *match, void *payload, bool denied);

#endif
