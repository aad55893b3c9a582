/* SPDX-License-Identifier: Apache-2.0 */
/** @file classes.h  Effective policies for all chains of an inventory, each built once.
 *
 * What the hierarchy makes of a constraint depends on two things only: on the nodes of the chain
 * that say something about it, and, where rules in reach have conditions, on the tags bound along
 * the chain that some condition asks about. Chains that agree in both are one class and share one
 * effective policy: the projects of an organization are many, their classes few.
 */
#ifndef CMEK_POLICY_CLASSES_H
#define CMEK_POLICY_CLASSES_H

#include <stddef.h>

#include "policy/effective.h"

struct cmek_classes;

/** @p inventory is finished and outlives the classes. */
struct cmek_classes *cmek_classes_new(const struct cmek_inventory *inventory);
void cmek_classes_free(struct cmek_classes *classes);

/** The same as cmek_effective_build gives, valid as long as the classes; its `index` numbers the
 * class. @p chain is one of the inventory's. */
const struct cmek_effective *cmek_classes_effective(struct cmek_classes *classes,
                                                    const struct cmek_chain *chain,
                                                    enum cmek_constraint constraint,
                                                    enum cmek_policy_mode mode);
/** How many effective policies have been built: their indexes are 0 … count-1. */
size_t cmek_classes_count(const struct cmek_classes *classes);

#endif
