/* SPDX-License-Identifier: Apache-2.0 */
/** @file index_build.h  Filling an index; for loader.c only. */
#ifndef CMEK_DEMO_INDEX_BUILD_H
#define CMEK_DEMO_INDEX_BUILD_H

#include "demo/index.h"

struct cmek_json;

struct cmek_demo_asset {
    const char *name, *type;
    const struct cmek_json *data;             /* an object */
    const char *parent;                       /* resource.parent, or NULL */
    const char *version, *location, *updated; /* of the resource, of the asset, or NULL */
    struct cmek_strings ancestors;
};

/* Nodes first, so that whatever lies in them finds them under both their names. */
#define CMEK_DEMO_BUILD_PHASES 2

bool cmek_demo_asset_is_served(const struct cmek_strings *inventory_types, const char *asset_type);
/** Takes @p asset if its type belongs to @p phase. */
void cmek_demo_index_add(struct cmek_demo_index *index, const struct cmek_demo_asset *asset,
                         int phase);
/** The node that a resource lies in, made if need be: its ancestors say so first, then its names.
 * NULL: nothing does. @p api_name is its name without "//host/". */
struct cmek_demo_node *cmek_demo_index_home(struct cmek_demo_index *index,
                                            const struct cmek_demo_asset *asset,
                                            const char *api_name);
/** Keeps the asset for Cloud Asset Inventory; its nodes are known already. */
void cmek_demo_index_add_asset(struct cmek_demo_index *index, const struct cmek_demo_asset *asset);
/** What follows "//service.googleapis.com/" in a full resource name. */
const char *cmek_demo_relative_name(const char *full_name);
/** The last step: parents, children, order. */
void cmek_demo_index_join(struct cmek_demo_index *index);

#endif
