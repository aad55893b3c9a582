/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/api.h"

#include "suite.h"

static const struct {
    const char *wanted, *operation;
    bool matches;
} operations[] = {
    {"pubsub", "pubsub.topics.list", true},
    {"pubsub.topics.list", "pubsub.topics.list", true},
    {"pubsub.projects.topics.list", "pubsub.topics.list", true},
    {"pubsub.topics.get", "pubsub.topics.list", false},
    {"pubsub.list", "pubsub.topics.list", false},
    {"storage.topics.list", "pubsub.topics.list", false},
    {"storage", "pubsub.topics.list", false},
    {"resourcemanager.folders.list", "cloudresourcemanager.folders.list", true},
    {"kms", "cloudkms.cryptoKeys.get", true},
    {"kmsx", "cloudkms.cryptoKeys.get", false},
    {"artifactregistry.projects.locations.repositories.list", "artifactregistry.repositories.list",
     true},
    {"", "pubsub.topics.list", false},
    {".", "pubsub.topics.list", false},
};

START_TEST(an_operation_is_named_by_its_api_or_in_full)
{
    ck_assert_msg(cmek_demo_operation_matches(operations[_i].wanted, operations[_i].operation) ==
                      operations[_i].matches,
                  "%s, %s", operations[_i].wanted, operations[_i].operation);
}
END_TEST

START_TEST(only_apis_proper_have_operations)
{
    ck_assert_ptr_null(cmek_demo_api_of_operation("oauth2.token"));
    ck_assert_ptr_null(cmek_demo_api_of_operation("metadata"));
    ck_assert_str_eq(cmek_demo_api_of_operation("storage.buckets.list")->service,
                     "storage.googleapis.com");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/api");
    TCase *tests = tcase_create("api");
    tcase_add_loop_test(tests, an_operation_is_named_by_its_api_or_in_full, 0, COUNT(operations));
    tcase_add_test(tests, only_apis_proper_have_operations);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
