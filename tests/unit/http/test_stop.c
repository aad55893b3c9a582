/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping while a name is looked up, by a resolver that takes its time. */
#include <netdb.h>
#include <semaphore.h>
#include <time.h>

#include "base/time.h"
#include "http/engine_probe.h"
#include "suite.h"

#define LOOKUP_S 20

static sem_t asked;

/* In place of the C library's: libcurl calls it on a thread of its own, and cannot end it. */
__attribute__((visibility("default"))) int getaddrinfo(const char *restrict name,
                                                       const char *restrict service,
                                                       const struct addrinfo *restrict hints,
                                                       struct addrinfo **restrict ret_addresses)
{
    (void)name;
    (void)service;
    (void)hints;
    *ret_addresses = NULL;
    sem_post(&asked);
    nanosleep(&(struct timespec){.tv_sec = LOOKUP_S}, NULL);
    return EAI_AGAIN;
}

static bool go_on_until_asked(void *payload)
{
    (void)payload;
    return sem_trywait(&asked) != 0;
}

START_TEST(stop_does_not_wait_for_the_resolver)
{
    struct cmek_error err;
    struct probe probe = {0};
    sem_init(&asked, 0, 0);
    ck_assert_int_eq(cmek_http_engine_new(NULL, &engine, &err), CMEK_OK);
    struct cmek_http_request request = probe_request(&probe, "http://slow.example/");
    int64_t began_ms = cmek_monotonic_ms();
    cmek_http_submit(engine, &request);
    cmek_http_run(engine, go_on_until_asked, NULL);
    cmek_http_engine_free(engine);
    ck_assert_int_eq(probe.outcome, CMEK_HTTP_ABORTED);
    ck_assert_int_lt(cmek_monotonic_ms() - began_ms, LOOKUP_S * 1000 / 2);
    cmek_strbuf_done(&probe.body);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("stop");
    tcase_add_test(tests, stop_does_not_wait_for_the_resolver);
    Suite *suite = suite_create("http/stop");
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
