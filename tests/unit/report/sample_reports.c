/* SPDX-License-Identifier: Apache-2.0 */
/* sample_reports FOLDER: writes SAMPLE.FORMAT for every sample and reporter. */
#include <stdio.h>

#include "base/strbuf.h"
#include "report/registry.h"
#include "samples.h"

static int write_sample(const char *folder, const struct sample *sample,
                        const struct cmek_reporter *reporter)
{
    struct cmek_strbuf path = {0};
    cmek_strbuf_printf(&path, "%s/%s.%s", folder, sample->name, reporter->name);
    struct cmek_report_request request = {.reporter = reporter, .path = cmek_strbuf_text(&path)};
    struct cmek_report_style style = {.columns = 80};
    struct cmek_report_set *set = NULL;
    struct cmek_error err = {0};
    enum cmek_status status =
        cmek_report_set_open(&request, 1, &style, &sample->summary, &set, &err);
    for (size_t i = 0; status == CMEK_OK && i < sample->count; i++)
        cmek_report_set_finding(set, &sample->findings[i]);
    if (status == CMEK_OK)
        status = cmek_report_set_close(set, &err);
    if (status != CMEK_OK)
        fprintf(stderr, "sample_reports: %s\n", err.message);
    cmek_strbuf_done(&path);
    return status == CMEK_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: sample_reports FOLDER\n", stderr);
        return 2;
    }
    int result = 0;
    for (size_t i = 0; samples[i]; i++)
        for (size_t j = 0; cmek_reporters[j]; j++)
            result |= write_sample(argv[1], samples[i], cmek_reporters[j]);
    return result;
}
