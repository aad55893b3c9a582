/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/faults.h"

#include <string.h>

#include "suite.h"

START_TEST(every_fault_is_read)
{
    struct cmek_demo_faults faults;
    struct cmek_error err = {0};
    ck_assert_msg(cmek_demo_faults_parse(
                      "latency=30ms,401-every=1,429-every=10,503-every=20,retry-after=2,"
                      "reset-every=50,truncate-every=60,slow-body=2s,slow-every=3,page-size=4,"
                      "token-ttl=5s,anonymous,few-locations,deny=projects/p:storage,"
                      "disable=projects/q:pubsub.topics.list,deny=folders/2",
                      &faults, &err) == CMEK_OK,
                  "%s", err.message);
    ck_assert_int_eq(faults.latency_ms, 30);
    ck_assert_int_eq(faults.every_401, 1);
    ck_assert_int_eq(faults.every_429, 10);
    ck_assert_int_eq(faults.every_503, 20);
    ck_assert_int_eq(faults.retry_after_s, 2);
    ck_assert_int_eq(faults.every_reset, 50);
    ck_assert_int_eq(faults.every_truncated, 60);
    ck_assert_int_eq(faults.slow_body_ms, 2000);
    ck_assert_int_eq(faults.every_slow, 3);
    ck_assert_int_eq(faults.page_size, 4);
    ck_assert_int_eq(faults.token_ttl_s, 5);
    ck_assert(faults.anonymous && faults.few_locations);
    ck_assert_uint_eq(faults.blocks.count, 3);
    ck_assert_str_eq(faults.blocks.items[0].scope, "projects/p");
    ck_assert_str_eq(faults.blocks.items[0].operation, "storage");
    ck_assert(!faults.blocks.items[0].is_disabled && faults.blocks.items[1].is_disabled);
    ck_assert_str_eq(faults.blocks.items[1].operation, "pubsub.topics.list");
    ck_assert_str_eq(faults.blocks.items[2].scope, "folders/2");
    ck_assert_ptr_null(faults.blocks.items[2].operation);
    cmek_demo_faults_done(&faults);
}
END_TEST

START_TEST(nothing_is_no_fault)
{
    struct cmek_demo_faults faults;
    ck_assert_int_eq(cmek_demo_faults_parse("", &faults, NULL), CMEK_OK);
    ck_assert_int_eq(faults.latency_ms, 0);
    ck_assert_int_eq(cmek_demo_faults_parse(",,latency=1s,", &faults, NULL), CMEK_OK);
    ck_assert_int_eq(faults.latency_ms, 1000);
    cmek_demo_faults_done(&faults);
}
END_TEST

static const struct {
    const char *text, *scope, *operation;
} scopes[] = {
    {"deny=projects/example.com:p", "projects/example.com:p", NULL},
    {"deny=projects/example.com:p:storage", "projects/example.com:p", "storage"},
    {"deny=organizations/1:orgpolicy", "organizations/1", "orgpolicy"},
};

START_TEST(a_domain_scoped_project_keeps_its_colon)
{
    struct cmek_demo_faults faults;
    ck_assert_int_eq(cmek_demo_faults_parse(scopes[_i].text, &faults, NULL), CMEK_OK);
    ck_assert_str_eq(faults.blocks.items[0].scope, scopes[_i].scope);
    ck_assert_pstr_eq(faults.blocks.items[0].operation, scopes[_i].operation);
    cmek_demo_faults_done(&faults);
}
END_TEST

static const struct {
    const char *text, *in_message;
} bad[] = {
    {"lag=3", "unknown fault 'lag'"},
    {"lag=3", "latency, 401-every"},
    {"latency", "expected a duration"},
    {"latency=", "expected a duration"},
    {"latency=30", "expected a duration"},
    {"latency=-1ms", "expected a duration"},
    {"latency=1h", "expected a duration"},
    {"latency=999999999s", "expected a duration"},
    {"429-every=0.5", "expected a number"},
    {"quota=1/60s", "fault 'quota' is '1/60s', expected published, or an API"},
    {"quota=nothing:1/60s", "expected published"},
    {"quota=cloudasset:1", "expected published"},
    {"quota=cloudasset:x/60s", "expected published"},
    {"quota=cloudasset:1/0s", "expected published"},
    {"quota", "expected published"},
    {"429-every=x", "fault '429-every' is 'x'"},
    {"429-every=99999999999999999999", "expected a number"},
    {"retry-after=soon", "a number of seconds"},
    {"anonymous=yes", "expected no value"},
    {"deny", "expected projects/ID"},
    {"deny=p", "expected projects/ID"},
    {"deny=projects/p:nonsense", "expected projects/ID"},
    {"latency=1ms,deny=projects/p,oops", "unknown fault 'oops'"},
};

START_TEST(what_is_wrong_is_named)
{
    struct cmek_demo_faults faults;
    struct cmek_error err = {0};
    ck_assert_msg(cmek_demo_faults_parse(bad[_i].text, &faults, &err) == CMEK_E_USAGE, "%s",
                  bad[_i].text);
    ck_assert_msg(strstr(err.message, bad[_i].in_message) != NULL, "%s: %s", bad[_i].text,
                  err.message);
    ck_assert_uint_eq(faults.blocks.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demo/faults");
    TCase *tests = tcase_create("faults");
    tcase_add_test(tests, every_fault_is_read);
    tcase_add_test(tests, nothing_is_no_fault);
    tcase_add_loop_test(tests, a_domain_scoped_project_keeps_its_colon, 0, COUNT(scopes));
    tcase_add_loop_test(tests, what_is_wrong_is_named, 0, COUNT(bad));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
