/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_endpoints.h"

#include <string.h>

#include "base/arena.h"
#include "base/strings.h"
#include "suite.h"

static struct cmek_arena arena;
static struct cmek_gcp_endpoints endpoints;

static void set_up(void)
{
    cmek_gcp_endpoints_init(&endpoints);
}

static void clean_up(void)
{
    cmek_arena_done(&arena);
}

static const struct cmek_gcp_endpoint_variable *variable_named(const char *name)
{
    for (const struct cmek_gcp_endpoint_variable *at = cmek_gcp_endpoint_variables; at->name; at++)
        if (strcmp(at->name, name) == 0)
            return at;
    ck_abort_msg("there is no variable %s", name);
    return NULL;
}

START_TEST(googles_own_are_https_and_end_with_a_slash)
{
    for (int api = 0; api < CMEK_GCP_API_COUNT_; api++) {
        ck_assert_ptr_nonnull(endpoints.base[api]);
        ck_assert(cmek_str_starts(endpoints.base[api], "https://"));
        ck_assert(strstr(endpoints.base[api], ".googleapis.com/") != NULL);
        ck_assert(cmek_str_ends(endpoints.base[api], "/"));
        ck_assert(!endpoints.anonymous[api]);
    }
    ck_assert_str_eq(endpoints.base[CMEK_GCP_STORAGE],
                     "https://storage.googleapis.com/storage/v1/");
}
END_TEST

START_TEST(every_api_has_a_variable)
{
    bool has_one[CMEK_GCP_API_COUNT_] = {false};
    for (const struct cmek_gcp_endpoint_variable *at = cmek_gcp_endpoint_variables; at->name; at++)
        has_one[at->api] |= !at->is_emulator;
    for (int api = 0; api < CMEK_GCP_API_COUNT_; api++)
        ck_assert(has_one[api]);
}
END_TEST

#define KMS     "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS"
#define STORAGE "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE"

static const struct {
    const char *variable, *value;
    const char *want; /* NULL: refused */
    bool anonymous;
} overrides[] = {
    {KMS, "https://kms.example.com/", "https://kms.example.com/", false},
    {KMS, "https://kms.example.com", "https://kms.example.com/", false},
    {KMS, "https://kms.example.com:8443/base", "https://kms.example.com:8443/base/", false},
    {KMS, "http://localhost:8080", "http://localhost:8080/", false},
    {KMS, "http://127.0.0.1:8080/", "http://127.0.0.1:8080/", false},
    {KMS, "http://127.1.2.3/", "http://127.1.2.3/", false},
    {KMS, "http://[::1]:8080/", "http://[::1]:8080/", false},
    {KMS, "http://kms.example.com/", NULL, false},
    {KMS, "http://localhost.example.com/", NULL, false},
    {KMS, "http://127.0.0.1.example.com/", NULL, false},
    {KMS, "http://0.0.0.0/", NULL, false},
    {KMS, "http://10.0.0.1/", NULL, false},
    {KMS, "http://0177.0.0.1/", NULL, false},
    {KMS, "http://2130706433/", NULL, false},
    {KMS, "http://localhost@example.com/", NULL, false},
    {KMS, "https://user:pw@example.com/", NULL, false},
    {KMS, "http://example.com\\@localhost/", NULL, false},
    {KMS, "https://example.com\\x/", NULL, false},
    {KMS, "https://example.com/?a=b", NULL, false},
    {KMS, "https://example.com/#x", NULL, false},
    {KMS, "https://example.com /", NULL, false},
    {KMS, "https://example.com/\r\nX: y", NULL, false},
    {KMS, "https://", NULL, false},
    {KMS, "https:///", NULL, false},
    {KMS, "https://:443/", NULL, false},
    {KMS, "http://", NULL, false},
    {KMS, "", NULL, false},
    {KMS, "localhost:8080", NULL, false},
    {KMS, "ftp://localhost/", NULL, false},
    {KMS, "file:///etc/passwd", NULL, false},
    {KMS, "//localhost/", NULL, false},
    {STORAGE, "https://storage.example.com/storage/v1", "https://storage.example.com/storage/v1/",
     false},
    {"STORAGE_EMULATOR_HOST", "localhost:9000", "http://localhost:9000/storage/v1/", true},
    {"STORAGE_EMULATOR_HOST", "http://localhost:9000", "http://localhost:9000/storage/v1/", true},
    {"STORAGE_EMULATOR_HOST", "http://localhost:9000/storage/v1",
     "http://localhost:9000/storage/v1/", true},
    {"STORAGE_EMULATOR_HOST", "http://localhost:9000/storage/v1/",
     "http://localhost:9000/storage/v1/", true},
    {"PUBSUB_EMULATOR_HOST", "localhost:8085", "http://localhost:8085/", true},
    {"PUBSUB_EMULATOR_HOST", "[::1]:8085", "http://[::1]:8085/", true},
    {"PUBSUB_EMULATOR_HOST", "pubsub.example.com:8085", NULL, false},
    {"PUBSUB_EMULATOR_HOST", "grpc://localhost:8085", NULL, false},
    {"PUBSUB_EMULATOR_HOST", "localhost:8085?x", NULL, false},
    {"PUBSUB_EMULATOR_HOST", "", NULL, false},
};

