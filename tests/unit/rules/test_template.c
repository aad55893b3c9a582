/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "rules/rule.h"
#include "suite.h"

static struct cmek_strbuf buffer;
static struct cmek_error err;

static void clean_up(void)
{
    cmek_strbuf_done(&buffer);
}

/* The payload is the value of {bucket}; {project} is "p1", and nothing else has a value. */
static const char *look_up(void *payload, const char *name)
{
    if (strcmp(name, "bucket") == 0)
        return payload;
    return strcmp(name, "project") == 0 ? "p1" : NULL;
}

static const char *expand(const char *text, enum cmek_template_kind kind, const char *bucket)
{
    char value[128];
    snprintf(value, sizeof value, "%s", bucket ? bucket : "");
    cmek_strbuf_clear(&buffer);
    cmek_template_expand(text, kind, look_up, bucket ? value : NULL, &buffer);
    return cmek_strbuf_text(&buffer);
}

static const struct {
    const char *text, *bucket, *prose, *command;
} cases[] = {
    {"", "b", "", ""},
    {"plain text", "b", "plain text", "plain text"},
    {"rm gs://{bucket}", "b", "rm gs://b", "rm gs://b"},
    {"{bucket}{project}", "b", "bp1", "bp1"},
    {"rm gs://{bucket}/**", "b", "rm gs://b/**", "rm 'gs://b/**'"},
    {"rm gs://{bucket}", "a b", "rm gs://a b", "rm 'gs://a b'"},
    {"rm {bucket}", "it's", "rm it's", "rm 'it'\\''s'"},
    {"rm {bucket}", "$(reboot)", "rm $(reboot)", "rm '$(reboot)'"},
    {"rm {bucket};", "a", "rm a;", "rm 'a;'"},
    {"a --p={project} {bucket}\nb\t{bucket}", "x&y", "a --p=p1 x&y\nb\tx&y",
     "a --p=p1 'x&y'\nb\t'x&y'"},
    {"echo \"$HOME\" 'a b' {bucket}", "b", "echo \"$HOME\" 'a b' b", "echo \"$HOME\" 'a b' b"},
    {"{key_ring} {bucket}", NULL, "KEY_RING BUCKET", "KEY_RING BUCKET"},
    {"{bucket}", "", "BUCKET", "BUCKET"},
    {"rm {bucket}", "-rf", "rm -rf", "rm BUCKET"},
    {"rm gs://{bucket}", "-rf", "rm gs://-rf", "rm gs://-rf"},
    {"rm {bucket}", "~root", "rm ~root", "rm '~root'"},
    {"rm {bucket}", "#x", "rm #x", "rm '#x'"},
    {"{bucket}", "a\nb\x1b[31m\x7f",
     "a\xef\xbf\xbd"
     "b\xef\xbf\xbd[31m\xef\xbf\xbd",
     "'a\xef\xbf\xbd"
     "b\xef\xbf\xbd[31m\xef\xbf\xbd'"},
    {"{bucket}",
     "a\xff"
     "b",
     "a\xef\xbf\xbd"
     "b",
     "'a\xef\xbf\xbd"
     "b'"},
    {"{bucket}",
     "x\xe2\x80\xae"
     "y\xc2\x9b",
     "x\xef\xbf\xbd"
     "y\xef\xbf\xbd",
     "'x\xef\xbf\xbd"
     "y\xef\xbf\xbd'"},
    {"{bucket}", "{project}", "{project}", "'{project}'"},
    {"{{bucket}} {{{bucket}}}", "b", "{bucket} {b}", "{bucket} '{b}'"},
    {"# {bucket}", "it's\nreboot",
     "# it's\xef\xbf\xbd"
     "reboot",
     "# 'it'\\''s\xef\xbf\xbd"
     "reboot'"},
};

START_TEST(texts_are_filled_in)
{
    ck_assert_str_eq(expand(cases[_i].text, CMEK_TEMPLATE_PROSE, cases[_i].bucket),
                     cases[_i].prose);
    ck_assert_str_eq(expand(cases[_i].text, CMEK_TEMPLATE_COMMAND, cases[_i].bucket),
                     cases[_i].command);
}
END_TEST

START_TEST(what_is_stray_is_kept_when_nobody_checked)
{
    ck_assert_str_eq(expand("a } {Bucket} { {bucket", CMEK_TEMPLATE_PROSE, "b"),
                     "a } {Bucket} { {bucket");
    ck_assert_str_eq(expand("{}", CMEK_TEMPLATE_COMMAND, "b"), "{}");
}
END_TEST

