/* SPDX-License-Identifier: Apache-2.0 */
#include "source/asset.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "suite.h"
#include "json/json.h"

static struct cmek_arena arena;
static struct cmek_json *json;
static struct cmek_error err;
static struct cmek_record record;

static void clean_up(void)
{
    cmek_arena_done(&arena);
    cmek_json_free(json);
    json = NULL;
}

static enum cmek_status decode(const char *line)
{
    cmek_json_free(json);
    json = NULL;
    record = (struct cmek_record){0};
    ck_assert_msg(cmek_json_parse(line, strlen(line), &json, &err) == CMEK_OK, "%s: %s",
                  err.message, line);
    return cmek_asset_decode(fixture_catalogue(), json, &arena, &record, &err);
}

static void decode_well(const char *line)
{
    ck_assert_msg(decode(line) == CMEK_OK, "%s: %s", err.message, line);
}

#define LINE(name, type, rest) "{\"name\":\"" name "\",\"asset_type\":\"" type "\"" rest "}"
#define DATA(data)             ",\"resource\":{\"data\":" data "}"
#define BUCKET(rest)           LINE("//storage.googleapis.com/b", "storage.googleapis.com/Bucket", rest)
#define TOPIC(rest)                                                                                \
    LINE("//pubsub.googleapis.com/projects/p-1/topics/t", "pubsub.googleapis.com/Topic", rest)
#define REPOSITORY(rest)                                                                           \
    LINE("//artifactregistry.googleapis.com/projects/p-1/locations/us/repositories/r",             \
         "artifactregistry.googleapis.com/Repository", rest)
#define PROJECT(rest)                                                                              \
    LINE("//cloudresourcemanager.googleapis.com/projects/p-1",                                     \
         "cloudresourcemanager.googleapis.com/Project", rest)
#define KEY "projects/k-1/locations/us/keyRings/r/cryptoKeys/c"

static const struct {
    const char *label, *line;
    const char *key; /* NULL: absent */
    bool unreadable;
} keys[] = {
    {"bucket", BUCKET(DATA("{\"encryption\":{\"defaultKmsKeyName\":\"" KEY "\"}}")), KEY, false},
    {"topic", TOPIC(DATA("{\"kmsKeyName\":\"" KEY "\"}")), KEY, false},
    {"repository", REPOSITORY(DATA("{\"kmsKeyName\":\"" KEY "\"}")), KEY, false},
    {"escapes", TOPIC(DATA("{\"km\\u0073KeyName\":\"projects\\/k\\u002d1\"}")), "projects/k-1",
     false},
    {"raw UTF-8", TOPIC(DATA("{\"kmsKeyName\":\"projects/\xC5\xBE\"}")), "projects/\xC5\xBE",
     false},
    {"a malformed name is a key", TOPIC(DATA("{\"kmsKeyName\":\"x\"}")), "x", false},
    {"a NUL in it", TOPIC(DATA("{\"kmsKeyName\":\"a\\u0000b\"}")),
     "a\xEF\xBF\xBD"
     "b",
     false},
    {"a NUL alone", TOPIC(DATA("{\"kmsKeyName\":\"\\u0000\"}")), "\xEF\xBF\xBD", false},
    {"missing", TOPIC(DATA("{}")), NULL, false},
    {"null", TOPIC(DATA("{\"kmsKeyName\":null}")), NULL, false},
    {"empty", TOPIC(DATA("{\"kmsKeyName\":\"\"}")), NULL, false},
    {"encryption missing", BUCKET(DATA("{\"name\":\"b\"}")), NULL, false},
    {"encryption null", BUCKET(DATA("{\"encryption\":null}")), NULL, false},
    {"encryption empty", BUCKET(DATA("{\"encryption\":{}}")), NULL, false},
    {"null in encryption", BUCKET(DATA("{\"encryption\":{\"defaultKmsKeyName\":null}}")), NULL,
     false},
    {"empty in encryption", BUCKET(DATA("{\"encryption\":{\"defaultKmsKeyName\":\"\"}}")), NULL,
     false},
    {"a number", TOPIC(DATA("{\"kmsKeyName\":5}")), NULL, true},
    {"true", TOPIC(DATA("{\"kmsKeyName\":true}")), NULL, true},
    {"a list", TOPIC(DATA("{\"kmsKeyName\":[\"" KEY "\"]}")), NULL, true},
    {"an object", TOPIC(DATA("{\"kmsKeyName\":{\"name\":\"" KEY "\"}}")), NULL, true},
    {"encryption of text", BUCKET(DATA("{\"encryption\":\"" KEY "\"}")), NULL, true},
    {"encryption a list", BUCKET(DATA("{\"encryption\":[{\"defaultKmsKeyName\":\"" KEY "\"}]}")),
     NULL, true},
    {"a number in encryption", BUCKET(DATA("{\"encryption\":{\"defaultKmsKeyName\":5}}")), NULL,
     true},
    {"the key of the other kind",
     BUCKET(DATA("{\"kmsKeyName\":\"" KEY "\",\"defaultKmsKeyName\":\"" KEY "\"}")), NULL, false},
    {"a dotted name", BUCKET(DATA("{\"encryption.defaultKmsKeyName\":\"" KEY "\"}")), NULL, false},
    {"in labels", TOPIC(DATA("{\"labels\":{\"kmsKeyName\":\"" KEY "\"}}")), NULL, false},
    {"in text", TOPIC(DATA("{\"x\":\"\\\"kmsKeyName\\\":\\\"" KEY "\\\"\"}")), NULL, false},
    {"snake_case inside data is another name", TOPIC(DATA("{\"kms_key_name\":\"" KEY "\"}")), NULL,
     false},
    {"outside of data", TOPIC(",\"kmsKeyName\":\"" KEY "\"" DATA("{}")), NULL, false},
};

