/* SPDX-License-Identifier: Apache-2.0 */
/** @file limits.h  Every ceiling on untrusted input, in one list. */
#ifndef CMEK_BASE_LIMITS_H
#define CMEK_BASE_LIMITS_H

#include <stddef.h>

#define CMEK_MIB ((size_t)1024 * 1024)

/* Files */
#define CMEK_LIMIT_LINE_BYTES       (16 * CMEK_MIB) /* one line of an asset file */
#define CMEK_LIMIT_PLAN_BYTES       (1024 * CMEK_MIB)
#define CMEK_LIMIT_REPORT_MEMBER    (64 * CMEK_MIB) /* summary of a saved report: 400,000 projects */
#define CMEK_LIMIT_SHARDS           10000           /* of one scan */
#define CMEK_LIMIT_REPORT_LIST      10000           /* rules, types, scopes … of a saved report */
#define CMEK_LIMIT_CREDENTIAL_BYTES (64 * (size_t)1024)
#define CMEK_LIMIT_RULE_FILE_BYTES  (4 * CMEK_MIB)
#define CMEK_LIMIT_POLICY_FILE      (4 * CMEK_MIB)
#define CMEK_LIMIT_YAML_DEPTH       32
#define CMEK_LIMIT_RULES            10000
#define CMEK_LIMIT_WAIVERS          10000
#define CMEK_LIMIT_DIRECTORY_FILES  10000
#define CMEK_LIMIT_APPENDED_FILE    (16 * CMEK_MIB) /* what a report is added to */

/* The service catalogue */
#define CMEK_LIMIT_SERVICES          1000
#define CMEK_LIMIT_SERVICE_TYPES     5000
#define CMEK_LIMIT_PATH_BYTES        500
#define CMEK_LIMIT_PATH_STEPS        16
#define CMEK_LIMIT_PATH_ALTERNATIVES 8
#define CMEK_LIMIT_RESOURCE_KEYS     100 /* different ones of one resource */

/* JSON */
#define CMEK_LIMIT_JSON_DEPTH 64

/* HTTP */
#define CMEK_LIMIT_BODY_BYTES       (32 * CMEK_MIB)      /* one decoded answer */
#define CMEK_LIMIT_BODIES_BYTES     (512 * CMEK_MIB)     /* all answers under way together */
#define CMEK_LIMIT_SMALL_BODY_BYTES (256 * (size_t)1024) /* of one that always has room */
#define CMEK_LIMIT_ERROR_BODY_BYTES (64 * (size_t)1024)
#define CMEK_LIMIT_PAGES            10000 /* pages of one listing: beyond, the server loops */

/* Policies: Google's own limit is 32 KB and 500 values a rule; ours only keeps a hostile file from
 * hurting. */
#define CMEK_LIMIT_POLICY_RULES  1000
#define CMEK_LIMIT_POLICY_VALUES 10000 /* of all rules together */
#define CMEK_LIMIT_POLICY_CONDITION_BYTES                                                          \
    (64 * (size_t)1024) /* of all rules together: evaluated for each project */
#define CMEK_LIMIT_CONDITION_BYTES (8 * (size_t)1024)
#define CMEK_LIMIT_CONDITION_DEPTH 64
#define CMEK_LIMIT_ANCESTORS       64   /* Google allows 10 levels of folders */
#define CMEK_LIMIT_TAG_BINDINGS    1000 /* at one node; Google allows 50 */

/* Coverage gaps kept one by one; further ones are counted. */
#define CMEK_LIMIT_GAPS 10000

#endif
