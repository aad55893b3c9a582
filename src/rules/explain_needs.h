/* SPDX-License-Identifier: Apache-2.0 */
/** @file explain_needs.h  Inside src/rules: what an unknown verdict waits for. */
#ifndef CMEK_RULES_EXPLAIN_NEEDS_H
#define CMEK_RULES_EXPLAIN_NEEDS_H

struct cmek_arena;
struct cmek_explanation;
struct cmek_inventory;
struct cmek_verdict;

/** Fills in the needs of an explanation whose trail and key are told already. */
void cmek_explain_needs(const struct cmek_inventory *inventory, const struct cmek_verdict *verdict,
                        struct cmek_arena *arena, struct cmek_explanation *explanation);

#endif
