/* SPDX-License-Identifier: Apache-2.0 */
/* The sources' steps, fed answers by hand: they have no I/O of their own but files. */
#include <stdlib.h>
#include <string.h>

#include "auth/folder.h"
#include "auth/keys.h"
#include "auth/source.h"
#include "base/strings.h"
#include "suite.h"
#include "json/json.h"

#define AUDIENCE                                                                                   \
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x"
#define EXTERNAL(source)                                                                           \
    "{\"type\":\"external_account\",\"audience\":\"" AUDIENCE "\",\"subject_token_type\":\"jwt\"," \
    "\"credential_source\":{" source "}}"
#define URL_SOURCE EXTERNAL("\"url\":\"http://127.0.0.1:1/token\"")
#define JSON_SOURCE                                                                                \
    EXTERNAL("\"url\":\"http://127.0.0.1:1/token\",\"format\":{\"type\":\"json\","                 \
             "\"subject_token_field_name\":\"a.b\"}")
#define EXECUTABLE EXTERNAL("\"executable\":{\"command\":\"/bin/x y\"}")
#define METADATA   "http://169.254.169.254/"
#define AWS                                                                                        \
    EXTERNAL("\"environment_id\":\"aws1\",\"region_url\":\"" METADATA                              \
             "region\",\"url\":\"" METADATA "keys\",\"imdsv2_session_token_url\":\"" METADATA      \
             "session\","                                                                          \
             "\"regional_cred_verification_url\":"                                                 \
             "\"https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15\"")
#define KEYS "{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s3cret\",\"Token\":\"s3ssion\"}"
#define IMPERSONATED                                                                               \
    "{\"type\":\"impersonated_service_account\",\"source_credentials\":{"                          \
    "\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"s3cret\","               \
    "\"refresh_token\":\"r3fresh\",\"quota_project_id\":\"q\"},\"delegates\":[\"d@e\"],"           \
    "\"service_account_impersonation_url\":\"https://iamcredentials.googleapis.com/v1/"            \
    "projects/-/serviceAccounts/a@b:generateAccessToken\"}"
#define OAUTH_ANSWER "{\"access_token\":\"ya29.s3cret\",\"expires_in\":3600}"

static const struct cmek_auth_settings allowing = {.allow_executables = true};
static struct cmek_token_source source;
static struct cmek_token_call call;
static struct cmek_error err;

static void load_with(const struct cmek_auth_settings *settings, const char *text)
{
    struct cmek_json *json = NULL;
    const struct cmek_token_load how = {.settings = settings, .scope = CMEK_TOKEN_SCOPE};
    enum cmek_status status = cmek_json_parse(text, strlen(text), &json, &err);
    if (status == CMEK_OK)
        status = cmek_token_source_load(json, &how, &source, &err);
    ck_assert_msg(status == CMEK_OK, "%s", err.message);
    cmek_json_free(json);
}

static void load(const char *text)
{
    load_with(&allowing, text);
}

/* NULL begins. */
static enum cmek_status step(const char *answer)
{
    struct cmek_strbuf buffer = {0};
    cmek_strbuf_puts(&buffer, answer ? answer : "");
    cmek_token_call_clear(&call);
    enum cmek_status status = source.ops->step(source.state, answer ? &buffer : NULL, &call, &err);
    cmek_strbuf_done(&buffer);
    return status;
}

static void done(void)
{
    cmek_token_call_clear(&call);
    cmek_token_source_done(&source);
}

static bool has_header(const char *line)
{
    for (size_t i = 0; call.headers[i]; i++)
        if (cmek_str_eq(call.headers[i], line))
            return true;
    return false;
}

