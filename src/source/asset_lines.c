/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_lines.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/vec.h"
#include "source/asset_array.h"
#include "source/byte_source.h"
#include "source/file_kind.h"

/* What is handed on at once: large enough to cost nothing, small enough to stay in the cache. */
#define READ_BYTES ((size_t)256 * 1024)
#define UTF8_BOM   "\xEF\xBB\xBF"

struct line_reader {
    const struct cmek_line_handler *handler;
    struct cmek_line_origin origin; /* of the last line handed on */
    struct cmek_byte_source source;
    char *buffer;
    size_t used, scanned, length, capacity; /* used <= scanned <= length */
    bool skipping;                          /* inside a line beyond the ceiling */
    bool saw_bytes, saw_content;            /* content: more than blanks */
};

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

bool cmek_line_next(struct cmek_line_cursor *cursor, const char **ret_text, size_t *ret_length)
{
    while (cursor->at < cursor->end) {
        const char *text = cursor->at;
        const char *stop = memchr(text, '\n', (size_t)(cursor->end - text));
        size_t length = (size_t)((stop ? stop : cursor->end) - text);
        cursor->at = stop ? stop + 1 : cursor->end;
        cursor->number++;
        if (length > 0 && text[length - 1] == '\r')
            length--;
        if (is_blank(text, length))
            continue;
        *ret_text = text;
        *ret_length = length;
        return true;
    }
    return false;
}

static void report_damage(struct line_reader *reader, const char *message)
{
    if (reader->handler->damaged)
        reader->handler->damaged(reader->handler->payload, &reader->origin, message);
}

static void report_long_line(struct line_reader *reader)
{
    struct cmek_strbuf message = {0};
    cmek_strbuf_printf(&message, "the line is longer than %zu bytes and was skipped",
                       CMEK_LIMIT_LINE_BYTES);
    report_damage(reader, cmek_strbuf_text(&message));
    cmek_strbuf_done(&message);
}

static enum cmek_status deliver_one_by_one(struct line_reader *reader, const char *text,
                                           size_t length, struct cmek_error *err)
{
    struct cmek_line_cursor cursor = {text, text + length, reader->origin.number};
    enum cmek_status status = CMEK_OK;
    while (status == CMEK_OK && cmek_line_next(&cursor, &text, &length)) {
        const struct cmek_line_origin origin = {reader->origin.path, cursor.number};
        status = reader->handler->line(reader->handler->payload, &origin, text, length, err);
    }
    return status;
}

/* Hands on the next @p count lines, which end at @p end. */
static enum cmek_status deliver(struct line_reader *reader, size_t end, size_t count,
                                struct cmek_error *err)
{
    const char *text = reader->buffer + reader->used;
    size_t length = end - reader->used;
    const struct cmek_line_origin first = {reader->origin.path, reader->origin.number + 1};
    enum cmek_status status = CMEK_OK;
    if (length > 0 && reader->handler->lines)
        status = reader->handler->lines(reader->handler->payload, &first, text, length, err);
    else if (length > 0)
        status = deliver_one_by_one(reader, text, length, err);
    reader->origin.number += count;
    reader->used = end;
    return status;
}

static void skip_long_line(struct line_reader *reader, size_t end)
{
    reader->origin.number++;
    report_long_line(reader);
    reader->skipping = false;
    reader->used = end;
}

static enum cmek_status deliver_whole_lines(struct line_reader *reader, struct cmek_error *err)
{
    size_t count = 0, start = reader->used; /* of the line at hand */
    const char *stop;
    while (
        (stop = memchr(reader->buffer + reader->scanned, '\n', reader->length - reader->scanned))) {
        size_t end = (size_t)(stop - reader->buffer) + 1;
        reader->scanned = end;
        count++;
        if (reader->skipping || end - start > CMEK_LIMIT_LINE_BYTES + 1) {
            enum cmek_status status = deliver(reader, start, count - 1, err);
            if (status != CMEK_OK)
                return status;
            skip_long_line(reader, end);
            count = 0;
        }
        start = end;
    }
    reader->scanned = reader->length;
    return deliver(reader, start, count, err);
}

