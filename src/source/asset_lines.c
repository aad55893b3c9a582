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
#include <zlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "base/vec.h"
#include "source/asset_array.h"

#define READ_BYTES (1 * CMEK_MIB)
#define UTF8_BOM   "\xEF\xBB\xBF"

/* Where bytes come from: a descriptor, inflated when the first two bytes say gzip (RFC 1952 2.3.1).
 */
struct byte_source {
    int fd;
    bool is_gzip, at_end;
    char *input; /* compressed bytes, or the first bytes read for the detection */
    size_t input_used, input_length;
    z_stream stream;
    bool in_member;      /* inside a gzip member: ending here is ending too early */
    const char *failure; /* why the bytes stopped, or NULL */
};

struct line_reader {
    const struct cmek_line_handler *handler;
    struct cmek_line_origin origin;
    struct byte_source source;
    char *buffer;
    size_t used, scanned, length, capacity; /* used <= scanned <= length */
    bool skipping;                          /* inside a line beyond the ceiling */
    bool saw_bytes, saw_content;            /* content: more than blanks */
};

/* Bytes from the descriptor; 0 at its end or after a failure. */
static size_t read_raw(struct byte_source *source, char *bytes, size_t size)
{
    for (;;) {
        ssize_t count = read(source->fd, bytes, size);
        if (count >= 0)
            return (size_t)count;
        if (errno != EINTR) {
            source->failure = strerror(errno);
            return 0;
        }
    }
}

static void detect_gzip(struct byte_source *source)
{
    source->input = cmek_malloc(READ_BYTES);
    /* A pipe may hand out single bytes. */
    while (source->input_length < 2) {
        size_t count = read_raw(source, source->input + source->input_length,
                                READ_BYTES - source->input_length);
        if (count == 0)
            break;
        source->input_length += count;
    }
    static const char magic[] = "\x1f\x8b";
    if (source->input_length < 2 || memcmp(source->input, magic, 2) != 0)
        return;
    if (inflateInit2(&source->stream, MAX_WBITS + 16) != Z_OK)
        abort();
    source->is_gzip = true;
    source->in_member = true;
}

static size_t fill_plain(struct byte_source *source, char *bytes, size_t size)
{
    size_t waiting = source->input_length - source->input_used;
    if (waiting == 0)
        return read_raw(source, bytes, size);
    size_t count = waiting < size ? waiting : size;
    memcpy(bytes, source->input + source->input_used, count);
    source->input_used += count;
    return count;
}

static bool more_input(struct byte_source *source)
{
    if (source->input_used < source->input_length)
        return true;
    source->input_used = 0;
    source->input_length = read_raw(source, source->input, READ_BYTES);
    return source->input_length > 0;
}

/* Concatenated members are one file (RFC 1952 2.2); zero padding after the last is not data. */
static bool next_member(struct byte_source *source)
{
    while (more_input(source)) {
        if (source->input[source->input_used] == '\0') {
            source->input_used++;
            continue;
        }
        source->in_member = true;
        return inflateReset(&source->stream) == Z_OK;
    }
    return false;
}

static size_t fill_gzip(struct byte_source *source, char *bytes, size_t size)
{
    source->stream.next_out = (Bytef *)bytes;
    source->stream.avail_out = (uInt)size;
    while (source->stream.avail_out == size) {
        if (!source->in_member && !next_member(source))
            break;
        if (!more_input(source)) {
            if (!source->failure)
                source->failure = "the gzip data ends in the middle";
            break;
        }
        source->stream.next_in = (Bytef *)source->input + source->input_used;
        source->stream.avail_in = (uInt)(source->input_length - source->input_used);
        int result = inflate(&source->stream, Z_NO_FLUSH);
        source->input_used = source->input_length - source->stream.avail_in;
        if (result == Z_STREAM_END) {
            source->in_member = false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            source->failure = source->stream.msg ? source->stream.msg : "damaged gzip data";
            break;
        }
    }
    return size - source->stream.avail_out;
}

