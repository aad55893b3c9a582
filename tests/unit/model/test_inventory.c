/* SPDX-License-Identifier: Apache-2.0 */
#include "model/inventory.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "suite.h"

static struct cmek_inventory *inventory;
static struct cmek_strbuf text;

static void set_up(void)
{
    inventory = cmek_inventory_new();
}

static void tear_down(void)
{
    cmek_inventory_free(inventory);
    cmek_strbuf_done(&text);
}

#define KEY(project) "projects/" project "/locations/us/keyRings/r/cryptoKeys/k"

/* A bucket's line; @p rest are further members with a comma in front. */
static void add_bucket(const char *name, const char *key, const char *rest)
{
    fixture_addf(inventory,
                 "{\"name\": \"//storage.googleapis.com/%s\","
                 " \"asset_type\": \"storage.googleapis.com/Bucket\", \"resource\": {\"data\":"
                 " {\"encryption\": {\"defaultKmsKeyName\": \"%s\"}}}%s}",
                 name, key, rest);
}

static const char *key_project_of(const char *bucket)
{
    const struct cmek_resource *resource = fixture_resource(inventory, bucket);
    ck_assert_ptr_nonnull(resource);
    return resource->key ? resource->key->project : "none";
}

/* References of a chain, nearest first, with "…" where it stops short. */
static const char *chain_text(const struct cmek_chain *chain)
{
    cmek_strbuf_clear(&text);
    for (size_t i = 0; i < chain->count; i++)
        cmek_strbuf_printf(&text, "%s%s", i > 0 ? " " : "", chain->nodes[i]->ref);
    if (!chain->is_complete)
        cmek_strbuf_puts(&text, " …");
    return cmek_strbuf_text(&text);
}

