/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of asset files: an input is a file. It must give what its lines, or the elements of
 * its array, give one by one, with any number of threads, and compressed as well as plain. */
#include "source/asset_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "fuzz.h"
#include "inventory_fixture.h"
#include "record_text.h"
#include "source/asset.h"
#include "source/asset_array.h"
#include "source/asset_prefilter.h"
#include "json/json.h"

#define UTF8_BOM "\xEF\xBB\xBF"

struct bytes {
    const char *text;
    size_t length;
};

/* Gaps name the file and the line; only the line is the same in all runs, and of arrays not even
 * that. */
static void add_record(struct cmek_strbuf *seen, const struct cmek_record *record, bool with_line)
{
    struct cmek_record copy = *record;
    if (record->kind == CMEK_ASSET_COVERAGE_GAP && cmek_str_eq(record->name, ""))
        copy.data.gap.scope = with_line ? strrchr(record->data.gap.scope, ':') : NULL;
    record_text(&copy, seen);
}

static void add_numbered(void *payload, const struct cmek_record *record)
{
    add_record(payload, record, /* with_line= */ true);
}

static void add_unnumbered(void *payload, const struct cmek_record *record)
{
    add_record(payload, record, /* with_line= */ false);
}

/* Reads @p bytes as a file; the records as text, and the status. */
static enum cmek_status read_bytes(struct bytes bytes, size_t threads, bool with_lines,
                                   struct cmek_strbuf *ret_seen)
{
    int fd = memfd_create("assets", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, bytes.text, bytes.length) == (ssize_t)bytes.length);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct cmek_record_sink sink = {with_lines ? add_numbered : add_unnumbered, ret_seen};
    enum cmek_status status = cmek_asset_file_read(fixture_catalogue(), path, threads, &sink, NULL);
    close(fd);
    return status;
}

/* Two gzip members, so that one ends in the middle. */
static void compress_bytes(struct bytes bytes, struct cmek_strbuf *ret_packed)
{
    size_t half = bytes.length / 2;
    const struct bytes parts[] = {{bytes.text, half}, {bytes.text + half, bytes.length - half}};
    for (size_t i = 0; i < 2; i++) {
        z_stream stream = {0};
        unsigned char packed[4096];
        FUZZ_CHECK(deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) ==
                   Z_OK);
        stream.next_in = (Bytef *)(uintptr_t)parts[i].text;
        stream.avail_in = (uInt)parts[i].length;
        int result;
        do {
            stream.next_out = packed;
            stream.avail_out = sizeof packed;
            result = deflate(&stream, Z_FINISH);
            cmek_strbuf_append(ret_packed, (char *)packed, sizeof packed - stream.avail_out);
        } while (result == Z_OK);
        FUZZ_CHECK(result == Z_STREAM_END);
        deflateEnd(&stream);
    }
}

static void expect_gap(struct cmek_strbuf *expected, const char *scope, const char *message)
{
    struct cmek_record record = {
        .kind = CMEK_ASSET_COVERAGE_GAP,
        .name = "",
        .asset_type = cmek_asset_type_name(CMEK_ASSET_COVERAGE_GAP),
        .has_resource = true,
        .has_data = true,
        .data.gap = {scope, "asset-file.read", "malformed-line", message},
    };
    record_text(&record, expected);
}

static void expect_asset(struct cmek_strbuf *expected, const struct cmek_json *asset,
                         const char *scope)
{
    struct cmek_arena arena = {0};
    struct cmek_record record;
    struct cmek_error err = {0};
    if (cmek_asset_decode(fixture_catalogue(), asset, &arena, &record, &err) != CMEK_OK)
        expect_gap(expected, scope, err.message);
    else if (record.kind != CMEK_ASSET_OTHER || record.has_v1_policies)
        record_text(&record, expected);
    cmek_arena_done(&arena);
}

