/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/values.h"

#include "inventory_fixture.h"
#include "suite.h"

static struct cmek_inventory *inventory;

static void set_up(void)
{
    inventory = cmek_inventory_new();
    fixture_add_project(inventory, "kms-one", "20",
                        "\"projects/20\", \"folders/3\", \"organizations/1\"");
    fixture_add_project(inventory, "example.com:dom", "40", "\"projects/40\", \"organizations/2\"");
    fixture_add_project(inventory, "lone-one", "50", NULL); /* its ancestors cannot be seen */
    cmek_inventory_finish(inventory);
}

static void tear_down(void)
{
    cmek_inventory_free(inventory);
}

static const struct {
    const char *entry;
    bool want;
} services[] = {
    {"storage.googleapis.com", true},
    {"is:storage.googleapis.com", true},
    {"is:is:storage.googleapis.com", false},
    {"in:storage.googleapis.com", false},
    {"under:storage.googleapis.com", false},
    {"is:under:storage.googleapis.com", false},
    {"IS:storage.googleapis.com", false},
    {"Storage.googleapis.com", false},
    {"storage.googleapis.com ", false},
    {" storage.googleapis.com", false},
    {"is: storage.googleapis.com", false},
    {"storage.googleapis.co", false},
    {"storage.googleapis.com.x", false},
    {"storage", false},
    {"is:", false},
    {"", false},
    {"*", false},
};

START_TEST(a_service_is_named_plainly_or_after_one_is)
{
    ck_assert_msg(cmek_value_is_service(services[_i].entry, "storage.googleapis.com") ==
                      services[_i].want,
                  "'%s'", services[_i].entry);
}
END_TEST

static const struct {
    const char *entry, *project;
    enum cmek_tristate want;
} projects[] = {
    {"projects/kms-one", "kms-one", CMEK_YES},
    {"projects/20", "kms-one", CMEK_YES},
    {"projects/kms-one", "20", CMEK_YES},
    {"is:projects/20", "kms-one", CMEK_YES},
    {"under:projects/20", "kms-one", CMEK_YES},
    {"is:is:projects/20", "20", CMEK_NO},
    {"is:under:projects/20", "20", CMEK_NO},
    {"under:is:projects/20", "20", CMEK_NO},
    {"under:under:projects/20", "20", CMEK_NO},
    {"in:projects/20", "20", CMEK_NO},
    {"Projects/20", "20", CMEK_NO},
    {"projects/Kms-one", "kms-one", CMEK_NO},
    {"projects/", "20", CMEK_NO},
    {"projects/20/", "20", CMEK_NO},
    {"20", "20", CMEK_NO},
    {"kms-one", "kms-one", CMEK_NO},
    {"", "20", CMEK_NO},
    {"is:", "20", CMEK_NO},
    {"under:", "20", CMEK_NO},
    {"projects/999", "kms-one", CMEK_NO},
    {"projects/who-one", "kms-one", CMEK_NO},
    {"projects/who-one", "20", CMEK_NO},
    {"projects/20", "who-one", CMEK_NO},
    {"projects/999", "who-one", CMEK_UNKNOWN},
    {"projects/who-one", "999", CMEK_UNKNOWN},
    {"projects/who-one", "who-one", CMEK_YES},
    {"projects/999", "999", CMEK_YES},
    {"projects/who-one", "who-two", CMEK_NO},
    {"projects/999", "998", CMEK_NO},
    {"projects/020", "20", CMEK_NO},
    {"projects/example.com:dom", "example.com:dom", CMEK_YES},
    {"is:projects/example.com:dom", "40", CMEK_YES},
    {"projects/dom", "example.com:dom", CMEK_NO},
    {"under:folders/3", "kms-one", CMEK_YES},
    {"under:folders/3", "20", CMEK_YES},
    {"under:folders/4", "20", CMEK_NO},
    {"under:organizations/1", "20", CMEK_YES},
    {"under:organizations/2", "20", CMEK_NO},
    {"under:organizations/1", "40", CMEK_NO},
    {"under:organizations/1", "50", CMEK_UNKNOWN},
    {"under:organizations/1", "999", CMEK_UNKNOWN},
    {"under:organizations/1", "who-one", CMEK_UNKNOWN},
    {"folders/3", "20", CMEK_NO},
    {"is:folders/3", "20", CMEK_NO},
    {"in:folders/3", "20", CMEK_NO},
    {"organizations/1", "20", CMEK_NO},
    {"is:organizations/1", "20", CMEK_NO},
    {"is:under:folders/3", "20", CMEK_NO},
    {"under:folders/", "20", CMEK_NO},
    {"under:folders/3/x", "20", CMEK_NO},
    {"under:Folders/3", "20", CMEK_NO},
    {"under:folder/3", "20", CMEK_NO},
    /* A key whose project cannot be told. */
    {"projects/20", NULL, CMEK_UNKNOWN},
    {"under:folders/3", NULL, CMEK_UNKNOWN},
    {"folders/3", NULL, CMEK_NO},
    {"in:projects/20", NULL, CMEK_NO},
};

START_TEST(a_key_project_is_covered_as_the_entry_says)
{
    enum cmek_tristate got =
        cmek_value_covers_project(inventory, projects[_i].entry, projects[_i].project);
    ck_assert_msg(got == projects[_i].want, "'%s' for %s: %u", projects[_i].entry,
                  projects[_i].project ? projects[_i].project : "no project", got);
}
END_TEST

static const struct {
    const char *entry, *want;
} named[] = {
    {"projects/p", "p"},
    {"is:projects/p", "p"},
    {"under:projects/p", "p"},
    {"projects/a.b:p", "a.b:p"},
    {"is:projects/a.b:p", "a.b:p"},
    {"in:projects/p", NULL},
    {"is:is:projects/p", NULL},
    {"folders/1", NULL},
    {"under:folders/1", NULL},
    {"projects/", NULL},
    {"projects/p/q", NULL},
    {"p", NULL},
};

START_TEST(the_project_an_entry_names_by_itself)
{
    ck_assert_msg(cmek_str_eq(cmek_value_project(named[_i].entry), named[_i].want), "'%s'",
                  named[_i].entry);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/values");
    TCase *tests = tcase_create("values");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_service_is_named_plainly_or_after_one_is, 0, COUNT(services));
    tcase_add_loop_test(tests, a_key_project_is_covered_as_the_entry_says, 0, COUNT(projects));
    tcase_add_loop_test(tests, the_project_an_entry_names_by_itself, 0, COUNT(named));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