/* Moves the unfinished line to the front and makes room for more; drops it once it is too long. */
static void make_room(struct line_reader *reader)
{
    size_t kept = reader->length - reader->used;
    if (kept > CMEK_LIMIT_LINE_BYTES || reader->skipping) {
        reader->skipping = true;
        kept = 0;
        reader->used = reader->scanned = reader->length;
    }
    if (reader->used > 0 && kept > 0)
        memmove(reader->buffer, reader->buffer + reader->used, kept);
    reader->scanned -= reader->used;
    reader->used = 0;
    reader->length = kept;
    if (reader->capacity - kept >= READ_BYTES / 2)
        return;
    reader->capacity = reader->capacity > 0 ? reader->capacity * 2 : READ_BYTES;
    reader->buffer = cmek_realloc(reader->buffer, reader->capacity);
}

/* A report holds assets as evidence, so that its lines would pass for a damaged asset file. */
static enum cmek_status check_kind(const struct line_reader *reader, struct cmek_error *err)
{
    static const char *const advice[] = {
        [CMEK_FILE_REPORT] = "this is a cmekscan report: use convert, diff or explain",
        [CMEK_FILE_PLAN] = "this is a Terraform plan: use --plan",
        [CMEK_FILE_ASSETS] = NULL,
    };
    enum cmek_file_kind kind = cmek_file_kind_of(reader->buffer, reader->length);
    if (!advice[kind])
        return CMEK_OK;
    return cmek_fail(err, CMEK_E_USAGE, "%s: no Cloud Asset Inventory assets; %s",
                     cmek_str_eq(reader->origin.path, "-") ? "standard input" : reader->origin.path,
                     advice[kind]);
}

/* The byte-order mark that a file may begin with is no part of its first line. */
static enum cmek_status begin(struct line_reader *reader, struct cmek_error *err)
{
    size_t length = sizeof UTF8_BOM - 1;
    reader->saw_content = true;
    if (reader->length >= length && memcmp(reader->buffer, UTF8_BOM, length) == 0)
        reader->used = reader->scanned = length;
    return check_kind(reader, err);
}

static enum cmek_status finish_lines(struct line_reader *reader, struct cmek_error *err)
{
    enum cmek_status status = reader->saw_content ? CMEK_OK : begin(reader, err);
    if (status == CMEK_OK)
        status = deliver_whole_lines(reader, err);
    if (status != CMEK_OK)
        return status;
    if (reader->source.failure) {
        /* What is left over is part of a line at best. */
        reader->origin.number++;
        report_damage(reader, reader->source.failure);
        return CMEK_OK;
    }
    if (reader->skipping || reader->length - reader->used > CMEK_LIMIT_LINE_BYTES) {
        skip_long_line(reader, reader->length);
        return CMEK_OK;
    }
    return deliver(reader, reader->length, /* count= */ 1, err);
}

/* One JSON array instead of lines; the bytes read so far are its beginning. */
static enum cmek_status read_array(struct line_reader *reader, struct cmek_error *err)
{
    struct cmek_asset_array array;
    cmek_asset_array_init(&array, reader->handler, reader->origin.path);
    enum cmek_status status = CMEK_OK;
    while (status == CMEK_OK && reader->length > 0) {
        status = cmek_asset_array_feed(&array, reader->buffer, reader->length, err);
        reader->length = cmek_byte_source_read(&reader->source, reader->buffer, reader->capacity);
    }
    if (reader->source.failure)
        report_damage(reader, reader->source.failure);
    cmek_asset_array_done(&array);
    return status;
}

/* A pipe or a gzip member may end before the first byte that tells lines from an array. */
static bool is_undecided(const struct line_reader *reader)
{
    return reader->length <= READ_BYTES &&
           cmek_asset_file_content(reader->buffer, reader->length) == reader->length;
}

static enum cmek_status read_lines(struct line_reader *reader, struct cmek_error *err)
{
    for (;;) {
        make_room(reader);
        size_t count = cmek_byte_source_read(&reader->source, reader->buffer + reader->length,
                                             reader->capacity - reader->length);
        if (count == 0)
            return finish_lines(reader, err);
        reader->saw_bytes = true;
        reader->length += count;
        if (!reader->saw_content && is_undecided(reader))
            continue;
        if (!reader->saw_content && cmek_asset_array_begins(reader->buffer, reader->length))
            return read_array(reader, err);
        enum cmek_status status = reader->saw_content ? CMEK_OK : begin(reader, err);
        if (status == CMEK_OK)
            status = deliver_whole_lines(reader, err);
        if (status != CMEK_OK)
            return status;
    }
}

