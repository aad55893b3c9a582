/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset_line.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "model/catalogue.h"
#include "record_text.h"
#include "source/asset.h"
#include "suite.h"
#include "json/json.h"

static struct cmek_asset_line_decoder decoder;
static struct cmek_arena arena;
static struct cmek_error err;
static struct cmek_record record;
static bool is_relevant;

static void clean_up(void)
{
    cmek_asset_line_decoder_done(&decoder);
    cmek_arena_done(&arena);
}

static enum cmek_status decode(const char *line)
{
    decoder.catalogue = fixture_catalogue();
    return cmek_asset_line_decode(&decoder, line, strlen(line), &arena, &record, &is_relevant,
                                  &err);
}

#define BUCKET(rest)                                                                               \
    "{\"name\":\"//storage.googleapis.com/b\",\"asset_type\":\"storage.googleapis.com/"            \
    "Bucket\"," rest "}"
#define RESOURCE(data) BUCKET("\"resource\":{\"version\":\"v1\",\"data\":" data "}")

static const char *const lines[] = {
    BUCKET("\"ancestors\":[\"projects/1\",\"organizations/2\"]"),
    BUCKET("\"resource\":null"),
    BUCKET("\"resource\":{\"parent\":\"//cloudresourcemanager.googleapis.com/projects/1\"}"),
    BUCKET("\"resource\":{},\"resource\":{\"data\":{\"location\":\"US\"}}"),
    BUCKET("\"update_time\":\"2026-01-02T03:04:05Z\",\"resource\":{\"data\":{\"acl\":[]}}"),
    BUCKET("\"updateTime\":\"2026-01-02T03:04:05Z\",\"assetExceptions\":[{\"exceptionType\":"
           "\"TRUNCATION\"}]"),
    BUCKET("\"asset_exceptions\":[{\"exception_type\":\"TRUNCATION\"}]"),
    BUCKET("\"cmekscan\":{\"context\":true},\"resource\":{\"data\":{}}"),
    BUCKET("\"org_policy\":[{\"constraint\":\"constraints/gcp.restrictNonCmekServices\","
           "\"list_policy\":{\"all_values\":\"DENY\"}}]"),
    RESOURCE("{\"location\":\"US\",\"timeCreated\":\"2024-01-02T03:04:05Z\",\"x\":{\"y\":[1]}}"),
    RESOURCE("{\"projectNumber\":123,\"encryption\":{\"defaultKmsKeyName\":\"projects/k\"}}"),
    RESOURCE("{\"projectNumber\":\"123\",\"encryption\":{}}"),
    RESOURCE("{\"encryption\":\"odd\"}"),
    RESOURCE("{\"encryption\":{\"defaultKmsKeyName\":{}}}"),
    RESOURCE("{\"encryption\":{\"googleManagedEncryptionEnforcementConfig\":{\"restrictionMode\":"
             "\"FullyRestricted\"}}}"),
    RESOURCE("{\"encrypt\\u0069on\":{\"defaultKmsKeyName\":\"projects/k\"}}"),
    RESOURCE("{\"encryption\":{\"defaultKmsKeyName\":\"a\"},\"encryption\":null}"),
    RESOURCE("{}"),
    RESOURCE("[]"),
    RESOURCE("\"text\""),
    "{\"asset_type\":\"storage.googleapis.com/Bucket\",\"name\":\"//storage.googleapis.com/b\"}",
    "{\"assetType\":\"pubsub.googleapis.com/Topic\",\"name\":\"//pubsub.googleapis.com/t\","
    "\"resource\":{\"data\":{\"kmsKeyName\":\"projects/k\",\"labels\":{\"a\":\"b\"}}}}",
    "{\"name\":\"//artifactregistry.googleapis.com/projects/p/locations/us/repositories/r\","
    "\"assetType\":\"artifactregistry.googleapis.com/Repository\",\"resource\":{\"data\":"
    "{\"kmsKeyName\":\"\",\"createTime\":\"2024-01-02T03:04:05Z\",\"format\":\"DOCKER\"}}}",
    /* the first type is not the one that counts */
    "{\"asset_type\":\"storage.googleapis.com/Bucket\",\"asset_type\":"
    "\"cloudresourcemanager.googleapis.com/Project\",\"name\":"
    "\"//cloudresourcemanager.googleapis.com/projects/1\",\"resource\":{\"data\":"
    "{\"projectNumber\":\"1\",\"projectId\":\"p\"}}}",
    /* no assets */
    "{\"asset_type\":\"storage.googleapis.com/Bucket\"}",
    "{\"asset_type\":\"storage.googleapis.com/Bucket\",\"name\":1,\"resource\":{\"data\":{}}}",
    BUCKET("\"resource\":[]"),
    BUCKET("\"resource\":{\"data\":{\"x\":01}}"),
    BUCKET("\"x\":\"\xFF\""),
    "{\"asset_type\":\"storage.googleapis.com/Bucket\"",
};

