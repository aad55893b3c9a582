/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/aws_sign.h"

#include <string.h>

#include "base/strbuf.h"
#include "suite.h"

#define URL "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"

/* Signatures of botocore for the same request. */
static const struct cmek_aws_identity plain = {
    .url = URL,
    .region = "us-east-1",
    .access_key_id = "AKIDEXAMPLE",
    .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    .target_resource = "//iam.googleapis.com/pool",
    .now = {.seconds = 1795368360},
};
#define WITH_SESSION    "0abd710e97af8bd285dbaf3c87ace19044848147755a503bbed889d7acff1fce"
#define WITHOUT_SESSION "1d8deb10101f8684af61b149f6f06a240d77db7a6788a14173f70be0cf11d29e"

static void assert_signed(const struct cmek_aws_identity *identity, const char *const *parts)
{
    struct cmek_strbuf token = {0};
    struct cmek_error err = {0};
    ck_assert_msg(cmek_aws_sign_identity(identity, &token, &err) == CMEK_OK, "%s", err.message);
    for (; *parts; parts++)
        ck_assert_msg(strstr(cmek_strbuf_text(&token), *parts), "%s: %s", *parts,
                      cmek_strbuf_text(&token));
    ck_assert_ptr_null(strstr(cmek_strbuf_text(&token), "wJalr"));
    cmek_strbuf_done(&token);
}

START_TEST(signature_is_that_of_aws)
{
    static const char *const parts[] = {
        "Signature%3D" WITHOUT_SESSION "%22",
        "SignedHeaders%3Dhost%3Bx-amz-date%3Bx-goog-cloud-target-resource%2C",
        "Credential%3DAKIDEXAMPLE%2F20261122%2Fus-east-1%2Fsts%2Faws4_request%2C",
        "%22key%22%3A%22x-amz-date%22%2C%22value%22%3A%2220261122T172600Z%22",
        "%22url%22%3A%22https%3A%2F%2Fsts.us-east-1.amazonaws.com%3FAction%3DGetCallerIdentity",
        NULL};
    assert_signed(&plain, parts);
}
END_TEST

START_TEST(session_token_is_signed_along)
{
    static const char *const parts[] = {"Signature%3D" WITH_SESSION "%22",
                                        "%3Bx-amz-security-token%3Bx-goog", NULL};
    struct cmek_aws_identity identity = plain;
    identity.session_token = "session+token/==";
    assert_signed(&identity, parts);
}
END_TEST

static const struct {
    const char *label, *url, *region, *target, *session, *key_id, *message;
} bad[] = {
    {"http", "http://sts.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15", NULL, NULL,
     NULL, NULL, "is not that of AWS"},
    {"another service", "https://iam.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
     NULL, NULL, NULL, NULL, "is not that of AWS"},
    {"another owner", "https://sts.example.org?Action=GetCallerIdentity&Version=2011-06-15", NULL,
     NULL, NULL, NULL, "is not that of AWS"},
    {"a longer name",
     "https://sts.amazonaws.com.example.org?Action=GetCallerIdentity&Version=2011-06-15", NULL,
     NULL, NULL, NULL, "is not that of AWS"},
    {"another port", "https://sts.amazonaws.com:8443?Action=GetCallerIdentity&Version=2011-06-15",
     NULL, NULL, NULL, NULL, "is not that of AWS"},
    {"another action", "https://sts.amazonaws.com?Action=GetSessionToken&Version=2011-06-15", NULL,
     NULL, NULL, NULL, "something else than GetCallerIdentity"},
    {"more than the action",
     "https://sts.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15&X=1", NULL, NULL, NULL,
     NULL, "something else than GetCallerIdentity"},
    {"a path", "https://sts.amazonaws.com/x?Action=GetCallerIdentity&Version=2011-06-15", NULL,
     NULL, NULL, NULL, "something else than GetCallerIdentity"},
    {"no URL", "", NULL, NULL, NULL, NULL, "is not that of AWS"},
    {"region that is a host", NULL, "example.org/", NULL, NULL, NULL, "AWS region"},
    {"no region", NULL, "", NULL, NULL, NULL, "AWS region"},
    {"line end in the target", NULL, NULL, "a\r\nb", NULL, NULL, "x-goog-cloud-target-resource"},
    {"line end in the session", NULL, NULL, NULL, "a\nb", NULL, "x-amz-security-token"},
    {"no key", NULL, NULL, NULL, NULL, "", "AWS access key"},
};

START_TEST(anything_else_is_not_signed)
{
    struct cmek_aws_identity identity = plain;
    identity.url = bad[_i].url ? bad[_i].url : identity.url;
    identity.region = bad[_i].region ? bad[_i].region : identity.region;
    identity.target_resource = bad[_i].target ? bad[_i].target : identity.target_resource;
    identity.session_token = bad[_i].session;
    identity.access_key_id = bad[_i].key_id ? bad[_i].key_id : identity.access_key_id;
    struct cmek_strbuf token = {0};
    struct cmek_error err = {0};
    ck_assert_msg(cmek_aws_sign_identity(&identity, &token, &err) == CMEK_E_AUTH, "%s",
                  bad[_i].label);
    ck_assert_uint_eq(token.length, 0);
    ck_assert_msg(strstr(err.message, bad[_i].message), "%s: %s", bad[_i].label, err.message);
    cmek_strbuf_done(&token);
}
END_TEST

static const char *const hosts[] = {"sts.amazonaws.com", "sts-fips.us-east-2.amazonaws.com",
                                    "sts.cn-north-1.amazonaws.com.cn"};

START_TEST(all_hosts_of_the_service_do)
{
    char url[200];
    snprintf(url, sizeof url, "https://%s/?Action=GetCallerIdentity&Version=2011-06-15", hosts[_i]);
    struct cmek_aws_identity identity = plain;
    identity.url = url;
    const char *const parts[] = {hosts[_i], "%2Fsts%2Faws4_request", NULL};
    assert_signed(&identity, parts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/aws_sign");
    TCase *tests = tcase_create("aws_sign");
    tcase_add_test(tests, signature_is_that_of_aws);
    tcase_add_test(tests, session_token_is_signed_along);
    tcase_add_loop_test(tests, anything_else_is_not_signed, 0, COUNT(bad));
    tcase_add_loop_test(tests, all_hosts_of_the_service_do, 0, COUNT(hosts));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
