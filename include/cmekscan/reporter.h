/* SPDX-License-Identifier: Apache-2.0 */
/** @file reporter.h  What a reporter is: a const struct of functions that turns findings into
 * bytes.
 *
 * A reporter sees the scan's summary first, then each finding it is to list (in the order project
 * id, resource name, rule, enforcement), then the end. It is a pure function of those: no clock, no
 * network, no files of its own. It never writes but through the sink; where the bytes go, and that
 * a file appears whole or not at all, is not its business. A scan feeds any number of reporters,
 * one after the other for each finding.
 */
#ifndef CMEKSCAN_REPORTER_H
#define CMEKSCAN_REPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmekscan/error.h"
#include "cmekscan/finding.h"

#define CMEK_REPORTER_ABI 1

/** A name and a count: "storage.buckets.list" 12. */
struct cmek_count {
    const char *name;
    uint64_t count;
};

struct cmek_counts {
    const struct cmek_count *items;
    size_t count;
};

struct cmek_resource_count {
    const char *type; /* "storage.googleapis.com/Bucket" */
    uint64_t total, with_key;
};

/** Findings of one rule or one project, by status and (fails only) by severity. */
struct cmek_tally {
    const char *name; /* rule id or project id */
    uint64_t by_status[CMEK_STATUS_COUNT_];
    uint64_t fails_by_severity[CMEK_SEVERITY_COUNT_];
    uint64_t by_change[CMEK_CHANGE_COUNT_]; /* of a simulation; else all 0 */
};

struct cmek_tallies {
    const struct cmek_tally *items;
    size_t count;
};

/** Something in scope that could not be read. */
struct cmek_coverage_gap {
    const char *scope;     /* "projects/p" or "export.ndjson:17" */
    const char *operation; /* "storage.buckets.list" */
    const char *error;     /* a kebab-case word: "permission-denied" */
    const char *message;   /* one sentence: what failed and what to do */
};

/** A policy that was judged by instead of the one in force. */
struct cmek_simulated_policy {
    const char *node, *constraint;
    const char *origin; /* "policy.yaml:1", or "dryRunSpec" for one that was promoted */
};

/** What a simulation judged by, and what that would change. */
struct cmek_simulation_summary {
    const struct cmek_simulated_policy *policies;
    size_t policy_count;
    uint64_t newly_failing;     /* resources (and projects) with a finding that would newly fail */
    uint64_t no_longer_failing; /* … that would not fail any more */
};

struct cmek_reported_rule {
    const char *id, *title, *rationale, *remediation;
    enum cmek_severity severity;
    const char *const *references;
    size_t reference_count;
    const char *const *controls;
    size_t control_count;
};

/** How many classes of projects Google was asked about (`--verify-policies`), for each constraint
 * apart, and what came of it; those that do not agree are coverage gaps. */
struct cmek_policy_verification {
    bool was_made;
    uint64_t classes, agree, differ;
    uint64_t undecided;    /* this scan cannot tell by itself */
    uint64_t not_answered; /* a failed call */
};

/** A rule that the input holds nothing to judge by, once for all targets that it may govern. */
struct cmek_not_judged {
    const char *rule_id,
        *missing; /* "gcr-bucket-leftover", "Artifact Registry's redirection state" */
    uint64_t targets;
};

/** How the findings compare with those of an earlier report. */
struct cmek_baseline_summary {
    const char *scan_id, *finished_at; /* of that report */
    uint64_t fresh;                    /* fail now, did not then */
    uint64_t unchanged;                /* fail now as then */
    uint64_t resolved;                 /* failed or were waived then, and do not fail any more */
    uint64_t undecided; /* … and this scan cannot tell: unknown, or not looked at */
    bool fail_on_new;   /* only what is new decides the exit status */
};

/** A part of a scan: the projects that fall to one of several (`--shard`). */
struct cmek_shard_summary {
    uint64_t index, count; /* 1 … count; count 0: the scan is whole */
};

/** What the listed findings rest on, as assets in the form of a Cloud Asset Inventory export: for a
 * report that is to be explained later. It is worked out when it is asked for. */
