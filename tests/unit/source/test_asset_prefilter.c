/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_prefilter.h"

#include <string.h>

#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "model/catalogue.h"
#include "suite.h"
#include "json/json.h"

#define DISK   "compute.googleapis.com/Disk"
#define BUCKET "storage.googleapis.com/Bucket"

/* Lines that need not be parsed. */
static const char *const irrelevant[] = {
    "{\"name\":\"//x/y\",\"asset_type\":\"" DISK "\"}",
    "{\"name\":\"//x/y\",\"assetType\":\"" DISK "\"}",
    " \t{ \"asset_type\" : \"" DISK "\" , \"name\" : \"//x/y\" } \r\n",
    "{\"asset_type\":\"" DISK "\",\"asset_type\":\"" DISK "\"}",
    "{\"asset_type\":\"" BUCKET "X\"}",
    "{\"asset_type\":\"storage.googleapis.com/bucket\"}",
    "{\"asset_type\":\"storage.googleapis.com/Bucke\"}",
    "{\"asset_type\":\" " BUCKET "\"}",
    "{\"asset_type\":\"\"}",
    "{\"resource\":{\"data\":{\"asset_type\":\"" BUCKET "\"}},\"asset_type\":\"" DISK "\"}",
    "{\"asset_type\":\"" DISK "\",\"resource\":{\"assetType\":\"" BUCKET "\"}}",
    "{\"x\":\"\\\"asset_type\\\":\\\"" BUCKET "\\\"\",\"asset_type\":\"" DISK "\"}",
    "{\"x\":\"\\\\\",\"asset_type\":\"" DISK "\",\"y\":\"}{][\"}",
    "{\"a\":[{},[[]],\"]\",1.5e3,true,null],\"asset_type\":\"" DISK "\"}",
    "{\"iam_policy\":{\"bindings\":[]},\"asset_type\":\"" DISK "\"}",
    "{\"n\":\"\xC5\xBE\",\"asset_type\":\"" DISK "\"}",
};

START_TEST(assets_of_other_types_are_irrelevant)
{
    ck_assert_msg(cmek_asset_is_irrelevant(fixture_default_catalogue(), irrelevant[_i],
                                           strlen(irrelevant[_i])),
                  "%s", irrelevant[_i]);
}
END_TEST

/* Lines that must be parsed: assets that matter, and whatever is not certain. */
static const char *const relevant[] = {
    "{\"name\":\"//x/y\",\"asset_type\":\"" BUCKET "\"}",
    "{\"assetType\":\"" BUCKET "\"}",
    "{\"asset_type\":\"cloudresourcemanager.googleapis.com/TagBinding\"}",
    "{\"asset_type\":\"orgpolicy.googleapis.com/Policy\"}",
    "{\"asset_type\":\"cmekscan.dev/CoverageGap\"}",
    "{\"asset_type\":\"" DISK "\",\"asset_type\":\"" BUCKET "\"}",
    "{\"asset_type\":\"" BUCKET "\",\"asset_type\":\"" DISK "\"}",
    "{\"assetType\":\"" BUCKET "\",\"asset_type\":\"" DISK "\"}",
    "{\"asset_type\":\"" DISK "\",\"assetType\":\"" BUCKET "\"}",
    "{\"asset_type\":\"storage.googleapis.com\\/Bucket\"}",
    "{\"asset_type\":\"\\u0073torage.googleapis.com/Bucket\"}",
    "{\"asset_type\":\"" DISK "\",\"\\u0061sset_type\":\"" BUCKET "\"}",
    "{\"as\\u0073etType\":\"" BUCKET "\",\"assetType\":\"" DISK "\"}",
    "{\"resource\":{\"data\":{\"asset_type\":\"" DISK "\"}},\"asset_type\":\"" BUCKET "\"}",
    "{\"x\":\"\\\"asset_type\\\":\\\"" DISK "\\\"\",\"asset_type\":\"" BUCKET "\"}",
    "{\"resource\":{\"asset_type\":\"" DISK "\"}}",
    "{\"x\":\"{\\\"asset_type\\\":\\\"" DISK "\\\"}\"}",
    "{\"asset_type\":\"" DISK "\",\"org_policy\":[{\"constraint\":\"constraints/a.b\"}]}",
    "{\"orgPolicy\":[{\"constraint\":\"constraints/a.b\"}],\"assetType\":\"" DISK "\"}",
    "{\"asset_type\":null}",
    "{\"asset_type\":5}",
    "{\"asset_type\":[\"" DISK "\"]}",
    "{\"asset_type\":{\"x\":\"" DISK "\"}}",
    "{}",
    "{\"name\":\"//x/y\"}",
    "{\"Asset_Type\":\"" DISK "\"}",
    /* What is malformed must be found to be. */
    "",
    " ",
    "[]",
    "[{\"asset_type\":\"" DISK "\"}]",
    "\"asset_type\"",
    "null",
    "{\"asset_type\":\"" DISK "\"",
    "{\"asset_type\":\"" DISK "\",",
    "{\"asset_type\":\"" DISK "\",}",
    "{,\"asset_type\":\"" DISK "\"}",
    "{\"asset_type\":\"" DISK "\"}}",
    "{\"asset_type\":\"" DISK "\"} x",
    "{\"asset_type\":\"" DISK "\"}{\"asset_type\":\"" BUCKET "\"}",
    "{\"asset_type\":\"" DISK "\"},{\"asset_type\":\"" BUCKET "\"}",
    "{\"asset_type\" \"" DISK "\"}",
    "{\"asset_type\":\"" DISK "\" \"x\":1}",
    "{\"asset_type\":\"" DISK "\",\"x\"}",
    "{\"asset_type\":\"" DISK "\",\"x\":}",
    "{\"asset_type\":\"" DISK "\",x:1}",
    "{\"asset_type\":\"" DISK "\",\"x\":[}",
    "{\"asset_type\":\"" DISK "\",\"x\":]}",
    "{'asset_type':'" DISK "'}",
    "{\"asset_type\":\"" DISK,
    "{\"asset_type\":\"" DISK "\\\"}",
    "{\"asset_type\":\"" DISK "\",\"x\":\"}",
};