static const char *const names[] = {"bucket", "project", NULL};

static const struct {
    const char *text, *message; /* NULL: well formed */
} checks[] = {
    {"", NULL},
    {"{bucket} and {{braces}}", NULL},
    {"{bukket}", "unknown placeholder '{bukket}'; known: {bucket}, {project}"},
    {"{buck}", "unknown placeholder '{buck}'; known: {bucket}, {project}"},
    {"{", "a stray '{': placeholders look like {bucket}, a brace is doubled"},
    {"a } b", "a stray '}': placeholders look like {bucket}, a brace is doubled"},
    {"{Bucket}", "a stray '{': placeholders look like {bucket}, a brace is doubled"},
    {"{bucket", "a stray '{': placeholders look like {bucket}, a brace is doubled"},
    {"{}", "a stray '{': placeholders look like {bucket}, a brace is doubled"},
    {"{ bucket }", "a stray '{': placeholders look like {bucket}, a brace is doubled"},
};

START_TEST(templates_are_checked)
{
    enum cmek_status status = cmek_template_check(checks[_i].text, names, &err);
    ck_assert_msg(status == (checks[_i].message ? CMEK_E_USAGE : CMEK_OK), "%s", checks[_i].text);
    if (checks[_i].message)
        ck_assert_str_eq(err.message, checks[_i].message);
}
END_TEST

static const struct {
    const char *text;
    bool good;
} commands[] = {
    {"gcloud storage rm gs://{bucket}", true},
    {"a {bucket} \\\n  --b={bucket}", true},
    {"a {bucket} | b {bucket} && c > d", true},
    {"a \"$(b 'c d')\" {bucket}", true},
    {"# it's {bucket}\nb {bucket} # don't", true},
    {"$(a) {bucket}", true},
    {"a \\\" {bucket}", true},
    {"a \"{bucket}\"", false},
    {"a '{bucket}'", false},
    {"a 'b {bucket} c'", false},
    {"a \"b {bucket}\"", false},
    {"a {bucket}'b'", false},
    {"a b=\"c\"{bucket}", false},
    {"a {bucket};b", false},
    {"a {bucket}|b", false},
    {"a >{bucket}", false},
    {"a $(b){bucket}", false},
    {"a \\{bucket}", false},
    {"a 'b", false},
    {"a \"b\\\"", false},
    {"a `b {bucket}`", false},
    {"a <<E\n{bucket}\nE", false},
    {"a#'b {bucket}", false},
};

START_TEST(commands_must_let_values_be_quoted)
{
    enum cmek_status status = cmek_template_check_command(commands[_i].text, &err);
    ck_assert_msg(status == (commands[_i].good ? CMEK_OK : CMEK_E_USAGE), "%s", commands[_i].text);
}
END_TEST

/* A real shell is the judge: whatever the value, it is one argument and nothing else happens. */
static const char *const hostile[] = {
    "a b",
    "it's",
    "'",
    "''",
    "\"x\"",
    "$(touch pwned)",
    "`touch pwned`",
    "$HOME",
    "${x}",
    "a;touch pwned",
    "a|b",
    "a&b",
    "a>pwned",
    "*",
    "?[a]",
    "~",
    "!!",
    "\\",
    "a\\",
    "#",
    "a\ttab",
    "\\'$(id)",
    "'; touch pwned; '",
    "{a,b}",
    "(x)",
    "=x",
    "%s",
    "\xc3\xa9",
};

START_TEST(a_shell_sees_each_value_as_one_argument)
{
    char folder[] = "/tmp/cmek-shell-XXXXXX", script[64], command[128], seen[256] = {0}, want[256];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(script, sizeof script, "%s/script", folder);
    FILE *file = fopen(script, "w");
    fputs("show() { for word; do printf '<%s>' \"$word\"; done; }\n", file);
    fputs(expand("# {bucket}\nshow x{bucket} --y={bucket} {project}", CMEK_TEMPLATE_COMMAND,
                 hostile[_i]),
          file);
    fclose(file);
    snprintf(command, sizeof command, "cd %s && sh ./script", folder);
    FILE *output = popen(command, "r");
    size_t length = fread(seen, 1, sizeof seen - 1, output);
    ck_assert_msg(pclose(output) == 0, "%s", hostile[_i]);
    ck_assert_uint_gt(length, 0);
    const char *shown = expand("{bucket}", CMEK_TEMPLATE_PROSE, hostile[_i]);
    snprintf(want, sizeof want, "<x%s><--y=%s><p1>", shown, shown);
    ck_assert_str_eq(seen, want);
    unlink(script);
    ck_assert_msg(rmdir(folder) == 0, "%s made a file", hostile[_i]);
}
END_TEST

