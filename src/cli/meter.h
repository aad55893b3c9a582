/* SPDX-License-Identifier: Apache-2.0 */
/** @file meter.h  How fast a live scan goes, and how long its present phase may still take. Pure:
 * fed what was done and the time.
 *
 * Both are told by the last half minute alone, since quotas and pauses make a scan go unevenly.
 */
#ifndef CMEK_CLI_METER_H
#define CMEK_CLI_METER_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "http/engine.h"
#include "source/gcp_read.h"

#define CMEK_METER_SAMPLES 31

/** A number that grows, looked at once a second. */
struct cmek_meter_samples {
    struct {
        int64_t at_ms;
        uint64_t value;
    } ring[CMEK_METER_SAMPLES];
    size_t first, count; /* the oldest stands at `first` */
};

/** All zero is valid and empty. */
struct cmek_meter {
    struct cmek_meter_samples requests, steps;
    const char *phase; /* that the steps are of */
};

/** Takes in how things stand. */
void cmek_meter_add(struct cmek_meter *meter, int64_t now_ms,
                    const struct cmek_gcp_progress *progress,
                    const struct cmek_http_counters *counters);
/** Requests a second; below 0: too early to tell. */
double cmek_meter_rate(const struct cmek_meter *meter);
/** Seconds that the phase may still take; below 0: nobody can tell, since it is not known how much
 * is left, or nothing was done lately. */
double cmek_meter_left_s(const struct cmek_meter *meter, const struct cmek_gcp_progress *progress);

/** Appends "resources: 12 of 40 projects, 310 resources, 120 requests/s, about 3 min left". */
void cmek_meter_describe(const struct cmek_meter *meter, const struct cmek_gcp_progress *progress,
                         const struct cmek_http_counters *counters, struct cmek_strbuf *buffer);

#endif
