/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_answer.h  One asset in the words of Cloud Asset Inventory.
 *
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset and
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/ResourceSearchResult
 */
#ifndef CMEK_DEMO_ASSET_ANSWER_H
#define CMEK_DEMO_ASSET_ANSWER_H

#include <stdbool.h>

struct cmek_arena;
struct cmek_demo_asset_item;
struct cmek_json_writer;

enum cmek_demo_content {
    CMEK_DEMO_CONTENT_NONE,
    CMEK_DEMO_CONTENT_RESOURCE,
    CMEK_DEMO_CONTENT_ORG_POLICY,
};

/** Whether an asset has content of that kind: without it, a listing of the kind leaves it out. */
bool cmek_demo_asset_has(const struct cmek_demo_asset_item *asset, enum cmek_demo_content content);
void cmek_demo_asset_write(const struct cmek_demo_asset_item *asset, enum cmek_demo_content content,
                           struct cmek_arena *arena, struct cmek_json_writer *writer);
/** A search result, with all members that it is not asked to leave out. */
void cmek_demo_asset_write_result(const struct cmek_demo_asset_item *asset,
                                  struct cmek_arena *arena, struct cmek_json_writer *writer);

#endif
