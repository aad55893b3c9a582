/* SPDX-License-Identifier: Apache-2.0 */
/** @file prune.h  Cutting members that nobody reads out of a JSON text, so that they need not be
 * parsed.
 *
 * Most of an API object is of no interest, and json-c takes ten times as long to build a tree of it
 * as it takes to step over it. What is cut is still held to the whole grammar.
 */
#ifndef CMEK_JSON_PRUNE_H
#define CMEK_JSON_PRUNE_H

#include <stdbool.h>
#include <stddef.h>

struct cmek_strbuf;

/** A member to keep. A table of them ends with a NULL name. */
struct cmek_json_keep {
    const char *name;
    const struct cmek_json_keep *members; /* of an object, which to keep; NULL: the whole value */
};

/** Appends the object @p text without the members that are not in @p keep; names with an escape in
 * them are kept. False when the text is anything but one object, beyond doubt well-formed (RFC
 * 8259) and not deeply nested: then it is to be parsed as it is. */
bool cmek_json_prune(const char *text, size_t length, const struct cmek_json_keep *keep,
                     struct cmek_strbuf *pruned);

#endif
