/* SPDX-License-Identifier: Apache-2.0 */
/** @file field_mask.h  Partial responses: the `fields` parameter of Google's APIs.
 *
 * https://cloud.google.com/storage/docs/json_api#partial-response: names by commas, `a/b` for a
 * member of a member, `a(b,c)` for several, `*` for all. Arrays are looked through.
 */
#ifndef CMEK_DEMO_FIELD_MASK_H
#define CMEK_DEMO_FIELD_MASK_H

#include "base/arena.h"
#include "base/strbuf.h"

struct cmek_demo_mask;

/** NULL when @p text is no field mask. */
const struct cmek_demo_mask *cmek_demo_mask_parse(const char *text, struct cmek_arena *arena);
/** Appends what @p mask keeps of @p json, which is valid JSON without blanks. */
void cmek_demo_mask_apply(const struct cmek_demo_mask *mask, const char *json,
                          struct cmek_strbuf *ret_json);

#endif
