/* SPDX-License-Identifier: Apache-2.0 */
/* An inventory that is finished, added to, and finished again. */
#include <string.h>

#include "base/arena.h"
#include "inventory_fixture.h"
#include "model/inventory.h"
#include "source/asset.h"
#include "suite.h"
#include "json/json.h"

#define KEY(project) "projects/" project "/locations/us/keyRings/r/cryptoKeys/k"

static struct cmek_inventory *inventory;

/* A resource's line as the inventory (lagging) or its own API says it. */
static void add(const char *asset_type, const char *name, const char *data, const char *rest,
                bool lags)
{
    struct cmek_arena arena = {0};
    struct cmek_json *json = NULL;
    struct cmek_record record;
    const char *line = cmek_arena_printf(
        &arena, "{\"name\": \"%s\", \"asset_type\": \"%s\", \"resource\": {\"data\": %s}%s}", name,
        asset_type, data, rest);
    ck_assert_int_eq(cmek_json_parse(line, strlen(line), &json, NULL), CMEK_OK);
    ck_assert_int_eq(cmek_asset_decode(fixture_catalogue(), json, &arena, &record, NULL), CMEK_OK);
    record.lags = lags;
    cmek_inventory_add(inventory, &record);
    cmek_json_free(json);
    cmek_arena_done(&arena);
}

#define TOPIC "//pubsub.googleapis.com/projects/p-one/topics/gcr"
#define PLACE                                                                                      \
    ", \"ancestors\": [\"projects/1\", \"organizations/9\"],"                                      \
    " \"update_time\": \"2030-01-01T00:00:00Z\""

static void add_topic(const char *data, bool lags)
{
    add(CMEK_TYPE_TOPIC, TOPIC, data, lags ? PLACE : "", lags);
}

static void set_up(void)
{
    inventory = cmek_inventory_new();
    fixture_add_project(inventory, "p-one", "1", "\"projects/1\", \"organizations/9\"");
    fixture_addf(inventory, "{\"name\": \"//storage.googleapis.com/b\", \"asset_type\":"
                            " \"storage.googleapis.com/Bucket\", \"ancestors\": [\"projects/1\","
                            " \"organizations/9\"], \"resource\": {\"data\": {\"encryption\":"
                            " {\"defaultKmsKeyName\": \"" KEY("old") "\"}}}}");
    add_topic("{\"kmsKeyName\": \"" KEY("old") "\"}", true);
    cmek_inventory_finish(inventory);
}

static void tear_down(void)
{
    cmek_inventory_free(inventory);
}

static const struct cmek_resource *topic(void)
{
    return fixture_resource(inventory, "gcr");
}

START_TEST(the_apis_word_beats_the_inventorys_however_new_that_is)
{
    add_topic("{\"kmsKeyName\": \"" KEY("new") "\"}", false);
    add_topic("{}", true);
    cmek_inventory_finish(inventory);
    ck_assert_str_eq(topic()->key->project, "new");
    ck_assert(!topic()->lags);
}
END_TEST

START_TEST(what_was_read_again_lies_where_it_lay)
{
    add_topic("{}", false);
    cmek_inventory_finish(inventory);
    ck_assert_ptr_null(topic()->key);
    ck_assert_str_eq(topic()->project->ref, "projects/1");
    ck_assert_uint_eq(topic()->chain->count, 2);
    ck_assert_ptr_eq(topic()->chain, topic()->project->chain);
    ck_assert(topic()->chain->is_complete && topic()->chain->index < inventory->chain_count);
    ck_assert(topic()->project->has_gcr_topic);
}
END_TEST

START_TEST(sums_are_those_of_the_last_finish)
{
    const struct cmek_key *old = topic()->key;
    ck_assert_uint_eq(old->used_for, 3);
    add_topic("{\"kmsKeyName\": \"" KEY("new") "\"}", false);
    cmek_inventory_finish(inventory);
    ck_assert_uint_eq(old->used_for, 1);
    ck_assert_uint_eq(topic()->key->used_for, 2);
    ck_assert_uint_eq(inventory->project_list.count, 1);
    ck_assert_uint_eq(inventory->resource_list.count, 2);
}
END_TEST

START_TEST(what_is_dropped_is_gone_and_may_come_back_before_it_is_finished)
{
    cmek_inventory_drop(inventory, "//pubsub.googleapis.com/projects/p-one/topics/none");
    cmek_inventory_drop(inventory, TOPIC);
    cmek_inventory_finish(inventory);
    ck_assert_uint_eq(inventory->resource_list.count, 1);
    ck_assert(!cmek_inventory_project(inventory, "p-one")->has_gcr_topic);
    cmek_inventory_drop(inventory, "//storage.googleapis.com/b");
    fixture_addf(inventory, "{\"name\": \"//storage.googleapis.com/b\", \"asset_type\":"
                            " \"storage.googleapis.com/Bucket\", \"resource\": {\"data\": {}}}");
    cmek_inventory_finish(inventory);
    ck_assert_uint_eq(inventory->resource_list.count, 1);
}
END_TEST

START_TEST(a_project_may_come_after_the_first_finish)
{
    const char *name = "//storage.googleapis.com/late";
    fixture_addf(inventory,
                 "{\"name\": \"%s\", \"asset_type\": \"storage.googleapis.com/Bucket\","
                 " \"resource\": {\"data\": {\"projectNumber\": 2}}}",
                 name);
    cmek_inventory_finish(inventory);
    ck_assert(!fixture_resource(inventory, "late")->chain->is_complete);
    fixture_add_project(inventory, "p-two", "2", "\"projects/2\", \"organizations/9\"");
    cmek_inventory_finish(inventory);
    ck_assert_str_eq(cmek_inventory_project(inventory, "p-two")->ref, "projects/2");
    ck_assert_uint_eq(inventory->project_list.count, 2);
    ck_assert(fixture_resource(inventory, "late")->chain->is_complete);
}
END_TEST

START_TEST(the_kms_beats_what_the_inventory_says_of_a_key)
{
    const char *name = "//cloudkms.googleapis.com/" KEY("old");
    add(CMEK_TYPE_CRYPTO_KEY, name, "{\"primary\": {\"state\": \"DISABLED\"}}", PLACE, true);
    ck_assert_str_eq(topic()->key->primary_state, "DISABLED");
    add(CMEK_TYPE_CRYPTO_KEY, name, "{\"primary\": {\"state\": \"ENABLED\"}}", "", false);
    add(CMEK_TYPE_CRYPTO_KEY, name, "{\"primary\": {\"state\": \"DESTROYED\"}}", PLACE, true);
    ck_assert_str_eq(topic()->key->primary_state, "ENABLED");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/resolve");
    TCase *tests = tcase_create("resolve");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_apis_word_beats_the_inventorys_however_new_that_is);
    tcase_add_test(tests, what_was_read_again_lies_where_it_lay);
    tcase_add_test(tests, sums_are_those_of_the_last_finish);
    tcase_add_test(tests, what_is_dropped_is_gone_and_may_come_back_before_it_is_finished);
    tcase_add_test(tests, a_project_may_come_after_the_first_finish);
    tcase_add_test(tests, the_kms_beats_what_the_inventory_says_of_a_key);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
