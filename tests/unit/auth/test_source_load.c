/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of every type that must not be taken, and how those that are describe themselves. */
#include "auth/source.h"

#include <string.h>

#include "suite.h"
#include "json/json.h"

#define AUDIENCE                                                                                   \
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x"
#define WORKFORCE "//iam.googleapis.com/locations/global/workforcePools/p/providers/x"
#define EXTERNAL_OF(audience, rest)                                                                \
    "{\"type\":\"external_account\",\"audience\":\"" audience "\","                                \
    "\"subject_token_type\":\"urn:ietf:params:oauth:token-type:jwt\"," rest "}"
#define EXTERNAL(rest) EXTERNAL_OF(AUDIENCE, rest)
#define SOURCE(rest)   EXTERNAL("\"credential_source\":{" rest "}")
#define FILE_SOURCE    "\"credential_source\":{\"file\":\"/t\"}"
#define AWS(rest)                                                                                  \
    SOURCE("\"regional_cred_verification_url\":\"https://sts.{region}.amazonaws.com\"," rest)
#define EMAIL_URL(email)                                                                           \
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/" email                   \
    ":generateAccessToken"
#define USER                                                                                       \
    "{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"s3cret\","              \
    "\"refresh_token\":\"r3fresh\"}"
#define IMPERSONATED(rest) "{\"type\":\"impersonated_service_account\"," rest "}"
#define WORKFORCE_USER(rest)                                                                       \
    "{\"type\":\"external_account_authorized_user\",\"client_id\":\"a\","                          \
    "\"client_secret\":\"s3cret\",\"refresh_token\":\"r3fresh\"" rest "}"

