/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/jwt.h"

#include <stdlib.h>
#include <string.h>

#include "auth/keys.h"
#include "base/strbuf.h"
#include "suite.h"

static const struct {
    const char *bytes;
    size_t length;
    const char *text;
} encodings[] = {
    {"", 0, ""},
    {"f", 1, "Zg"},
    {"fo", 2, "Zm8"},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg"},
    {"\x03\xec\xff\xe0\xc1", 5, "A-z_4ME"}, /* RFC 7515 appendix C */
    {"\xff\xff\xfe", 3, "___-"},
    {"\0\0\0\0", 4, "AAAAAA"},
};

START_TEST(bytes_are_encoded_as_rfc_7515_says)
{
    struct cmek_strbuf buffer = {0};
    cmek_base64url_encode(&buffer, encodings[_i].bytes, encodings[_i].length);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), encodings[_i].text);
    cmek_strbuf_done(&buffer);
}
END_TEST

static struct cmek_jwt_key *parse(EVP_PKEY *pkey)
{
    struct cmek_jwt_key *key = NULL;
    struct cmek_error err;
    char *pem = pem_of(pkey, NULL);
    ck_assert_int_eq(cmek_jwt_key_parse(pem, strlen(pem), &key, &err), CMEK_OK);
    free(pem);
    return key;
}

START_TEST(token_is_three_parts_signed_with_the_key)
{
    static const struct cmek_jwt_claims claims = {
        .issuer = "scanner@p.iam.gserviceaccount.com",
        .audience = "https://oauth2.googleapis.com/token",
        .scope = "https://www.googleapis.com/auth/cloud-platform",
        .issued_at = 1700000000,
        .expires_at = 1700003600,
    };
    EVP_PKEY *pkey = make_rsa_key(), *other = make_rsa_key();
    struct cmek_jwt_key *key = parse(pkey);
    struct cmek_strbuf token = {0};
    ck_assert_int_eq(cmek_jwt_sign(&claims, "kid-1", key, &token, NULL), CMEK_OK);
    char *header = jwt_part(token.data, 0), *body = jwt_part(token.data, 1);
    ck_assert_str_eq(header, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"kid-1\"}");
    ck_assert_str_eq(body, "{\"iss\":\"scanner@p.iam.gserviceaccount.com\","
                           "\"aud\":\"https://oauth2.googleapis.com/token\","
                           "\"scope\":\"https://www.googleapis.com/auth/cloud-platform\","
                           "\"iat\":1700000000,\"exp\":1700003600}");
    ck_assert_ptr_null(strpbrk(token.data, "+/= \n"));
    ck_assert(is_signed_by(token.data, pkey));
    ck_assert(!is_signed_by(token.data, other));
    token.data[strlen("eyJhbGciOi") + 40] ^= 1;
    ck_assert(!is_signed_by(token.data, pkey));
    free(header);
    free(body);
    cmek_strbuf_done(&token);
    cmek_jwt_key_free(key);
    EVP_PKEY_free(pkey);
    EVP_PKEY_free(other);
}
END_TEST

START_TEST(names_cannot_break_out_of_the_json)
{
    static const struct cmek_jwt_claims claims = {.issuer = "a\",\"sub\":\"root\n"};
    EVP_PKEY *pkey = make_rsa_key();
    struct cmek_jwt_key *key = parse(pkey);
    struct cmek_strbuf token = {0};
    ck_assert_int_eq(cmek_jwt_sign(&claims, NULL, key, &token, NULL), CMEK_OK);
    char *header = jwt_part(token.data, 0), *body = jwt_part(token.data, 1);
    ck_assert_str_eq(header, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    ck_assert_str_eq(body, "{\"iss\":\"a\\\",\\\"sub\\\":\\\"root\\n\",\"iat\":0,\"exp\":0}");
    free(header);
    free(body);
    cmek_strbuf_done(&token);
    cmek_jwt_key_free(key);
    EVP_PKEY_free(pkey);
}
END_TEST

static void assert_refused(const char *pem, const char *message)
{
    struct cmek_jwt_key *key = NULL;
    struct cmek_error err;
    ck_assert_int_eq(cmek_jwt_key_parse(pem, strlen(pem), &key, &err), CMEK_E_INVALID);
    ck_assert_ptr_null(key);
    ck_assert_msg(strstr(err.message, message), "%s", err.message);
}

static const char *const broken[] = {
    "",
    "not a key",
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ\n-----END PUBLIC KEY-----\n",
};

START_TEST(broken_key_is_refused)
{
    assert_refused(broken[_i], "the private key does not parse");
}
END_TEST

START_TEST(encrypted_and_other_keys_are_refused_without_asking)
{
    EVP_PKEY *rsa = make_rsa_key(), *ec = make_ec_key();
    char *encrypted = pem_of(rsa, "passphrase"), *other = pem_of(ec, NULL);
    assert_refused(encrypted, "the private key does not parse");
    assert_refused(other, "not an RSA key");
    free(encrypted);
    free(other);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/jwt");
    TCase *tests = tcase_create("jwt");
    tcase_add_loop_test(tests, bytes_are_encoded_as_rfc_7515_says, 0, COUNT(encodings));
    tcase_add_test(tests, token_is_three_parts_signed_with_the_key);
    tcase_add_test(tests, names_cannot_break_out_of_the_json);
    tcase_add_loop_test(tests, broken_key_is_refused, 0, COUNT(broken));
    tcase_add_test(tests, encrypted_and_other_keys_are_refused_without_asking);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