START_TEST(a_key_is_text_that_is_not_empty)
{
    decode_well(keys[_i].line);
    const struct cmek_resource_data *data = &record.data.resource;
    ck_assert(record.has_data);
    ck_assert_msg(cmek_str_eq(data->kms_key, keys[_i].key), "%s: %s", keys[_i].label,
                  data->kms_key ? data->kms_key : "none");
    ck_assert_msg(data->key_unreadable == keys[_i].unreadable, "%s", keys[_i].label);
}
END_TEST

static const struct {
    const char *label, *line;
    bool has_resource, has_data;
} shapes[] = {
    {"data", BUCKET(DATA("{}")), true, true},
    {"no resource", BUCKET(""), false, false},
    {"resource null", BUCKET(",\"resource\":null"), false, false},
    {"resource empty", BUCKET(",\"resource\":{}"), true, false},
    {"data null", BUCKET(DATA("null")), true, false},
    {"data a list", BUCKET(DATA("[]")), true, false},
    {"data text", BUCKET(DATA("\"{}\"")), true, false},
    {"data a number", BUCKET(DATA("0")), true, false},
    {"IAM content", BUCKET(",\"iam_policy\":{\"bindings\":[]}"), false, false},
};

START_TEST(data_is_an_object_or_there_is_none)
{
    decode_well(shapes[_i].line);
    ck_assert_msg(record.has_resource == shapes[_i].has_resource, "%s", shapes[_i].label);
    ck_assert_msg(record.has_data == shapes[_i].has_data, "%s", shapes[_i].label);
}
END_TEST

static const char *const no_assets[] = {
    "[]",
    "\"asset\"",
    "{}",
    "{\"name\":\"//x/y\"}",
    "{\"asset_type\":\"storage.googleapis.com/Bucket\"}",
    "{\"name\":null,\"asset_type\":\"storage.googleapis.com/Bucket\"}",
    "{\"name\":5,\"asset_type\":\"storage.googleapis.com/Bucket\"}",
    "{\"name\":\"//x/y\",\"asset_type\":[\"storage.googleapis.com/Bucket\"]}",
    "{\"NAME\":\"//x/y\",\"ASSET_TYPE\":\"storage.googleapis.com/Bucket\"}",
    BUCKET(",\"ancestors\":\"projects/1\""),
    BUCKET(",\"ancestors\":[1]"),
    BUCKET(",\"resource\":\"x\""),
    PROJECT(",\"org_policy\":{}"),
    LINE("//orgpolicy.googleapis.com/nonsense", "orgpolicy.googleapis.com/Policy", DATA("{}")),
};

