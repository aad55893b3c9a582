/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_encode.h  Records back into assets: the inverse of what asset_data.c and
 * asset_policy.c decode, and no more than they know. */
#ifndef CMEK_SOURCE_ASSET_ENCODE_H
#define CMEK_SOURCE_ASSET_ENCODE_H

#include "model/record.h"

struct cmek_json_writer;

/** Writes the record's `resource.data` as one object; decoding it gives the record's data again. A
 * spec that could not be read becomes `{"cmekscan_unreadable": REASON}`. */
void cmek_asset_encode_data(struct cmek_json_writer *writer, const struct cmek_record *record);
/** The same of `org_policy` content (v1), as one array. */
void cmek_v1_policies_encode(struct cmek_json_writer *writer, const struct cmek_record *record);

#endif