static size_t fill(struct byte_source *source, char *bytes, size_t size)
{
    if (source->at_end)
        return 0;
    size_t count =
        source->is_gzip ? fill_gzip(source, bytes, size) : fill_plain(source, bytes, size);
    source->at_end = count == 0 || source->failure;
    return count;
}

static void source_done(struct byte_source *source)
{
    if (source->is_gzip)
        inflateEnd(&source->stream);
    free(source->input);
    if (source->fd > STDIN_FILENO)
        close(source->fd);
}

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
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

static enum cmek_status deliver(struct line_reader *reader, const char *text, size_t length,
                                struct cmek_error *err)
{
    reader->origin.number++;
    if (reader->skipping || length > CMEK_LIMIT_LINE_BYTES) {
        reader->skipping = false;
        report_long_line(reader);
        return CMEK_OK;
    }
    size_t bom = sizeof UTF8_BOM - 1;
    if (reader->origin.number == 1 && length >= bom && memcmp(text, UTF8_BOM, bom) == 0) {
        text += bom;
        length -= bom;
    }
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (is_blank(text, length))
        return CMEK_OK;
    return reader->handler->line(reader->handler->payload, &reader->origin, text, length, err);
}

static enum cmek_status deliver_whole_lines(struct line_reader *reader, struct cmek_error *err)
{
    for (;;) {
        char *from = reader->buffer + reader->scanned;
        char *end = memchr(from, '\n', reader->length - reader->scanned);
        if (!end) {
            reader->scanned = reader->length;
            return CMEK_OK;
        }
        const char *text = reader->buffer + reader->used;
        enum cmek_status status = deliver(reader, text, (size_t)(end - text), err);
        reader->used = reader->scanned = (size_t)(end - reader->buffer) + 1;
        if (status != CMEK_OK)
            return status;
    }
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

static enum cmek_status finish_lines(struct line_reader *reader, struct cmek_error *err)
{
    enum cmek_status status = deliver_whole_lines(reader, err);
    if (status != CMEK_OK)
        return status;
    if (reader->source.failure) {
        /* What is left over is part of a line at best. */
        reader->origin.number++;
        report_damage(reader, reader->source.failure);
        return CMEK_OK;
    }
    if (reader->length == reader->used && !reader->skipping)
        return CMEK_OK;
    return deliver(reader, reader->buffer + reader->used, reader->length - reader->used, err);
}

/* One JSON array instead of lines; the bytes read so far are its beginning. */
static enum cmek_status read_array(struct line_reader *reader, struct cmek_error *err)
{
    struct cmek_asset_array array;
    cmek_asset_array_init(&array, reader->handler, reader->origin.path);
    enum cmek_status status = CMEK_OK;
    while (status == CMEK_OK && reader->length > 0) {
        status = cmek_asset_array_feed(&array, reader->buffer, reader->length, err);
        reader->length = fill(&reader->source, reader->buffer, reader->capacity);
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
    detect_gzip(&reader->source);
    for (;;) {
        make_room(reader);
        size_t count = fill(&reader->source, reader->buffer + reader->length,
                            reader->capacity - reader->length);
        if (count == 0)
            return finish_lines(reader, err);
        reader->saw_bytes = true;
        reader->length += count;
        if (!reader->saw_content && is_undecided(reader))
            continue;
        if (!reader->saw_content && cmek_asset_array_begins(reader->buffer, reader->length))
            return read_array(reader, err);
        reader->saw_content = true;
        enum cmek_status status = deliver_whole_lines(reader, err);
        if (status != CMEK_OK)
            return status;
    }
}

/* @p ret_empty tells whether the file held no byte at all. */
static enum cmek_status read_descriptor(int fd, const char *path,
                                        const struct cmek_line_handler *handler, bool *ret_empty,
                                        struct cmek_error *err)
{
    struct line_reader reader = {.handler = handler,
                                 .origin = {.path = path},
                                 .source = {.fd = fd}};
    enum cmek_status status = read_lines(&reader, err);
    *ret_empty = !reader.saw_bytes && !reader.source.failure;
    source_done(&reader.source);
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