START_TEST(what_is_no_asset_is_refused_with_a_message)
{
    err = (struct cmek_error){0};
    ck_assert_msg(decode(no_assets[_i]) == CMEK_E_INVALID, "%s", no_assets[_i]);
    ck_assert_str_ne(err.message, "");
}
END_TEST

START_TEST(names_may_be_in_either_spelling)
{
    static const char *const lines[] = {
        "{\"name\":\"//pubsub.googleapis.com/projects/p-1/topics/t\",\"asset_type\":"
        "\"pubsub.googleapis.com/Topic\",\"update_time\":\"2026-01-02T03:04:05.5Z\","
        "\"asset_exceptions\":[{\"exception_type\":\"TRUNCATION\"}],\"org_policy\":"
        "[{\"constraint\":\"constraints/gcp.restrictNonCmekServices\",\"list_policy\":"
        "{\"denied_values\":[\"x\"],\"inherit_from_parent\":true}}]}",
        "{\"orgPolicy\":[{\"listPolicy\":{\"inheritFromParent\":true,\"deniedValues\":[\"x\"]},"
        "\"constraint\":\"constraints/gcp.restrictNonCmekServices\"}],\"assetExceptions\":"
        "[{\"exceptionType\":\"TRUNCATION\"}],\"updateTime\":\"2026-01-02T03:04:05.5Z\","
        "\"assetType\":\"pubsub.googleapis.com/Topic\","
        "\"name\":\"//pubsub.googleapis.com/projects/p-1/topics/t\"}",
    };
    decode_well(lines[_i]);
    ck_assert_int_eq(record.kind, CMEK_ASSET_RESOURCE);
    ck_assert_int_eq(record.updated.nanoseconds, 500000000);
    ck_assert(record.truncated);
    ck_assert(record.has_v1_policies);
    ck_assert_uint_eq(record.v1_policy_count, 1);
    ck_assert(record.v1_policies[0].spec.inherit_from_parent);
    ck_assert_str_eq(record.v1_policies[0].spec.rules[0].denied.items[0], "x");
}
END_TEST

/* A project's data and what number and id come of it. */
static const struct {
    const char *label, *line, *number, *id, *parent;
} projects[] = {
    {"v1",
     PROJECT(DATA("{\"projectId\":\"p-1\",\"projectNumber\":\"123\",\"parent\":"
                  "{\"type\":\"folder\",\"id\":\"2\"}}")),
     "123", "p-1", "folders/2"},
    {"v1, a number",
     PROJECT(DATA("{\"projectId\":\"p-1\",\"projectNumber\":123,\"parent\":"
                  "{\"type\":\"organization\",\"id\":1}}")),
     "123", "p-1", "organizations/1"},
    {"v3",
     PROJECT(DATA("{\"projectId\":\"p-1\",\"name\":\"projects/123\",\"parent\":"
                  "\"folders/2\"}")),
     "123", "p-1", "folders/2"},
    {"the id from the asset's name", PROJECT(DATA("{\"projectNumber\":\"123\"}")), "123", "p-1",
     NULL},
    {"the number from its ancestors",
     PROJECT(DATA("{\"projectId\":\"p-1\"}") ",\"ancestors\":[\"projects/123\"]"), "123", "p-1",
     NULL},
    {"a display name is no number", PROJECT(DATA("{\"projectId\":\"p-1\",\"name\":\"My 123\"}")),
     NULL, "p-1", NULL},
    {"the largest number",
     PROJECT(DATA("{\"projectId\":\"p-1\",\"projectNumber\":9223372036854775807}")),
     "9223372036854775807", "p-1", NULL},
    {"a parent that is none", PROJECT(DATA("{\"projectNumber\":1,\"parent\":{\"type\":5}}")), "1",
     "p-1", NULL},
    {"a parent of text that is none", PROJECT(DATA("{\"projectNumber\":1,\"parent\":\"x\"}")), "1",
     "p-1", NULL},
};