/* @p ret_empty tells whether the file held no byte at all. */
static enum cmek_status read_descriptor(int fd, const char *path,
                                        const struct cmek_line_handler *handler, bool *ret_empty,
                                        struct cmek_error *err)
{
    struct line_reader reader = {.handler = handler, .origin = {.path = path}};
    cmek_byte_source_init(&reader.source, fd);
    enum cmek_status status = read_lines(&reader, err);
    *ret_empty = !reader.saw_bytes && !reader.source.failure;
    cmek_byte_source_done(&reader.source);
    free(reader.buffer);
    return status;
}

static enum cmek_status read_file(const char *path, const struct cmek_line_handler *handler,
                                  bool *ret_empty, struct cmek_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot open '%s': %s", path, strerror(errno));
    return read_descriptor(fd, path, handler, ret_empty, err);
}

static bool is_asset_file_name(const char *name)
{
    static const char *const endings[] = {".json",    ".jsonl",    ".ndjson",
                                          ".json.gz", ".jsonl.gz", ".ndjson.gz"};
    if (name[0] == '.')
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (cmek_str_ends(name, endings[i]))
            return true;
    return false;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct path_list CMEK_VEC_OF(char *);

static void free_paths(struct path_list *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        free(paths->items[i]);
    CMEK_VEC_DONE(paths);
}

static enum cmek_status list_folder(const char *path, struct path_list *ret_paths,
                                    struct cmek_error *err)
{
    DIR *folder = opendir(path);
    if (!folder)
        return cmek_fail(err, CMEK_E_IO, "cannot open '%s': %s", path, strerror(errno));
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL && ret_paths->count <= CMEK_LIMIT_DIRECTORY_FILES) {
        if (!is_asset_file_name(entry->d_name))
            continue;
        struct cmek_strbuf full = {0};
        const char *slash = cmek_str_ends(path, "/") ? "" : "/";
        cmek_strbuf_printf(&full, "%s%s%s", path, slash, entry->d_name);
        *CMEK_VEC_ADD(ret_paths) = cmek_strbuf_detach(&full);
    }
    closedir(folder);
    if (ret_paths->count > CMEK_LIMIT_DIRECTORY_FILES)
        return cmek_fail(err, CMEK_E_LIMIT, "'%s' holds more than %d asset files", path,
                         CMEK_LIMIT_DIRECTORY_FILES);
    if (ret_paths->count == 0)
        return cmek_fail(err, CMEK_E_IO,
                         "'%s' holds no asset file (*.json, *.jsonl, *.ndjson, also with .gz)",
                         path);
    qsort(ret_paths->items, ret_paths->count, sizeof *ret_paths->items, compare_paths);
    return CMEK_OK;
}

static enum cmek_status read_folder(const char *path, const struct cmek_line_handler *handler,
                                    bool *ret_empty, struct cmek_error *err)
{
    struct path_list paths = {0};
    enum cmek_status status = list_folder(path, &paths, err);
    /* An export in shards may well leave one of them empty. */
    *ret_empty = true;
    for (size_t i = 0; status == CMEK_OK && i < paths.count; i++) {
        bool is_empty = false;
        status = read_file(paths.items[i], handler, &is_empty, err);
        *ret_empty = *ret_empty && is_empty;
    }
    free_paths(&paths);
    return status;
}

enum cmek_status cmek_asset_lines_read(const char *path, const struct cmek_line_handler *handler,
                                       struct cmek_error *err)
{
    bool is_empty = false;
    struct stat info;
    enum cmek_status status;
    if (cmek_str_eq(path, "-"))
        status = read_descriptor(STDIN_FILENO, path, handler, &is_empty, err);
    else if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        status = read_folder(path, handler, &is_empty, err);
    else
        status = read_file(path, handler, &is_empty, err);
    if (status == CMEK_OK && is_empty)
        return cmek_fail(err, CMEK_E_IO, "'%s' is empty",
                         cmek_str_eq(path, "-") ? "standard input" : path);
    return status;
}
