/* SPDX-License-Identifier: Apache-2.0 */
#include "source/report_file.h"

#include <string.h>

#include "base/arena.h"
#include "source/asset.h"
#include "source/report_reader.h"
#include "json/json.h"

#define PARTS (1U << CMEK_REPORT_FINDING | 1U << CMEK_REPORT_ASSET)

static enum cmek_status take_finding(const struct cmek_report_file_handler *handler,
                                     const struct cmek_json *json, struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return cmek_fail(err, CMEK_E_INVALID, "a finding is no object");
    handler->finding(handler->payload, json);
    return CMEK_OK;
}

static enum cmek_status take_record(const struct cmek_report_file_handler *handler,
                                    const struct cmek_json *json, struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct cmek_record record;
    enum cmek_status status = cmek_asset_decode(handler->catalogue, json, &arena, &record, err);
    if (status == CMEK_OK)
        handler->evidence.record(handler->evidence.payload, &record);
    cmek_arena_done(&arena);
    return status;
}

static enum cmek_status take_item(const struct cmek_report_file_handler *handler,
                                  const struct cmek_report_item *item, struct cmek_error *err)
{
    bool is_finding = item->part == CMEK_REPORT_FINDING;
    struct cmek_json *json = NULL;
    if (is_finding && handler->only_with && !strstr(item->text, handler->only_with))
        return CMEK_OK;
    enum cmek_status status = cmek_json_parse(item->text, item->length, &json, err);
    if (status == CMEK_OK)
        status = (is_finding ? take_finding : take_record)(handler, json, err);
    cmek_json_free(json);
    return status;
}

enum cmek_status cmek_report_file_read(const char *path,
                                       const struct cmek_report_file_handler *handler,
                                       struct cmek_report_file_stats *ret_stats,
                                       struct cmek_error *err)
{
    struct cmek_report_file_stats stats = {0};
    struct cmek_report_item item = {0};
    struct cmek_report_reader *reader = NULL;
    enum cmek_status status = cmek_report_reader_open(path, &reader, err);
    if (status == CMEK_OK)
        status = cmek_report_reader_start(reader, PARTS, err);
    while (status == CMEK_OK && item.part != CMEK_REPORT_PART_COUNT_) {
        status = cmek_report_reader_next(reader, &item, err);
        if (status != CMEK_OK || item.part == CMEK_REPORT_PART_COUNT_)
            break;
        stats.findings += item.part == CMEK_REPORT_FINDING;
        stats.records += item.part == CMEK_REPORT_ASSET;
        if (take_item(handler, &item, err) != CMEK_OK)
            status = cmek_report_reader_refuse(reader, &item, err);
    }
    cmek_report_reader_close(reader);
    if (status == CMEK_OK)
        *ret_stats = stats;
    return status;
}
