/* SPDX-License-Identifier: Apache-2.0 */
/** @file waiver.h  Accepted findings: each with a reason, an owner and a day on which the
 * acceptance ends.
 *
 *     version: 1
 *     waivers:
 *       - id: build-cache
 *         rules: [cmek-required]
 *         resources: ["//storage.googleapis.com/build-cache-*"]
 *         projects: [ci-*]
 *         labels: {data: public}
 *         reason: Holds nothing but public toolchains.
 *         owner: platform@example.com
 *         ticket: SEC-123
 *         created: 2026-10-01
 *         expires: 2027-03-31
 *
 * A waiver takes a failed finding when its rules and, as far as given, its resources, projects and
 * labels all match; in each list one entry is enough, and entries are patterns of base/glob.h.
 * What cannot be relied on waives nothing and says so: a waiver that has expired, that lasts too
 * long, or that is malformed.
 */
#ifndef CMEK_SCAN_WAIVER_H
#define CMEK_SCAN_WAIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"
#include "base/time.h"

struct cmek_arena;
struct cmek_label;
struct cmek_rule_set;
struct cmek_verdict;

#define CMEK_WAIVER_DAYS_DEFAULT 365
#define CMEK_WAIVER_DAYS_MOST    3650

enum cmek_waiver_state {
    CMEK_WAIVER_ACTIVE,
    CMEK_WAIVER_EXPIRED,
    CMEK_WAIVER_TOO_LONG, /* more days from `created` (else from today) than allowed */
    CMEK_WAIVER_MALFORMED,
    CMEK_WAIVER_STATE_COUNT_,
};

/** "active", "expired", "too long", "malformed". */
const char *cmek_waiver_state_name(enum cmek_waiver_state state);

struct cmek_waiver {
    const char *id; /* "?" where it has none */
    struct cmek_strings rules, resources, projects;
    const struct cmek_label *labels; /* values are patterns */
    size_t label_count;
    const char *reason, *owner, *ticket, *approved_by, *created, *expires;
    int64_t days_left; /* full days until it expires, today not counted; negative: it has */
    enum cmek_waiver_state state;
    const char *problem; /* a sentence with file and line, or NULL */
    bool used;           /* it took a finding */
    uint64_t unknown;    /* findings that it matches, but cannot take */
};

struct cmek_waivers {
    struct cmek_waiver *items; /* in the order of the file */
    size_t count;
};

/** Reads a waiver file. @p now decides what has expired: the day that a waiver names is its last,
 * in UTC. A waiver for a rule that @p rules do not hold is malformed (NULL: any rule may be).
 * CMEK_E_USAGE when the file as a whole cannot be taken; everything is in @p arena. */
CMEK_NODISCARD enum cmek_status cmek_waivers_load(const char *path, struct cmek_time now,
                                                  int max_days, const struct cmek_rule_set *rules,
                                                  struct cmek_arena *arena,
                                                  struct cmek_waivers *ret_waivers,
                                                  struct cmek_error *err);

/** The first active waiver that takes a failed verdict, marked as used, or NULL. */
const struct cmek_waiver *cmek_waivers_find(const struct cmek_waivers *waivers,
                                            const struct cmek_verdict *verdict);
/** Counts an unknown verdict with the first active waiver that would take it if it failed. */
void cmek_waivers_meet_unknown(const struct cmek_waivers *waivers,
                               const struct cmek_verdict *verdict);

/** Whether any asks for labels, which an inventory keeps only then. */
bool cmek_waivers_use_labels(const struct cmek_waivers *waivers);

/** Tells of each waiver that waives nothing: before a scan why, @p after_scan that it took no
 * finding, or met only unknown ones. */
void cmek_waivers_warn(const struct cmek_waivers *waivers, bool after_scan,
                       void (*warn)(void *payload, const char *text), void *payload);

#endif