START_TEST(everything_else_is_parsed)
{
    ck_assert_msg(!cmek_asset_is_irrelevant(fixture_default_catalogue(), relevant[_i],
                                            strlen(relevant[_i])),
                  "%s", relevant[_i]);
}
END_TEST

START_TEST(a_nul_byte_is_no_end)
{
    static const char line[] = "{\"asset_type\":\"" DISK "\"}\0{\"asset_type\":\"" BUCKET "\"}";
    ck_assert(!cmek_asset_is_irrelevant(fixture_default_catalogue(), line, sizeof line - 1));
    static const char number[] = "{\"asset_type\":\"" DISK "\",\"x\":1\0,\"asset_type\":\"\"}";
    ck_assert(!cmek_asset_is_irrelevant(fixture_default_catalogue(), number, sizeof number - 1));
}
END_TEST

/* What a whole parse makes of a line: whether it is no asset of ours for certain. */
enum line_is { MALFORMED, OTHER, OURS };

static bool is_ours(const struct cmek_json *json, const char *member)
{
    const struct cmek_json *type = cmek_json_get(json, member);
    const char *text = cmek_json_peek(type);
    const struct cmek_service_type *ignored;
    return type && (!text || cmek_catalogue_kind(fixture_default_catalogue(), text, strlen(text),
                                                 &ignored) != CMEK_ASSET_OTHER);
}

static enum line_is parse(const char *line, size_t length)
{
    struct cmek_json *json = NULL;
    struct cmek_error err = {0};
    if (cmek_json_parse(line, length, &json, &err) != CMEK_OK)
        return MALFORMED;
    bool ours = is_ours(json, "asset_type") || is_ours(json, "assetType") ||
                cmek_json_get(json, "org_policy") || cmek_json_get(json, "orgPolicy");
    bool typed = cmek_json_get(json, "asset_type") || cmek_json_get(json, "assetType");
    cmek_json_free(json);
    return ours || !typed ? OURS : OTHER;
}

/* Lines to be damaged. */
static const char *const wholes[] = {
    "{\"name\":\"//x/y\",\"asset_type\":\"" DISK "\",\"resource\":{\"data\":{\"asset_type\":"
    "\"" BUCKET "\",\"l\":[1,{\"a\":\"\\\"}\\\\\"}]}},\"ancestors\":[\"projects/1\"]}",
    "{\"name\":\"//x/y\",\"asset_type\":\"" BUCKET "\",\"resource\":{\"data\":{\"asset_type\":"
    "\"" DISK "\",\"l\":[1,{\"a\":\"\\\"}\\\\\"}]}},\"ancestors\":[\"projects/1\"]}",
    "{\"x\":\"\\\"asset_type\\\":\\\"" DISK "\\\",\",\"asset_type\":\"" BUCKET "\"}",
    "{\"resource\":{\"x\":[{}]},\"assetType\":\"" BUCKET "\",\"asset_type\":\"" DISK "\"}",
    "{\"org_policy\":[{\"constraint\":\"c\"}],\"asset_type\":\"" DISK "\"}",
};

START_TEST(no_part_of_a_line_is_irrelevant)
{
    for (size_t length = 0; length < strlen(wholes[_i]); length++)
        ck_assert_msg(!cmek_asset_is_irrelevant(fixture_default_catalogue(), wholes[_i], length),
                      "%.*s", (int)length, wholes[_i]);
}
END_TEST

/* Every byte replaced by every byte of interest, taken out, or doubled: what is called irrelevant
 * is an asset of another type, or a line of one that is damaged inside a value. */
START_TEST(no_damage_makes_a_line_of_ours_irrelevant)
{
    static const char bytes[] = "\"\\{}[],: ax1/_\n\0\xFF";
    const char *whole = wholes[_i];
    size_t length = strlen(whole);
    enum line_is undamaged = parse(whole, length);
    char line[512];
    ck_assert_uint_lt(length + 1, sizeof line);
    for (size_t at = 0; at < length; at++)
        for (size_t b = 0; b < sizeof bytes + 1; b++) {
            size_t new_length = length;
            memcpy(line, whole, length);
            if (b < sizeof bytes - 1) {
                line[at] = bytes[b];
            } else if (b == sizeof bytes - 1) {
                memmove(line + at, line + at + 1, length - at - 1);
                new_length--;
            } else {
                memmove(line + at + 1, line + at, length - at);
                new_length++;
            }
            if (!cmek_asset_is_irrelevant(fixture_default_catalogue(), line, new_length))
                continue;
            enum line_is now = parse(line, new_length);
            ck_assert_msg(now == OTHER || (now == MALFORMED && undamaged == OTHER),
                          "byte %zu, damage %zu: %.*s", at, b, (int)new_length, line);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset_prefilter");
    TCase *tests = tcase_create("asset_prefilter");
    tcase_add_loop_test(tests, assets_of_other_types_are_irrelevant, 0, COUNT(irrelevant));
    tcase_add_loop_test(tests, everything_else_is_parsed, 0, COUNT(relevant));
    tcase_add_test(tests, a_nul_byte_is_no_end);
    tcase_add_loop_test(tests, no_part_of_a_line_is_irrelevant, 0, COUNT(wholes));
    tcase_add_loop_test(tests, no_damage_makes_a_line_of_ours_irrelevant, 0, COUNT(wholes));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
