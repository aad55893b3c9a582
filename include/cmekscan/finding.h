/* SPDX-License-Identifier: Apache-2.0 */
/** @file finding.h  One rule's verdict on one resource, or on one node of the hierarchy: the flat
 * record that every report is made of.
 *
 * The members are those of `reports/cmekscan-report-1.schema.json`, in its order. Strings are
 * UTF-8, NUL-terminated and never escaped; a member that has no value is NULL. A finding and all it
 * points to are valid during the call that hands it over and no longer.
 */
#ifndef CMEKSCAN_FINDING_H
#define CMEKSCAN_FINDING_H

#include <stddef.h>

enum cmek_finding_status {
    CMEK_STATUS_FAIL,
    CMEK_STATUS_UNKNOWN, /* could not be decided; `reason` says why */
    CMEK_STATUS_PASS,
    CMEK_STATUS_WAIVED, /* accepted by a waiver that has not expired */
    CMEK_STATUS_COUNT_,
};

/** Ordered: the first is the worst. */
enum cmek_severity {
    CMEK_SEVERITY_CRITICAL,
    CMEK_SEVERITY_HIGH,
    CMEK_SEVERITY_MEDIUM,
    CMEK_SEVERITY_LOW,
    CMEK_SEVERITY_INFO,
    CMEK_SEVERITY_COUNT_,
};

enum cmek_enforcement {
    CMEK_ENFORCED,  /* the live policy says so */
    CMEK_DRY_RUN,   /* the dry-run policy would say so */
    CMEK_SIMULATED, /* a policy given on the command line would say so */
    CMEK_ENFORCEMENT_COUNT_,
};

/** How a simulated verdict compares with today's, that of the policies in force. Not governed
 * counts as a pass. */
enum cmek_change {
    CMEK_CHANGE_NONE,
    CMEK_CHANGE_NEWLY_FAILING,
    CMEK_CHANGE_NEWLY_UNKNOWN,
    CMEK_CHANGE_NO_LONGER_FAILING, /* passes, or is not governed any more */
    CMEK_CHANGE_NO_LONGER_UNKNOWN, /* likewise */
    CMEK_CHANGE_COUNT_,
};

enum cmek_tristate {
    CMEK_NO,
    CMEK_YES,
    CMEK_UNKNOWN,
};

struct cmek_finding {
    const char *finding_id; /* 64 hex digits, stable from scan to scan */
    const char *rule_id;
    const char *constraint; /* "constraints/gcp.restrictNonCmekServices" or NULL */
    enum cmek_enforcement enforcement;
    enum cmek_finding_status status;
    enum cmek_severity severity;
    const char *message;  /* one sentence with the facts */
    const char *reason;   /* of an unknown: a kebab-case word, e.g. "permission-denied" */
    const char *provider; /* "gcp" or "azure" */
    const char *organization;
    const char *project_id, *project_number;
    const char *const *ancestors; /* "projects/123", "folders/2", "organizations/1" */
    size_t ancestor_count;
    const char *location;
    const char *service;               /* "storage.googleapis.com" */
    const char *resource_type;         /* "storage.googleapis.com/Bucket" */
    const char *resource_name;         /* Cloud Asset Inventory full resource name */
    const char *resource_display_name; /* what people call the folder or organization it is on */
    const char
        *resource_role;     /* "container-registry-bucket", "gcr-topic", "gcr-repository" or NULL */
    const char *created_at; /* RFC 3339 */
    const char *kms_key, *kms_key_project;
    const char *policy_set_at;           /* the node whose policy decided */
    const char *policy_value;            /* the entry that decided */
    enum cmek_tristate policy_inherited; /* CMEK_UNKNOWN: no policy decided; null in JSON */
    const char *remediation;             /* prose */
    const char *remediation_command;     /* one or more shell lines, quoted */
    const char *const *references;
    size_t reference_count;
    const char *const *controls; /* "NIST-800-53:SC-12" */
    size_t control_count;
    const char *waiver_id, *waiver_expires;
    const char *baseline_state; /* "new", "unchanged", "resolved"; NULL: nothing to compare with */
    const char *source_address; /* of a planned resource: "module.a.google_pubsub_topic.t" */
    const char *source_file;    /* relative to where the plan was made, where it is known */
    unsigned source_line;       /* from 1; 0: not known */
};

/** "fail", "unknown", "pass", "waived". */
const char *cmek_status_name(enum cmek_finding_status status);
/** The status of that name; CMEK_STATUS_COUNT_ when there is none. */
enum cmek_finding_status cmek_status_named(const char *name);
/** "critical" … "info". */
const char *cmek_severity_name(enum cmek_severity severity);
/** The severity of that name; CMEK_SEVERITY_COUNT_ when there is none. */
enum cmek_severity cmek_severity_named(const char *name);
/** "enforced", "dry-run", "simulated". */
const char *cmek_enforcement_name(enum cmek_enforcement enforcement);
/** The enforcement of that name; CMEK_ENFORCEMENT_COUNT_ when there is none. */
enum cmek_enforcement cmek_enforcement_named(const char *name);
/** "unchanged", "newly_failing", "newly_unknown", "no_longer_failing", "no_longer_unknown". */
const char *cmek_change_name(enum cmek_change change);

#endif
