/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_quota.h"

#include <string.h>

#include "base/arena.h"
#include "suite.h"

static struct cmek_arena arena;
static struct cmek_gcp_endpoints endpoints;
static struct cmek_gcp_quotas quotas;
static struct cmek_error err;

static void set_up(void)
{
    cmek_gcp_endpoints_init(&endpoints);
    cmek_gcp_quotas_init(&quotas, &endpoints);
}

static void clean_up(void)
{
    cmek_arena_done(&arena);
}

/* As published; see the header. */
static const struct {
    const char *method, *quota;
    int per_minute;
} published[] = {
    {"cloudasset.assets.list", "cloudasset.list", 100},
    {"cloudasset.searchAllResources", "cloudasset.search", 400},
    {"cloudkms.cryptoKeys.get", "cloudkms.read", 300},
    {"cloudresourcemanager.projects.list", "cloudresourcemanager.list", 600},
    {"cloudresourcemanager.folders.list", "cloudresourcemanager.list", 600},
    {"cloudresourcemanager.projects.get", "cloudresourcemanager.read", 600},
    {"cloudresourcemanager.organizations.get", "cloudresourcemanager.read", 600},
    {"cloudresourcemanager.effectiveTags.list", "cloudresourcemanager.read", 600},
    {"storage.buckets.list", NULL, 0},
    {"orgpolicy.policies.list", NULL, 0},
};

START_TEST(methods_count_against_the_published_quotas)
{
    const struct cmek_http_quota *quota = cmek_gcp_quota_of(&quotas, published[_i].method);
    if (!published[_i].quota) {
        ck_assert_ptr_null(quota);
        return;
    }
    ck_assert_ptr_nonnull(quota);
    ck_assert_str_eq(quota->name, published[_i].quota);
    ck_assert_int_eq(quota->per_minute, published[_i].per_minute);
}
END_TEST

static int per_minute(const char *method)
{
    return cmek_gcp_quota_of(&quotas, method)->per_minute;
}

START_TEST(an_endpoint_of_somebody_else_has_no_published_quota)
{
    const struct cmek_gcp_endpoint_variable variable = {"KMS", CMEK_GCP_KMS, false};
    ck_assert_int_eq(cmek_gcp_endpoints_override(&endpoints, &variable, "https://kms.example/",
                                                 &arena, &err),
                     CMEK_OK);
    cmek_gcp_quotas_init(&quotas, &endpoints);
    ck_assert_int_eq(per_minute("cloudkms.cryptoKeys.get"), 0);
    ck_assert_int_eq(per_minute("cloudasset.assets.list"), 100);
    ck_assert_int_eq(cmek_gcp_quotas_set(&quotas, "cloudkms.read=30", &err), CMEK_OK);
    ck_assert_int_eq(per_minute("cloudkms.cryptoKeys.get"), 30);
}
END_TEST

START_TEST(another_universe_keeps_them)
{
    cmek_gcp_endpoints_move(&endpoints, "universe.example", &arena);
    cmek_gcp_quotas_init(&quotas, &endpoints);
    ck_assert_int_eq(per_minute("cloudkms.cryptoKeys.get"), 300);
}
END_TEST

START_TEST(settings_replace_them)
{
    ck_assert_int_eq(cmek_gcp_quotas_set(&quotas, "none", &err), CMEK_OK);
    ck_assert_int_eq(per_minute("cloudasset.assets.list"), 0);
    ck_assert_int_eq(cmek_gcp_quotas_set(&quotas, "cloudasset.list=1000000", &err), CMEK_OK);
    ck_assert_int_eq(per_minute("cloudasset.assets.list"), 1000000);
    ck_assert_int_eq(per_minute("cloudkms.cryptoKeys.get"), 0);
}
END_TEST

static const struct {
    const char *setting, *message;
} wrong[] = {
    {"", "there is no quota ''"},
    {"cloudasset", "there is no quota 'cloudasset'; known are cloudresourcemanager.list, "},
    {"cloudasset.lists=3", "there is no quota 'cloudasset.lists'; known"},
    {"cloudasset.list", "expected cloudasset.list=N with 1 to 1000000"},
    {"cloudasset.list=", "expected cloudasset.list=N"},
    {"cloudasset.list=0", "expected cloudasset.list=N"},
    {"cloudasset.list=-1", "expected cloudasset.list=N"},
    {"cloudasset.list=1000001", "expected cloudasset.list=N"},
    {"cloudasset.list=99999999999", "expected cloudasset.list=N"},
    {"cloudasset.list=10/60s", "expected cloudasset.list=N"},
};

START_TEST(wrong_settings_say_what_is_expected)
{
    ck_assert_int_eq(cmek_gcp_quotas_set(&quotas, wrong[_i].setting, &err), CMEK_E_USAGE);
    ck_assert_msg(strstr(err.message, wrong[_i].message) != NULL, "%s: %s", wrong[_i].setting,
                  err.message);
}
END_TEST

START_TEST(without_quotas_no_method_has_one)
{
    const struct cmek_gcp_quotas none = {0};
    for (int i = 0; i < COUNT(published); i++)
        ck_assert_ptr_null(cmek_gcp_quota_of(&none, published[i].method));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/gcp_quota");
    TCase *tests = tcase_create("gcp_quota");
    tcase_add_checked_fixture(tests, set_up, clean_up);
    tcase_add_loop_test(tests, methods_count_against_the_published_quotas, 0, COUNT(published));
    tcase_add_test(tests, an_endpoint_of_somebody_else_has_no_published_quota);
    tcase_add_test(tests, another_universe_keeps_them);
    tcase_add_test(tests, settings_replace_them);
    tcase_add_loop_test(tests, wrong_settings_say_what_is_expected, 0, COUNT(wrong));
    tcase_add_test(tests, without_quotas_no_method_has_one);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
