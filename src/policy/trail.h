/* SPDX-License-Identifier: Apache-2.0 */
/** @file trail.h  Inside src/policy: writing down the walk that effective.c takes. */
#ifndef CMEK_POLICY_TRAIL_H
#define CMEK_POLICY_TRAIL_H

#include "cmekscan/finding.h"
#include "policy/effective.h"
#include "policy/tags.h"

struct cmek_explained_node;
struct cmek_explained_rule;
struct cmek_trail;

/** A trail with all nodes of the path, none of them come to yet. */
void cmek_trail_begin(struct cmek_trail *trail, const struct cmek_tag_scope *scope,
                      enum cmek_constraint constraint, struct cmek_arena *arena);
/** What a node contributes: its rules, their fates still to be told. */
void cmek_trail_give_spec(struct cmek_explained_node *step, const struct cmek_tag_scope *scope,
                          enum cmek_constraint constraint, enum cmek_policy_mode mode,
                          const struct cmek_policy_spec *spec, struct cmek_arena *arena);
/** Evaluates a rule's condition as cmek_condition_evaluate does, and keeps what it asked. */
enum cmek_tristate cmek_trail_condition(const struct cmek_tag_scope *scope,
                                        struct cmek_arena *arena, struct cmek_explained_rule *rule,
                                        const char **ret_reason);
/** After @p walked nodes; @p goes_on: the last of them was no root. */
void cmek_trail_end(struct cmek_trail *trail, const struct cmek_tag_scope *scope,
                    enum cmek_constraint constraint, enum cmek_policy_mode mode, size_t walked,
                    bool goes_on, struct cmek_arena *arena);

#endif
