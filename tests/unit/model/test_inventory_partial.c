/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory_fixture.h"
#include "model/inventory.h"
#include "suite.h"

/* organizations/1 > folders/2 > projects/22; projects/11 lies beside the folder. */
static struct cmek_inventory *inventory;

static void set_up(void)
{
    inventory = cmek_inventory_new();
    fixture_add_project(inventory, "in-the-folder", "22",
                        "\"projects/22\", \"folders/2\", \"organizations/1\"");
    fixture_add_project(inventory, "beside-it", "11", "\"projects/11\", \"organizations/1\"");
    fixture_addf(inventory,
                 "{\"name\": \"//storage.googleapis.com/lonely\", \"asset_type\":"
                 " \"storage.googleapis.com/Bucket\", \"resource\": {\"data\": {}},"
                 " \"ancestors\": [\"projects/33\", \"folders/2\", \"organizations/1\"]}");
}

static void tear_down(void)
{
    cmek_inventory_free(inventory);
}

#define HIERARCHY "cloudasset.assets.list.hierarchy"
#define RESOURCES "cloudasset.assets.list"
#define SERVICES  "cloudasset.searchAllResources"

static const struct {
    const char *label, *scope, *operation, *node;
    bool policies, tags, services, topics;
} cases[] = {
    {"a project below", "folders/2", HIERARCHY, "projects/22", true, true, false, false},
    {"the scope itself", "folders/2", HIERARCHY, "folders/2", true, true, false, false},
    {"a project that no asset describes", "folders/2", HIERARCHY, "projects/33", true, true, false,
     false},
    {"not what lies above", "folders/2", HIERARCHY, "organizations/1", false, false, false, false},
    {"nor beside", "folders/2", HIERARCHY, "projects/11", false, false, false, false},
    {"the organization has all", "organizations/1", HIERARCHY, "projects/11", true, true, false,
     false},
    {"resources", "organizations/1", RESOURCES, "projects/22", false, false, false, true},
    {"services", "organizations/1", SERVICES, "projects/22", false, false, true, false},
    {"a project named by its id", "projects/beside-it", SERVICES, "projects/11", false, false, true,
     false},
    {"another operation", "folders/2", "storage.buckets.list", "projects/22", false, false, false,
     false},
    {"a scope that nothing lies in", "folders/9", HIERARCHY, "projects/22", false, false, false,
     false},
};

START_TEST(what_a_broken_listing_did_not_show_is_unknown_below_its_scope)
{
    const struct cmek_gap_data gap = {cases[_i].scope, cases[_i].operation, "unavailable", "m"};
    cmek_inventory_add_gap(inventory, &gap);
    cmek_inventory_finish(inventory);
    const struct cmek_node *node = cmek_inventory_node(inventory, cases[_i].node);
    ck_assert_msg((node->extras->policies_unreadable != NULL) == cases[_i].policies, "%s",
                  cases[_i].label);
    ck_assert_msg((node->extras->tags_unreadable != NULL) == cases[_i].tags, "%s", cases[_i].label);
    ck_assert_msg((node->extras->services_unreadable != NULL) == cases[_i].services, "%s",
                  cases[_i].label);
    ck_assert_msg((node->extras->topics_unreadable != NULL) == cases[_i].topics, "%s",
                  cases[_i].label);
    ck_assert_uint_eq(inventory->gaps.count, 1);
}
END_TEST

START_TEST(of_two_broken_listings_the_larger_one_says_why_whatever_their_order)
{
    const struct cmek_gap_data gaps[] = {
        {"organizations/1", HIERARCHY, "unavailable", "m"},
        {"folders/2", HIERARCHY, "timeout", "m"},
    };
    cmek_inventory_add_gap(inventory, &gaps[_i]);
    cmek_inventory_add_gap(inventory, &gaps[1 - _i]);
    cmek_inventory_finish(inventory);
    const struct cmek_node *node = cmek_inventory_node(inventory, "projects/22");
    ck_assert_str_eq(node->extras->policies_unreadable, "unavailable");
    node = cmek_inventory_node(inventory, "projects/11");
    ck_assert_str_eq(node->extras->tags_unreadable, "unavailable");
    ck_assert_ptr_null(node->extras->topics_unreadable);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/inventory_partial");
    TCase *tests = tcase_create("inventory_partial");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_a_broken_listing_did_not_show_is_unknown_below_its_scope, 0,
                        COUNT(cases));
    tcase_add_loop_test(tests, of_two_broken_listings_the_larger_one_says_why_whatever_their_order,
                        0, 2);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
