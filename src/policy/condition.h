/* SPDX-License-Identifier: Apache-2.0 */
/** @file condition.h  The conditions of organization policies: a small part of CEL, in three
 * values.
 *
 *     expression := term { "||" term }       term := factor { "&&" factor }
 *     factor     := "!" factor | "(" expression ")" | call
 *     call       := "resource." name "(" string [ "," string ] ")"
 *
 * with matchTag('ORG/key','value'), matchTagId('tagKeys/1','tagValues/1'), hasTagKey('ORG/key') and
 * hasTagKeyId('tagKeys/1'); strings in ' or " without escapes.
 * https://cloud.google.com/resource-manager/docs/organization-policy/tags-organization-policy
 * Anything else makes the whole expression undecided, whatever its parts say.
 */
#ifndef CMEK_POLICY_CONDITION_H
#define CMEK_POLICY_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "cmekscan/finding.h"

struct cmek_arena;

/** One call of a condition. */
struct cmek_tag_test {
    bool by_id;        /* matchTagId, hasTagKeyId */
    const char *key;   /* "123/env" or "tagKeys/1" */
    const char *value; /* NULL: hasTagKey, hasTagKeyId */
};

/** Answers a call for the resource at hand; @p ret_reason gets a sentence for CMEK_UNKNOWN, which
 * outlives the call (@p test does not). */
typedef enum cmek_tristate cmek_tag_lookup(void *payload, const struct cmek_tag_test *test,
                                           const char **ret_reason);

/** Parses and evaluates @p text. For CMEK_UNKNOWN @p ret_reason (in @p arena) says why, with the
 * position for a syntax error. */
enum cmek_tristate cmek_condition_evaluate(const char *text, cmek_tag_lookup *lookup, void *payload,
                                           struct cmek_arena *arena, const char **ret_reason);

#endif
