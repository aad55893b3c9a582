/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/strbuf.h"
#include "cli/cmd.h"
#include "cli/rule_text.h"
#include "rules/evaluate.h"

static struct cmek_values arg_files;

static void list(const struct cmek_rule_set *rules, struct cmek_strbuf *text)
{
    for (size_t i = 0; i < cmek_rules_count(rules); i++) {
        const struct cmek_rule *rule = cmek_rules_at(rules, i);
        cmek_strbuf_printf(text, "%-22s %-9s %s\n", rule->id, cmek_severity_name(rule->severity),
                           rule->title);
    }
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
            cmek_rule_write_text(rule, &text);
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
