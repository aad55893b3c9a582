/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/trust.h"

#include <string.h>

#include "auth/credentials.h"
#include "suite.h"

#define OAUTH   CMEK_PLACE_OAUTH
#define STS     CMEK_PLACE_STS
#define IAM     CMEK_PLACE_IAM
#define SUBJECT CMEK_PLACE_SUBJECT
#define AWS     CMEK_PLACE_AWS_METADATA

static const struct {
    enum cmek_token_place place;
    const char *url;
    bool is_trusted;
} cases[] = {
    {STS, "", false},
    {STS, "sts.googleapis.com", false},
    {STS, "file:///etc/passwd", false},
    {STS, "http://sts.googleapis.com/v1/token", false},
    {STS, "https://sts.example.org/v1/token", false},
    {STS, "https://sts.googleapis.com.example.org/", false},
    {STS, "https://example.org/sts.googleapis.com", false},
    {STS, "https://sts.googleapis.com@example.org/", false},
    {STS, "https://sts.googleapis.com\\@example.org/", false},
    {STS, "https://evilsts.googleapis.com/", false},
    {STS, "https://googleapis.com/", false},
    {STS, "https://xgoogleapis.com/", false},
    {STS, "https://storage.googleapis.com/sts/v1/token", false},
    {STS, "https://sts.storage.googleapis.com/", false},
    {STS, "https://sts-x.storage.googleapis.com/", false},
    {STS, "https://a.b.c.sts.googleapis.com/", false},
    {STS, "https://iamcredentials.googleapis.com/", false},
    {STS, "https://169.254.169.254/", false},
    {STS, "https://sts.universe.test/v1/token", false},
    {STS, "http://127.0.0.1.example.org/", false},
    {STS, "http://127.0.0.1:8080/v1/token", true},
    {STS, "http://[::1]:8080/v1/token", true},
    {STS, "https://sts.googleapis.com/v1/token", true},
    {STS, "https://STS.googleapis.com:443/v1/token", true},
    {STS, "https://us-east1-sts.googleapis.com/", true},
    {STS, "https://us-east1.sts.googleapis.com/", true},
    {STS, "https://sts.us-east1.googleapis.com/", true},
    {STS, "https://sts.us-east1.rep.googleapis.com/", true},
    {STS, "https://sts.mtls.googleapis.com/", true},
    {STS, "https://sts-mine.p.googleapis.com/", true},
    {IAM, "https://iamcredentials.googleapis.com/v1/x:generateAccessToken", true},
    {IAM, "https://iamcredentials.us-east1.rep.googleapis.com/", true},
    {IAM, "https://sts.googleapis.com/", false},
    {OAUTH, "https://oauth2.googleapis.com/token", true},
    {OAUTH, "https://www.googleapis.com/oauth2/v4/token", true},
    {OAUTH, "https://accounts.google.com/o/oauth2/token", true},
    {OAUTH, "https://www.googleapis.com/upload/storage/v1/b/x/o", false},
    {OAUTH, "https://www.googleapis.com/oauth2/../upload/storage/v1/b/x/o", false},
    {OAUTH, "https://accounts.google.com.example.org/o/oauth2/token", false},
    {OAUTH, "https://example.org/o/oauth2/token", false},
    {SUBJECT, "http://169.254.169.254/metadata/identity/oauth2/token?resource=x", true},
    {SUBJECT, "http://[fd00:ec2::254]/x", true},
    {SUBJECT, "https://pipelines.actions.githubusercontent.com/x", true},
    {SUBJECT, "http://pipelines.actions.githubusercontent.com/x", false},
    {SUBJECT, "https://raw.githubusercontent.com/x", false},
    {SUBJECT, "https://sts.googleapis.com/", false},
    {SUBJECT, "http://10.0.0.1/admin", false},
    {SUBJECT, "http://169.254.169.253/", false},
    {SUBJECT, "http://metadata.internal/", false},
    {AWS, "http://169.254.169.254/latest/api/token", true},
    {AWS, "http://[fd00:ec2::254]/latest/api/token", true},
    {AWS, "http://127.0.0.1:99/latest/api/token", true},
    {AWS, "http://169.254.169.254.example.org/", false},
    {AWS, "http://169.254.170.2/", false},
    {AWS, "https://pipelines.actions.githubusercontent.com/x", false},
};

START_TEST(url_is_trusted_for_its_purpose_only)
{
    static const struct cmek_auth_settings settings = {0};
    struct cmek_error err = {0};
    enum cmek_status status =
        cmek_token_trust_check(&settings, cases[_i].place, "token_url", cases[_i].url, &err);
    ck_assert_msg((status == CMEK_OK) == cases[_i].is_trusted, "%s: %s", cases[_i].url,
                  err.message);
    if (!cases[_i].is_trusted) {
        ck_assert_int_eq(status, CMEK_E_AUTH);
        ck_assert_msg(strncmp(err.message, "token_url ", 10) == 0, "%s", err.message);
        ck_assert_msg(!strstr(err.message, "resource=") && !strstr(err.message, "/v1"), "%s",
                      err.message);
    }
}
END_TEST

