/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "samples.h"

static void append(void *payload, const char *bytes, size_t length)
{
    cmek_strbuf_append(payload, bytes, length);
}

char *render_styled(const struct cmek_reporter *reporter, const struct sample *sample, bool colour,
                    int columns)
{
    struct cmek_strbuf text = {0};
    struct cmek_report_context context = {
        .summary = &sample->summary,
        .sink = {append, &text},
        .is_terminal = colour,
        .colour = colour,
        .columns = columns,
    };
    void *state = NULL;
    struct cmek_error err = {0};
    if (reporter->open(&context, &state, &err) != CMEK_OK)
        abort();
    for (size_t i = 0; i < sample->count; i++)
        if (reporter->finding(state, &sample->findings[i], &err) != CMEK_OK)
            abort();
    if (reporter->close(state, &err) != CMEK_OK)
        abort();
    return cmek_strbuf_detach(&text);
}

char *render(const struct cmek_reporter *reporter, const struct sample *sample)
{
    return render_styled(reporter, sample, false, 80);
}

unsigned occurrences(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        count++;
    return count;
}

int run_case(const char *suite_name, struct TCase *tests)
{
    Suite *suite = suite_create(suite_name);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