/* Each answer but the last is taken, the last is not. */
static const struct {
    const char *label, *document;
    const char *answers[5];
    const char *message;
} troubles[] = {
    {"empty subject token", URL_SOURCE, {""}, "credential_source.url: the subject token is empty"},
    {"blank subject token", URL_SOURCE, {" \r\n"}, "is empty"},
    {"no JSON", JSON_SOURCE, {"s3cret"}, "the answer of credential_source.url"},
    {"no such member", JSON_SOURCE, {"{\"a\":{\"b\":\"s3cret\"}}"}, "no string 'a.b'"},
    {"member is no text", JSON_SOURCE, {"{\"a.b\":5}"}, "no string 'a.b'"},
    {"member is empty", JSON_SOURCE, {"{\"a.b\":\"\"}"}, "is empty"},
    {"STS says nothing", URL_SOURCE, {"t", "{}"}, "the token endpoint's answer is unusable"},
    {"STS with an expired token",
     URL_SOURCE,
     {"t", "{\"access_token\":\"s3cret\",\"expires_in\":-1}"},
     "expired"},
    {"program prints nothing", EXECUTABLE, {""}, "the answer of the program '/bin/x'"},
    {"program prints text", EXECUTABLE, {"s3cret"}, "the answer of the program '/bin/x'"},
    {"no version", EXECUTABLE, {"{\"success\":true}"}, "version"},
    {"another version", EXECUTABLE, {"{\"version\":2,\"success\":true}"}, "version is 2"},
    {"no success", EXECUTABLE, {"{\"version\":1}"}, "success"},
    {"success is text", EXECUTABLE, {"{\"version\":1,\"success\":\"true\"}"}, "success"},
    {"reported error",
     EXECUTABLE,
     {"{\"version\":1,\"success\":false,\"code\":\"401\",\"message\":\"Log in first\"}"},
     "it reports error 401: Log in first"},
    {"reported error with a control byte",
     EXECUTABLE,
     {"{\"version\":1,\"success\":false,\"code\":\"401\",\"message\":\"\\u001b[31m\"}"},
     "without saying which"},
    {"error without a reason", EXECUTABLE, {"{\"version\":1,\"success\":false}"}, "without saying"},
    {"no token type",
     EXECUTABLE,
     {"{\"version\":1,\"success\":true,\"id_token\":\"s3cret\"}"},
     "token_type is missing"},
    {"unknown token type",
     EXECUTABLE,
     {"{\"version\":1,\"success\":true,\"id_token\":\"s3cret\",\"token_type\":\"x\"}"},
     "token_type is missing or unknown"},
    {"token of another type",
     EXECUTABLE,
     {"{\"version\":1,\"success\":true,\"id_token\":\"s3cret\","
      "\"token_type\":\"urn:ietf:params:oauth:token-type:saml2\"}"},
     "token_type is missing or unknown"},
    {"expired token",
     EXECUTABLE,
     {"{\"version\":1,\"success\":true,\"id_token\":\"s3cret\",\"expiration_time\":1,"
      "\"token_type\":\"urn:ietf:params:oauth:token-type:id_token\"}"},
     "expired already"},
    {"AWS session with a line end inside", AWS, {" "}, "the session token is empty"},
    {"AWS without a zone", AWS, {"s", ""}, "names no availability zone"},
    {"AWS without a role", AWS, {"s", "us-east-1a", ""}, "names no role"},
    {"AWS with a path as role", AWS, {"s", "us-east-1a", "../x"}, "names no role"},
    {"AWS without keys", AWS, {"s", "us-east-1a", "role", "{}"}, "AccessKeyId"},
    {"AWS with empty keys",
     AWS,
     {"s", "us-east-1a", "role", "{\"AccessKeyId\":\"\",\"SecretAccessKey\":\"s3cret\"}"},
     "the keys are empty"},
    {"AWS with a host as zone", AWS, {"s", "example.org/", "role", KEYS}, "AWS region"},
    {"source's token is none", IMPERSONATED, {"{}"}, "the token endpoint's answer"},
    {"IAM says nothing", IMPERSONATED, {OAUTH_ANSWER, "{}"}, "the IAM Credentials API's answer"},
    {"IAM without a time",
     IMPERSONATED,
     {OAUTH_ANSWER, "{\"accessToken\":\"s3cret\",\"expireTime\":\"tomorrow\"}"},
     "expireTime is no time"},
    {"IAM with an old token",
     IMPERSONATED,
     {OAUTH_ANSWER, "{\"accessToken\":\"s3cret\",\"expireTime\":\"2020-01-01T00:00:00Z\"}"},
     "expired already; is this machine's clock right?"},
    {"IAM with a line end",
     IMPERSONATED,
     {OAUTH_ANSWER, "{\"accessToken\":\"a\\r\\nb\",\"expireTime\":\"2099-01-01T00:00:00Z\"}"},
     "characters that no token has"},
};