/* Of two lines, which stays: an older or newer time, with or without data. */
static const struct {
    const char *label, *first, *second;
    bool second_wins;
} pairs[] = {
    {"no times", "", "", true},
    {"a time after none", "", "2026-01-02T03:04:05Z", true},
    {"none after a time", "2026-01-02T03:04:05Z", "", false},
    {"equal", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", true},
    {"older", "2026-01-02T03:04:05Z", "2026-01-02T03:04:04Z", false},
    {"newer", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", true},
    {"a fraction is newer than none", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000001Z",
     true},
    {"none is older than a fraction", "2026-01-02T03:04:05.000001Z", "2026-01-02T03:04:05Z", false},
    {"a longer fraction that is smaller", "2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.49999Z",
     false},
    {"a shorter fraction that is larger", "2026-01-02T03:04:05.49999Z", "2026-01-02T03:04:05.5Z",
     true},
    {"equal fractions of two lengths", "2026-01-02T03:04:05.10Z", "2026-01-02T03:04:05.100Z", true},
    {"another offset, older", "2026-01-02T03:04:05Z", "2026-01-02T04:00:00+01:00", false},
    {"another offset, newer", "2026-01-02T03:04:05Z", "2026-01-02T02:30:00-01:00", true},
    {"no time at all against one", "yesterday", "2026-01-02T03:04:05Z", true},
};

static void add_timed(const char *key, const char *time)
{
    char rest[80];
    snprintf(rest, sizeof rest, ", \"update_time\": \"%s\"", time);
    add_bucket("b", key, rest);
}

START_TEST(of_two_lines_the_newer_stays)
{
    add_timed(KEY("first"), pairs[_i].first);
    add_timed(KEY("second"), pairs[_i].second);
    cmek_inventory_finish(inventory);
    ck_assert_uint_eq(inventory->resource_list.count, 1);
    ck_assert_msg(strcmp(key_project_of("b"), pairs[_i].second_wins ? "second" : "first") == 0,
                  "%s", pairs[_i].label);
}
END_TEST

static const char *const lines_without_data[] = {
    "",
    ", \"resource\": {}",
    ", \"resource\": {\"data\": null}",
    ", \"resource\": {\"data\": []}",
    ", \"iam_policy\": {}",
};

START_TEST(a_line_without_data_replaces_nothing)
{
    bool comes_first = _i % 2;
    if (!comes_first)
        add_bucket("b", KEY("p"), ", \"update_time\": \"2026-01-01T00:00:00Z\"");
    fixture_addf(inventory,
                 "{\"name\": \"//storage.googleapis.com/b\", \"update_time\":"
                 " \"2026-02-01T00:00:00Z\", \"asset_type\": \"storage.googleapis.com/Bucket\"%s}",
                 lines_without_data[_i / 2]);
    if (comes_first)
        add_bucket("b", KEY("p"), ", \"update_time\": \"2026-01-01T00:00:00Z\"");
    cmek_inventory_finish(inventory);
    ck_assert_str_eq(key_project_of("b"), "p");
    ck_assert(!fixture_resource(inventory, "b")->is_truncated);
}
END_TEST

START_TEST(a_resource_without_data_is_one_whose_key_is_not_known)
{
    fixture_addf(inventory, "{\"name\": \"//storage.googleapis.com/b\", \"asset_type\":"
                            " \"storage.googleapis.com/Bucket\", \"resource\": {}}");
    cmek_inventory_finish(inventory);
    ck_assert(fixture_resource(inventory, "b")->is_truncated);
}
END_TEST

START_TEST(versions_of_a_key_are_one_key)
{
    add_bucket("a", KEY("p"), "");
    add_bucket("b", KEY("p") "/cryptoKeyVersions/3", "");
    cmek_inventory_finish(inventory);
    ck_assert_ptr_eq(fixture_resource(inventory, "a")->key, fixture_resource(inventory, "b")->key);
    ck_assert(fixture_resource(inventory, "a")->key->used_for != 0);
}
END_TEST

START_TEST(a_malformed_key_name_is_a_key_of_no_project)
{
    add_bucket("b", "keys/mine", "");
    cmek_inventory_finish(inventory);
    const struct cmek_key *key = fixture_resource(inventory, "b")->key;
    ck_assert_ptr_nonnull(key);
    ck_assert_str_eq(key->name, "keys/mine");
    ck_assert_ptr_null(key->project);
}
END_TEST

#define APP_ANCESTORS "\"projects/10\", \"folders/2\", \"organizations/1\""

START_TEST(a_project_is_one_node_by_id_and_by_number)
{
    bool project_first = _i;
    if (project_first)
        fixture_add_project(inventory, "app-one", "10", APP_ANCESTORS);
    fixture_add_policy(inventory, "projects/app-one", CMEK_CONSTRAINT_SERVICE, "\"spec\": {}");
    fixture_add_policy(inventory, "projects/10", CMEK_CONSTRAINT_KEY_PROJECT, "\"spec\": {}");
    if (!project_first)
        fixture_add_project(inventory, "app-one", "10", APP_ANCESTORS);
    cmek_inventory_finish(inventory);
    const struct cmek_node *node = cmek_inventory_project(inventory, "app-one");
    ck_assert_ptr_nonnull(node);
    ck_assert_ptr_eq(node, cmek_inventory_project(inventory, "10"));
    ck_assert_ptr_nonnull(cmek_node_policy(inventory, node, CMEK_CONSTRAINT_SERVICE));
    ck_assert_ptr_nonnull(cmek_node_policy(inventory, node, CMEK_CONSTRAINT_KEY_PROJECT));
    size_t count = 0;
    for (size_t i = 0; i < inventory->project_list.count; i++)
        count += inventory->project_list.items[i] == node;
    ck_assert_uint_eq(count, 1);
}
END_TEST

static const struct {
    const char *label, *a, *b;
    enum cmek_tristate want;
} pairs_of_names[] = {
    {"itself", "10", "10", CMEK_YES},
    {"id and number", "app-one", "10", CMEK_YES},
    {"number and id", "10", "app-one", CMEK_YES},
    {"two known ones", "app-one", "20", CMEK_NO},
    {"a known id and a strange number", "app-one", "99", CMEK_NO},
    {"a strange number and a known id", "99", "app-one", CMEK_NO},
    {"a known number and a strange id", "10", "who", CMEK_NO},
    {"a strange id and a strange number", "who", "99", CMEK_UNKNOWN},
    {"two strange ids", "who", "what", CMEK_NO},
    {"two strange numbers", "98", "99", CMEK_NO},
    {"a project that only a line without data names", "shy-one", "99", CMEK_UNKNOWN},
    {"… and its own id", "shy-one", "shy-one", CMEK_YES},
};

START_TEST(two_names_are_one_project_or_not_once_either_is_mapped)
{
    fixture_add_project(inventory, "app-one", "10", APP_ANCESTORS);
    fixture_add_project(inventory, "kms-one", "20", NULL);
    fixture_addf(inventory, "{\"name\": \"//cloudresourcemanager.googleapis.com/projects/shy-one\","
                            " \"asset_type\": \"cloudresourcemanager.googleapis.com/Project\","
                            " \"ancestors\": [\"projects/30\", \"organizations/1\"]}");
    cmek_inventory_finish(inventory);
    ck_assert_msg(cmek_same_project(inventory, pairs_of_names[_i].a, pairs_of_names[_i].b) ==
                      pairs_of_names[_i].want,
                  "%s", pairs_of_names[_i].label);
}
END_TEST

#define FOLDER(id, parent)                                                                         \
    "{\"name\": \"//cloudresourcemanager.googleapis.com/folders/" id "\", \"asset_type\":"         \
    " \"cloudresourcemanager.googleapis.com/Folder\", \"resource\": {\"data\":"                    \
    " {\"name\": \"folders/" id "\", \"parent\": \"" parent "\"}}}\n"
#define PROJECT(id, number, more)                                                                  \
    "{\"name\": \"//cloudresourcemanager.googleapis.com/projects/" id "\", \"asset_type\":"        \
    " \"cloudresourcemanager.googleapis.com/Project\", \"resource\": {\"data\":"                   \
    " {\"projectId\": \"" id "\", \"projectNumber\": \"" number "\"" more "}}}\n"
#define PARENT(type, id) ", \"parent\": {\"type\": \"" type "\", \"id\": \"" id "\"}"
#define BUCKET(more)                                                                               \
    "{\"name\": \"//storage.googleapis.com/b\", \"asset_type\": "                                  \
    "\"storage.googleapis.com/Bucket\"" more "}\n"

static const struct {
    const char *label, *lines, *want;
} chains[] = {
    {"as given", BUCKET(", \"ancestors\": [" APP_ANCESTORS "]"),
     "projects/10 folders/2 organizations/1"},
    {"as given, however short", BUCKET(", \"ancestors\": [\"projects/10\"]"), "projects/10"},
    {"as given, by id where the project is known",
     PROJECT("app-one", "10", "")
         BUCKET(", \"ancestors\": [\"projects/app-one\", \"organizations/1\"]"),
     "projects/10 organizations/1"},
    {"up to what is no reference",
     BUCKET(", \"ancestors\": [\"projects/10\", \"nonsense\", \"organizations/1\"]"),
     "projects/10 …"},
    {"an empty list is none",
     PROJECT("app-one", "10", PARENT("organization", "1"))
         BUCKET(", \"ancestors\": [], \"resource\": {\"data\":"
                " {\"projectNumber\": \"10\"}}"),
     "projects/10 organizations/1"},
    {"by resource.parent",
     PROJECT("app-one", "10", PARENT("organization", "1"))
         BUCKET(", \"resource\": {\"parent\":"
                " \"//cloudresourcemanager.googleapis.com/projects/10\", \"data\":"
                " {\"projectNumber\": \"11\"}}"),
     "projects/10 organizations/1"},
    {"by a numeric projectNumber",
     PROJECT("app-one", "10", PARENT("organization", "1"))
         BUCKET(", \"resource\": {\"data\": {\"projectNumber\": 10}}"),
     "projects/10 organizations/1"},
    {"by the project's parents",
     BUCKET(", \"resource\": {\"data\": {\"projectNumber\": \"10\"}}")
         FOLDER("2", "organizations/1") PROJECT("app-one", "10", PARENT("folder", "3"))
             FOLDER("3", "folders/2"),
     "projects/10 folders/3 folders/2 organizations/1"},
    {"stopping short at a folder without an asset",
     BUCKET(", \"resource\": {\"data\": {\"projectNumber\": \"10\"}}")
         PROJECT("app-one", "10", PARENT("folder", "3")),
     "projects/10 folders/3 …"},
    {"stopping short at an unknown project",
     BUCKET(", \"resource\": {\"data\": {\"projectNumber\": \"10\"}}"), "projects/10 …"},
    {"nowhere", BUCKET(", \"resource\": {\"data\": {}}"), " …"},
};

START_TEST(a_resource_has_the_ancestors_its_project_has)
{
    cmek_inventory_free(inventory);
    inventory = fixture_inventory(chains[_i].lines);
    const char *got = chain_text(fixture_resource(inventory, "b")->chain);
    ck_assert_msg(strcmp(got, chains[_i].want) == 0, "%s: '%s'", chains[_i].label, got);
}
END_TEST

START_TEST(parents_in_a_circle_end)
{
    cmek_inventory_free(inventory);
    inventory = fixture_inventory(PROJECT("app-one", "10", PARENT("folder", "2"))
                                      FOLDER("2", "folders/3") FOLDER("3", "folders/2"));
    ck_assert(!cmek_inventory_project(inventory, "10")->chain->is_complete);
}
END_TEST

START_TEST(resources_come_by_project_and_name_whatever_their_order)
{
    static const struct {
        const char *name, *ancestors;
    } buckets[] = {
        {"n", "\"projects/20\", \"organizations/1\""},
        {"z", "\"projects/10\", \"organizations/1\""},
        {"a", "\"projects/20\", \"organizations/1\""},
        {"c", "\"projects/10\", \"organizations/1\""},
        {"m", "\"projects/15\", \"organizations/1\""},
    };
    /* By id: projects/15, which has none, then b-one (10), then x-one (20). */
    fixture_add_project(inventory, "x-one", "20", NULL);
    fixture_add_project(inventory, "b-one", "10", NULL);
    for (int i = 0; i < COUNT(buckets); i++) {
        char rest[128];
        int at = (i + _i) % COUNT(buckets);
        snprintf(rest, sizeof rest, ", \"ancestors\": [%s]", buckets[at].ancestors);
        add_bucket(buckets[at].name, "", rest);
    }
    cmek_inventory_finish(inventory);
    for (size_t i = 0; i < inventory->resource_list.count; i++)
        cmek_strbuf_puts(&text, cmek_short_name(inventory->resource_list.items[i]->name));
    ck_assert_str_eq(cmek_strbuf_text(&text), "mczan");
}
END_TEST

START_TEST(a_gap_counts_once)
{
    struct cmek_gap_data gap = {"projects/10", "storage.buckets.list", "permission-denied", "no"};
    cmek_inventory_add_gap(inventory, &gap);
    cmek_inventory_add_gap(inventory, &gap);
    gap.scope = "projects/11";
    cmek_inventory_add_gap(inventory, &gap);
    cmek_inventory_add_gap(inventory, &(struct cmek_gap_data){0});
    ck_assert_uint_eq(inventory->gaps.count, 3);
    ck_assert_str_eq(inventory->gaps.items[1].scope, "projects/11");
    for (size_t i = 0; i < inventory->gaps.count; i++)
        ck_assert(inventory->gaps.items[i].scope && inventory->gaps.items[i].operation &&
                  inventory->gaps.items[i].error && inventory->gaps.items[i].message);
}
END_TEST

START_TEST(policies_that_could_not_be_read_are_noted_at_their_node)
{
    const struct cmek_gap_data gap = {"folders/2", "orgpolicy.policies.list", "permission-denied",
                                      "no"};
    cmek_inventory_add_gap(inventory, &gap);
    ck_assert_str_eq(cmek_inventory_node(inventory, "folders/2")->extras->policies_unreadable,
                     "permission-denied");
}
END_TEST

START_TEST(any_v2_policy_outdoes_all_v1_content)
{
    fixture_addf(
        inventory,
        "{\"name\": \"//cloudresourcemanager.googleapis.com/folders/2\", \"asset_type\":"
        " \"cloudresourcemanager.googleapis.com/Folder\", \"org_policy\": [{\"constraint\":"
        " \"%s\", \"list_policy\": {\"all_values\": \"DENY\"}}]}",
        cmek_constraint_name(CMEK_CONSTRAINT_SERVICE));
    ck_assert_int_eq(cmek_inventory_policies(inventory), CMEK_POLICIES_V1);
    const struct cmek_node *node = cmek_inventory_node(inventory, "folders/2");
    ck_assert_ptr_nonnull(cmek_node_policy(inventory, node, CMEK_CONSTRAINT_SERVICE));
    fixture_add_policy(inventory, "folders/9", CMEK_CONSTRAINT_KEY_PROJECT, "\"spec\": {}");
    ck_assert_int_eq(cmek_inventory_policies(inventory), CMEK_POLICIES_V2);
    ck_assert_ptr_null(cmek_node_policy(inventory, node, CMEK_CONSTRAINT_SERVICE));
}
END_TEST

START_TEST(an_empty_inventory_finishes)
{
    cmek_inventory_finish(inventory);
    ck_assert_int_eq(cmek_inventory_policies(inventory), CMEK_POLICIES_NONE);
    ck_assert_ptr_null(cmek_inventory_project(inventory, "10"));
    cmek_inventory_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/inventory");
    TCase *tests = tcase_create("inventory");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, of_two_lines_the_newer_stays, 0, COUNT(pairs));
    tcase_add_loop_test(tests, a_line_without_data_replaces_nothing, 0,
                        2 * COUNT(lines_without_data));
    tcase_add_test(tests, a_resource_without_data_is_one_whose_key_is_not_known);
    tcase_add_test(tests, versions_of_a_key_are_one_key);
    tcase_add_test(tests, a_malformed_key_name_is_a_key_of_no_project);
    tcase_add_loop_test(tests, a_project_is_one_node_by_id_and_by_number, 0, 2);
    tcase_add_loop_test(tests, two_names_are_one_project_or_not_once_either_is_mapped, 0,
                        COUNT(pairs_of_names));
    tcase_add_loop_test(tests, a_resource_has_the_ancestors_its_project_has, 0, COUNT(chains));
    tcase_add_test(tests, parents_in_a_circle_end);
    tcase_add_loop_test(tests, resources_come_by_project_and_name_whatever_their_order, 0, 5);
    tcase_add_test(tests, a_gap_counts_once);
    tcase_add_test(tests, policies_that_could_not_be_read_are_noted_at_their_node);
    tcase_add_test(tests, any_v2_policy_outdoes_all_v1_content);
    tcase_add_test(tests, an_empty_inventory_finishes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
