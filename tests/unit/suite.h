/* SPDX-License-Identifier: Apache-2.0 */
/** @file suite.h  What every unit test needs around its test functions. */
#ifndef CMEK_TESTS_UNIT_SUITE_H
#define CMEK_TESTS_UNIT_SUITE_H

#include <check.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

/** Runs @p suite and gives main its exit status. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}

#endif
