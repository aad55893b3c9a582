/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_file.h"

#include "base/arena.h"
#include "source/asset_lines.h"
#include "source/asset_pool.h"

struct reader {
    const struct cmek_record_sink *sink;
    struct cmek_asset_file_stats stats;
    struct cmek_asset_pool *pool;
    struct cmek_arena arena; /* of the gap at hand */
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
    cmek_arena_clear(&reader->arena);
}

static void take_result(void *payload, const struct cmek_asset_line *line)
{
    struct reader *reader = payload;
    switch (line->kind) {
    case CMEK_LINE_RECORD:
        reader->stats.records++;
        reader->sink->record(reader->sink->payload, &line->record);
        return;
    case CMEK_LINE_SKIPPED:
        reader->stats.skipped++;
        return;
    case CMEK_LINE_DAMAGED:
        reader->stats.malformed++;
        if (reader->stats.malformed == 1)
            cmek_fail(&reader->first_problem, CMEK_E_INVALID, "line %zu: %s", line->origin.number,
                      line->message);
        add_gap(reader, &line->origin, "malformed-line", line->message);
        return;
    }
}

static enum cmek_status take_line(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    (void)err;
    struct reader *reader = payload;
    reader->stats.lines++;
    cmek_asset_pool_line(reader->pool, origin, text, length);
    return CMEK_OK;
}

static void take_damaged(void *payload, const struct cmek_line_origin *origin, const char *message)
{
    struct reader *reader = payload;
    cmek_asset_pool_damaged(reader->pool, origin, message);
}

enum cmek_status cmek_asset_file_read(const char *path, size_t threads,
                                      const struct cmek_record_sink *sink,
                                      struct cmek_asset_file_stats *ret_stats,
                                      struct cmek_error *err)
{
    struct reader reader = {.sink = sink};
    reader.pool = cmek_asset_pool_new(threads, take_result, &reader);
    struct cmek_line_handler handler = {take_line, take_damaged, &reader};
    enum cmek_status status = cmek_asset_lines_read(path, &handler, err);
    cmek_asset_pool_finish(reader.pool);
    if (status == CMEK_OK && reader.stats.records + reader.stats.skipped == 0)
        status = cmek_fail(
            err, CMEK_E_INVALID,
            "'%s' holds no Cloud Asset Inventory assets: expected one JSON asset per line "
            "(%s)",
            path,
            reader.first_problem.message[0] ? reader.first_problem.message : "there are no lines");
    if (status == CMEK_OK && ret_stats)
        *ret_stats = reader.stats;
    cmek_asset_pool_free(reader.pool);
    cmek_arena_done(&reader.arena);
    return status;
}
