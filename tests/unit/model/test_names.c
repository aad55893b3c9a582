/* SPDX-License-Identifier: Apache-2.0 */
#include "model/names.h"

#include <stdio.h>
#include <string.h>

#include "base/strings.h"
#include "suite.h"

static struct cmek_arena arena;

static void clean_up(void)
{
    cmek_arena_done(&arena);
}

static const char *part(const char *text, size_t length)
{
    return cmek_arena_strndup(&arena, text, length);
}

#define KEY "projects/p-1/locations/us/keyRings/r/cryptoKeys/k"

/* "project|location|ring|key", or NULL for a malformed name. */
static const struct {
    const char *name, *want;
} keys[] = {
    {KEY, "p-1|us|r|k"},
    {KEY "/cryptoKeyVersions/1", "p-1|us|r|k"},
    {KEY "/cryptoKeyVersions/1234567890", "p-1|us|r|k"},
    {"projects/123/locations/global/keyRings/R_1/cryptoKeys/K-2", "123|global|R_1|K-2"},
    {"projects/example.com:p/locations/us/keyRings/r/cryptoKeys/k", "example.com:p|us|r|k"},
    {"", NULL},
    {"k", NULL},
    {"projects/p-1", NULL},
    {"projects/p-1/locations/us/keyRings/r", NULL},
    {"projects/p-1/locations/us/keyRings/r/cryptoKeys", NULL},
    {"projects/p-1/locations/us/keyRings/r/cryptoKeys/", NULL},
    {"projects//locations/us/keyRings/r/cryptoKeys/k", NULL},
    {"projects/p-1/locations//keyRings/r/cryptoKeys/k", NULL},
    {KEY "/", NULL},
    {KEY "/x", NULL},
    {KEY "/cryptoKeyVersions", NULL},
    {KEY "/cryptoKeyVersions/", NULL},
    {KEY "/cryptoKeyVersions/1/x", NULL},
    {"/" KEY, NULL},
    {"//cloudkms.googleapis.com/" KEY, NULL},
    {"Projects/p-1/locations/us/keyRings/r/cryptoKeys/k", NULL},
    {"projects/p-1/keyRings/r/locations/us/cryptoKeys/k", NULL},
    {"projects/p-1/locations/us/keyrings/r/cryptoKeys/k", NULL},
    {" " KEY, NULL},
    {"_deleted_", NULL},
};

START_TEST(key_names_have_four_parts_or_are_malformed)
{
    struct cmek_key_name name;
    bool good = cmek_key_name_parse(keys[_i].name, &name);
    const char *got =
        good ? cmek_arena_printf(&arena, "%s|%s|%s|%s", part(name.project, name.project_length),
                                 part(name.location, name.location_length),
                                 part(name.ring, name.ring_length), part(name.key, name.key_length))
             : NULL;
    ck_assert_msg(cmek_str_eq(got, keys[_i].want), "'%s': %s", keys[_i].name,
                  got ? got : "malformed");
}
END_TEST

START_TEST(a_version_is_cut_off_and_nothing_else)
{
    ck_assert_uint_eq(cmek_key_name_length(KEY "/cryptoKeyVersions/7"), strlen(KEY));
    ck_assert_uint_eq(cmek_key_name_length(KEY), strlen(KEY));
    ck_assert_uint_eq(cmek_key_name_length(""), 0);
    ck_assert_uint_eq(cmek_key_name_length("odd name"), strlen("odd name"));
}
END_TEST

/* "KIND id" of a reference, or NULL. */
static const struct {
    const char *text, *want;
} refs[] = {
    {"organizations/1", "0 1"},
    {"folders/2", "1 2"},
    {"projects/3", "2 3"},
    {"projects/p-1", "2 p-1"},
    {"projects/a.b:p", "2 a.b:p"},
    {"projects/", NULL},
    {"projects", NULL},
    {"projects/3/x", NULL},
    {"projects/3/", NULL},
    {"Projects/3", NULL},
    {"/projects/3", NULL},
    {"billingAccounts/1", NULL},
    {"", NULL},
    {"folder/2", NULL},
};

