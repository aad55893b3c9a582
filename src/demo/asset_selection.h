/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_selection.h  Which assets a request to Cloud Asset Inventory is about. */
#ifndef CMEK_DEMO_ASSET_SELECTION_H
#define CMEK_DEMO_ASSET_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "demo/asset_answer.h"

struct cmek_demo_asset_query;
struct cmek_demo_call;
struct cmek_demo_node;

#define CMEK_DEMO_MAX_TYPES 256

struct cmek_demo_selection {
    const struct cmek_demo_node *scope;
    const char *types[CMEK_DEMO_MAX_TYPES]; /* those that are asked for */
    size_t type_count;
    bool is_every_type, without_policies;
    enum cmek_demo_content content;
    const struct cmek_demo_asset_query *query; /* or NULL */
};

/** Adds the types that a name or a pattern means; false when it means none of the inventory. */
bool cmek_demo_selection_add(struct cmek_demo_call *call, struct cmek_demo_selection *selection,
                             const char *pattern);
/** Takes a ContentType (NULL: not given); false when it is none, the answer is then the error. */
bool cmek_demo_selection_content(struct cmek_demo_call *call, struct cmek_demo_selection *selection,
                                 const char *wanted);
bool cmek_demo_selection_keeps(const struct cmek_demo_selection *selection,
                               const struct cmek_demo_asset_item *asset);

#endif