/* Values for a built-in command: all hostile in the same way. */
static const char *look_up_hostile(void *payload, const char *name)
{
    (void)payload;
    (void)name;
    return "x'; touch pwned; '$(touch pwned)";
}

START_TEST(built_in_commands_stay_harmless_in_a_shell)
{
    char folder[] = "/tmp/cmek-shell-XXXXXX", path[64], command[128];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/script", folder);
    struct cmek_rule_set *rules = cmek_rules_built_in();
    int commands_seen = 0;
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_rule *rule = cmek_rules_at(rules, i);
        for (size_t r = 0; r < rule->remediation_count; r++) {
            if (!rule->remediations[r].command)
                continue;
            commands_seen++;
            cmek_strbuf_clear(&buffer);
            cmek_strbuf_puts(&buffer, "gcloud() { :; }\ngcrane() { :; }\nset -e\n");
            cmek_template_expand(rule->remediations[r].command, CMEK_TEMPLATE_COMMAND,
                                 look_up_hostile, NULL, &buffer);
            FILE *file = fopen(path, "w");
            fputs(cmek_strbuf_text(&buffer), file);
            fclose(file);
            snprintf(command, sizeof command,
                     "cd %s && sh ./script && rm -f policy.yaml && test ! -e pwned", folder);
            FILE *output = popen(command, "r");
            ck_assert_msg(pclose(output) == 0, "%s", cmek_strbuf_text(&buffer));
        }
    }
    ck_assert_int_gt(commands_seen, 15);
    cmek_rules_free(rules);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

static const char *look_up_policy(void *payload, const char *name)
{
    (void)payload;
    static const char *const values[][2] = {
        {"node", "folders/2"},
        {"constraint", "gcp.restrictNonCmekServices"},
        {"missing_services", "storage.googleapis.com, pubsub.googleapis.com"},
    };
    for (int i = 0; i < COUNT(values); i++)
        if (strcmp(values[i][0], name) == 0)
            return values[i][1];
    return NULL;
}

START_TEST(a_new_policy_is_written_as_gcloud_takes_it)
{
    static const char want[] = "name: folders/2/policies/gcp.restrictNonCmekServices\n"
                               "spec:\n"
                               "  inheritFromParent: true\n"
                               "  rules:\n"
                               "  - values:\n"
                               "      deniedValues: [storage.googleapis.com, "
                               "pubsub.googleapis.com]\n";
    struct cmek_rule_set *rules = cmek_rules_built_in();
    const struct cmek_rule *rule = cmek_rules_find(rules, "policy-gap");
    int written = 0;
    for (size_t i = 0; i < rule->remediation_count; i++) {
        const struct cmek_remediation *remediation = &rule->remediations[i];
        if (!remediation->command || !cmek_str_starts(remediation->command, "printf "))
            continue;
        char seen[512] = {0};
        cmek_strbuf_clear(&buffer);

        cmek_template_expand(remediation->command, CMEK_TEMPLATE_COMMAND, look_up_policy, NULL,
                             &buffer);
        char *redirection = strstr(buffer.data, " > policy.yaml\n");
        ck_assert_ptr_nonnull(redirection);
        memset(redirection, ' ', strlen(" > policy.yaml")); /* to be read here */
        FILE *output = popen(cmek_strbuf_text(&buffer), "r");
        seen[fread(seen, 1, sizeof seen - 1, output)] = '\0';
        ck_assert_int_eq(pclose(output), 0);
        ck_assert_str_eq(seen, want);
        written++;
    }
    ck_assert_int_eq(written, 2); /* no-policy and key-only */
    cmek_rules_free(rules);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules/template");
    TCase *tests = tcase_create("template");
    tcase_add_checked_fixture(tests, NULL, clean_up);
    tcase_add_loop_test(tests, texts_are_filled_in, 0, COUNT(cases));
    tcase_add_test(tests, what_is_stray_is_kept_when_nobody_checked);
    tcase_add_loop_test(tests, templates_are_checked, 0, COUNT(checks));
    tcase_add_loop_test(tests, commands_must_let_values_be_quoted, 0, COUNT(commands));
    tcase_add_loop_test(tests, a_shell_sees_each_value_as_one_argument, 0, COUNT(hostile));
    tcase_add_test(tests, built_in_commands_stay_harmless_in_a_shell);
    tcase_add_test(tests, a_new_policy_is_written_as_gcloud_takes_it);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
