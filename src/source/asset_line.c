/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_line.h"

#include "base/error.h"
#include "source/asset.h"
#include "source/asset_prefilter.h"
#include "json/json.h"
#include "json/light.h"

static enum cmek_status decode_whole(struct cmek_asset_line_decoder *decoder, const char *text,
                                     size_t length, struct cmek_arena *arena,
                                     struct cmek_record *ret_record, struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    if (!decoder->parser)
        decoder->parser = cmek_json_parser_new();
    cmek_json_parser_feed(decoder->parser, text, length);
    enum cmek_status status = cmek_json_parser_finish(decoder->parser, &json, err);
    if (status == CMEK_OK)
        status = cmek_asset_decode(decoder->catalogue, json, arena, ret_record, err);
    cmek_json_free(json);
    return status;
}

static enum cmek_status decode(struct cmek_asset_line_decoder *decoder, const char *text,
                               size_t length, struct cmek_arena *arena,
                               struct cmek_record *ret_record, struct cmek_error *err)
{
    if (!decoder->light)
        decoder->light = cmek_json_light_new();
    const struct cmek_json *json = cmek_json_light_parse(decoder->light, text, length);
    enum cmek_status status =
        json ? cmek_asset_decode(decoder->catalogue, json, arena, ret_record, err)
             : decode_whole(decoder, text, length, arena, ret_record, err);
    if (status == CMEK_OK)
        ret_record->raw = NULL;
    return status;
}

enum cmek_status cmek_asset_line_decode(struct cmek_asset_line_decoder *decoder, const char *text,
                                        size_t length, struct cmek_arena *arena,
                                        struct cmek_record *ret_record, bool *ret_is_relevant,
                                        struct cmek_error *err)
{
    *ret_is_relevant = false;
    if (cmek_asset_is_irrelevant(decoder->catalogue, text, length))
        return CMEK_OK;
    enum cmek_status status = decode(decoder, text, length, arena, ret_record, err);
    if (status != CMEK_OK)
        return status;
    *ret_is_relevant = ret_record->kind != CMEK_ASSET_OTHER || ret_record->has_v1_policies;
    return CMEK_OK;
}

void cmek_asset_line_decoder_done(struct cmek_asset_line_decoder *decoder)
{
    cmek_json_parser_free(decoder->parser);
    cmek_json_light_free(decoder->light);
}
