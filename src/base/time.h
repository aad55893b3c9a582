/* SPDX-License-Identifier: Apache-2.0 */
/** @file time.h  Points in time as RFC 3339 writes them, and the two clocks. */
#ifndef CMEK_BASE_TIME_H
#define CMEK_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Seconds since 1970-01-01T00:00:00Z and nanoseconds within the second. All zero means "not
 * known". */
struct cmek_time {
    int64_t seconds;
    int32_t nanoseconds;
};

#define CMEK_TIME_TEXT_SIZE sizeof "2026-11-22T17:26:00Z"

/** Parses "2026-11-22T17:26:00.123Z" or with an offset (RFC 3339 section 5.6); false when it is not
 * one. */
bool cmek_time_parse(const char *text, struct cmek_time *ret_time);
/** Writes "YYYY-MM-DDThh:mm:ssZ"; the fraction is dropped. */
void cmek_time_format(struct cmek_time time, char text[CMEK_TIME_TEXT_SIZE]);
/** Negative, zero or positive, as a is before, at or after b. */
int cmek_time_compare(struct cmek_time a, struct cmek_time b);

/** The wall clock; SOURCE_DATE_EPOCH is none of its business. */
struct cmek_time cmek_time_now(void);
/** Milliseconds of a clock that never jumps, for deadlines and intervals. */
int64_t cmek_monotonic_ms(void);
/** Waits so long, or until a signal comes. */
void cmek_sleep_ms(int64_t ms);

#endif
