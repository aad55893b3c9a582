/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "rules/rule.h"
#include "suite.h"

static const char *const checks[] = {"cmek-required",       "key-project-allowed",
                                     "key-usable",          "gcr-topic-creatable",
                                     "gcr-bucket-leftover", "policy-gap",
                                     "policy-dry-run-only", NULL};

static char folder[64], path[96];
static struct cmek_rule_set *rules;
static struct cmek_error err;

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/cmek-rules-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/rules.yaml", folder);
    rules = cmek_rules_built_in();
}

static void tear_down(void)
{
    static const char *const names[] = {"rules.yaml", "a.yml", "b.yaml", ".hidden.yaml", "c.txt"};
    cmek_rules_free(rules);
    for (int i = 0; i < COUNT(names); i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", folder, names[i]);
        unlink(name);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_file(const char *name, const char *text)
{
    char file_path[128];
    snprintf(file_path, sizeof file_path, "%s/%s", folder, name);
    FILE *file = fopen(file_path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static enum cmek_status load(const char *text)
{
    write_file("rules.yaml", text);
    return cmek_rules_load(rules, path, &err);
}

START_TEST(the_built_in_rules_are_complete)
{
    ck_assert_uint_eq(cmek_rules_count(rules), COUNT(checks) - 1);
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_rule *rule = cmek_rules_at(rules, i);
        ck_assert_str_eq(rule->check, rule->id);
        ck_assert_str_eq(rule->origin, "built in");
        ck_assert_ptr_eq(cmek_rules_find(rules, rule->id), rule);
        ck_assert_uint_gt(rule->references.count, 0);
        ck_assert_ptr_null(strchr(rule->title, '\n'));
        ck_assert_ptr_null(strchr(rule->rationale, '\n'));
        const struct cmek_remediation *last = &rule->remediations[rule->remediation_count - 1];
        ck_assert_msg(!last->resource_type && !last->role && !last->cause,
                      "%s: some findings have no remediation", rule->id);
        for (size_t c = 0; checks[c] && strcmp(checks[c], rule->check) != 0; c++)
            ck_assert_ptr_nonnull(checks[c + 1]);
    }
    ck_assert_ptr_null(cmek_rules_at(rules, COUNT(checks) - 1));
    ck_assert_ptr_null(cmek_rules_find(rules, "no-such-rule"));
    ck_assert_ptr_null(cmek_rules_find(rules, ""));
}
END_TEST

/* A script is often pasted whole: if a step of it fails, what follows must not destroy the data. */
START_TEST(no_command_deletes_before_somebody_has_looked)
{
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_rule *rule = cmek_rules_at(rules, i);
        for (size_t k = 0; k < rule->remediation_count; k++) {
            const char *line = rule->remediations[k].command;
            while (line && *line) {
                size_t length = strcspn(line, "\n");
                const char *deletes = strstr(line, " delete "), *removes = strstr(line, " rm ");
                ck_assert_msg(line[0] == '#' || ((!deletes || deletes > line + length) &&
                                                 (!removes || removes > line + length)),
                              "%s: %.*s", rule->id, (int)length, line);
                line += length + (line[length] == '\n');
            }
        }
    }
}
END_TEST

/* What may well comply must not be changed on suspicion. */
START_TEST(an_undecided_finding_is_told_to_look_not_to_change)
{
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_rule *rule = cmek_rules_at(rules, i);
        const struct cmek_remediation *first = rule->remediations;
        while (first->cause && strcmp(first->cause, "undecided") != 0)
            first++;
        ck_assert_msg(!first->resource_type && !first->role, "%s", rule->id);
        ck_assert_msg(!first->command ||
                          strncmp(first->command, "gcloud kms keys describe ", 25) == 0,
                      "%s: %s", rule->id, first->command);
    }
}
END_TEST

START_TEST(the_built_in_severities)
{
    static const struct {
        const char *id;
        enum cmek_severity severity;
    } want[] = {
        {"cmek-required", CMEK_SEVERITY_HIGH},      {"key-project-allowed", CMEK_SEVERITY_HIGH},
        {"key-usable", CMEK_SEVERITY_CRITICAL},     {"gcr-topic-creatable", CMEK_SEVERITY_LOW},
        {"gcr-bucket-leftover", CMEK_SEVERITY_LOW},
    };
    for (int i = 0; i < COUNT(want); i++)
        ck_assert_int_eq(cmek_rules_find(rules, want[i].id)->severity, want[i].severity);
}
END_TEST

START_TEST(an_override_changes_what_it_gives_and_nothing_else)
{
    char *title = strdup(cmek_rules_find(rules, "key-usable")->title);
    size_t count = cmek_rules_find(rules, "key-usable")->remediation_count;
    ck_assert_msg(load("- id: key-usable\n  severity: info\n  controls: []\n") == CMEK_OK, "%s",
                  err.message);
    const struct cmek_rule *rule = cmek_rules_find(rules, "key-usable");
    ck_assert_int_eq(rule->severity, CMEK_SEVERITY_INFO);
    ck_assert_str_eq(rule->title, title);
    ck_assert_uint_eq(rule->controls.count, 0);
    ck_assert_uint_gt(rule->references.count, 0);
    ck_assert_uint_eq(rule->remediation_count, count);
    ck_assert_str_eq(rule->origin, path);
    ck_assert_str_eq(cmek_rules_find(rules, "cmek-required")->origin, "built in");
    ck_assert_uint_eq(cmek_rules_count(rules), COUNT(checks) - 1);
    free(title);
}
END_TEST

#define NEW_RULE                                                                                   \
    "- id: a-rule\n  title: T\n  check: key-usable\n  severity: low\n  rationale: R\n"             \
    "  remediations:\n    - text: Mend {resource}.\n"

START_TEST(a_new_rule_is_put_in_its_place)
{
    ck_assert_msg(load(NEW_RULE "      command: |\n        gcloud x {key}\n") == CMEK_OK, "%s",
                  err.message);
    ck_assert_uint_eq(cmek_rules_count(rules), COUNT(checks));
    const struct cmek_rule *rule = cmek_rules_at(rules, 0);
    ck_assert_str_eq(rule->id, "a-rule");
    ck_assert_str_eq(rule->check, "key-usable");
    ck_assert_str_eq(rule->remediations[0].command, "gcloud x {key}");
    ck_assert_uint_eq(rule->references.count, 0);
    for (size_t i = 1; i < cmek_rules_count(rules); i++)
        ck_assert_int_lt(strcmp(cmek_rules_at(rules, i - 1)->id, cmek_rules_at(rules, i)->id), 0);
}
END_TEST

/* %s stands for the path. */
static const struct {
    const char *text, *message;
} wrong[] = {
    {"", "%s: nothing in it"},
    {"id: x\n", "%s:1:1: a rule file is a list of rules ('- id: …'), this is a mapping"},
    {"- x\n", "%s:1:3: this is text, expected a mapping"},
    {"- severity: low\n", "%s:1:3: id is missing"},
    {"- id: Key_Usable\n",
     "%s:1:3: 'Key_Usable' is no rule id: lower-case letters, digits and dashes, at most 64"},
    {"- id: -x\n", NULL},
    {"- id: x-\n", NULL},
    {"- id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", NULL},
    {"- id: key-usable\n  sevrity: low\n",
     "%s:2:3: unknown key 'sevrity'; known keys: id, title, check, severity, rationale, "
     "references, controls, remediations"},
    {"- id: key-usable\n  severity: High\n",
     "%s:2:3: unknown severity 'High'; known: critical, high, medium, low, info"},
    {"- id: key-usable\n  check: key-useable\n",
     "%s:2:3: unknown check 'key-useable'; known: cmek-required, key-project-allowed, key-usable, "
     "gcr-topic-creatable, gcr-bucket-leftover, policy-gap, policy-dry-run-only"},
    {"- id: key-usable\n  severity: low\n- id: key-usable\n  severity: high\n",
     "%s:3:3: rule 'key-usable' is already in line 1"},
    {"- id: new\n  title: T\n  severity: low\n",
     "%s:1:3: check is missing, and no rule 'new' is there to change"},
    {"- id: new\n  title: T\n  check: key-usable\n",
     "%s:1:3: severity is missing, and no rule 'new' is there to change"},
    {"- id: key-usable\n  references: [http://example.com]\n",
     "%s:2:3: 'http://example.com' is no https:// address"},
    {"- id: key-usable\n  controls: [SC-12]\n",
     "%s:2:3: 'SC-12' is no control such as NIST-800-53:SC-12"},
    {"- id: key-usable\n  controls: SC-12\n", "%s:2:3: controls is text, expected a list"},
    {"- id: key-usable\n  title:\n", "%s:2:3: title is empty"},
    {"- id: key-usable\n  remediations: []\n",
     "%s:2:3: remediations must be a list of one or more"},
    {"- id: key-usable\n  remediations:\n    - command: x\n", "%s:3:7: text is missing"},
    {"- id: key-usable\n  remediations:\n    - text: x\n      type: y\n",
     "%s:4:7: unknown key 'type'; known keys: resource_type, role, cause, text, command"},
    {"- id: key-usable\n  remediations:\n    - text: x\n      cause: broken\n",
     "%s:4:7: unknown cause 'broken'; known: destroy-scheduled, destroyed, disabled, key-only, "
     "no-policy, no-primary, other, pending, services-missing, undecided, wrong-purpose"},
    {"- id: key-usable\n  remediations:\n    - text: x\n      role: bucket\n",
     "%s:4:7: unknown role 'bucket'; known: container-registry-bucket, gcr-repository, gcr-topic"},
    {"- id: key-usable\n  remediations:\n    - text: x\n      resource_type: Bucket\n",
     "%s:4:7: 'Bucket' is no asset type such as storage.googleapis.com/Bucket"},
    {"- id: key-usable\n  remediations:\n    - text: x\n    - text: y\n",
     "%s:4:7: never used: the remediation before it has no conditions"},
    {"- id: key-usable\n  remediations:\n    - text: a {buket}\n", NULL},
    {"- id: key-usable\n  remediations:\n    - text: a { b\n",
     "%s:3:7: text: a stray '{': placeholders look like {bucket}, a brace is doubled"},
    {"- id: key-usable\n  remediations:\n    - text: a\n      command: rm \"{bucket}\"\n",
     "%s:4:7: command: a placeholder inside quotes; values are quoted for the shell when they are "
     "filled in"},
    {"- id: key-usable\n  severity: &s low\n", NULL},
    {"- id: key-usable\n  severity: low\n  severity: high\n",
     "%s:3:3: 'severity' is here a second time"},
    {"- id: key-usable\n  severity: low\n---\n", NULL},
};

START_TEST(mistakes_are_named_with_their_place)
{
    ck_assert_msg(load(wrong[_i].text) == CMEK_E_USAGE, "'%s' was taken", wrong[_i].text);
    ck_assert_int_eq(err.status, CMEK_E_USAGE);
    ck_assert_int_eq(strncmp(err.message, path, strlen(path)), 0);
    if (wrong[_i].message)
        ck_assert_str_eq(err.message + strlen(path), wrong[_i].message + 2);
}
END_TEST

START_TEST(a_folder_is_read_in_the_order_of_its_names)
{
    write_file("b.yaml", "- id: key-usable\n  severity: low\n");
    write_file("a.yml", "- id: key-usable\n  severity: info\n- id: cmek-required\n  title: A\n");
    write_file(".hidden.yaml", "broken");
    write_file("c.txt", "broken");
    ck_assert_msg(cmek_rules_load(rules, folder, &err) == CMEK_OK, "%s", err.message);
    ck_assert_int_eq(cmek_rules_find(rules, "key-usable")->severity, CMEK_SEVERITY_LOW);
    ck_assert_str_eq(cmek_rules_find(rules, "cmek-required")->title, "A");
}
END_TEST

START_TEST(a_folder_without_rules_and_a_missing_file_are_mistakes)
{
    ck_assert_int_eq(cmek_rules_load(rules, folder, &err), CMEK_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "no *.yaml or *.yml file"));
    ck_assert_int_eq(cmek_rules_load(rules, "/nonexistent.yaml", &err), CMEK_E_USAGE);
    ck_assert_int_eq(err.status, CMEK_E_USAGE);
    ck_assert_str_eq(err.message, "cannot open '/nonexistent.yaml': No such file or directory");
    ck_assert_int_eq(cmek_rules_load(rules, "/dev/zero", NULL), CMEK_E_USAGE);
}
END_TEST

