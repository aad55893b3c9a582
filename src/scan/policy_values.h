/* SPDX-License-Identifier: Apache-2.0 */
/** @file policy_values.h  What a hand-written policy may list, held against what Google takes.
 *
 * Policies that are in force are read as they are, however odd; one in a file was never accepted by
 * anybody, and a misspelt value in it would match nothing without a word.
 * https://cloud.google.com/kms/docs/cmek-org-policy
 */
#ifndef CMEK_SCAN_POLICY_VALUES_H
#define CMEK_SCAN_POLICY_VALUES_H

#include "base/error.h"
#include "model/policy.h"

struct cmek_catalogue;
struct cmek_yaml;

/** Looks through a policy of @p constraint, in either shape, its dry run too. CMEK_E_USAGE with the
 * place: allowedValues where only denials are taken, or the reverse; a service that @p catalogue
 * does not hold (with or without `is:`; what begins with `in:` is left to Google). */
CMEK_NODISCARD enum cmek_status cmek_policy_values_check(const struct cmek_yaml *policy,
                                                         enum cmek_constraint constraint,
                                                         const struct cmek_catalogue *catalogue,
                                                         struct cmek_error *err);

#endif
