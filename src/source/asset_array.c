/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_array.h"

#include <string.h>

#include "base/limits.h"

static const char blanks[] = " \t\r\n";

static bool is_blank(char byte)
{
    return byte != '\0' && strchr(blanks, byte);
}

size_t cmek_asset_file_content(const char *bytes, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t at = length < 3 ? length : 3;
    if (memcmp(bytes, mark, at) != 0)
        at = 0;
    while (at < length && is_blank(bytes[at]))
        at++;
    return at;
}

bool cmek_asset_array_begins(const char *bytes, size_t length)
{
    size_t at = cmek_asset_file_content(bytes, length);
    return at < length && bytes[at] == '[';
}

void cmek_asset_array_init(struct cmek_asset_array *array, const struct cmek_line_handler *handler,
                           const char *path)
{
    *array = (struct cmek_asset_array){
        .handler = handler,
        .origin = {.path = path},
        .element = {.limit = CMEK_LIMIT_LINE_BYTES},
        .line = 1,
    };
}

static void report(struct cmek_asset_array *array, size_t line, const char *message)
{
    array->origin.number = line;
    if (array->handler->damaged)
        array->handler->damaged(array->handler->payload, &array->origin, message);
}

/* Between the elements; true when an element begins here. */
static bool take_outer(struct cmek_asset_array *array, char byte)
{
    if (is_blank(byte) || (array->depth == 0 && !array->ended && (unsigned char)byte >= 0x80))
        return false; /* a byte-order mark stands before the array only */
    if (array->depth == 0 && byte == '[' && !array->ended) {
        array->depth = 1;
    } else if (array->depth == 1 && byte == '{') {
        array->origin.number = array->line;
        return true;
    } else if (array->depth == 1 && byte == ']') {
        array->depth = 0;
        array->ended = true;
    } else if (array->depth != 1 || byte != ',') {
        report(array, array->line,
               "the array of assets holds something else than objects; the rest is not read");
        array->broken = true;
    }
    return false;
}

static enum cmek_status deliver(struct cmek_asset_array *array, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    if (array->element.overflow)
        report(array, array->origin.number, "the asset is too long and was skipped");
    else
        status =
            array->handler->line(array->handler->payload, &array->origin,
                                 cmek_strbuf_text(&array->element), array->element.length, err);
    cmek_strbuf_clear(&array->element);
    return status;
}

enum cmek_status cmek_asset_array_feed(struct cmek_asset_array *array, const char *bytes,
                                       size_t length, struct cmek_error *err)
{
    size_t start = 0; /* of the part of an element that lies in these bytes */
    for (size_t i = 0; i < length && !array->broken; i++) {
        array->line += bytes[i] == '\n';
        if (array->depth < 2) {
            if (take_outer(array, bytes[i])) {
                array->depth = 2;
                array->extent = (struct cmek_json_extent){0};
                cmek_json_extent_take(&array->extent, bytes[i]);
                start = i;
            }
            continue;
        }
        if (!cmek_json_extent_take(&array->extent, bytes[i]))
            continue;
        array->depth = 1;
        cmek_strbuf_append(&array->element, bytes + start, i + 1 - start);
        enum cmek_status status = deliver(array, err);
        if (status != CMEK_OK)
            return status;
        start = i + 1;
    }
    if (array->depth >= 2)
        cmek_strbuf_append(&array->element, bytes + start, length - start);
    return CMEK_OK;
}

void cmek_asset_array_done(struct cmek_asset_array *array)
{
    if (!array->broken && !array->ended)
        report(array, array->line, "the array of assets ends in the middle");
    cmek_strbuf_done(&array->element);
}