START_TEST(unusable_answer_ends_with_its_reason)
{
    load(troubles[_i].document);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    const char *const *answer = troubles[_i].answers;
    for (; answer[1]; answer++)
        ck_assert_msg(step(*answer) == CMEK_OK, "%s: %s", troubles[_i].label, err.message);
    ck_assert_msg(step(*answer) != CMEK_OK, "%s", troubles[_i].label);
    ck_assert_ptr_null(call.token.bytes);
    ck_assert_msg(strstr(err.message, troubles[_i].message), "%s: %s", troubles[_i].label,
                  err.message);
    ck_assert_msg(!strstr(err.message, "s3cret"), "%s: %s", troubles[_i].label, err.message);
    /* What broke off begins anew. */
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_ptr_null(call.token.bytes);
    done();
}
END_TEST

START_TEST(aws_metadata_is_asked_for_what_is_missing)
{
    load(AWS);
    for (int run = 0; run < 2; run++) {
        ck_assert_int_eq(step(NULL), CMEK_OK);
        ck_assert_str_eq(call.method, "PUT");
        ck_assert_str_eq(cmek_strbuf_text(&call.url), METADATA "session");
        ck_assert(call.is_direct && has_header("X-aws-ec2-metadata-token-ttl-seconds: 300"));
        ck_assert_int_eq(step("s3ssion"), CMEK_OK);
        ck_assert_str_eq(cmek_strbuf_text(&call.url), METADATA "region");
        ck_assert_int_eq(step("eu-west-1c\n"), CMEK_OK);
        ck_assert_str_eq(cmek_strbuf_text(&call.url), METADATA "keys");
        ck_assert_int_eq(step("my-role\nanother"), CMEK_OK);
        ck_assert_str_eq(cmek_strbuf_text(&call.url), METADATA "keys/my-role");
        ck_assert(has_header("X-aws-ec2-metadata-token: s3ssion") && !call.method);
        ck_assert_int_eq(step(KEYS), CMEK_OK);
        ck_assert_str_eq(cmek_strbuf_text(&call.url), "https://sts.googleapis.com/v1/token");
        ck_assert_ptr_nonnull(strstr(call.body.data, "sts.eu-west-1.amazonaws.com"));
        ck_assert_int_eq(step(OAUTH_ANSWER), CMEK_OK);
        ck_assert_str_eq(call.token.bytes, "ya29.s3cret");
        ck_assert_int_eq(call.life_s, 3600);
    }
    done();
}
END_TEST

START_TEST(aws_environment_spares_the_metadata)
{
    const struct cmek_auth_settings settings = {
        .aws = {.access_key_id = "AKID", .secret_access_key = "s3cret", .region = "eu-west-1"}};
    load_with(&settings, AWS);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_str_eq(cmek_strbuf_text(&call.url), "https://sts.googleapis.com/v1/token");
    ck_assert_ptr_null(strstr(call.body.data, "s3cret"));
    done();
}
END_TEST

START_TEST(source_of_an_impersonation_asks_with_its_own_quota_project)
{
    load(IMPERSONATED);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_int_eq(step(OAUTH_ANSWER), CMEK_OK);
    ck_assert(has_header("Authorization: Bearer ya29.s3cret"));
    ck_assert(has_header("x-goog-user-project: q"));
    ck_assert_str_eq(cmek_strbuf_text(&call.body),
                     "{\"delegates\":[\"projects/-/serviceAccounts/d@e\"],"
                     "\"scope\":[\"" CMEK_TOKEN_SCOPE "\"],\"lifetime\":\"3600s\"}");
    ck_assert_int_eq(
        step("{\"accessToken\":\"ya29.target\",\"expireTime\":\"2099-01-01T00:00:00.5Z\"}"),
        CMEK_OK);
    ck_assert_str_eq(call.token.bytes, "ya29.target");
    ck_assert_int_le(call.life_s, 86400);
    done();
}
END_TEST

START_TEST(refresh_token_that_comes_along_is_used_next)
{
    load("{\"type\":\"authorized_user\",\"client_id\":\"a\",\"client_secret\":\"b\","
         "\"refresh_token\":\"first\"}");
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_ptr_nonnull(strstr(call.body.data, "refresh_token=first"));
    ck_assert_int_eq(step("{\"access_token\":\"a\",\"refresh_token\":\"next\"}"), CMEK_OK);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_ptr_nonnull(strstr(call.body.data, "refresh_token=next"));
    done();
}
END_TEST

