/* SPDX-License-Identifier: Apache-2.0 */
/** @file covered.h  What an input that names no scopes covers. */
#ifndef CMEK_SCAN_COVERED_H
#define CMEK_SCAN_COVERED_H

#include "base/arena.h"
#include "base/strings.h"

struct cmek_inventory;

/** The nodes that an export was made of, sorted: those that it lists, and of which it lists none
 * above. An organization that lines only name as an ancestor is none: of a folder's export nothing
 * can be told of the rest of it. None where nothing tells: no node is listed, or so many that the
 * lines are a choice rather than exports put together. Once the inventory is finished. */
struct cmek_strings cmek_covered_by_file(const struct cmek_inventory *inventory,
                                         struct cmek_arena *arena);

/** The organizations that a plan speaks of: it covers what it holds, whatever lies above. */
struct cmek_strings cmek_covered_by_plan(const struct cmek_inventory *inventory,
                                         struct cmek_arena *arena);

#endif
