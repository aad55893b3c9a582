/* SPDX-License-Identifier: Apache-2.0 */
/** @file reading.h  What a list policy comes to, in a form in which two spellings of the same are
 * equal.
 *
 * Rules are merged; an entry stands once, without `is:`, a project of the key-project constraint as
 * `projects/NUMBER` where that is known; subtrees (`under:folders/2`) stay as they are. Conditions
 * play no part: the rules given are those in force.
 */
#ifndef CMEK_POLICY_READING_H
#define CMEK_POLICY_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "model/policy.h"

struct cmek_arena;
struct cmek_inventory;
struct cmek_strbuf;

struct cmek_reading {
    bool denies_all;             /* the lists are empty then */
    bool has_allow_list;         /* nothing but `allowed` is; else all but `denied` */
    struct cmek_strings allowed; /* sorted */
    struct cmek_strings denied;  /* sorted; they win over `allowed` */
};

/** What @p rules come to; without any that says something, the constraint's default. Strings are in
 * the rules or in @p arena. */
struct cmek_reading cmek_reading_of(const struct cmek_inventory *inventory,
                                    enum cmek_constraint constraint,
                                    const struct cmek_policy_rule *const *rules, size_t rule_count,
                                    struct cmek_arena *arena);
bool cmek_reading_equal(const struct cmek_reading *a, const struct cmek_reading *b);

/** Appends "denies a, b", "allows only c", "allows everything"; of long lists the beginning. */
void cmek_reading_describe(const struct cmek_reading *reading, struct cmek_strbuf *buffer);
/** Appends what is listed in @p reading and not in @p other: "denied a, allowed c"; returns false
 * when nothing is. */
bool cmek_reading_describe_surplus(const struct cmek_reading *reading,
                                   const struct cmek_reading *other, struct cmek_strbuf *buffer);

#endif
