/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "cli/cmd.h"
#include "report/terminal.h"
#include "rules/evaluate.h"

#define COLUMNS 80

static struct cmek_values arg_files;

static void list(const struct cmek_rule_set *rules, struct cmek_strbuf *text)
{
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_rule *rule = cmek_rules_at(rules, i);
        cmek_strbuf_printf(text, "%-22s %-9s %s\n", rule->id, cmek_severity_name(rule->severity),
                           rule->title);
    }
}

static void show_list(const char *title, const struct cmek_strings *items, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "\n%s\n", title);
    for (size_t i = 0; i < items->count; i++)
        cmek_strbuf_printf(text, "  %s\n", items->items[i]);
}

static void show_command(const char *command, struct cmek_strbuf *text)
{
    while (command && *command) {
        size_t length = strcspn(command, "\n");
        cmek_strbuf_printf(text, "  $ %.*s\n", (int)length, command);
        command += length + (command[length] == '\n');
    }
}

/* Appends a paragraph, wrapped for a narrow terminal, behind @p indent blanks. */
static void show_prose(const char *prose, size_t indent, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%*s", (int)indent, "");
    cmek_terminal_append_wrapped(text, prose, indent, COLUMNS);
    cmek_strbuf_putc(text, '\n');
}

static const char *any(const char *condition)
{
    return condition ? condition : "any";
}

static void show(const struct cmek_rule *rule, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%s (%s)\n", rule->id, cmek_severity_name(rule->severity));
    show_prose(rule->title, 0, text);
    cmek_strbuf_putc(text, '\n');
    show_prose(rule->rationale, 0, text);
    for (size_t i = 0; i < rule->remediation_count; i++) {
        const struct cmek_remediation *remediation = &rule->remediations[i];
        cmek_strbuf_printf(text, "\nHow to mend it (type: %s, role: %s, cause: %s)\n",
                           any(remediation->resource_type), any(remediation->role),
                           any(remediation->cause));
        show_prose(remediation->text, 2, text);
        show_command(remediation->command, text);
    }
    show_list("References", &rule->references, text);
    show_list("Controls", &rule->controls, text);
    cmek_strbuf_printf(text, "\nCheck: %s, from %s\n", rule->check, rule->origin);
}

static int run(const struct cmek_values *words)
{
    struct cmek_error err = {0};
    struct cmek_rule_set *rules = cmek_rules_built_in();
    struct cmek_strbuf text = {0};
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < arg_files.count && status == CMEK_OK; i++)
        status = cmek_rules_load(rules, arg_files.items[i], &err);
    for (size_t i = 0; i < words->count && status == CMEK_OK; i++) {
        const struct cmek_rule *rule = cmek_rules_find(rules, words->items[i]);
        if (rule)
            show(rule, &text);
        else
            status =
                cmek_fail(&err, CMEK_E_USAGE, "there is no rule '%s'; `cmekscan rules` lists them",
                          words->items[i]);
    }
    if (status == CMEK_OK && words->count == 0)
        list(rules, &text);
    int exit_status = status == CMEK_OK ? cmek_print_all(cmek_strbuf_text(&text), text.length)
                                        : cmek_end_failed(&err);
    cmek_strbuf_done(&text);
    cmek_rules_free(rules);
    return exit_status;
}

static const struct cmek_option options[] = {
    {"rules", 0, CMEK_OPTION_VALUES, &arg_files, "FILE|DIR",
     "add or change rules first; repeatable"},
    {0},
};
static const struct cmek_option_group groups[] = {{"Options", options}, {0}};

const struct cmek_command cmek_command_rules = {
    .name = "rules",
    .summary = "list the rules, or show some whole",
    .usage = "[RULE]… [--rules FILE|DIR]…",
    .description = "Lists the rules with their severity and title; given rule ids, shows why each "
                   "matters, how to "
                   "mend what it finds, and what it is evidence for.",
    .examples = "cmekscan rules\ncmekscan rules cmek-required",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