START_TEST(host_may_be_allowed_over_https)
{
    static const char *const hosts[] = {"sts.example.org", "10.0.0.1"};
    const struct cmek_auth_settings settings = {.allowed_hosts = {hosts, 2}};
    static const struct {
        const char *url;
        bool is_trusted;
    } rows[] = {
        {"https://sts.example.org/x", true},
        {"https://STS.example.org:8443/x", true},
        {"https://10.0.0.1/x", true},
        {"http://sts.example.org/x", false},
        {"https://a.sts.example.org/x", false},
        {"https://example.org/x", false},
        {"https://sts.example.org.evil.test", false},
    };
    for (int i = 0; i < COUNT(rows); i++)
        ck_assert_msg((cmek_token_trust_check(&settings, STS, "token_url", rows[i].url, NULL) ==
                       CMEK_OK) == rows[i].is_trusted,
                      "%s", rows[i].url);
    struct cmek_error err = {0};
    ck_assert_int_eq(cmek_token_trust_check(&settings, STS, "token_url", "https://x.test/", &err),
                     CMEK_E_AUTH);
    ck_assert_ptr_nonnull(strstr(err.message, "--allow-token-host x.test"));
}
END_TEST

START_TEST(universe_that_was_asked_for_is_google_too)
{
    const struct cmek_auth_settings settings = {.universe_domain = "universe.test"};
    ck_assert_int_eq(cmek_token_trust_check(&settings, STS, "u",
                                            "https://sts.universe.test/v1/token", NULL),
                     CMEK_OK);
    ck_assert_int_eq(cmek_token_trust_check(&settings, STS, "u", "https://storage.universe.test/",
                                            NULL),
                     CMEK_E_AUTH);
}
END_TEST

static const struct {
    const char *label;
    struct cmek_auth_settings settings;
    const char *host, *account, *message; /* NULL: good */
} settings_rows[] = {
    {"nothing", {0}, NULL, NULL, NULL},
    {"host", {0}, "sts.example.org", NULL, NULL},
    {"address", {0}, "fd00::1", NULL, NULL},
    {"host with scheme", {0}, "https://sts.example.org", NULL, "--allow-token-host"},
    {"host with port", {0}, "sts.example.org:443", NULL, "--allow-token-host"},
    {"host with path", {0}, "sts.example.org/x", NULL, "--allow-token-host"},
    {"host that is a pattern", {0}, "*.example.org", NULL, "--allow-token-host"},
    {"account", {0}, NULL, "a@b.iam.gserviceaccount.com", NULL},
    {"account without domain", {0}, NULL, "a@", "--impersonate-service-account"},
    {"account without name", {0}, NULL, "@b", "--impersonate-service-account"},
    {"account with a slash", {0}, NULL, "a@b/../x", "--impersonate-service-account"},
    {"account with a blank", {0}, NULL, "a@b c", "--impersonate-service-account"},
    {"universe", {.universe_domain = "universe.test"}, NULL, NULL, NULL},
    {"universe with a path", {.universe_domain = "a/b"}, NULL, NULL, "UNIVERSE_DOMAIN"},
    {"universe with a user", {.universe_domain = "a@b"}, NULL, NULL, "UNIVERSE_DOMAIN"},
    {"endpoint", {.iam_endpoint = "http://127.0.0.1:1/"}, NULL, NULL, NULL},
    {"open endpoint", {.iam_endpoint = "http://example.org/"}, NULL, NULL, "IAMCREDENTIALS"},
};

START_TEST(settings_are_checked_before_use)
{
    struct cmek_auth_settings settings = settings_rows[_i].settings;
    struct cmek_error err = {0};
    settings.allowed_hosts =
        (struct cmek_strings){&settings_rows[_i].host, settings_rows[_i].host != NULL};
    settings.impersonate =
        (struct cmek_strings){&settings_rows[_i].account, settings_rows[_i].account != NULL};
    enum cmek_status status = cmek_auth_settings_check(&settings, &err);
    const char *message = settings_rows[_i].message;
    ck_assert_msg(status == (message ? CMEK_E_USAGE : CMEK_OK), "%s: %s", settings_rows[_i].label,
                  err.message);
    ck_assert_msg(!message || strstr(err.message, message), "%s: %s", settings_rows[_i].label,
                  err.message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/trust");
    TCase *tests = tcase_create("trust");
    tcase_add_loop_test(tests, url_is_trusted_for_its_purpose_only, 0, COUNT(cases));
    tcase_add_test(tests, host_may_be_allowed_over_https);
    tcase_add_test(tests, universe_that_was_asked_for_is_google_too);
    tcase_add_loop_test(tests, settings_are_checked_before_use, 0, COUNT(settings_rows));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