static void expect_line(struct cmek_strbuf *expected, struct bytes line, size_t number)
{
    size_t blanks = 0;
    while (blanks < line.length && strchr(" \t\r", line.text[blanks]) && line.text[blanks])
        blanks++;
    if (blanks == line.length ||
        cmek_asset_is_irrelevant(fixture_catalogue(), line.text, line.length))
        return;
    char scope[32];
    snprintf(scope, sizeof scope, ":%zu", number);
    struct cmek_json *json = NULL;
    struct cmek_error err = {0};
    if (cmek_json_parse(line.text, line.length, &json, &err) == CMEK_OK)
        expect_asset(expected, json, scope);
    else
        expect_gap(expected, scope, err.message);
    cmek_json_free(json);
}

static void expect_lines(struct cmek_strbuf *expected, struct bytes file)
{
    const char *at = file.text, *end = file.text + file.length;
    for (size_t number = 1; at < end; number++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        struct bytes line = {at, (size_t)((line_end ? line_end : end) - at)};
        at = line_end ? line_end + 1 : end;
        if (line.length > 0 && line.text[line.length - 1] == '\r')
            line.length--;
        expect_line(expected, line, number);
    }
}

/* Whether the reader may have stepped over an asset without seeing what is wrong with it. */
static bool may_be_stepped_over(const struct cmek_json *asset)
{
    struct cmek_arena arena = {0};
    struct cmek_record record;
    struct cmek_strbuf text = {0};
    bool is_good = cmek_asset_decode(fixture_catalogue(), asset, &arena, &record, NULL) == CMEK_OK;
    cmek_json_print(asset, &text);
    bool may_be = !is_good && cmek_asset_is_irrelevant(fixture_catalogue(), cmek_strbuf_text(&text),
                                                       text.length);
    cmek_strbuf_done(&text);
    cmek_arena_done(&arena);
    return may_be;
}

/* False when the array is not one of assets, well-formed to its end. */
static bool expect_elements(struct cmek_strbuf *expected, struct bytes file)
{
    struct cmek_json *list = NULL;
    if (cmek_json_parse(file.text, file.length, &list, NULL) != CMEK_OK)
        return false;
    bool is_good = true;
    for (size_t i = 0; i < cmek_json_count(list) && is_good; i++) {
        const struct cmek_json *asset = cmek_json_item(list, i);
        is_good = cmek_json_kind(asset) == CMEK_JSON_OBJECT && !may_be_stepped_over(asset);
        expect_asset(expected, asset, /* scope= */ NULL);
    }
    cmek_json_free(list);
    return is_good;
}

static void check_reading(struct bytes file, bool with_lines, enum cmek_status status,
                          const char *expected, size_t threads)
{
    struct cmek_strbuf seen = {0};
    FUZZ_CHECK(read_bytes(file, threads, with_lines, &seen) == status);
    FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&seen), expected));
    cmek_strbuf_done(&seen);
}

static struct bytes without_mark(struct bytes file)
{
    size_t mark = sizeof UTF8_BOM - 1;
    if (file.length < mark || memcmp(file.text, UTF8_BOM, mark) != 0)
        return file;
    return (struct bytes){file.text + mark, file.length - mark};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes file = {(const char *)data, size};
    bool is_gzip = size >= 2 && data[0] == 0x1f && data[1] == 0x8b;
    bool is_array = cmek_asset_array_begins(file.text, size);
    struct cmek_strbuf seen = {0}, expected = {0}, packed = {0};
    enum cmek_status status = read_bytes(file, /* threads= */ 1, !is_array, &seen);
    check_reading(file, !is_array, status, cmek_strbuf_text(&seen), /* threads= */ 5);
    if (!is_gzip && is_array) {
        if (expect_elements(&expected, without_mark(file)))
            FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&seen), cmek_strbuf_text(&expected)));
    } else if (!is_gzip) {
        expect_lines(&expected, without_mark(file));
        FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&seen), cmek_strbuf_text(&expected)));
    }
    if (!is_gzip) {
        compress_bytes(file, &packed);
        check_reading((struct bytes){cmek_strbuf_text(&packed), packed.length}, !is_array, status,
                      cmek_strbuf_text(&seen), /* threads= */ 2);
    }
    cmek_strbuf_done(&seen);
    cmek_strbuf_done(&expected);
    cmek_strbuf_done(&packed);
    return 0;
}