static const struct {
    const char *asked, *answer; /* "" for 404 */
    bool is_good;
} universes[] = {
    {NULL, "", true},
    {NULL, "googleapis.com", true},
    {NULL, "googleapis.com\n", true},
    {NULL, "universe.test", false},
    {NULL, "a\033[31mb", false},
    {"universe.test", "universe.test", true},
    {"universe.test", "", false},
    {"universe.test", "googleapis.com", false},
};

START_TEST(metadata_servers_universe_must_be_the_one_asked_for)
{
    const struct cmek_auth_settings settings = {.universe_domain = universes[_i].asked};
    ck_assert_int_eq(cmek_metadata_new(&settings, &source, &err), CMEK_OK);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert(call.is_metadata && call.may_lack && call.is_direct);
    ck_assert_ptr_nonnull(strstr(cmek_strbuf_text(&call.url), "/universe/universe-domain"));
    enum cmek_status status = step(universes[_i].answer);
    ck_assert_msg((status == CMEK_OK) == universes[_i].is_good, "%s: %s", universes[_i].answer,
                  err.message);
    ck_assert_ptr_null(strchr(err.message, '\033'));
    if (universes[_i].is_good) {
        ck_assert_ptr_nonnull(strstr(cmek_strbuf_text(&call.url), "/default/token?scopes="));
        ck_assert_int_eq(step(OAUTH_ANSWER), CMEK_OK);
        ck_assert_int_eq(step(NULL), CMEK_OK); /* it is not asked again */
        ck_assert_ptr_nonnull(strstr(cmek_strbuf_text(&call.url), "/default/token?scopes="));
    }
    done();
}
END_TEST

START_TEST(key_of_another_universe_needs_no_endpoint)
{
    const struct cmek_auth_settings settings = {.universe_domain = "universe.test"};
    EVP_PKEY *key = make_rsa_key();
    char *pem = pem_of(key, NULL), text[8192];
    snprintf(text, sizeof text, "{\"universe_domain\":\"universe.test\",%s",
             strchr(service_account_json(pem, NULL), '{') + 1);
    load_with(&settings, text);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert(call.token.bytes && is_signed_by(call.token.bytes, key));
    char *claims = jwt_part(call.token.bytes, 1);
    ck_assert_ptr_nonnull(strstr(claims, "\"sub\":\"scanner@demo.iam.gserviceaccount.com\""));
    ck_assert_ptr_nonnull(strstr(claims, "\"scope\":\"" CMEK_TOKEN_SCOPE "\""));
    ck_assert_ptr_null(strstr(claims, "\"aud\""));
    free(claims);
    free(pem);
    EVP_PKEY_free(key);
    done();
}
END_TEST

START_TEST(subject_token_file_is_read_each_time)
{
    folder_make();
    const char *path = folder_write("token", "first\n", 6);
    char text[1024];
    snprintf(text, sizeof text, EXTERNAL("\"file\":\"%s\""), path);
    load(text);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_ptr_nonnull(strstr(call.body.data, "subject_token=first&"));
    folder_write("token", "next", 4);
    ck_assert_int_eq(step(NULL), CMEK_OK);
    ck_assert_ptr_nonnull(strstr(call.body.data, "subject_token=next&"));
    folder_write("token", "a\0b", 3);
    ck_assert_int_ne(step(NULL), CMEK_OK);
    ck_assert_ptr_nonnull(strstr(err.message, "binary"));
    folder_remove();
    ck_assert_int_ne(step(NULL), CMEK_OK);
    ck_assert_ptr_nonnull(strstr(err.message, path));
    done();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/steps");
    TCase *tests = tcase_create("steps");
    tcase_add_loop_test(tests, unusable_answer_ends_with_its_reason, 0, COUNT(troubles));
    tcase_add_test(tests, aws_metadata_is_asked_for_what_is_missing);
    tcase_add_test(tests, aws_environment_spares_the_metadata);
    tcase_add_test(tests, source_of_an_impersonation_asks_with_its_own_quota_project);
    tcase_add_test(tests, refresh_token_that_comes_along_is_used_next);
    tcase_add_loop_test(tests, metadata_servers_universe_must_be_the_one_asked_for, 0,
                        COUNT(universes));
    tcase_add_test(tests, key_of_another_universe_needs_no_endpoint);
    tcase_add_test(tests, subject_token_file_is_read_each_time);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