START_TEST(there_is_a_limit_to_rules)
{
    struct cmek_strbuf text = {0};
    for (int i = 0; i < 10001; i++)
        cmek_strbuf_printf(&text,
                           "- {id: r%d, title: T, check: key-usable, severity: low, rationale: R, "
                           "remediations: [{text: x}]}\n",
                           i);
    ck_assert_int_eq(load(cmek_strbuf_text(&text)), CMEK_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 10000 rules"));
    cmek_strbuf_done(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules/rules_load");
    TCase *tests = tcase_create("rules_load");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_built_in_rules_are_complete);
    tcase_add_test(tests, the_built_in_severities);
    tcase_add_test(tests, no_command_deletes_before_somebody_has_looked);
    tcase_add_test(tests, an_undecided_finding_is_told_to_look_not_to_change);
    tcase_add_test(tests, an_override_changes_what_it_gives_and_nothing_else);
    tcase_add_test(tests, a_new_rule_is_put_in_its_place);
    tcase_add_loop_test(tests, mistakes_are_named_with_their_place, 0, COUNT(wrong));
    tcase_add_test(tests, a_folder_is_read_in_the_order_of_its_names);
    tcase_add_test(tests, a_folder_without_rules_and_a_missing_file_are_mistakes);
    tcase_add_test(tests, there_is_a_limit_to_rules);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
