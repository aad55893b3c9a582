/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/meter.h"

#include <string.h>

#include "suite.h"

static struct cmek_meter meter;
static struct cmek_gcp_progress progress;
static struct cmek_http_counters counters;

static void set_up(void)
{
    meter = (struct cmek_meter){0};
    progress = (struct cmek_gcp_progress){.phase = "resources", .projects_known = 1000};
    counters = (struct cmek_http_counters){0};
}

/* So many seconds at so many steps and requests a second, looked at five times a second. */
static void go_on(int64_t *now_ms, int seconds, unsigned steps, unsigned requests)
{
    for (int64_t end_ms = *now_ms + (int64_t)seconds * 1000; *now_ms < end_ms; *now_ms += 200) {
        cmek_meter_add(&meter, *now_ms, &progress, &counters);
        if (*now_ms % 1000 != 800)
            continue;
        progress.steps_done += steps;
        counters.requests += requests;
    }
}

START_TEST(rate_and_time_left_are_those_of_the_last_half_minute)
{
    int64_t now_ms = 5000;
    go_on(&now_ms, 100, 50, 900);
    go_on(&now_ms, 40, 2, 30); /* a quota has run dry */
    progress.steps_left = 600;
    ck_assert_double_eq_tol(cmek_meter_rate(&meter), 30, 0.5);
    ck_assert_double_eq_tol(cmek_meter_left_s(&meter, &progress), 300, 5);
}
END_TEST

START_TEST(nothing_is_estimated_too_early)
{
    int64_t now_ms = 5000;
    ck_assert_double_lt(cmek_meter_rate(&meter), 0);
    progress.steps_left = 10;
    go_on(&now_ms, 2, 50, 50);
    ck_assert_double_lt(cmek_meter_left_s(&meter, &progress), 0);
    go_on(&now_ms, 2, 50, 50);
    ck_assert_double_gt(cmek_meter_left_s(&meter, &progress), 0);
}
END_TEST

START_TEST(nothing_is_estimated_without_a_known_end_or_while_nothing_moves)
{
    int64_t now_ms = 5000;
    go_on(&now_ms, 20, 5, 50);
    ck_assert_double_lt(cmek_meter_left_s(&meter, &progress), 0);
    progress.steps_left = 10;
    ck_assert_double_gt(cmek_meter_left_s(&meter, &progress), 0);
    go_on(&now_ms, 40, 0, 0);
    ck_assert_double_lt(cmek_meter_left_s(&meter, &progress), 0);
    ck_assert_double_eq(cmek_meter_rate(&meter), 0);
}
END_TEST

START_TEST(a_new_phase_is_not_judged_by_the_last)
{
    int64_t now_ms = 5000;
    go_on(&now_ms, 20, 100, 50);
    progress.phase = "keys and tags";
    progress.steps_done = 3;
    progress.steps_left = 100;
    go_on(&now_ms, 2, 1, 50);
    ck_assert_double_lt(cmek_meter_left_s(&meter, &progress), 0);
    ck_assert_double_eq_tol(cmek_meter_rate(&meter), 50, 0.5);
    go_on(&now_ms, 10, 1, 50);
    ck_assert_double_eq_tol(cmek_meter_left_s(&meter, &progress), 100, 1);
}
END_TEST

static const struct {
    const char *label;
    struct cmek_gcp_progress progress;
    struct cmek_http_counters counters;
    int seconds;
    unsigned steps;
    const char *want;
} lines[] = {
    {"nothing yet", {0}, {0}, 0, 0, "reading: 0 requests, time left ?"},
    {"one request",
     {.phase = "credentials"},
     {.requests = 1},
     0,
     0,
     "credentials: 1 request, time left ?"},
    {"more may turn up",
     {.phase = "hierarchy", .projects_known = 40, .may_find_projects = true},
     {.requests = 12},
     0,
     0,
     "hierarchy: 0 of 40 or more projects, 0 resources, 12 requests, time left ?"},
    {"seconds",
     {.phase = "resources", .projects_known = 40, .projects_done = 12, .steps_left = 28},
     {0},
     10,
     1,
     "resources: 12 of 40 projects, 0 resources, 7 requests/s, about 28 s left"},
    {"minutes and a quota",
     {.phase = "keys and tags",
      .projects_known = 4000,
      .projects_done = 4000,
      .resources = 9,
      .steps_left = 3600},
     {.waiting_for = "cloudkms.read"},
     10,
     5,
     "keys and tags: 4000 of 4000 projects, 9 resources, 7 requests/s, waiting for quota "
     "cloudkms.read, about 12 min left"},
    {"hours",
     {.phase = "resources", .projects_known = 90000, .steps_left = 90000},
     {0},
     40,
     10,
     "resources: 0 of 90000 projects, 0 resources, 7 requests/s, about 2.5 h left"},
};

START_TEST(line)
{
    int64_t now_ms = 1000;
    progress = lines[_i].progress;
    counters = lines[_i].counters;
    go_on(&now_ms, lines[_i].seconds, lines[_i].steps, 7);
    struct cmek_strbuf text = {0};
    cmek_meter_describe(&meter, &progress, &counters, &text);
    ck_assert_msg(strcmp(cmek_strbuf_text(&text), lines[_i].want) == 0, "%s: %s", lines[_i].label,
                  cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("meter");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, rate_and_time_left_are_those_of_the_last_half_minute);
    tcase_add_test(tests, nothing_is_estimated_too_early);
    tcase_add_test(tests, nothing_is_estimated_without_a_known_end_or_while_nothing_moves);
    tcase_add_test(tests, a_new_phase_is_not_judged_by_the_last);
    tcase_add_loop_test(tests, line, 0, COUNT(lines));
    Suite *suite = suite_create("cli/meter");
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
