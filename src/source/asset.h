/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset.h  Assets and API objects into records: the one place that knows their JSON.
 *
 * `resource.data` of an asset is the API's own object, so an export file and a live answer decode
 * alike. https://cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset
 */
#ifndef CMEK_SOURCE_ASSET_H
#define CMEK_SOURCE_ASSET_H

#include "base/error.h"
#include "model/record.h"

struct cmek_arena;
struct cmek_catalogue;
struct cmek_json;

/** Decodes a whole asset (one line of an export), top-level names in snake_case or camelCase. Data
 * of an unexpected shape is no error: the record says that it has none, and why. CMEK_E_INVALID:
 * this is no asset. The record borrows from @p catalogue (cmek_catalogue_kind), @p asset and @p
 * arena. */
CMEK_NODISCARD enum cmek_status
cmek_asset_decode(const struct cmek_catalogue *catalogue, const struct cmek_json *asset,
                  struct cmek_arena *arena, struct cmek_record *ret_record, struct cmek_error *err);

/** Decodes the API object @p data into a record whose kind, name, asset type (and
 * data.resource.type) are set. */
void cmek_asset_decode_data(struct cmek_record *record, const struct cmek_json *data,
                            struct cmek_arena *arena);

/** A record for an API object: kind and type from @p asset_type, @p name its full resource name. */
struct cmek_record cmek_asset_record(const struct cmek_catalogue *catalogue, const char *asset_type,
                                     const char *name, const struct cmek_json *data,
                                     struct cmek_arena *arena);

struct cmek_strbuf;
/** Appends the record as one line of an export (NDJSON, snake_case), without the line end: its data
 * as it came where it has that, else as asset_encode.h writes it. */
void cmek_asset_print(const struct cmek_record *record, struct cmek_strbuf *buffer);

#endif
