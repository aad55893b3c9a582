/* SPDX-License-Identifier: Apache-2.0 */
/** @file render.h  A sample through a reporter into a string; running a file's tests. */
#ifndef CMEK_TEST_REPORT_RENDER_H
#define CMEK_TEST_REPORT_RENDER_H

#include <stdbool.h>

struct TCase;
struct cmek_reporter;
struct sample;

/** The report, freed by the caller. */
char *render(const struct cmek_reporter *reporter, const struct sample *sample);
/** Likewise, where a json report is written to @p json_path. */
char *render_beside(const struct cmek_reporter *reporter, const struct sample *sample,
                    const char *json_path);
char *render_styled(const struct cmek_reporter *reporter, const struct sample *sample, bool colour,
                    int columns);

/** Runs one case as a suite, and is what main returns. */
int run_case(const char *suite_name, struct TCase *tests);

/** How often @p part occurs in @p text. */
unsigned occurrences(const char *text, const char *part);

#endif