static const struct {
    const char *label, *text, *message;
} bad[] = {
    {"no audience", "{\"type\":\"external_account\"}", "audience"},
    {"empty audience", EXTERNAL_OF("", FILE_SOURCE), "audience is empty"},
    {"audience with a line end", EXTERNAL_OF("a\\r\\nX: y", FILE_SOURCE), "audience"},
    {"no source", EXTERNAL("\"x\":1"), "credential_source"},
    {"source is text", EXTERNAL("\"credential_source\":\"/t\""), "credential_source has none"},
    {"empty source", SOURCE(""), "credential_source has none"},
    {"two sources", SOURCE("\"file\":\"/t\",\"url\":\"http://127.0.0.1/\""), "more than one"},
    {"AWS and a file", AWS("\"environment_id\":\"aws1\",\"file\":\"/t\""), "more than one"},
    {"certificate", SOURCE("\"certificate\":{}"), "mTLS is not supported"},
    {"file is a number", SOURCE("\"file\":5"), "credential_source: file"},
    {"unknown format", SOURCE("\"file\":\"/t\",\"format\":{\"type\":\"xml\"}"), "format.type"},
    {"JSON without a member", SOURCE("\"file\":\"/t\",\"format\":{\"type\":\"json\"}"),
     "subject_token_field_name is missing"},
    {"foreign URL", SOURCE("\"url\":\"http://10.0.0.1/admin?key=s3cret\""),
     "credential_source.url 'http://10.0.0.1' is refused"},
    {"header with a line end",
     SOURCE("\"url\":\"http://127.0.0.1/\",\"headers\":{\"A\":\"s3cret\\r\\nB: c\"}"),
     "credential_source.headers"},
    {"header that is no text", SOURCE("\"url\":\"http://127.0.0.1/\",\"headers\":{\"A\":5}"),
     "credential_source.headers"},
    {"header with a bad name",
     SOURCE("\"url\":\"http://127.0.0.1/\",\"headers\":{\"A: b\":\"s3cret\"}"),
     "credential_source.headers"},
    {"http token_url",
     EXTERNAL("\"token_url\":\"http://sts.googleapis.com/v1/token\"," FILE_SOURCE),
     "token_url 'http://sts.googleapis.com' is refused: it is not https"},
    {"foreign token_url", EXTERNAL("\"token_url\":\"https://sts.example.org/\"," FILE_SOURCE),
     "add --allow-token-host sts.example.org"},
    {"foreign impersonation",
     EXTERNAL("\"service_account_impersonation_url\":\"https://example.org/"
              "a:generateAccessToken\"," FILE_SOURCE),
     "service_account_impersonation_url 'https://example.org' is refused"},
    {"impersonation of nobody",
     EXTERNAL("\"service_account_impersonation_url\":\"" EMAIL_URL("") "\"," FILE_SOURCE),
     "does not end with"},
    {"another method of IAM",
     EXTERNAL("\"service_account_impersonation_url\":"
              "\"https://iamcredentials.googleapis.com/v1/a@b:signBlob\"," FILE_SOURCE),
     "does not end with"},
    {"long life",
     EXTERNAL("\"service_account_impersonation\":{\"token_lifetime_seconds\":43201}," FILE_SOURCE),
     "token_lifetime_seconds"},
    {"user project without workforce",
     EXTERNAL("\"workforce_pool_user_project\":\"1\"," FILE_SOURCE), "no workforce pool"},
    {"another universe", EXTERNAL("\"universe_domain\":\"example.org\"," FILE_SOURCE),
     "universe domain of the credentials is 'example.org'"},
    {"executable", SOURCE("\"executable\":{\"command\":\"/bin/true\"}"),
     "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1"},
    {"AWS of another version", AWS("\"environment_id\":\"aws2\""), "environment_id"},
    {"AWS without its URL", SOURCE("\"environment_id\":\"aws1\""),
     "regional_cred_verification_url"},
    {"AWS with a foreign URL",
     AWS("\"environment_id\":\"aws1\",\"url\":\"http://169.254.169.254.example.org/\""),
     "credential_source.url"},
    {"AWS with a foreign session",
     AWS("\"environment_id\":\"aws1\",\"imdsv2_session_token_url\":\"https://example.org/\""),
     "imdsv2_session_token_url"},
    {"AWS with a foreign region", AWS("\"environment_id\":\"aws1\",\"region_url\":\"ftp://x\""),
     "region_url is not an http"},
    {"impersonated without a source",
     IMPERSONATED("\"service_account_impersonation_url\":\"" EMAIL_URL("a@b") "\""),
     "source_credentials"},
    {"impersonated without a URL", IMPERSONATED("\"source_credentials\":" USER),
     "service_account_impersonation_url"},
    {"impersonated by an impersonated one",
     IMPERSONATED("\"service_account_impersonation_url\":\"" EMAIL_URL(
         "a@b") "\",\"source_credentials\":" IMPERSONATED("\"x\":1")),
     "source_credentials: source_credentials of type \"impersonated_service_account\""},
    {"impersonated by a broken one",
     IMPERSONATED("\"service_account_impersonation_url\":\"" EMAIL_URL(
         "a@b") "\",\"source_credentials\":{\"type\":\"authorized_user\"}"),
     "source_credentials: client_id"},
    {"impersonated by one of another universe",
     IMPERSONATED("\"service_account_impersonation_url\":\"" EMAIL_URL(
         "a@b") "\",\"source_credentials\":{\"type\":\"authorized_user\","
                "\"universe_domain\":\"example.org\"}"),
     "source_credentials: the universe domain"},
    {"delegates that are none",
     IMPERSONATED("\"service_account_impersonation_url\":\"" EMAIL_URL(
         "a@b") "\",\"delegates\":\"a\",\"source_credentials\":" USER),
     "delegates"},
    {"workforce user without a URL", WORKFORCE_USER(""), "token_url is missing"},
    {"workforce user with a foreign URL",
     WORKFORCE_USER(",\"token_url\":\"https://oauth2.googleapis.com/token\""),
     "token_url 'https://oauth2.googleapis.com' is refused"},
};

static enum cmek_status load(const char *text, const struct cmek_auth_settings *settings,
                             struct cmek_token_source *ret_source, struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    ck_assert_msg(cmek_json_parse(text, strlen(text), &json, err) == CMEK_OK, "%s", text);
    const struct cmek_token_load how = {.settings = settings, .scope = CMEK_TOKEN_SCOPE};
    enum cmek_status status = cmek_token_source_load(json, &how, ret_source, err);
    cmek_json_free(json);
    return status;
}

