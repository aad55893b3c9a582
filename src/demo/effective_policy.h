/* SPDX-License-Identifier: Apache-2.0 */
/** @file effective_policy.h  policies.getEffectivePolicy. */
#ifndef CMEK_DEMO_EFFECTIVE_POLICY_H
#define CMEK_DEMO_EFFECTIVE_POLICY_H

#include <stdbool.h>

#include "model/policy.h"

struct cmek_arena;
struct cmek_inventory;
struct cmek_json_writer;

/** Writes the policy that holds at @p node_name ("projects/123"): merged over the hierarchy, with
 * conditions evaluated, so that none is left. False (nothing written) when the node is not known.
 */
bool cmek_demo_write_effective_policy(const struct cmek_inventory *inventory, const char *node_name,
                                      enum cmek_constraint constraint,
                                      struct cmek_json_writer *writer, struct cmek_arena *arena);

#endif
