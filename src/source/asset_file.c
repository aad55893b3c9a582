/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_file.h"

#include "base/arena.h"
#include "source/asset.h"
#include "source/asset_lines.h"
#include "source/asset_prefilter.h"
#include "json/json.h"

struct reader {
    const struct cmek_record_sink *sink;
    struct cmek_asset_file_stats stats;
    struct cmek_json_parser *parser;
    struct cmek_arena arena; /* of the line at hand */
    struct cmek_error first_problem;
};

static const char *origin_name(const struct cmek_line_origin *origin)
{
    return cmek_str_eq(origin->path, "-") ? "standard input" : origin->path;
}

static void add_gap(struct reader *reader, const struct cmek_line_origin *origin, const char *error,
                    const char *message)
{
    struct cmek_record record = {
        .kind = CMEK_ASSET_COVERAGE_GAP,
        .name = "",
        .asset_type = cmek_asset_type_name(CMEK_ASSET_COVERAGE_GAP),
        .has_resource = true,
        .has_data = true,
        .data.gap =
            {
                .scope = cmek_arena_printf(&reader->arena, "%s:%zu", origin_name(origin),
                                           origin->number),
                .operation = "asset-file.read",
                .error = error,
                .message = message,
            },
    };
    reader->sink->record(reader->sink->payload, &record);
}

static void damaged(void *payload, const struct cmek_line_origin *origin, const char *message)
{
    struct reader *reader = payload;
    reader->stats.malformed++;
    if (reader->stats.malformed == 1)
        cmek_fail(&reader->first_problem, CMEK_E_INVALID, "line %zu: %s", origin->number, message);
    add_gap(reader, origin, "malformed-line", message);
    cmek_arena_clear(&reader->arena);
}

static enum cmek_status decode_line(struct reader *reader, const char *text, size_t length,
                                    struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    cmek_json_parser_feed(reader->parser, text, length);
    enum cmek_status status = cmek_json_parser_finish(reader->parser, &json, err);
    if (status != CMEK_OK)
        return status;
    struct cmek_record record;
    status = cmek_asset_decode(json, &reader->arena, &record, err);
    if (status == CMEK_OK && (record.kind != CMEK_ASSET_OTHER || record.has_v1_policies)) {
        reader->stats.records++;
        reader->sink->record(reader->sink->payload, &record);
    } else if (status == CMEK_OK) {
        reader->stats.skipped++;
    }
    cmek_json_free(json);
    return status;
}

static enum cmek_status take_line(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    (void)err;
    struct reader *reader = payload;
    reader->stats.lines++;
    if (cmek_asset_is_irrelevant(text, length)) {
        reader->stats.skipped++;
        return CMEK_OK;
    }
    struct cmek_error problem = {0};
    if (decode_line(reader, text, length, &problem) != CMEK_OK)
        damaged(reader, origin, problem.message);
    cmek_arena_clear(&reader->arena);
    return CMEK_OK;
}

enum cmek_status cmek_asset_file_read(const char *path, const struct cmek_record_sink *sink,
                                      struct cmek_asset_file_stats *ret_stats,
                                      struct cmek_error *err)
{
    struct reader reader = {.sink = sink, .parser = cmek_json_parser_new()};
    struct cmek_line_handler handler = {take_line, damaged, &reader};
    enum cmek_status status = cmek_asset_lines_read(path, &handler, err);
    if (status == CMEK_OK && reader.stats.records + reader.stats.skipped == 0)
        status = cmek_fail(
            err, CMEK_E_INVALID,
            "'%s' holds no Cloud Asset Inventory assets: expected one JSON asset per line "
            "(%s)",
            path,
            reader.first_problem.message[0] ? reader.first_problem.message : "there are no lines");
    if (status == CMEK_OK && ret_stats)
        *ret_stats = reader.stats;
    cmek_json_parser_free(reader.parser);
    cmek_arena_done(&reader.arena);
    return status;
}