START_TEST(an_override_is_a_safe_url_or_refused)
{
    const struct cmek_gcp_endpoint_variable *variable = variable_named(overrides[_i].variable);
    const char *before = endpoints.base[variable->api];
    struct cmek_error err = {0};
    enum cmek_status status =
        cmek_gcp_endpoints_override(&endpoints, variable, overrides[_i].value, &arena, &err);
    if (!overrides[_i].want) {
        ck_assert_msg(status == CMEK_E_USAGE, "'%s' is taken as %s", overrides[_i].value,
                      endpoints.base[variable->api]);
        ck_assert_msg(strstr(err.message, variable->name) != NULL, "%s", err.message);
        ck_assert_ptr_eq(endpoints.base[variable->api], before);
        return;
    }
    ck_assert_msg(status == CMEK_OK, "'%s': %s", overrides[_i].value, err.message);
    ck_assert_str_eq(endpoints.base[variable->api], overrides[_i].want);
    ck_assert_int_eq(endpoints.anonymous[variable->api], overrides[_i].anonymous);
}
END_TEST

START_TEST(an_override_changes_one_api)
{
    struct cmek_gcp_endpoints google = endpoints;
    struct cmek_error err = {0};
    ck_assert_int_eq(cmek_gcp_endpoints_override(&endpoints, variable_named(KMS),
                                                 "https://kms.example.com/", &arena, &err),
                     CMEK_OK);
    for (int api = 0; api < CMEK_GCP_API_COUNT_; api++)
        ck_assert(api == CMEK_GCP_KMS || endpoints.base[api] == google.base[api]);
}
END_TEST

START_TEST(a_message_does_not_repeat_a_password)
{
    struct cmek_error err = {0};
    ck_assert_int_eq(cmek_gcp_endpoints_override(&endpoints, variable_named(KMS),
                                                 "https://user:hunter2@example.com/", &arena, &err),
                     CMEK_E_USAGE);
    ck_assert_ptr_null(strstr(err.message, "hunter2"));
    ck_assert_int_eq(cmek_gcp_endpoints_override(&endpoints, variable_named(KMS),
                                                 "ftp://user:hunter2@example.com/", &arena, &err),
                     CMEK_E_USAGE);
    ck_assert_ptr_null(strstr(err.message, "hunter2"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source/gcp_endpoints");
    TCase *tests = tcase_create("gcp_endpoints");
    tcase_add_checked_fixture(tests, set_up, clean_up);
    tcase_add_test(tests, googles_own_are_https_and_end_with_a_slash);
    tcase_add_test(tests, every_api_has_a_variable);
    tcase_add_loop_test(tests, an_override_is_a_safe_url_or_refused, 0, COUNT(overrides));
    tcase_add_test(tests, an_override_changes_one_api);
    tcase_add_test(tests, a_message_does_not_repeat_a_password);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