START_TEST(bad_document_is_refused_with_its_reason)
{
    static const struct cmek_auth_settings settings = {0};
    struct cmek_token_source source = {0};
    struct cmek_error err = {0};
    ck_assert_msg(load(bad[_i].text, &settings, &source, &err) != CMEK_OK, "%s", bad[_i].label);
    ck_assert_ptr_null(source.state);
    ck_assert_msg(strstr(err.message, bad[_i].message), "%s: %s", bad[_i].label, err.message);
    ck_assert_msg(!strstr(err.message, "s3cret") && !strstr(err.message, "r3fresh"), "%s: %s",
                  bad[_i].label, err.message);
}
END_TEST

static const struct {
    const char *label, *executable, *message; /* message NULL: good */
} executables[] = {
    {"plain", "\"command\":\"/bin/true\"", NULL},
    {"with a timeout", "\"command\":\"/bin/true\",\"timeout_millis\":5000", NULL},
    {"no command", "\"timeout_millis\":5000", "command"},
    {"empty command", "\"command\":\"\"", "command is missing"},
    {"blank command", "\"command\":\"  \"", "it is blank"},
    {"open quote", "\"command\":\"/bin/true 'a\"", "quote is not closed"},
    {"short timeout", "\"command\":\"/bin/true\",\"timeout_millis\":4999", "timeout_millis"},
    {"long timeout", "\"command\":\"/bin/true\",\"timeout_millis\":120001", "timeout_millis"},
    {"negative timeout", "\"command\":\"/bin/true\",\"timeout_millis\":-1", "timeout_millis"},
};

START_TEST(executable_is_checked)
{
    static const struct cmek_auth_settings settings = {.allow_executables = true};
    struct cmek_token_source source = {0};
    struct cmek_error err = {0};
    char text[1000];
    snprintf(text, sizeof text, SOURCE("\"executable\":{%s}"), executables[_i].executable);
    enum cmek_status status = load(text, &settings, &source, &err);
    const char *message = executables[_i].message;
    ck_assert_msg((status == CMEK_OK) == !message, "%s: %s", executables[_i].label, err.message);
    ck_assert_msg(!message || strstr(err.message, message), "%s: %s", executables[_i].label,
                  err.message);
    cmek_token_source_done(&source);
}
END_TEST

static const struct {
    const char *text, *described;
} good[] = {
    {EXTERNAL(FILE_SOURCE), "external account of " AUDIENCE},
    {EXTERNAL_OF(WORKFORCE, "\"workforce_pool_user_project\":12," FILE_SOURCE),
     "external account of " WORKFORCE},
    {EXTERNAL("\"service_account_impersonation_url\":\"" EMAIL_URL("a@b") "\"," FILE_SOURCE),
     "service account a@b impersonated by external account of " AUDIENCE},
    {IMPERSONATED("\"service_account_impersonation_url\":\"" EMAIL_URL(
         "a@b") "\",\"source_credentials\":" USER),
     "service account a@b impersonated by user login"},
    {WORKFORCE_USER(",\"token_url\":\"https://sts.googleapis.com/v1/oauthtoken\""),
     "workforce user login"},
};

START_TEST(good_document_describes_itself)
{
    static const struct cmek_auth_settings settings = {0};
    struct cmek_token_source source = {0};
    struct cmek_error err = {0};
    struct cmek_strbuf text = {0};
    ck_assert_msg(load(good[_i].text, &settings, &source, &err) == CMEK_OK, "%s", err.message);
    source.ops->describe(source.state, &text);
    ck_assert_str_eq(cmek_strbuf_text(&text), good[_i].described);
    cmek_strbuf_done(&text);
    cmek_token_source_done(&source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/source_load");
    TCase *tests = tcase_create("source_load");
    tcase_add_loop_test(tests, bad_document_is_refused_with_its_reason, 0, COUNT(bad));
    tcase_add_loop_test(tests, executable_is_checked, 0, COUNT(executables));
    tcase_add_loop_test(tests, good_document_describes_itself, 0, COUNT(good));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
