/* SPDX-License-Identifier: Apache-2.0 */
#include "model/catalogue.h"

#include <string.h>

#include "suite.h"

static struct cmek_catalogue *catalogue;

static void add(const char *service, const char *asset_type, const struct cmek_terraform_type *tf)
{
    struct cmek_service_type type = {
        .service = cmek_catalogue_add_service(catalogue, service),
        .asset_type = asset_type,
        .terraform = tf,
        .terraform_count = tf ? 1 : 0,
    };
    cmek_catalogue_add_type(catalogue, &type);
}

static const struct cmek_terraform_type disk_block = {.type = "x_disk"};

static void set_up(void)
{
    catalogue = cmek_catalogue_new();
    add("storage.googleapis.com", "storage.googleapis.com/Bucket", NULL);
    add("compute.googleapis.com", "compute.googleapis.com/Disk", &disk_block);
    add("compute.googleapis.com", "compute.googleapis.com/Image", NULL);
    add("storage.example.com", "storage.example.com/Box", NULL);
}

static void tear_down(void)
{
    cmek_catalogue_free(catalogue);
    cmek_catalogue_free(NULL);
}

static enum cmek_asset_kind kind_of(const char *asset_type, const struct cmek_service_type **type)
{
    *type = NULL;
    return cmek_catalogue_kind(catalogue, asset_type, strlen(asset_type), type);
}

START_TEST(only_selected_services_are_resources)
{
    const struct cmek_service_type *type;
    ck_assert_int_eq(kind_of("compute.googleapis.com/Disk", &type), CMEK_ASSET_OTHER);
    ck_assert(cmek_catalogue_select(catalogue, "compute"));
    ck_assert_int_eq(kind_of("compute.googleapis.com/Disk", &type), CMEK_ASSET_RESOURCE);
    ck_assert_ptr_eq(type, cmek_catalogue_type(catalogue, "compute.googleapis.com/Disk"));
    ck_assert_int_eq(kind_of("compute.googleapis.com/DiskX", &type), CMEK_ASSET_OTHER);
    ck_assert_int_eq(kind_of("compute.googleapis.com/Dis", &type), CMEK_ASSET_OTHER);
    ck_assert_int_eq(kind_of("storage.googleapis.com/Bucket", &type), CMEK_ASSET_OTHER);
    ck_assert_int_eq(kind_of("cloudkms.googleapis.com/CryptoKey", &type), CMEK_ASSET_CRYPTO_KEY);
    ck_assert_ptr_null(type);
    ck_assert(cmek_catalogue_selects(catalogue, "compute.googleapis.com/Image"));
    ck_assert(!cmek_catalogue_selects(catalogue, "storage.googleapis.com/Bucket"));
    ck_assert(!cmek_catalogue_selects(catalogue, "no.example.com/Type"));
}
END_TEST

START_TEST(without_a_catalogue_nothing_is_a_resource)
{
    const struct cmek_service_type *type = NULL;
    static const char bucket[] = "storage.googleapis.com/Bucket";
    static const char policy[] = "orgpolicy.googleapis.com/Policy";
    ck_assert_int_eq(cmek_catalogue_kind(NULL, bucket, sizeof bucket - 1, &type), CMEK_ASSET_OTHER);
    ck_assert_int_eq(cmek_catalogue_kind(NULL, policy, sizeof policy - 1, &type),
                     CMEK_ASSET_POLICY);
}
END_TEST

static const struct {
    const char *name;
    size_t selected; /* types */
} names[] = {
    {"storage", 2},
    {"storage.googleapis.com", 1},
    {"storage.example.com", 1},
    {"compute", 2},
    {"Compute", 0},
    {"comput", 0},
    {"compute.", 0},
    {"compute.googleapis.com/Disk", 0},
    {"googleapis", 0},
    {"", 0},
};

START_TEST(services_go_by_their_short_name_too)
{
    struct cmek_arena arena = {0};
    ck_assert_msg(cmek_catalogue_select(catalogue, names[_i].name) == (names[_i].selected > 0),
                  "'%s'", names[_i].name);
    ck_assert_uint_eq(cmek_catalogue_selected_types(catalogue, &arena).count, names[_i].selected);
    cmek_catalogue_select_all(catalogue, true);
    ck_assert_uint_eq(cmek_catalogue_selected_types(catalogue, &arena).count, 4);
    cmek_catalogue_select_all(catalogue, false);
    ck_assert_uint_eq(cmek_catalogue_selected_types(catalogue, &arena).count, 0);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(a_row_is_replaced_in_its_place)
{
    const struct cmek_service_type *disk =
        cmek_catalogue_type(catalogue, "compute.googleapis.com/Disk");
    const struct cmek_terraform_type *row = NULL;
    ck_assert_ptr_eq(cmek_catalogue_terraform(catalogue, "x_disk", &row), disk);
    ck_assert_ptr_eq(row, disk->terraform);
    ck_assert_ptr_null(cmek_catalogue_terraform(catalogue, "x_image", NULL));
    add("storage.example.com", "compute.googleapis.com/Disk", NULL);
    ck_assert_ptr_eq(cmek_catalogue_type(catalogue, "compute.googleapis.com/Disk"), disk);
    ck_assert_str_eq(disk->service->value, "storage.example.com");
    ck_assert_uint_eq(disk->index, 1);
    ck_assert_uint_eq(catalogue->types.count, 4);
    ck_assert_ptr_null(cmek_catalogue_terraform(catalogue, "x_disk", NULL));
}
END_TEST

static const struct {
    const char *pattern, *name;
    bool matches;
} patterns[] = {
    {"_Default", "_Default", true},
    {"_Default", "_Default2", false},
    {"_Default", "x_Default", false},
    {"_Default", "_default", false},
    {"gke-*", "gke-pool", true},
    {"gke-*", "gke-", true},
    {"gke-*", "gke", false},
    {"*", "anything", true},
    {"a*b", "a*b", true},
    {"a*b", "axb", false},
    {NULL, "x", false},
};

START_TEST(exceptions_go_by_name)
{
    struct cmek_exception exception = {.name = patterns[_i].pattern};
    ck_assert_msg(cmek_exception_names(&exception, patterns[_i].name) == patterns[_i].matches, "%s",
                  patterns[_i].name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/catalogue");
    TCase *tests = tcase_create("catalogue");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, only_selected_services_are_resources);
    tcase_add_test(tests, without_a_catalogue_nothing_is_a_resource);
    tcase_add_loop_test(tests, services_go_by_their_short_name_too, 0, COUNT(names));
    tcase_add_test(tests, a_row_is_replaced_in_its_place);
    tcase_add_loop_test(tests, exceptions_go_by_name, 0, COUNT(patterns));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
