/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/jwt_check.h"

#include <openssl/rsa.h>
#include <string.h>

#include "base/strings.h"
#include "suite.h"

/* RFC 7515 appendix A.2: an RS256 token and its key, made by others. */
static const char rfc_token[] =
    "eyJhbGciOiJSUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ"
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1"
    "L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE"
    "UipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

static EVP_PKEY *make_key(void)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    ck_assert_ptr_nonnull(key);
    return key;
}

static const char *judge(const char *token)
{
    EVP_PKEY *key = make_key();
    const struct cmek_demo_jwt_rules rules = {
        .key = key,
        .key_id = "k",
        .issuer = "joe",
        .audiences = {"https://a/", "https://b/"},
        .now = 1300819000,
    };
    const char *complaint = cmek_demo_jwt_check(&rules, token);
    EVP_PKEY_free(key);
    return complaint;
}

static const char *const malformed[] = {
    "",
    ".",
    "..",
    "...",
    "a.b",
    "a.b.c",
    "eyJhbGciOiJSUzI1NiJ9",
    "eyJhbGciOiJSUzI1NiJ9..",
    "eyJhbGciOiJSUzI1NiJ9.e30.",
    "e30.e30.e30",
    "W10.W10.AA",
    "eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.AA",
    "eyJhbGciOiJSUzI1NiJ9=.e30.AA",
    "eyJhbGciOiJSUzI1NiJ9.e30.A",
    "\xC3\xA9.\xC3\xA9.\xC3\xA9",
    "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA",
};

START_TEST(what_is_no_token_does_not_parse)
{
    const char *complaint = judge(malformed[_i]);
    ck_assert_msg(complaint && strstr(complaint, "does not parse"), "%s: %s", malformed[_i],
                  complaint ? complaint : "accepted");
}
END_TEST

START_TEST(the_token_of_the_rfc_lacks_what_google_wants)
{
    ck_assert_str_eq(judge(rfc_token), "Invalid JWT: the assertion does not parse");
}
END_TEST

/* {"alg":"RS256"} . {"iss":"joe","aud":"https://a/","scope":"s","iat":1300818990,"exp":1300819380}
 */
START_TEST(a_token_that_another_key_signed_is_refused)
{
    ck_assert_str_eq(
        judge("eyJhbGciOiJSUzI1NiJ9."
              "eyJpc3MiOiJqb2UiLCJhdWQiOiJodHRwczovL2EvIiwic2NvcGUiOiJzIiwiaWF0IjoxMzAwODE4OTkwLCJl"
              "eHAiOjEzMDA4MTkzODB9.AAAA"),
        "Invalid JWT Signature.");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/jwt_check");
    TCase *tests = tcase_create("jwt_check");
    tcase_add_loop_test(tests, what_is_no_token_does_not_parse, 0, COUNT(malformed));
    tcase_add_test(tests, the_token_of_the_rfc_lacks_what_google_wants);
    tcase_add_test(tests, a_token_that_another_key_signed_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