START_TEST(projects_tell_their_number_id_and_parent)
{
    decode_well(projects[_i].line);
    ck_assert_int_eq(record.kind, CMEK_ASSET_PROJECT);
    ck_assert_msg(cmek_str_eq(record.data.node.number, projects[_i].number), "%s: %s",
                  projects[_i].label, record.data.node.number);
    ck_assert_msg(cmek_str_eq(record.data.node.id, projects[_i].id), "%s: %s", projects[_i].label,
                  record.data.node.id);
    ck_assert_msg(cmek_str_eq(record.data.node.parent, projects[_i].parent), "%s: %s",
                  projects[_i].label, record.data.node.parent);
}
END_TEST

static const char *const huge_numbers[] = {"9223372036854775808", "18446744073709551615",
                                           "123456789012345678901234567890", "1e300", "1.5"};

START_TEST(a_number_that_does_not_fit_is_none)
{
    const char *number = huge_numbers[_i];
    decode_well(cmek_arena_printf(&arena, BUCKET(DATA("{\"projectNumber\":%s,\"size\":%s}")),
                                  number, number));
    ck_assert(record.has_data);
    ck_assert_ptr_null(record.data.resource.project_number);
    decode_well(cmek_arena_printf(&arena, PROJECT(DATA("{\"projectNumber\":%s}")), number));
    ck_assert(!record.data.node.number || !record.has_data);
}
END_TEST

/* Where a resource lies, by what the line says. */
static const struct {
    const char *label, *line, *parent, *project_number;
} places[] = {
    {"resource.parent",
     BUCKET(",\"resource\":{\"parent\":\"//cloudresourcemanager.googleapis.com/projects/10\","
            "\"data\":{}}"),
     "projects/10", NULL},
    {"a bare parent", BUCKET(",\"resource\":{\"parent\":\"projects/p-1\"}"), "projects/p-1", NULL},
    {"a parent of another kind",
     BUCKET(",\"resource\":{\"parent\":\"//storage.googleapis.com/b\",\"data\":{}}"), NULL, NULL},
    {"projectNumber as text", BUCKET(DATA("{\"projectNumber\":\"10\"}")), NULL, "10"},
    {"projectNumber as a number", BUCKET(DATA("{\"projectNumber\":10}")), NULL, "10"},
    {"projectNumber null", BUCKET(DATA("{\"projectNumber\":null}")), NULL, NULL},
    {"projectNumber a list", BUCKET(DATA("{\"projectNumber\":[10]}")), NULL, NULL},
};

START_TEST(resources_say_where_they_lie)
{
    decode_well(places[_i].line);
    ck_assert_msg(cmek_str_eq(record.parent, places[_i].parent), "%s", places[_i].label);
    ck_assert_msg(cmek_str_eq(record.data.resource.project_number, places[_i].project_number), "%s",
                  places[_i].label);
}
END_TEST

#define POLICY_NAME "projects/10/policies/gcp.restrictNonCmekServices"
#define POLICY(rest)                                                                               \
    LINE("//orgpolicy.googleapis.com/" POLICY_NAME, "orgpolicy.googleapis.com/Policy", rest)

