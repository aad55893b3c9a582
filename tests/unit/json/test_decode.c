/* SPDX-License-Identifier: Apache-2.0 */
#include "json/decode.h"

#include <string.h>

#include "base/arena.h"
#include "suite.h"
#include "json/json.h"

struct encryption {
    const char *key;
};

struct binding {
    const char *role;
    struct cmek_strings members;
};

struct bucket {
    const char *name, *number;
    bool is_locked;
    int64_t size;
    struct cmek_strings zones;
    const struct cmek_json *labels;
    struct encryption encryption;
    struct {
        struct binding *items;
        size_t count;
    } bindings;
};

static const struct cmek_json_field encryption_fields[] = {
    CMEK_JSON_FIELD(struct encryption, key, "defaultKmsKeyName", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field binding_fields[] = {
    CMEK_JSON_FIELD(struct binding, role, "role", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct binding, members, "members", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field bucket_fields[] = {
    CMEK_JSON_FIELD(struct bucket, name, "name", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD_ALIAS(struct bucket, number, "projectNumber", "project_number",
                          CMEK_JSON_NUMBER_AS_TEXT),
    CMEK_JSON_FIELD(struct bucket, is_locked, "locked", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct bucket, size, "size", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct bucket, zones, "zones", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct bucket, labels, "labels", CMEK_JSON_OPTIONAL),
    CMEK_JSON_OBJECT_FIELD(struct bucket, encryption, "encryption", NULL, encryption_fields),
    CMEK_JSON_ARRAY_FIELD(struct bucket, bindings, "bindings", "iam_bindings", binding_fields),
    CMEK_JSON_END,
};

static struct cmek_json *json;
static struct cmek_arena arena;
static struct cmek_error err;
static struct bucket bucket;

static void clean_up(void)
{
    cmek_json_free(json);
    json = NULL;
    cmek_arena_done(&arena);
    bucket = (struct bucket){0};
}

static enum cmek_status decode(const char *text)
{
    ck_assert_int_eq(cmek_json_parse(text, strlen(text), &json, &err), CMEK_OK);
    return cmek_json_decode(json, bucket_fields, &arena, &bucket, &err);
}

START_TEST(every_kind_of_field_is_filled)
{
    ck_assert_int_eq(
        decode("{\"name\": \"b\", \"projectNumber\": 123456789012, \"locked\": true, "
               "\"size\": \"9007199254740993\", \"zones\": [\"a\", \"b\"], \"labels\": {\"x\": 1}, "
               "\"encryption\": {\"defaultKmsKeyName\": \"k\"}, "
               "\"bindings\": [{\"role\": \"r\", \"members\": []}, {\"role\": \"s\"}], "
               "\"unknown\": [1]}"),
        CMEK_OK);
    ck_assert_str_eq(bucket.name, "b");
    ck_assert_str_eq(bucket.number, "123456789012");
    ck_assert(bucket.is_locked);
    ck_assert_int_eq(bucket.size, 9007199254740993);
    ck_assert_uint_eq(bucket.zones.count, 2);
    ck_assert_str_eq(bucket.zones.items[1], "b");
    ck_assert(cmek_json_has(bucket.labels, "x"));
    ck_assert_str_eq(bucket.encryption.key, "k");
    ck_assert_uint_eq(bucket.bindings.count, 2);
    ck_assert_str_eq(bucket.bindings.items[1].role, "s");
    ck_assert_uint_eq(bucket.bindings.items[0].members.count, 0);
}
END_TEST

START_TEST(null_and_absent_leave_a_field_alone)
{
    ck_assert_int_eq(decode("{\"name\": \"b\", \"projectNumber\": null, \"zones\": null, "
                            "\"encryption\": null, \"bindings\": null, \"locked\": null}"),
                     CMEK_OK);
    ck_assert_ptr_null(bucket.number);
    ck_assert_uint_eq(bucket.zones.count, 0);
    ck_assert_ptr_null(bucket.encryption.key);
    ck_assert_uint_eq(bucket.bindings.count, 0);
}
END_TEST

START_TEST(an_alias_is_taken_and_the_name_comes_first)
{
    ck_assert_int_eq(decode("{\"name\": \"b\", \"project_number\": \"7\", \"iam_bindings\": []}"),
                     CMEK_OK);
    ck_assert_str_eq(bucket.number, "7");
    cmek_json_free(json);
    ck_assert_int_eq(decode(
                         "{\"name\": \"b\", \"project_number\": \"7\", \"projectNumber\": \"8\"}"),
                     CMEK_OK);
    ck_assert_str_eq(bucket.number, "8");
}
END_TEST

static const struct {
    const char *text, *message;
} wrong[] = {
    {"[]", "the document is an array, expected an object"},
    {"null", "the document is null, expected an object"},
    {"{}", "name is missing"},
    {"{\"name\": null}", "name is missing"},
    {"{\"name\": 1}", "name is an integer, expected a string"},
    {"{\"name\": {}}", "name is an object, expected a string"},
    {"{\"name\": \"b\", \"projectNumber\": 1.5}", "projectNumber is a number, expected a string"},
    {"{\"name\": \"b\", \"projectNumber\": 18446744073709551615}",
     "projectNumber does not fit 64 bits"},
    {"{\"name\": \"b\", \"locked\": \"true\"}", "locked is a string, expected a boolean"},
    {"{\"name\": \"b\", \"size\": true}", "size is a boolean, expected an integer"},
    {"{\"name\": \"b\", \"size\": 9223372036854775808}", "size does not fit 64 bits"},
    {"{\"name\": \"b\", \"size\": \"12abc\"}", "size is a string, expected an integer"},
    {"{\"name\": \"b\", \"zones\": \"a\"}", "zones is a string, expected an array"},
    {"{\"name\": \"b\", \"zones\": [\"a\", null]}", "zones[1] is null, expected a string"},
    {"{\"name\": \"b\", \"encryption\": []}", "encryption is an array, expected an object"},
    {"{\"name\": \"b\", \"encryption\": {\"defaultKmsKeyName\": 1}}",
     "encryption.defaultKmsKeyName is an integer, expected a string"},
    {"{\"name\": \"b\", \"bindings\": {}}", "bindings is an object, expected an array"},
    {"{\"name\": \"b\", \"bindings\": [{\"role\": \"r\"}, 1]}",
     "bindings[1] is an integer, expected an object"},
    {"{\"name\": \"b\", \"bindings\": [{}]}", "bindings[0].role is missing"},
    {"{\"name\": \"b\", \"bindings\": [{\"role\": \"r\", \"members\": [\"a\", \"b\", 3]}]}",
     "bindings[0].members[2] is an integer, expected a string"},
};

START_TEST(a_wrong_kind_is_named_with_its_path)
{
    ck_assert_msg(decode(wrong[_i].text) == CMEK_E_INVALID, "%s was taken", wrong[_i].text);
    ck_assert_str_eq(err.message, wrong[_i].message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json/decode");
    TCase *tests = tcase_create("decode");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_test(tests, every_kind_of_field_is_filled);
    tcase_add_test(tests, null_and_absent_leave_a_field_alone);
    tcase_add_test(tests, an_alias_is_taken_and_the_name_comes_first);
    tcase_add_loop_test(tests, a_wrong_kind_is_named_with_its_path, 0, COUNT(wrong));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