static void assert_same_record(const struct cmek_record *a, const struct cmek_record *b,
                               const char *line)
{
    struct cmek_strbuf left = {0}, right = {0};
    record_text(a, &left);
    record_text(b, &right);
    ck_assert_msg(cmek_str_eq(cmek_strbuf_text(&left), cmek_strbuf_text(&right)),
                  "%s\ninstead of\n%s\n%s", cmek_strbuf_text(&left), cmek_strbuf_text(&right),
                  line);
    cmek_strbuf_done(&left);
    cmek_strbuf_done(&right);
}

START_TEST(a_line_gives_what_its_whole_document_gives)
{
    const char *line = lines[_i];
    struct cmek_json *json = NULL;
    struct cmek_record expected;
    struct cmek_error expected_err = {0};
    enum cmek_status status = cmek_json_parse(line, strlen(line), &json, &expected_err);
    if (status == CMEK_OK)
        status = cmek_asset_decode(fixture_catalogue(), json, &arena, &expected, &expected_err);
    ck_assert_msg(decode(line) == status, "%s", line);
    if (status == CMEK_OK)
        assert_same_record(&record, &expected, line);
    else
        ck_assert_str_eq(err.message, expected_err.message);
    cmek_json_free(json);
}
END_TEST

/* An object that holds @p value where the path leads, in a list of one wherever it passes one. */
static void append_object(struct cmek_strbuf *json, const struct cmek_field_path *path,
                          const char *value)
{
    struct cmek_strbuf ends = {0};
    for (size_t i = 0; i < path->count; i++) {
        cmek_strbuf_printf(json, "{\"%s\":%s", path->steps[i].name,
                           path->steps[i].is_list ? "[" : "");
        cmek_strbuf_printf(&ends, "%s", path->steps[path->count - 1 - i].is_list ? "]}" : "}");
    }
    cmek_strbuf_printf(json, "\"%s\"%s", value, cmek_strbuf_text(&ends));
    cmek_strbuf_done(&ends);
}

static void decode_with(const struct cmek_service_type *type, const struct cmek_field_path *path,
                        const char *value)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "{\"name\":\"//x/y\",\"asset_type\":\"%s\",\"resource\":{\"data\":",
                       type->asset_type);
    append_object(&line, path, value);
    cmek_strbuf_puts(&line, "}}");
    ck_assert_msg(decode(cmek_strbuf_text(&line)) == CMEK_OK, "%s: %s", cmek_strbuf_text(&line),
                  err.message);
    ck_assert_msg(is_relevant, "%s", cmek_strbuf_text(&line));
    ck_assert_ptr_eq(record.data.resource.type, type);
    cmek_strbuf_done(&line);
}

static void assert_keys_read(const struct cmek_service_type *type,
                             const struct cmek_key_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        for (size_t k = 0; k < places->items[i].count; k++) {
            const struct cmek_field_path *path = &places->items[i].items[k];
            decode_with(type, path, "projects/k");
            ck_assert_msg(record.data.resource.kms_key, "%s: no key at %s", type->asset_type,
                          path->text);
            ck_assert_str_eq(record.data.resource.kms_key, "projects/k");
        }
}

/* A path that were not read would make every resource look as if it had no key. */
START_TEST(what_a_service_type_names_is_read)
{
    const struct cmek_service_type *type = fixture_catalogue()->types.items[_i];
    assert_keys_read(type, &type->keys);
    assert_keys_read(type, &type->further_keys);
    if (type->created.count > 0) {
        decode_with(type, &type->created, "2024-01-02T03:04:05Z");
        ck_assert_str_eq(record.data.resource.created_at, "2024-01-02T03:04:05Z");
    }
    if (type->location.count > 0) {
        decode_with(type, &type->location, "US-east1");
        ck_assert_str_eq(record.data.resource.location, "us-east1");
    }
    for (size_t i = 0; i < type->other_key_count; i++) {
        decode_with(type, &type->other_keys[i].field, "x");
        ck_assert_ptr_eq(record.data.resource.other_key, &type->other_keys[i]);
    }
    for (size_t i = 0; i < type->exception_count; i++) {
        if (type->exceptions[i].name)
            continue;
        decode_with(type, &type->exceptions[i].field, type->exceptions[i].value);
        ck_assert(record.data.resource.is_excepted);
    }
}
END_TEST

START_TEST(an_asset_of_another_type_is_skipped)
{
    ck_assert_int_eq(decode("{\"name\":\"//x\",\"asset_type\":\"x.googleapis.com/Y\"}"), CMEK_OK);
    ck_assert(!is_relevant);
    /* … also where the bytes alone do not tell */
    ck_assert_int_eq(decode("{\"name\":\"//x\",\"asset_type\":\"\\u0078/Y\"}"), CMEK_OK);
    ck_assert(!is_relevant);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset_line");
    TCase *tests = tcase_create("asset_line");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, a_line_gives_what_its_whole_document_gives, 0, COUNT(lines));
    tcase_add_loop_test(tests, what_a_service_type_names_is_read, 0,
                        (int)fixture_catalogue()->types.count);
    tcase_add_test(tests, an_asset_of_another_type_is_skipped);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
