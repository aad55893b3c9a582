/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_file.h"

#include "base/arena.h"
#include "source/asset_lines.h"
#include "source/asset_pool.h"

struct reader {
    const char *path;
    const struct cmek_record_sink *sink;
    bool saw_records;
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

static void take(void *payload, const struct cmek_asset_line *line)
{
    struct reader *reader = payload;
    if (!line->message) {
        reader->saw_records = true;
        reader->sink->record(reader->sink->payload, &line->record);
        return;
    }
    if (!reader->first_problem.message[0])
        cmek_fail(&reader->first_problem, CMEK_E_INVALID, "line %zu: %s", line->origin.number,
                  line->message);
    add_gap(reader, &line->origin, "malformed-line", line->message);
}

static enum cmek_status add_lines(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    (void)err;
    cmek_asset_pool_lines(payload, origin, text, length);
    return CMEK_OK;
}

static enum cmek_status add_asset(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    (void)err;
    cmek_asset_pool_asset(payload, origin, text, length);
    return CMEK_OK;
}

static void add_damaged(void *payload, const struct cmek_line_origin *origin, const char *message)
{
    cmek_asset_pool_damaged(payload, origin, message);
}

static enum cmek_status read_lines(void *payload, struct cmek_asset_pool *pool,
                                   struct cmek_error *err)
{
    const struct reader *reader = payload;
    const struct cmek_line_handler handler = {.line = add_asset,
                                              .lines = add_lines,
                                              .damaged = add_damaged,
                                              .payload = pool};
    return cmek_asset_lines_read(reader->path, &handler, err);
}

enum cmek_status cmek_asset_file_read(const struct cmek_catalogue *catalogue, const char *path,
                                      size_t threads, const struct cmek_record_sink *sink,
                                      struct cmek_error *err)
{
    struct reader reader = {.path = path, .sink = sink};
    const struct cmek_asset_work work = {.read = read_lines,
                                         .take = take,
                                         .payload = &reader,
                                         .threads = threads,
                                         .catalogue = catalogue};
    uint64_t skipped = 0;
    enum cmek_status status = cmek_asset_pool_run(&work, &skipped, err);
    if (status == CMEK_OK && !reader.saw_records && skipped == 0)
        status = cmek_fail(
            err, CMEK_E_INVALID,
            "'%s' holds no Cloud Asset Inventory assets: expected one JSON asset per line "
            "(%s)",
            path,
            reader.first_problem.message[0] ? reader.first_problem.message : "there are no lines");
    cmek_arena_done(&reader.arena);
    return status;
}