START_TEST(references_are_a_word_and_one_segment)
{
    enum cmek_node_kind kind;
    const char *id;
    bool good = cmek_node_ref_parse(refs[_i].text, &kind, &id);
    const char *got = good ? cmek_arena_printf(&arena, "%u %s", kind, id) : NULL;
    ck_assert_msg(cmek_str_eq(got, refs[_i].want), "'%s': %s", refs[_i].text, got ? got : "none");
}
END_TEST

static const struct {
    const char *name, *want;
} full_names[] = {
    {"//cloudresourcemanager.googleapis.com/folders/2", "folders/2"},
    {"//cloudresourcemanager.googleapis.com/projects/p-1", "projects/p-1"},
    {"organizations/1", "organizations/1"},
    {"//storage.googleapis.com/projects/p-1", NULL},
    {"//cloudresourcemanager.googleapis.com/projects/p-1/x", NULL},
    {"//cloudresourcemanager.googleapis.com/", NULL},
    {"", NULL},
};

START_TEST(full_resource_names_of_nodes_are_references)
{
    const char *got = cmek_node_ref_of(full_names[_i].name, &arena);
    ck_assert_msg(cmek_str_eq(got, full_names[_i].want), "'%s': %s", full_names[_i].name,
                  got ? got : "none");
    ck_assert_ptr_null(cmek_node_ref_of(NULL, &arena));
}
END_TEST

static const struct {
    const char *name, *want;
} inner[] = {
    {"//pubsub.googleapis.com/projects/p-1/topics/t", "projects/p-1"},
    {"//pubsub.googleapis.com/projects/p-1", "projects/p-1"},
    {"/projects/12/services/x", "projects/12"},
    {"//storage.googleapis.com/bucket", NULL},
    {"//storage.googleapis.com/projects", NULL},
    {"//pubsub.googleapis.com/projects//topics/t", NULL},
    {"", NULL},
};

START_TEST(the_project_inside_a_name)
{
    const char *got = cmek_project_ref_in(inner[_i].name, &arena);
    ck_assert_msg(cmek_str_eq(got, inner[_i].want), "'%s': %s", inner[_i].name, got ? got : "none");
    ck_assert_ptr_null(cmek_project_ref_in(NULL, &arena));
}
END_TEST

#define LONGEST_ID "a23456789012345678901234567890"

static const struct {
    const char *bucket, *want;
} buckets[] = {
    {"artifacts.app-one.appspot.com", "app-one"},
    {"us.artifacts.app-one.appspot.com", "app-one"},
    {"eu.artifacts.app-one.appspot.com", "app-one"},
    {"asia.artifacts.app-one.appspot.com", "app-one"},
    {"artifacts.abcdef.appspot.com", "abcdef"},
    {"artifacts.abcde.appspot.com", NULL},
    {"artifacts." LONGEST_ID ".appspot.com", LONGEST_ID},
    {"artifacts." LONGEST_ID "1.appspot.com", NULL},
    {"artifacts.1bcdef.appspot.com", NULL},
    {"artifacts.-bcdef.appspot.com", NULL},
    {"artifacts.abcde-.appspot.com", NULL},
    {"artifacts.abcdeF.appspot.com", NULL},
    {"artifacts.abc_def.appspot.com", NULL},
    {"artifacts.dom-one.example.com.a.appspot.com", "example.com:dom-one"},
    {"eu.artifacts.dom-one.example.com.a.appspot.com", "example.com:dom-one"},
    {"artifacts.dom-one.a.b.c.a.appspot.com", "a.b.c:dom-one"},
    {"artifacts.dom-one.a.appspot.com", NULL},
    {"artifacts.dom-one..a.appspot.com", NULL},
    {"artifacts.dom-one.example.com.appspot.com", NULL},
    {"artifacts.dom-one.example.com.b.appspot.com", NULL},
    {"artifacts.dom.example.com.a.appspot.com", NULL},
    {"artifacts.dom-one.EXAMPLE.com.a.appspot.com", NULL},
    {"artifacts.appspot.com", NULL},
    {"artifacts..appspot.com", NULL},
    {"us.eu.artifacts.app-one.appspot.com", NULL},
    {"fr.artifacts.app-one.appspot.com", NULL},
    {"usartifacts.app-one.appspot.com", NULL},
    {"US.artifacts.app-one.appspot.com", NULL},
    {"x-artifacts.app-one.appspot.com", NULL},
    {"artifacts.app-one.appspot.com.x", NULL},
    {"artifacts.app-one.appspot.comx", NULL},
    {"artifacts.app-one.appspotxcom", NULL},
    {"staging.app-one.appspot.com", NULL},
    {"app-one.appspot.com", NULL},
    {"artifacts", NULL},
    {"", NULL},
};