struct cmek_evidence {
    /** Calls @p asset with each one, a JSON object; NULL: there is none. After the last finding. */
    void (*each)(void *payload, void (*asset)(void *state, const char *json), void *state);
    void *payload;
};

/** How a scope of a live scan was read. */
struct cmek_scope_source {
    const char *scope, *source; /* "folders/2", "gcp-inventory" */
    const char *reason;         /* why not through Cloud Asset Inventory, or NULL */
};

/** Resources that would fail by the word of Cloud Asset Inventory, read again from their own APIs.
 */
struct cmek_confirmation {
    uint64_t asked;
    uint64_t changed; /* have another key than the inventory said, or one at all */
    uint64_t gone;    /* are no more: left out of the report */
    uint64_t failed;  /* could not be read: the inventory's word stands */
};

/** Everything about a scan that is not a finding. Counts cover all findings, also those that are
 * not listed. */
struct cmek_scan_summary {
    const char *tool_version, *tool_commit;
    const char *scan_id, *started_at, *finished_at; /* RFC 3339, Z */
    bool complete;                                  /* no gap and no unknown finding */
    const char *source;                             /* "gcp-direct", "asset-file", … */
    const char *const *scopes;
    size_t scope_count;
    struct cmek_counts api_calls;
    struct cmek_counts quota_waits_ms; /* in line for a quota, or since a host asked to slow down */
    const char *resumed_since; /* RFC 3339, UTC: when the scan that this one goes on with began;
                                  NULL: none */
    uint64_t resumed_answers;  /* that it had been given */
    uint64_t organizations, folders, projects;
    const struct cmek_resource_count *resources;
    size_t resource_count;
    struct cmek_tally total;
    struct cmek_tallies by_rule, by_project;
    const struct cmek_reported_rule *rules;
    size_t rule_count;
    const struct cmek_coverage_gap *gaps;
    size_t gap_count;
    uint64_t gaps_not_listed;          /* beyond the ceiling on kept gaps */
    uint64_t listed;                   /* findings that will be handed over */
    struct cmek_scope_source *sources; /* one for each scope of a live scan */
    size_t source_count;
    struct cmek_confirmation confirmation;
    struct cmek_policy_verification verification;
    const struct cmek_simulation_summary *simulation; /* NULL: what is in force was judged */
    const struct cmek_baseline_summary *baseline;     /* NULL: none was given */
    const struct cmek_not_judged *not_judged;
    size_t not_judged_count;
    struct cmek_shard_summary shard;
    const char *const *services; /* that were looked at: "storage.googleapis.com"; none: not told */
    size_t service_count;
    bool container_registry_only;
    bool plan_changes_only; /* of a plan, what it leaves as it is was not looked at */
    struct cmek_evidence evidence;
    uint64_t not_held; /* findings that were asked of a saved report, and are not in it */
};

/** Where a reporter's bytes go. Errors are sticky and reported by the caller at the end. */
struct cmek_report_sink {
    void (*write)(void *payload, const char *bytes, size_t length);
    void *payload;
};

/** What a reporter may know of its surroundings. */
struct cmek_report_context {
    const struct cmek_scan_summary *summary; /* valid until close */
    struct cmek_report_sink sink;
    bool is_terminal;      /* the sink is a terminal */
    bool colour;           /* decided by --color, NO_COLOR and friends */
    int columns;           /* of the terminal, or 80 */
    const char *json_path; /* of the json report with the same findings, or NULL */
};

struct cmek_reporter {
    uint32_t abi; /* CMEK_REPORTER_ABI */
    const char *name, *description;
    const char *media_type;
    /** Starts a report; may write its head. On failure there is nothing to close. */
    enum cmek_status (*open)(const struct cmek_report_context *context, void **ret_state,
                             struct cmek_error *err);
    /** Takes one finding. NULL: the reporter shows the summary only. */
    enum cmek_status (*finding)(void *state, const struct cmek_finding *finding,
                                struct cmek_error *err);
    /** Writes the rest and frees @p state. */
    enum cmek_status (*close)(void *state, struct cmek_error *err);
    /** Frees @p state of a report that is given up; writes nothing. */
    void (*abandon)(void *state);
};

#endif
