/* SPDX-License-Identifier: Apache-2.0 */
/* One line of an asset file. The quick ways past the parser must give what parsing the whole line
 * gives. */
#include "source/asset_line.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/strings.h"
#include "fuzz.h"
#include "inventory_fixture.h"
#include "record_text.h"
#include "source/asset.h"
#include "source/asset_prefilter.h"
#include "json/json.h"

struct outcome {
    enum cmek_status status;
    bool is_relevant;
    struct cmek_error err;
    struct cmek_strbuf text; /* of the record */
};

static void decode_line(struct cmek_asset_line_decoder *decoder, const char *line, size_t length,
                        struct outcome *ret_outcome)
{
    struct cmek_arena arena = {0};
    struct cmek_record record;
    ret_outcome->status = cmek_asset_line_decode(decoder, line, length, &arena, &record,
                                                 &ret_outcome->is_relevant, &ret_outcome->err);
    if (ret_outcome->status == CMEK_OK && ret_outcome->is_relevant)
        record_text(&record, &ret_outcome->text);
    cmek_arena_done(&arena);
}

static void decode_whole(const char *line, size_t length, struct outcome *ret_outcome)
{
    struct cmek_arena arena = {0};
    struct cmek_record record;
    struct cmek_json *json = NULL;
    ret_outcome->status = cmek_json_parse(line, length, &json, &ret_outcome->err);
    if (ret_outcome->status == CMEK_OK)
        ret_outcome->status =
            cmek_asset_decode(fixture_catalogue(), json, &arena, &record, &ret_outcome->err);
    ret_outcome->is_relevant = ret_outcome->status == CMEK_OK &&
                               (record.kind != CMEK_ASSET_OTHER || record.has_v1_policies);
    if (ret_outcome->is_relevant)
        record_text(&record, &ret_outcome->text);
    cmek_json_free(json);
    cmek_arena_done(&arena);
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
    FUZZ_CHECK(a->status == b->status);
    FUZZ_CHECK(a->is_relevant == b->is_relevant);
    FUZZ_CHECK(cmek_str_eq(a->err.message, b->err.message));
    FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&a->text), cmek_strbuf_text(&b->text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = (const char *)data;
    struct cmek_asset_line_decoder decoder = {.catalogue = fixture_catalogue()};
    struct outcome first = {0}, second = {0}, whole = {0};
    decode_line(&decoder, line, size, &first);
    decode_line(&decoder, line, size, &second);
    decode_whole(line, size, &whole);
    check_same(&first, &second);
    /* A line that is stepped over is not held to the whole grammar. */
    if (cmek_asset_is_irrelevant(fixture_catalogue(), line, size))
        FUZZ_CHECK(first.status == CMEK_OK && !first.is_relevant && !whole.is_relevant);
    else
        check_same(&first, &whole);
    cmek_strbuf_done(&first.text);
    cmek_strbuf_done(&second.text);
    cmek_strbuf_done(&whole.text);
    cmek_asset_line_decoder_done(&decoder);
    return 0;
}