START_TEST(registry_buckets_name_their_project)
{
    const char *got = cmek_registry_bucket_project(buckets[_i].bucket, &arena);
    ck_assert_msg(cmek_str_eq(got, buckets[_i].want), "'%s': %s", buckets[_i].bucket,
                  got ? got : "none");
}
END_TEST

static const struct {
    const char *name;
    bool is_topic, is_repository;
} registry_names[] = {
    {"//pubsub.googleapis.com/projects/p/topics/gcr", true, false},
    {"//pubsub.googleapis.com/projects/p/topics/gcr2", false, false},
    {"//pubsub.googleapis.com/projects/p/topics/my-gcr", false, false},
    {"//pubsub.googleapis.com/projects/p/topics/GCR", false, false},
    {"//pubsub.googleapis.com/projects/p/subscriptions/gcr", false, false},
    {"//artifactregistry.googleapis.com/projects/p/locations/us/repositories/gcr.io", false, true},
    {"//artifactregistry.googleapis.com/projects/p/locations/us/repositories/us.gcr.io", false,
     true},
    {"//artifactregistry.googleapis.com/projects/p/locations/europe/repositories/eu.gcr.io", false,
     true},
    {"//artifactregistry.googleapis.com/projects/p/locations/asia/repositories/asia.gcr.io", false,
     true},
    {"//artifactregistry.googleapis.com/projects/p/locations/europe/repositories/gcr.io", false,
     false},
    {"//artifactregistry.googleapis.com/projects/p/locations/us/repositories/eu.gcr.io", false,
     false},
    {"//artifactregistry.googleapis.com/projects/p/locations/us/repositories/mygcr.io", false,
     false},
    {"//artifactregistry.googleapis.com/projects/p/locations/us-central1/repositories/us.gcr.io",
     false, false},
};

START_TEST(registry_topics_and_repositories_are_known_by_name)
{
    ck_assert_msg(cmek_is_gcr_topic(registry_names[_i].name) == registry_names[_i].is_topic, "%s",
                  registry_names[_i].name);
    ck_assert_msg(cmek_is_gcr_repository(registry_names[_i].name) ==
                      registry_names[_i].is_repository,
                  "%s", registry_names[_i].name);
}
END_TEST

START_TEST(a_short_name_follows_the_last_slash)
{
    ck_assert_str_eq(cmek_short_name("//storage.googleapis.com/b"), "b");
    ck_assert_str_eq(cmek_short_name("b"), "b");
    ck_assert_str_eq(cmek_short_name("a/"), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/names");
    TCase *tests = tcase_create("names");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, key_names_have_four_parts_or_are_malformed, 0, COUNT(keys));
    tcase_add_test(tests, a_version_is_cut_off_and_nothing_else);
    tcase_add_loop_test(tests, references_are_a_word_and_one_segment, 0, COUNT(refs));
    tcase_add_loop_test(tests, full_resource_names_of_nodes_are_references, 0, COUNT(full_names));
    tcase_add_loop_test(tests, the_project_inside_a_name, 0, COUNT(inner));
    tcase_add_loop_test(tests, registry_buckets_name_their_project, 0, COUNT(buckets));
    tcase_add_loop_test(tests, registry_topics_and_repositories_are_known_by_name, 0,
                        COUNT(registry_names));
    tcase_add_test(tests, a_short_name_follows_the_last_slash);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
