/* SPDX-License-Identifier: Apache-2.0 */
#include "http/url.h"

#include <string.h>

#include "base/strbuf.h"
#include "http/engine.h"
#include "suite.h"

static const struct {
    const char *text, *host, *origin;
    int port;
    bool https, is_loopback;
} good[] = {
    {"https://storage.googleapis.com/storage/v1/b?project=p", "storage.googleapis.com",
     "https://storage.googleapis.com", 443, true, false},
    {"http://127.0.0.1:8080/x", "127.0.0.1", "http://127.0.0.1:8080", 8080, false, true},
    {"HTTP://LOCALHOST", "LOCALHOST", "HTTP://LOCALHOST", 80, false, true},
    {"http://[::1]:9#f", "::1", "http://[::1]:9", 9, false, true},
    {"http://127.255.0.9?q", "127.255.0.9", "http://127.255.0.9", 80, false, true},
    {"http://127.0.0.1.example.com/", "127.0.0.1.example.com", "http://127.0.0.1.example.com", 80,
     false, false},
    {"http://127.1/", "127.1", "http://127.1", 80, false, false},
    {"http://127.0.0.256/", "127.0.0.256", "http://127.0.0.256", 80, false, false},
    {"http://0127.0.0.1/", "0127.0.0.1", "http://0127.0.0.1", 80, false, false},
    {"http://127.0.0.01/", "127.0.0.01", "http://127.0.0.01", 80, false, false},
    {"http://127.0.0.1./", "127.0.0.1.", "http://127.0.0.1.", 80, false, false},
    {"http://localhost.example.com/", "localhost.example.com", "http://localhost.example.com", 80,
     false, false},
    {"http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1", "http://[::ffff:127.0.0.1]", 80, false,
     false},
    {"https://example.com/127.0.0.1", "example.com", "https://example.com", 443, true, false},
};

START_TEST(good_url_is_taken_apart)
{
    struct cmek_url url;
    ck_assert_msg(cmek_url_parse(good[_i].text, &url), "%s", good[_i].text);
    ck_assert_msg(url.host_length == strlen(good[_i].host) &&
                      memcmp(url.host, good[_i].host, url.host_length) == 0,
                  "%s: host %.*s", good[_i].text, (int)url.host_length, url.host);
    ck_assert_msg(url.origin_length == strlen(good[_i].origin) && url.port == good[_i].port &&
                      url.https == good[_i].https,
                  "%s: origin of %zu, port %d", good[_i].text, url.origin_length, url.port);
    ck_assert_msg(cmek_url_is_loopback(good[_i].text) == good[_i].is_loopback, "%s: loopback",
                  good[_i].text);
}
END_TEST

static const char *const bad[] = {
    "",
    "storage.googleapis.com",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "https:///x",
    "https://",
    "http://user@127.0.0.1/",
    "http://user:pass@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http://127.0.0.1 .example.com/",
    "http://127.0.0.1\r\n/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:99999999999999999999/",
    "http://127.0.0.1:80x/",
    "http://[::1/",
    "http://[]/",
    "http://[::1]x/",
    "http://exa%6dple.com/",
    "http://ex\xc3\xa4mple.com/",
    "https://example.com/a b",
    "https://example.com/\x7f",
};

START_TEST(bad_url_is_refused)
{
    struct cmek_url url;
    ck_assert_msg(!cmek_url_parse(bad[_i], &url), "%s", bad[_i]);
    ck_assert_msg(!cmek_url_is_loopback(bad[_i]), "%s", bad[_i]);
}
END_TEST

START_TEST(no_url_and_a_very_long_host_are_refused)
{
    char text[600] = "http://";
    struct cmek_url url;
    memset(text + 7, 'a', 300);
    ck_assert(!cmek_url_parse(text, &url));
    ck_assert(!cmek_url_parse(NULL, &url));
}
END_TEST

static const struct {
    const char *url, *domain;
    bool is_below;
} domains[] = {
    {"https://oauth2.googleapis.com/token", "googleapis.com", true},
    {"https://OAuth2.GoogleAPIs.com/token", "googleapis.com", true},
    {"https://googleapis.com/", "googleapis.com", false},
    {"https://evilgoogleapis.com/", "googleapis.com", false},
    {"https://.googleapis.com/", "googleapis.com", false},
    {"https://googleapis.com.example.org/", "googleapis.com", false},
    {"https://a.com/", "googleapis.com", false},
};

START_TEST(domain_is_matched_at_a_label)
{
    struct cmek_url url;
    ck_assert(cmek_url_parse(domains[_i].url, &url));
    ck_assert_msg(cmek_url_host_is_below(&url, domains[_i].domain) == domains[_i].is_below, "%s",
                  domains[_i].url);
}
END_TEST

static const struct {
    const char *text, *encoded;
} encodings[] = {
    {"", ""},
    {"plain-Text_1.~", "plain-Text_1.~"},
    {"a/b c", "a%2Fb%20c"},
    {"_Default+x&y=z?#%", "_Default%2Bx%26y%3Dz%3F%23%25"},
    {"\xc3\xa4\x01", "%C3%A4%01"},
};

START_TEST(text_is_percent_encoded)
{
    struct cmek_strbuf buffer = {0};
    cmek_url_encode(&buffer, encodings[_i].text);
    ck_assert_str_eq(cmek_strbuf_text(&buffer), encodings[_i].encoded);
    cmek_strbuf_done(&buffer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http/url");
    TCase *tests = tcase_create("url");
    tcase_add_loop_test(tests, good_url_is_taken_apart, 0, COUNT(good));
    tcase_add_loop_test(tests, bad_url_is_refused, 0, COUNT(bad));
    tcase_add_test(tests, no_url_and_a_very_long_host_are_refused);
    tcase_add_loop_test(tests, domain_is_matched_at_a_label, 0, COUNT(domains));
    tcase_add_loop_test(tests, text_is_percent_encoded, 0, COUNT(encodings));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
