/* SPDX-License-Identifier: Apache-2.0 */
/** @file resource_data.h  Inside src/source: the API object of a resource into its record. */
#ifndef CMEK_SOURCE_RESOURCE_DATA_H
#define CMEK_SOURCE_RESOURCE_DATA_H

/** Member of the data of a resource that asset_encode.c wrote: what was read from the row's paths
 * at the time, which takes their place. */
#define CMEK_RESOURCE_AS_READ "cmekscan_read"

struct cmek_arena;
struct cmek_json;
struct cmek_record;
struct cmek_resource_data;

/** Fills data.resource, whose type is set, from the object @p data: keys, location, times and
 * exceptions, where the type's row in the catalogue says they are. */
void cmek_resource_decode(struct cmek_record *record, const struct cmek_json *data,
                          struct cmek_arena *arena);
/** Its labels alone, from the object @p json of texts; anything else has none. */
void cmek_resource_decode_labels(struct cmek_resource_data *resource, const struct cmek_json *json,
                                 struct cmek_arena *arena);

#endif
