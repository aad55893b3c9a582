/* SPDX-License-Identifier: Apache-2.0 */
#include "source/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "source/asset.h"
#include "source/byte_source.h"
#include "json/json.h"
#include "json/members.h"

#define READ_BYTES (1 * CMEK_MIB)
#define VERSION    "1."

struct reader {
    const struct cmek_report_file_handler *handler;
    struct cmek_report_file_stats stats;
    struct cmek_arena arena; /* of the record at hand */
    bool has_version;
};

static enum cmek_status take_version(struct reader *reader, const struct cmek_json *json,
                                     struct cmek_error *err)
{
    const char *version = cmek_json_peek(json);
    if (!version)
        return cmek_fail(err, CMEK_E_INVALID, "its schema_version is no text");
    if (!cmek_str_starts(version, VERSION))
        return cmek_fail(err, CMEK_E_INVALID,
                         "it is of version %.20s, this cmekscan reads version " VERSION "x",
                         version);
    reader->has_version = true;
    return CMEK_OK;
}

static enum cmek_status take_finding(struct reader *reader, const struct cmek_json *json,
                                     struct cmek_error *err)
{
    if (cmek_json_kind(json) != CMEK_JSON_OBJECT)
        return cmek_fail(err, CMEK_E_INVALID, "a finding is no object");
    reader->handler->finding(reader->handler->payload, json);
    return CMEK_OK;
}

static enum cmek_status take_record(struct reader *reader, const struct cmek_json *json,
                                    struct cmek_error *err)
{
    struct cmek_record record;
    reader->stats.records++;
    enum cmek_status status =
        cmek_asset_decode(reader->handler->catalogue, json, &reader->arena, &record, err);
    if (status == CMEK_OK)
        reader->handler->evidence.record(reader->handler->evidence.payload, &record);
    else
        cmek_error_prefix(err, "record %llu of its evidence",
                          (unsigned long long)reader->stats.records);
    cmek_arena_clear(&reader->arena);
    return status;
}

static const struct {
    const char *name;
    enum cmek_json_use use;
    enum cmek_status (*take)(struct reader *reader, const struct cmek_json *json,
                             struct cmek_error *err);
} parts[] = {
    {"schema_version", CMEK_JSON_WHOLE, take_version},
    {"findings", CMEK_JSON_ELEMENTS, take_finding},
    {"evidence", CMEK_JSON_ELEMENTS, take_record},
};
#define PARTS (sizeof parts / sizeof *parts)

static enum cmek_json_use use_member(void *payload, const char *name)
{
    (void)payload;
    for (size_t i = 0; i < PARTS; i++)
        if (strcmp(name, parts[i].name) == 0)
            return parts[i].use;
    return CMEK_JSON_SKIP;
}

static enum cmek_status take_value(void *payload, const char *name, const char *text, size_t length,
                                   struct cmek_error *err)
{
    struct reader *reader = payload;
    struct cmek_json *json = NULL;
    if (strcmp(name, "findings") == 0) {
        reader->stats.findings++;
        if (reader->handler->only_with && !strstr(text, reader->handler->only_with))
            return CMEK_OK;
    }
    enum cmek_status status = cmek_json_parse(text, length, &json, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "in its %s", name);
    for (size_t i = 0; i < PARTS && status == CMEK_OK; i++)
        if (strcmp(name, parts[i].name) == 0)
            status = parts[i].take(reader, json, err);
    cmek_json_free(json);
    return status;
}

static enum cmek_status read_members(struct reader *reader, struct cmek_byte_source *source,
                                     struct cmek_error *err)
{
    const struct cmek_json_members_handler handler = {use_member, take_value, reader};
    struct cmek_json_members members;
    cmek_json_members_init(&members, &handler, CMEK_LIMIT_LINE_BYTES);
    char *buffer = cmek_malloc(READ_BYTES);
    enum cmek_status status = CMEK_OK;
    size_t count;
    while (status == CMEK_OK && (count = cmek_byte_source_read(source, buffer, READ_BYTES)) > 0)
        status = cmek_json_members_feed(&members, buffer, count, err);
    if (status == CMEK_OK && source->failure)
        status = cmek_fail(err, CMEK_E_IO, "%s", source->failure);
    if (status == CMEK_OK)
        status = cmek_json_members_finish(&members, err);
    if (status == CMEK_OK && !reader->has_version)
        status = cmek_fail(err, CMEK_E_INVALID, "it has no schema_version");
    free(buffer);
    cmek_json_members_done(&members);
    return status;
}

enum cmek_status cmek_report_file_read(const char *path,
                                       const struct cmek_report_file_handler *handler,
                                       struct cmek_report_file_stats *ret_stats,
                                       struct cmek_error *err)
{
    struct reader reader = {.handler = handler};
    struct cmek_byte_source source;
    bool is_standard = strcmp(path, "-") == 0;
    int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot open '%s': %s", path, strerror(errno));
    cmek_byte_source_init(&source, fd);
    enum cmek_status status = read_members(&reader, &source, err);
    if (status != CMEK_OK && status != CMEK_E_IO)
        cmek_error_prefix(err, "'%s' is not the whole json report of a scan",
                          is_standard ? "standard input" : path);
    else if (status != CMEK_OK)
        cmek_error_prefix(err, "cannot read '%s'", is_standard ? "standard input" : path);
    cmek_byte_source_done(&source);
    cmek_arena_done(&reader.arena);
    if (status == CMEK_OK)
        *ret_stats = reader.stats;
    return status;
}
