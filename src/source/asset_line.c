/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_line.h"

#include "base/error.h"
#include "source/asset.h"
#include "source/asset_prefilter.h"
#include "json/json.h"
#include "json/prune.h"

/* What asset.c and asset_data.c read of a bucket, topic or repository. */
static const struct cmek_json_keep data_members[] = {
    {"location", NULL},   {"encryption", NULL},    {"kmsKeyName", NULL}, {"timeCreated", NULL},
    {"createTime", NULL}, {"projectNumber", NULL}, {"labels", NULL},     {NULL, NULL},
};
static const struct cmek_json_keep resource_members[] = {
    {"parent", NULL},
    {"data", data_members},
    {NULL, NULL},
};
static const struct cmek_json_keep asset_members[] = {
    {"name", NULL},
    {"asset_type", NULL},
    {"assetType", NULL},
    {"update_time", NULL},
    {"updateTime", NULL},
    {"resource", resource_members},
    {"org_policy", NULL},
    {"orgPolicy", NULL},
    {"ancestors", NULL},
    {"asset_exceptions", NULL},
    {"assetExceptions", NULL},
    {"cmekscan", NULL},
    {NULL, NULL},
};

static enum cmek_status decode(struct cmek_asset_line_decoder *decoder, const char *text,
                               size_t length, struct cmek_arena *arena,
                               struct cmek_record *ret_record, struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    if (!decoder->parser)
        decoder->parser = cmek_json_parser_new();
    cmek_json_parser_feed(decoder->parser, text, length);
    enum cmek_status status = cmek_json_parser_finish(decoder->parser, &json, err);
    if (status != CMEK_OK)
        return status;
    status = cmek_asset_decode(json, arena, ret_record, err);
    if (status == CMEK_OK)
        ret_record->raw = NULL;
    cmek_json_free(json);
    return status;
}

/* The quick way; false when the line has to be read as a whole, if only for its error. */
static bool decode_pruned(struct cmek_asset_line_decoder *decoder, const char *text, size_t length,
                          struct cmek_arena *arena, struct cmek_record *ret_record)
{
    cmek_strbuf_clear(&decoder->pruned);
    return cmek_asset_may_be_resource(text, length) &&
           cmek_json_prune(text, length, asset_members, &decoder->pruned) &&
           decode(decoder, cmek_strbuf_text(&decoder->pruned), decoder->pruned.length, arena,
                  ret_record, NULL) == CMEK_OK &&
           ret_record->kind == CMEK_ASSET_RESOURCE;
}

enum cmek_status cmek_asset_line_decode(struct cmek_asset_line_decoder *decoder, const char *text,
                                        size_t length, struct cmek_arena *arena,
                                        struct cmek_record *ret_record, bool *ret_is_relevant,
                                        struct cmek_error *err)
{
    *ret_is_relevant = false;
    if (cmek_asset_is_irrelevant(text, length))
        return CMEK_OK;
    if (!decode_pruned(decoder, text, length, arena, ret_record)) {
        enum cmek_status status = decode(decoder, text, length, arena, ret_record, err);
        if (status != CMEK_OK)
            return status;
    }
    *ret_is_relevant = ret_record->kind != CMEK_ASSET_OTHER || ret_record->has_v1_policies;
    return CMEK_OK;
}

void cmek_asset_line_decoder_done(struct cmek_asset_line_decoder *decoder)
{
    cmek_json_parser_free(decoder->parser);
    cmek_strbuf_done(&decoder->pruned);
}
