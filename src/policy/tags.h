/* SPDX-License-Identifier: Apache-2.0 */
/** @file tags.h  Effective tags: what is bound along a chain, the nearest binding of a key winning.
 */
#ifndef CMEK_POLICY_TAGS_H
#define CMEK_POLICY_TAGS_H

#include "cmekscan/finding.h"
#include "policy/condition.h"

struct cmek_chain;
struct cmek_inventory;
struct cmek_tag_binding;

/** For cmek_condition_evaluate: a chain and the inventory it belongs to. */
struct cmek_tag_scope {
    const struct cmek_inventory *inventory;
    const struct cmek_chain *chain;
};

/** Answers a tag test; @p payload is a struct cmek_tag_scope. */
enum cmek_tristate cmek_tags_lookup(void *payload, const struct cmek_tag_test *test,
                                    const char **ret_reason);

/** Whether a binding is of the key that @p test asks about (its value plays no part); where it
 * certainly is not, no answer to the test depends on the binding. */
enum cmek_tristate cmek_tags_binds(const struct cmek_inventory *inventory,
                                   const struct cmek_tag_binding *binding,
                                   const struct cmek_tag_test *test);

#endif
