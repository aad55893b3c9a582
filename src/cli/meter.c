/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/meter.h"

#include <inttypes.h>

#include "base/strings.h"

#define SAMPLE_MS 1000
/* Less than this says nothing about the rest. */
#define ESTIMATE_MS 3000

static void add_sample(struct cmek_meter_samples *samples, int64_t now_ms, uint64_t value)
{
    size_t last = (samples->first + samples->count + CMEK_METER_SAMPLES - 1) % CMEK_METER_SAMPLES;
    if (samples->count > 0 && now_ms - samples->ring[last].at_ms < SAMPLE_MS)
        return;
    if (samples->count == CMEK_METER_SAMPLES)
        samples->first = (samples->first + 1) % CMEK_METER_SAMPLES;
    else
        samples->count++;
    last = (samples->first + samples->count - 1) % CMEK_METER_SAMPLES;
    samples->ring[last].at_ms = now_ms;
    samples->ring[last].value = value;
}

/* Per second; below 0: the samples span less than @p least_ms. */
static double rate_of(const struct cmek_meter_samples *samples, int64_t least_ms)
{
    if (samples->count == 0)
        return -1;
    size_t first = samples->first, last = (first + samples->count - 1) % CMEK_METER_SAMPLES;
    int64_t span_ms = samples->ring[last].at_ms - samples->ring[first].at_ms;
    uint64_t more = samples->ring[last].value - samples->ring[first].value;
    return span_ms < least_ms ? -1 : (double)more * 1000 / (double)span_ms;
}

void cmek_meter_add(struct cmek_meter *meter, int64_t now_ms,
                    const struct cmek_gcp_progress *progress,
                    const struct cmek_http_counters *counters)
{
    if (!cmek_str_eq(meter->phase, progress->phase)) {
        meter->phase = progress->phase;
        meter->steps = (struct cmek_meter_samples){0};
    }
    add_sample(&meter->requests, now_ms, counters->requests);
    add_sample(&meter->steps, now_ms, progress->steps_done);
}

double cmek_meter_rate(const struct cmek_meter *meter)
{
    return rate_of(&meter->requests, SAMPLE_MS);
}

double cmek_meter_left_s(const struct cmek_meter *meter, const struct cmek_gcp_progress *progress)
{
    double rate = rate_of(&meter->steps, ESTIMATE_MS);
    return rate > 0 && progress->steps_left > 0 ? (double)progress->steps_left / rate : -1;
}

static void describe_left(double seconds, struct cmek_strbuf *buffer)
{
    if (seconds < 0)
        cmek_strbuf_puts(buffer, ", time left ?");
    else if (seconds < 90)
        cmek_strbuf_printf(buffer, ", about %.0f s left", seconds);
    else if (seconds < 90 * 60.0)
        cmek_strbuf_printf(buffer, ", about %.0f min left", seconds / 60);
    else
        cmek_strbuf_printf(buffer, ", about %.1f h left", seconds / 3600);
}

void cmek_meter_describe(const struct cmek_meter *meter, const struct cmek_gcp_progress *progress,
                         const struct cmek_http_counters *counters, struct cmek_strbuf *buffer)
{
    double rate = cmek_meter_rate(meter);
    cmek_strbuf_puts(buffer, progress->phase ? progress->phase : "reading");
    cmek_strbuf_puts(buffer, ": ");
    if (progress->projects_known > 0)
        cmek_strbuf_printf(buffer, "%zu of %zu%s projects, %zu resources, ",
                           progress->projects_done, progress->projects_known,
                           progress->may_find_projects ? " or more" : "", progress->resources);
    if (rate < 0)
        cmek_strbuf_printf(buffer, "%" PRIu64 " request%s", counters->requests,
                           counters->requests == 1 ? "" : "s");
    else
        cmek_strbuf_printf(buffer, "%.0f requests/s", rate);
    if (counters->waiting_for)
        cmek_strbuf_printf(buffer, ", waiting for quota %s", counters->waiting_for);
    describe_left(cmek_meter_left_s(meter, progress), buffer);
}
