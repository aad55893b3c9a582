/* SPDX-License-Identifier: Apache-2.0 */
/* The light reader of small JSON documents: what it takes, json-c takes too, and reads alike. */
#include "json/light.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/strings.h"
#include "fuzz.h"
#include "json/json.h"

static void check_text(const struct cmek_json *light, const struct cmek_json *full)
{
    struct cmek_arena arena = {0};
    size_t length = 0, full_length = 0;
    const char *bytes = cmek_json_bytes(light, &length);
    FUZZ_CHECK((bytes != NULL) == (cmek_json_bytes(full, &full_length) != NULL));
    FUZZ_CHECK(length == full_length);
    FUZZ_CHECK(cmek_str_eq(cmek_json_string(light, &arena), cmek_json_string(full, &arena)));
    FUZZ_CHECK(cmek_str_eq(cmek_json_peek(light), cmek_json_peek(full)));
    cmek_arena_done(&arena);
}

static void check_same(const struct cmek_json *light, const struct cmek_json *full);

static bool check_member(void *payload, const char *name, const struct cmek_json *value)
{
    const struct cmek_json *object = payload;
    FUZZ_CHECK(cmek_json_has(object, name));
    check_same(cmek_json_get(object, name), value);
    return true;
}

static void check_same(const struct cmek_json *light, const struct cmek_json *full)
{
    int64_t number = 0, full_number = 0;
    FUZZ_CHECK(cmek_json_kind(light) == cmek_json_kind(full));
    FUZZ_CHECK(cmek_json_count(light) == cmek_json_count(full));
    FUZZ_CHECK(cmek_json_is_true(light) == cmek_json_is_true(full));
    FUZZ_CHECK(cmek_json_int64(light, &number) == cmek_json_int64(full, &full_number));
    FUZZ_CHECK(number == full_number);
    check_text(light, full);
    cmek_json_each(full, check_member, (void *)(uintptr_t)light);
    if (cmek_json_kind(full) == CMEK_JSON_ARRAY)
        for (size_t i = 0; i <= cmek_json_count(full); i++)
            check_same(cmek_json_item(light, i), cmek_json_item(full, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char earlier[] = "{\"earlier\":[\"\\u0061\",{\"spec\":1}]}";
    struct cmek_json_light *light = cmek_json_light_new();
    FUZZ_CHECK(cmek_json_light_parse(light, earlier, sizeof earlier - 1));
    const struct cmek_json *json = cmek_json_light_parse(light, (const char *)data, size);
    if (json) {
        struct cmek_json *full = NULL;
        struct cmek_strbuf text = {0}, full_text = {0};
        FUZZ_CHECK(cmek_json_parse((const char *)data, size, &full, NULL) == CMEK_OK);
        check_same(json, full);
        cmek_json_print(json, &text);
        cmek_json_print(full, &full_text);
        FUZZ_CHECK(cmek_str_eq(cmek_strbuf_text(&text), cmek_strbuf_text(&full_text)));
        cmek_strbuf_done(&text);
        cmek_strbuf_done(&full_text);
        cmek_json_free(full);
    }
    cmek_json_light_free(light);
    return 0;
}
