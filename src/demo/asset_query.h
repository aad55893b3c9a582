/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_query.h  The query language of searchAllResources, as far as it is played: terms
 * that must all match, `name:word`, `state=EXACT`, `name:(one OR another)`, a word that ends with
 * `*`.
 *
 * https://cloud.google.com/asset-inventory/docs/query-syntax
 */
#ifndef CMEK_DEMO_ASSET_QUERY_H
#define CMEK_DEMO_ASSET_QUERY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/vec.h"

struct cmek_demo_asset_item;

struct cmek_demo_asset_term {
    const char *field;
    bool is_exact;
    CMEK_VEC(const char *) values; /* any of them */
};

struct cmek_demo_asset_query {
    CMEK_VEC(struct cmek_demo_asset_term) terms;
};

/** False: it is outside of what is played; the query then needs no done. */
bool cmek_demo_asset_query_parse(const char *text, struct cmek_arena *arena,
                                 struct cmek_demo_asset_query *ret_query);
bool cmek_demo_asset_query_keeps(const struct cmek_demo_asset_query *query,
                                 const struct cmek_demo_asset_item *asset);
void cmek_demo_asset_query_done(struct cmek_demo_asset_query *query);

#endif
