/* SPDX-License-Identifier: Apache-2.0 */
/** @file rule.h  Rules as data: what a rule pack (YAML, rules/README.md) says about each check. */
#ifndef CMEK_RULES_RULE_H
#define CMEK_RULES_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "cmekscan/finding.h"

/** How to mend a finding; the first whose conditions hold is used. */
struct cmek_remediation {
    const char *resource_type; /* NULL: any */
    const char *role;          /* NULL: any */
    const char *cause;         /* the check's word for what is wrong, e.g. "destroyed"; NULL: any */
    const char *text;          /* template, see rules/template.h */
    const char *command;       /* template, or NULL */
};

struct cmek_rule {
    const char *id, *title;
    const char *check; /* the check in code that it runs; usually its id */
    enum cmek_severity severity;
    const char *rationale;
    struct cmek_strings references, controls;
    const struct cmek_remediation *remediations;
    size_t remediation_count;
    const char *origin; /* "built in" or the file it came from */
};

struct cmek_rule_set;

/** The rules compiled in from rules/. They always load; a failure is a programming error. */
struct cmek_rule_set *cmek_rules_built_in(void);
/** Adds the rules of a YAML file, or of each *.yaml and *.yml in a folder by name; a rule with a
 * known id replaces the members it gives and leaves the others. CMEK_E_USAGE names file, line and
 * column; the set may then hold part of the file. */
CMEK_NODISCARD enum cmek_status cmek_rules_load(struct cmek_rule_set *rules, const char *path,
                                                struct cmek_error *err);
/** Changes a rule's severity; false when there is no such rule. */
bool cmek_rules_set_severity(struct cmek_rule_set *rules, const char *id,
                             enum cmek_severity severity);
/** The names that the templates of rules may use (NULL-ended); the evaluation gives them their
 * values. */
extern const char *const cmek_rule_placeholders[];
void cmek_rules_free(struct cmek_rule_set *rules);

/** Drops the rules that @p keep is false for. */
void cmek_rules_keep(struct cmek_rule_set *rules, bool (*keep)(const struct cmek_rule *rule));

size_t cmek_rules_count(const struct cmek_rule_set *rules);
/** In order of id; valid as long as the set. */
const struct cmek_rule *cmek_rules_at(const struct cmek_rule_set *rules, size_t index);
const struct cmek_rule *cmek_rules_find(const struct cmek_rule_set *rules, const char *id);

#endif
