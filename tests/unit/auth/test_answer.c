/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/answer.h"

#include <string.h>

#include "base/strbuf.h"
#include "suite.h"

static struct cmek_strbuf body_of(const char *text)
{
    struct cmek_strbuf body = {0};
    cmek_strbuf_puts(&body, text);
    return body;
}

START_TEST(good_answer_gives_token_and_life)
{
    struct cmek_strbuf body =
        body_of("{\"access_token\":\"ya29.a\",\"expires_in\":\"1799\",\"token_type\":\"bearer\"}");
    struct cmek_secret token = {0};
    int64_t life;
    ck_assert_int_eq(cmek_token_answer_read(&body, &token, &life, NULL), CMEK_OK);
    ck_assert_str_eq(token.bytes, "ya29.a");
    ck_assert_int_eq(life, 1799);
    cmek_secret_done(&token);
    cmek_strbuf_done(&body);
}
END_TEST

static const struct {
    const char *label, *body, *message;
} bad[] = {
    {"empty", "", ""},
    {"html", "<html>", ""},
    {"array", "[]", ""},
    {"no token", "{\"expires_in\":3600}", "access_token"},
    {"empty token", "{\"access_token\":\"\"}", "access token"},
    {"line end", "{\"access_token\":\"a\\r\\nX: y\"}", "characters"},
    {"blank", "{\"access_token\":\"a b\"}", "characters"},
    {"non-ASCII", "{\"access_token\":\"\\u00e4\"}", "characters"},
    {"NUL", "{\"access_token\":\"a\\u0000b\"}", "characters"},
    {"a number", "{\"access_token\":5}", "access_token"},
    {"expired", "{\"access_token\":\"a\",\"expires_in\":0}", "expired"},
    {"negative", "{\"access_token\":\"a\",\"expires_in\":-5}", "expired"},
    {"not bearer", "{\"access_token\":\"a\",\"token_type\":\"MAC\"}", "bearer"},
};

START_TEST(bad_answer_gives_no_token)
{
    struct cmek_strbuf body = body_of(bad[_i].body);
    struct cmek_secret token = {0};
    struct cmek_error err = {0};
    int64_t life;
    ck_assert_msg(cmek_token_answer_read(&body, &token, &life, &err) == CMEK_E_AUTH, "%s",
                  bad[_i].label);
    ck_assert_ptr_null(token.bytes);
    ck_assert_msg(strstr(err.message, bad[_i].message), "%s: %s", bad[_i].label, err.message);
    cmek_strbuf_done(&body);
}
END_TEST

START_TEST(endless_life_is_cut)
{
    struct cmek_strbuf body =
        body_of("{\"access_token\":\"a\",\"expires_in\":9223372036854775807}");
    struct cmek_secret token = {0};
    int64_t life;
    ck_assert_int_eq(cmek_token_answer_read(&body, &token, &life, NULL), CMEK_OK);
    ck_assert_int_le(life, 86400);
    cmek_secret_done(&token);
    cmek_strbuf_done(&body);
}
END_TEST

static const struct {
    const char *body, *text;
} refusals[] = {
    {"{\"error\":\"invalid_grant\",\"error_description\":\"Bad Request\"}",
     "invalid_grant: Bad Request"},
    {"{\"error\":\"invalid_grant\"}", "invalid_grant"},
    {"{\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\",\"message\":\"Later\"}}",
     "UNAVAILABLE: Later"},
    {"{\"error\":\"x\",\"error_description\":\"a\\u001b[31m\\nb\\u00e4\"}", "x: a?[31m?b??"},
    {"{\"error\":\"x\",\"error_description\":\"your token 1//secret is bad\"}", "x"},
    {"{\"error\":\"1//secret\"}", ""},
    {"{\"error\":\"x\",\"error_description\":\"cannot parse 'HEADER.PAYLOAD.SI'\"}", "x"},
    {"{\"error\":\"x\",\"error_description\":\"cannot parse 'HEADER.PAYLOAD'\"}",
     "x: cannot parse 'HEADER.PAYLOAD'"},
    {"{\"error\":7}", ""},
    {"<html>", ""},
    {"", ""},
};

START_TEST(refusal_is_explained_without_secrets_or_control_bytes)
{
    static const char *const secrets[] = {NULL, "1//secret", "", "HEADER.PAYLOAD.SIGNATURE"};
    struct cmek_strbuf body = body_of(refusals[_i].body), text = {0};
    cmek_token_answer_explain(&body, secrets, COUNT(secrets), &text);
    ck_assert_str_eq(cmek_strbuf_text(&text), refusals[_i].text);
    cmek_strbuf_done(&text);
    cmek_strbuf_done(&body);
}
END_TEST

START_TEST(long_description_is_cut)
{
    struct cmek_strbuf body = body_of("{\"error\":\"x\",\"error_description\":\""), text = {0};
    for (int i = 0; i < 5000; i++)
        cmek_strbuf_putc(&body, 'y');
    cmek_strbuf_puts(&body, "\"}");
    cmek_token_answer_explain(&body, NULL, 0, &text);
    ck_assert_uint_lt(text.length, 400);
    cmek_strbuf_done(&text);
    cmek_strbuf_done(&body);
}
END_TEST

static const struct {
    const char *body;
    bool is_transient;
} transients[] = {
    {"{\"error\":\"server_error\"}", true},
    {"{\"error\":\"internal_failure\"}", true},
    {"{\"error\":\"temporarily_unavailable\"}", true},
    {"{\"error\":\"invalid_grant\"}", false},
    {"{\"error\":{\"status\":\"server_error\"}}", false},
    {"server_error", false},
};

START_TEST(servers_own_trouble_is_told_from_refusal)
{
    struct cmek_strbuf body = body_of(transients[_i].body);
    ck_assert_int_eq(cmek_token_answer_is_transient(&body), transients[_i].is_transient);
    cmek_strbuf_done(&body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/answer");
    TCase *tests = tcase_create("answer");
    tcase_add_test(tests, good_answer_gives_token_and_life);
    tcase_add_loop_test(tests, bad_answer_gives_no_token, 0, COUNT(bad));
    tcase_add_test(tests, endless_life_is_cut);
    tcase_add_loop_test(tests, refusal_is_explained_without_secrets_or_control_bytes, 0,
                        COUNT(refusals));
    tcase_add_test(tests, long_description_is_cut);
    tcase_add_loop_test(tests, servers_own_trouble_is_told_from_refusal, 0, COUNT(transients));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
