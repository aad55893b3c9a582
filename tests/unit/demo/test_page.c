/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/page.h"

#include <stdio.h>
#include <string.h>

#include "demo/call.h"
#include "suite.h"

#define ITEMS 7

static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                               .member = "items",
                                               .default_size = 3,
                                               .max_size = 5};
static const struct cmek_demo_paging strict_paging = {.size_param = "pageSize",
                                                      .member = "items",
                                                      .default_size = 3,
                                                      .max_size = 5,
                                                      .refuses_more = true};

/* The answer to @p uri over seven items "0" … "6". */
static int ask(const struct cmek_demo_paging *how, const struct cmek_demo_faults *faults,
               const char *uri, char *ret_answer, size_t size)
{
    static struct cmek_demo_item made[ITEMS];
    static char jsons[ITEMS][4];
    const struct cmek_demo_item *list[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        snprintf(jsons[i], sizeof jsons[i], "%d", i);
        made[i].name = made[i].json = jsons[i];
        list[i] = &made[i];
    }
    const struct cmek_demo_items items = {.items = list, .count = ITEMS};
    struct cmek_demo_call call = {.status = 200, .faults = faults};
    cmek_json_writer_init(&call.writer, &call.answer, 0);
    cmek_demo_call_read_uri(&call, uri);
    cmek_demo_page_answer(&call, how, &items, NULL, NULL);
    snprintf(ret_answer, size, "%s", cmek_strbuf_text(&call.answer));
    cmek_strbuf_done(&call.answer);
    cmek_arena_done(&call.arena);
    return call.status;
}

static const struct {
    const char *query, *begins;
    int64_t page_size; /* of the fault */
} sizes[] = {
    {"", "{\"items\":[0,1,2],\"nextPageToken\":", 0},
    {"pageSize=0", "{\"items\":[0,1,2],\"nextPageToken\":", 0},
    {"pageSize=1", "{\"items\":[0],\"nextPageToken\":", 0},
    {"pageSize=5", "{\"items\":[0,1,2,3,4],\"nextPageToken\":", 0},
    {"pageSize=6", "{\"items\":[0,1,2,3,4],\"nextPageToken\":", 0},
    {"pageSize=5", "{\"items\":[0,1],\"nextPageToken\":", 2},
    {"pageSize=1", "{\"items\":[0],\"nextPageToken\":", 2},
};

START_TEST(pages_are_as_long_as_asked_for_up_to_the_limit)
{
    char answer[512], uri[64];
    const struct cmek_demo_faults faults = {.page_size = sizes[_i].page_size};
    snprintf(uri, sizeof uri, "/x?%s", sizes[_i].query);
    ck_assert_int_eq(ask(&paging, &faults, uri, answer, sizeof answer), 200);
    ck_assert_msg(strncmp(answer, sizes[_i].begins, strlen(sizes[_i].begins)) == 0, "%s: %s",
                  sizes[_i].query, answer);
}
END_TEST

START_TEST(tokens_lead_from_page_to_page)
{
    static const char *const want[] = {"[0,1,2]", "[3,4,5]", "[6]"};
    const struct cmek_demo_faults faults = {0};
    char answer[512], uri[128] = "/x?a=1";
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(&paging, &faults, uri, answer, sizeof answer), 200);
        ck_assert_ptr_nonnull(strstr(answer, want[i]));
        const char *token = strstr(answer, "\"nextPageToken\":\"");
        ck_assert_int_eq(token != NULL, i < 2);
        if (token)
            snprintf(uri, sizeof uri, "/x?a=1&pageToken=%.16s", token + 17);
    }
}
END_TEST

START_TEST(a_token_holds_for_its_own_listing_only)
{
    const struct cmek_demo_faults faults = {0};
    char answer[512], uri[128], token[17];
    ck_assert_int_eq(ask(&paging, &faults, "/x?a=1", answer, sizeof answer), 200);
    snprintf(token, sizeof token, "%.16s", strstr(answer, "\"nextPageToken\":\"") + 17);
    static const struct {
        const char *format;
        int status;
    } uses[] = {
        {"/x?a=1&pageToken=%s", 200},
        {"/x?pageToken=%s&a=1", 200},
        {"/x?a=1&pageSize=2&pageToken=%s", 200},
        {"/x?a=1&fields=items&pageToken=%s", 200},
        {"/x?a=2&pageToken=%s", 400},
        {"/y?a=1&pageToken=%s", 400},
        {"/x?pageToken=%s", 400},
        {"/x?a=1&pageToken=0%s", 400},
    };
    for (int i = 0; i < COUNT(uses); i++) {
        const char *at = strstr(uses[i].format, "%s");
        snprintf(uri, sizeof uri, "%.*s%s%s", (int)(at - uses[i].format), uses[i].format, token,
                 at + 2);
        ck_assert_msg(ask(&paging, &faults, uri, answer, sizeof answer) == uses[i].status, "%s",
                      uri);
    }
    for (size_t i = 0; i < 16; i++) {
        char changed[17];
        memcpy(changed, token, sizeof changed);
        changed[i] = changed[i] == '0' ? '1' : '0';
        snprintf(uri, sizeof uri, "/x?a=1&pageToken=%s", changed);
        ck_assert_msg(ask(&paging, &faults, uri, answer, sizeof answer) == 400, "%s", uri);
    }
}
END_TEST

static const char *const bad_sizes[] = {"-1",        "x", "", "1x", "1.5", "99999999999999999999",
                                        "2147483648"};

START_TEST(bad_sizes_are_refused)
{
    const struct cmek_demo_faults faults = {0};
    char answer[512], uri[64];
    snprintf(uri, sizeof uri, "/x?pageSize=%s", bad_sizes[_i]);
    ck_assert_msg(ask(&paging, &faults, uri, answer, sizeof answer) == 400, "%s", uri);
}
END_TEST

START_TEST(some_apis_refuse_large_pages)
{
    const struct cmek_demo_faults faults = {0};
    char answer[512];
    ck_assert_int_eq(ask(&strict_paging, &faults, "/x?pageSize=5", answer, sizeof answer), 200);
    ck_assert_int_eq(ask(&strict_paging, &faults, "/x?pageSize=6", answer, sizeof answer), 400);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/page");
    TCase *tests = tcase_create("page");
    tcase_add_loop_test(tests, pages_are_as_long_as_asked_for_up_to_the_limit, 0, COUNT(sizes));
    tcase_add_test(tests, tokens_lead_from_page_to_page);
    tcase_add_test(tests, a_token_holds_for_its_own_listing_only);
    tcase_add_loop_test(tests, bad_sizes_are_refused, 0, COUNT(bad_sizes));
    tcase_add_test(tests, some_apis_refuse_large_pages);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
