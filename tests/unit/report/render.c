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

static char *render_in(const struct cmek_reporter *reporter, const struct sample *sample,
                       struct cmek_report_context context)
{
    struct cmek_strbuf text = {0};
    context.summary = &sample->summary;
    context.sink = (struct cmek_report_sink){append, &text};
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

char *render_styled(const struct cmek_reporter *reporter, const struct sample *sample, bool colour,
                    int columns)
{
    return render_in(reporter, sample,
                     (struct cmek_report_context){.is_terminal = colour,
                                                  .colour = colour,
                                                  .columns = columns});
}

char *render_beside(const struct cmek_reporter *reporter, const struct sample *sample,
                    const char *json_path)
{
    return render_in(reporter, sample,
                     (struct cmek_report_context){.columns = 80, .json_path = json_path});
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
