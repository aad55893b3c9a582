/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_line.h  One line of an asset file into a record. */
#ifndef CMEK_SOURCE_ASSET_LINE_H
#define CMEK_SOURCE_ASSET_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/record.h"

struct cmek_arena;
struct cmek_catalogue;
struct cmek_json_light;
struct cmek_json_parser;

/** What decoding a line needs and the next one can use again. All zero but for the catalogue is a
 * valid one. */
struct cmek_asset_line_decoder {
    const struct cmek_catalogue *catalogue;
    struct cmek_json_parser *parser;
    struct cmek_json_light *light;
};

/** Decodes a line; *@p ret_is_relevant is false, and there is no record, for an asset of another
 * type. The record has no `raw`. CMEK_E_INVALID: this is no asset. */
CMEK_NODISCARD enum cmek_status
cmek_asset_line_decode(struct cmek_asset_line_decoder *decoder, const char *text, size_t length,
                       struct cmek_arena *arena, struct cmek_record *ret_record,
                       bool *ret_is_relevant, struct cmek_error *err);
void cmek_asset_line_decoder_done(struct cmek_asset_line_decoder *decoder);

#endif
