/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_prefilter.h  Telling from the bytes of a line that it is of no interest, without
 * parsing it.
 *
 * An export of a whole organization is mostly assets of other types. The filter walks the line's
 * top level only, minding strings and brackets, so that nothing inside `data` or inside a string
 * can pass for the line's own asset type; where it is not certain, the line is parsed.
 */
#ifndef CMEK_SOURCE_ASSET_PREFILTER_H
#define CMEK_SOURCE_ASSET_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>

struct cmek_catalogue;

/** True only if the line is one balanced JSON object whose own asset type is, for certain, none
 * that matters. */
bool cmek_asset_is_irrelevant(const struct cmek_catalogue *catalogue, const char *line,
                              size_t length);

#endif
