/* SPDX-License-Identifier: Apache-2.0 */
#include "source/report_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strings.h"
#include "base/vec.h"
#include "source/byte_source.h"
#include "json/json.h"
#include "json/members.h"

#define READ_BYTES (256 * (size_t)1024)
#define VERSION    "1."

static const struct {
    const char *name, *singular; /* of the member; of one of its elements, NULL: it is one value */
} parts[CMEK_REPORT_PART_COUNT_] = {
    [CMEK_REPORT_VERSION] = {"schema_version", NULL},
    [CMEK_REPORT_TOOL] = {"tool", NULL},
    [CMEK_REPORT_SCAN] = {"scan", NULL},
    [CMEK_REPORT_SUMMARY] = {"summary", NULL},
    [CMEK_REPORT_RULES] = {"rules", NULL},
    [CMEK_REPORT_FINDING] = {"findings", "finding"},
    [CMEK_REPORT_GAP] = {"coverage", "coverage gap"},
    [CMEK_REPORT_ASSET] = {"evidence", "record"},
};

/* An item that was cut out and not asked for yet. */
struct waiting {
    struct cmek_report_item item;
    size_t offset; /* of its text */
};

struct cmek_report_reader {
    char *name; /* for messages */
    int fd;     /* can be read again */
    struct cmek_byte_source source;
    struct cmek_json_members_handler handler;
    struct cmek_json_members members;
    unsigned wanted;
    bool is_started, has_version, is_whole;
    uint64_t numbers[CMEK_REPORT_PART_COUNT_];
    struct cmek_strbuf texts; /* of those that wait */
    struct CMEK_VEC_OF(struct waiting) waiting;
    size_t next;
    char *buffer;
};

static enum cmek_report_part part_named(const char *name)
{
    int part = 0;
    while (part < CMEK_REPORT_PART_COUNT_ && strcmp(name, parts[part].name) != 0)
        part++;
    return (enum cmek_report_part)part;
}

static enum cmek_json_use use_member(void *payload, const char *name)
{
    const struct cmek_report_reader *reader = payload;
    enum cmek_report_part part = part_named(name);
    if (part == CMEK_REPORT_PART_COUNT_ || !(reader->wanted >> part & 1))
        return CMEK_JSON_SKIP;
    return parts[part].singular ? CMEK_JSON_ELEMENTS : CMEK_JSON_WHOLE;
}

static enum cmek_status check_version(struct cmek_report_reader *reader, const char *text,
                                      size_t length, struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    enum cmek_status status = cmek_json_parse(text, length, &json, err);
    const char *version = status == CMEK_OK ? cmek_json_peek(json) : NULL;
    if (status == CMEK_OK && !version)
        status = cmek_fail(err, CMEK_E_INVALID, "its schema_version is no text");
    else if (status == CMEK_OK && !cmek_str_starts(version, VERSION))
        status =
            cmek_fail(err, CMEK_E_INVALID,
                      "it is of version %.20s, this cmekscan reads version " VERSION "x", version);
    reader->has_version = status == CMEK_OK;
    cmek_json_free(json);
    return status;
}

static enum cmek_status take_value(void *payload, const char *name, const char *text, size_t length,
                                   struct cmek_error *err)
{
    struct cmek_report_reader *reader = payload;
    enum cmek_report_part part = part_named(name);
    uint64_t number = ++reader->numbers[part];
    if (part == CMEK_REPORT_VERSION)
        return check_version(reader, text, length, err);
    if (!parts[part].singular && number > 1)
        return cmek_fail(err, CMEK_E_INVALID, "it has the member %s twice", name);
    if (parts[part].singular && length > CMEK_LIMIT_LINE_BYTES)
        return cmek_fail(err, CMEK_E_LIMIT, "its %s %llu is longer than %zu bytes",
                         parts[part].singular, (unsigned long long)number, CMEK_LIMIT_LINE_BYTES);
    *CMEK_VEC_ADD(&reader->waiting) =
        (struct waiting){{part, NULL, length, number}, reader->texts.length};
    cmek_strbuf_append(&reader->texts, text, length);
    cmek_strbuf_putc(&reader->texts, '\0');
    return CMEK_OK;
}

/* A pipe can be read once only. */
static enum cmek_status spool(int from, int *ret_fd, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    FILE *file = tmpfile();
    char *buffer = cmek_malloc(READ_BYTES);
    ssize_t count = 0;
    if (!file)
        status = cmek_fail(err, CMEK_E_IO, "no temporary file: %s", strerror(errno));
    while (status == CMEK_OK && (count = read(from, buffer, READ_BYTES)) != 0) {
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 || fwrite(buffer, 1, (size_t)count, file) != (size_t)count)
            status = cmek_fail(err, CMEK_E_IO, "%s", strerror(errno));
    }
    if (status == CMEK_OK && fflush(file) != 0)
        status = cmek_fail(err, CMEK_E_IO, "%s", strerror(errno));
    int fd = status == CMEK_OK ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1;
    if (status == CMEK_OK && fd < 0)
        status = cmek_fail(err, CMEK_E_IO, "%s", strerror(errno));
    if (file)
        fclose(file);
    free(buffer);
    if (status == CMEK_OK)
        *ret_fd = fd;
    return status;
}