static const struct {
    const char *label, *line;
    enum cmek_spec_state live, dry_run;
} policies[] = {
    {"a spec", POLICY(DATA("{\"spec\":{}}")), CMEK_SPEC_PRESENT, CMEK_SPEC_ABSENT},
    {"no spec", POLICY(DATA("{}")), CMEK_SPEC_ABSENT, CMEK_SPEC_ABSENT},
    {"null specs", POLICY(DATA("{\"spec\":null,\"dryRunSpec\":null}")), CMEK_SPEC_ABSENT,
     CMEK_SPEC_ABSENT},
    {"a dry run", POLICY(DATA("{\"dryRunSpec\":{\"rules\":[]}}")), CMEK_SPEC_ABSENT,
     CMEK_SPEC_PRESENT},
    {"both", POLICY(DATA("{\"spec\":{},\"dryRunSpec\":{}}")), CMEK_SPEC_PRESENT, CMEK_SPEC_PRESENT},
    {"no resource.data", POLICY(",\"resource\":{}"), CMEK_SPEC_UNREADABLE, CMEK_SPEC_ABSENT},
    {"no resource", POLICY(""), CMEK_SPEC_UNREADABLE, CMEK_SPEC_ABSENT},
    {"a wrong live spec", POLICY(DATA("{\"spec\":{\"rules\":5},\"dryRunSpec\":{}}")),
     CMEK_SPEC_UNREADABLE, CMEK_SPEC_PRESENT},
    {"a wrong dry run", POLICY(DATA("{\"spec\":{},\"dryRunSpec\":[]}")), CMEK_SPEC_PRESENT,
     CMEK_SPEC_UNREADABLE},
    {"truncated",
     POLICY(DATA("{\"spec\":{}}") ",\"asset_exceptions\":[{\"exception_type\":"
                                  "\"TRUNCATION\"}]"),
     CMEK_SPEC_UNREADABLE, CMEK_SPEC_ABSENT},
};

START_TEST(a_policys_two_specs_are_read_apart)
{
    decode_well(policies[_i].line);
    const struct cmek_policy_data *data = &record.data.policy;
    ck_assert_str_eq(data->node, "projects/10");
    ck_assert_int_eq(data->constraint, CMEK_CONSTRAINT_SERVICE);
    ck_assert_msg(data->policy.live.state == policies[_i].live, "%s", policies[_i].label);
    ck_assert_msg(data->policy.dry_run.state == policies[_i].dry_run, "%s", policies[_i].label);
    if (policies[_i].live == CMEK_SPEC_UNREADABLE)
        ck_assert_ptr_nonnull(data->policy.live.unreadable_reason);
}
END_TEST

START_TEST(a_policys_rules_are_taken_whole)
{
    decode_well(POLICY(
        DATA("{\"name\":\"" POLICY_NAME "\",\"etag\":\"x\",\"alternate\":{\"launch\":5},\"spec\":{"
             "\"inheritFromParent\":true,\"reset\":false,\"updateTime\":\"2026-01-02T03:04:05Z\","
             "\"rules\":[{\"values\":{\"allowedValues\":[\"a\"],\"deniedValues\":[\"b\",\"c\"]}},"
             "{\"allowAll\":true,\"denyAll\":true,\"enforce\":true,\"parameters\":{\"x\":1}},"
             "{\"condition\":{\"expression\":\"e\",\"title\":\"t\"}},{\"condition\":{}},"
             "{\"condition\":null}]}}")));
    const struct cmek_policy_spec *spec = &record.data.policy.policy.live;
    ck_assert_int_eq(spec->state, CMEK_SPEC_PRESENT);
    ck_assert(spec->inherit_from_parent && !spec->reset);
    ck_assert_uint_eq(spec->rule_count, 5);
    ck_assert_str_eq(spec->rules[0].allowed.items[0], "a");
    ck_assert_uint_eq(spec->rules[0].denied.count, 2);
    ck_assert(spec->rules[1].allow_all && spec->rules[1].deny_all);
    ck_assert_str_eq(spec->rules[2].condition, "e");
    ck_assert_str_eq(spec->rules[3].condition, "");
    ck_assert_ptr_null(spec->rules[4].condition);
}
END_TEST

