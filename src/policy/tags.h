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

/** Where a tag test found its key bound. */
struct cmek_tag_place {
    const struct cmek_node *node; /* NULL: nowhere, or it cannot be told */
    const char *value;            /* by name where known, else by id */
};

/** Answers a tag test, with @p ret_reason for an unknown as for cmek_condition_evaluate. */
enum cmek_tristate cmek_tags_find(const struct cmek_tag_scope *scope,
                                  const struct cmek_tag_test *test, const char **ret_reason,
                                  struct cmek_tag_place *ret_place);

struct cmek_arena;
struct cmek_explained_tag;
/** Every tag bound along the path, nearest first, in @p arena. */
const struct cmek_explained_tag *cmek_tags_list(const struct cmek_tag_scope *scope,
                                                struct cmek_arena *arena, size_t *ret_count);

/** Answers a tag test; @p payload is a struct cmek_tag_scope. */
enum cmek_tristate cmek_tags_lookup(void *payload, const struct cmek_tag_test *test,
                                    const char **ret_reason);

/** Whether a binding is of the key that @p test asks about (its value plays no part); where it
 * certainly is not, no answer to the test depends on the binding. */
enum cmek_tristate cmek_tags_binds(const struct cmek_inventory *inventory,
                                   const struct cmek_tag_binding *binding,
                                   const struct cmek_tag_test *test);

#endif