static enum cmek_status open_again(const char *path, int *ret_fd, struct cmek_error *err)
{
    bool is_standard = strcmp(path, "-") == 0;
    int fd =
        is_standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "%s", strerror(errno));
    if (lseek(fd, 0, SEEK_CUR) >= 0) {
        *ret_fd = fd;
        return CMEK_OK;
    }
    enum cmek_status status = spool(fd, ret_fd, err);
    close(fd);
    return status;
}

enum cmek_status cmek_report_reader_open(const char *path, struct cmek_report_reader **ret_reader,
                                         struct cmek_error *err)
{
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, strcmp(path, "-") == 0 ? "standard input" : "'%s'", path);
    int fd = -1;
    enum cmek_status status = open_again(path, &fd, err);
    if (status != CMEK_OK) {
        cmek_error_prefix(err, "cannot read %s", cmek_strbuf_text(&name));
        cmek_strbuf_done(&name);
        return status;
    }
    struct cmek_report_reader *reader = cmek_calloc(1, sizeof *reader);
    reader->name = cmek_strbuf_detach(&name);
    reader->fd = fd;
    reader->buffer = cmek_malloc(READ_BYTES);
    *ret_reader = reader;
    return CMEK_OK;
}

const char *cmek_report_reader_name(const struct cmek_report_reader *reader)
{
    return reader->name;
}

static void stop(struct cmek_report_reader *reader)
{
    if (!reader->is_started)
        return;
    cmek_byte_source_done(&reader->source);
    cmek_json_members_done(&reader->members);
    reader->is_started = false;
}

enum cmek_status cmek_report_reader_start(struct cmek_report_reader *reader, unsigned wanted,
                                          struct cmek_error *err)
{
    stop(reader);
    int fd = lseek(reader->fd, 0, SEEK_SET) == 0 ? fcntl(reader->fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (fd < 0)
        return cmek_fail(err, CMEK_E_IO, "cannot read %s: %s", reader->name, strerror(errno));
    reader->wanted = wanted | 1U << CMEK_REPORT_VERSION;
    reader->is_started = true;
    reader->has_version = reader->is_whole = false;
    memset(reader->numbers, 0, sizeof reader->numbers);
    cmek_strbuf_clear(&reader->texts);
    reader->waiting.count = reader->next = 0;
    cmek_byte_source_init(&reader->source, fd);
    reader->handler = (struct cmek_json_members_handler){use_member, take_value, reader};
    cmek_json_members_init(&reader->members, &reader->handler, CMEK_LIMIT_REPORT_MEMBER);
    return CMEK_OK;
}

/* Reads on until something waits, or the report has ended. */
static enum cmek_status read_on(struct cmek_report_reader *reader, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    cmek_strbuf_clear(&reader->texts);
    reader->waiting.count = reader->next = 0;
    while (status == CMEK_OK && reader->waiting.count == 0 && !reader->is_whole) {
        size_t count = cmek_byte_source_read(&reader->source, reader->buffer, READ_BYTES);
        if (count > 0) {
            status = cmek_json_members_feed(&reader->members, reader->buffer, count, err);
            continue;
        }
        reader->is_whole = true;
        if (reader->source.failure)
            status = cmek_fail(err, CMEK_E_IO, "%s", reader->source.failure);
        else
            status = cmek_json_members_finish(&reader->members, err);
        if (status == CMEK_OK && !reader->has_version)
            status = cmek_fail(err, CMEK_E_INVALID, "it has no schema_version");
    }
    return status;
}

static enum cmek_status refuse(const struct cmek_report_reader *reader, struct cmek_error *err)
{
    if (err->status == CMEK_E_IO)
        cmek_error_prefix(err, "cannot read %s", reader->name);
    else
        cmek_error_prefix(err,
                          "%s is not the whole json report of a scan (one of --report json=FILE)",
                          reader->name);
    return err->status;
}

enum cmek_status cmek_report_reader_next(struct cmek_report_reader *reader,
                                         struct cmek_report_item *ret_item, struct cmek_error *err)
{
    if (reader->next == reader->waiting.count && read_on(reader, err) != CMEK_OK)
        return refuse(reader, err);
    if (reader->next == reader->waiting.count) {
        *ret_item = (struct cmek_report_item){.part = CMEK_REPORT_PART_COUNT_};
        return CMEK_OK;
    }
    const struct waiting *waiting = &reader->waiting.items[reader->next++];
    *ret_item = waiting->item;
    ret_item->text = cmek_strbuf_text(&reader->texts) + waiting->offset;
    return CMEK_OK;
}

enum cmek_status cmek_report_reader_refuse(const struct cmek_report_reader *reader,
                                           const struct cmek_report_item *item,
                                           struct cmek_error *err)
{
    if (parts[item->part].singular)
        cmek_error_prefix(err, "%s %llu", parts[item->part].singular,
                          (unsigned long long)item->number);
    cmek_error_prefix(err, "in its %s", parts[item->part].name);
    return refuse(reader, err);
}

void cmek_report_reader_close(struct cmek_report_reader *reader)
{
    if (!reader)
        return;
    stop(reader);
    close(reader->fd);
    cmek_strbuf_done(&reader->texts);
    CMEK_VEC_DONE(&reader->waiting);
    free(reader->buffer);
    free(reader->name);
    free(reader);
}