static const struct {
    const char *type;
    enum cmek_asset_kind kind;
} types[] = {
    {"storage.googleapis.com/Bucket", CMEK_ASSET_RESOURCE},
    {"storage.googleapis.com/BucketX", CMEK_ASSET_OTHER},
    {"storage.googleapis.com/bucket", CMEK_ASSET_OTHER},
    {"storage.googleapis.com/Bucket ", CMEK_ASSET_OTHER},
    {"storage.googleapis.com/Bucket\\u0000", CMEK_ASSET_OTHER},
    {"storage.googleapis.com\\/Bucket", CMEK_ASSET_RESOURCE},
    {"\\u0073torage.googleapis.com/Bucket", CMEK_ASSET_RESOURCE},
    {"", CMEK_ASSET_OTHER},
};

START_TEST(types_match_exactly)
{
    decode_well(cmek_arena_printf(&arena,
                                  "{\"name\":\"//x/y\",\"asset_type\":\"%s\",\"resource\":"
                                  "{\"data\":{\"asset_type\":\"x/Y\"}}}",
                                  types[_i].type));
    ck_assert_msg(record.kind == types[_i].kind, "%s", types[_i].type);
}
END_TEST

START_TEST(a_bucket_may_refuse_googles_keys)
{
    decode_well(BUCKET(DATA("{\"encryption\":{\"googleManagedEncryptionEnforcementConfig\":"
                            "{\"restrictionMode\":\"FullyRestricted\"}}}")));
    ck_assert(record.data.resource.google_keys_refused);
    decode_well(BUCKET(DATA("{\"encryption\":{\"googleManagedEncryptionEnforcementConfig\":"
                            "{\"restrictionMode\":\"NotRestricted\"}}}")));
    ck_assert(!record.data.resource.google_keys_refused);
}
END_TEST

/* What `collect` writes is what was read. */
static const char *const collected[] = {
    TOPIC(
        ",\"resource\":{\"parent\":\"//cloudresourcemanager.googleapis.com/projects/10\",\"data\":"
        "{\"kmsKeyName\":\"" KEY
        "\",\"n\":[1,\"\\u0001\xC5\xBE\"]}},\"ancestors\":[\"projects/10\",\"organizations/1\"]"),
    BUCKET(DATA("{\"projectNumber\":\"10\"}")),
    BUCKET(",\"resource\":{}"),
    PROJECT(DATA("{\"projectId\":\"p-1\"}") ",\"ancestors\":[\"projects/10\"],\"cmekscan\":"
                                            "{\"context\":true}"),
};

START_TEST(a_record_prints_as_the_line_it_was)
{
    decode_well(collected[_i]);
    struct cmek_strbuf want = {0}, got = {0};
    cmek_json_print(json, &want);
    cmek_asset_print(&record, &got);
    ck_assert_str_eq(cmek_strbuf_text(&got), cmek_strbuf_text(&want));
    ck_assert_ptr_null(strchr(cmek_strbuf_text(&got), '\n'));
    cmek_strbuf_done(&want);
    cmek_strbuf_done(&got);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/asset");
    TCase *tests = tcase_create("asset");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, a_key_is_text_that_is_not_empty, 0, COUNT(keys));
    tcase_add_loop_test(tests, data_is_an_object_or_there_is_none, 0, COUNT(shapes));
    tcase_add_loop_test(tests, what_is_no_asset_is_refused_with_a_message, 0, COUNT(no_assets));
    tcase_add_loop_test(tests, names_may_be_in_either_spelling, 0, 2);
    tcase_add_loop_test(tests, projects_tell_their_number_id_and_parent, 0, COUNT(projects));
    tcase_add_loop_test(tests, a_number_that_does_not_fit_is_none, 0, COUNT(huge_numbers));
    tcase_add_loop_test(tests, resources_say_where_they_lie, 0, COUNT(places));
    tcase_add_loop_test(tests, a_policys_two_specs_are_read_apart, 0, COUNT(policies));
    tcase_add_test(tests, a_policys_rules_are_taken_whole);
    tcase_add_loop_test(tests, types_match_exactly, 0, COUNT(types));
    tcase_add_test(tests, a_bucket_may_refuse_googles_keys);
    tcase_add_loop_test(tests, a_record_prints_as_the_line_it_was, 0, COUNT(collected));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
