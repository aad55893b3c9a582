/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/strbuf.h"
#include "base/suggest.h"
#include "cli/cmd.h"
#include "cli/environment.h"
#include "cli/terminal.h"
#include "report/reporters.h"
#include "rules/evaluate.h"

static struct {
    struct cmek_values reports, rules, severities;
    const char *status, *fail_on, *colour;
    bool allow_incomplete, no_evidence;
} arg;

const struct cmek_option cmek_report_options[] = {
    {"report", 0, CMEK_OPTION_VALUES, &arg.reports, "FORMAT[=PATH]",
     "write a report: text, json, jsonl, sarif, junit, markdown, github or gitlab, to PATH or "
     "standard output (-); repeatable (default: text)"},
    {"status", 0, CMEK_OPTION_TEXT, &arg.status, "LIST",
     "which findings reports list: fail, unknown, pass, waived, comma-separated, or all (default: "
     "fail,unknown,waived)"},
    {"no-evidence", 0, CMEK_OPTION_FLAG, &arg.no_evidence, NULL,
     "leave out of json reports what their findings rest on, which `cmekscan explain` needs"},
    {"color", 0, CMEK_OPTION_TEXT, &arg.colour, "WHEN", "auto, always or never (default: auto)"},
    {0},
};

const struct cmek_option cmek_exit_options[] = {
    {"fail-on", 0, CMEK_OPTION_TEXT, &arg.fail_on, "SEVERITY",
     "exit with 1 for a failed finding at or above critical, high, medium, low or info; none: "
     "never (default: "
     "low)"},
    {"allow-incomplete", 0, CMEK_OPTION_FLAG, &arg.allow_incomplete, NULL,
     "exit with 0, not 3, when nothing failed but not everything could be read"},
    {0},
};

const struct cmek_option cmek_rule_options[] = {
    {"rules", 0, CMEK_OPTION_VALUES, &arg.rules, "FILE|DIR",
     "add rules, or change those built in (severity, texts); repeatable"},
    {"severity", 0, CMEK_OPTION_VALUES, &arg.severities, "RULE=SEVERITY",
     "give a rule another severity; repeatable"},
    {0},
};

static enum cmek_status unknown_reporter(const char *name, struct cmek_error *err)
{
    struct cmek_suggestion suggestion = {.typed = name};
    for (size_t i = 0; cmek_reporters[i]; i++)
        cmek_suggestion_offer(&suggestion, cmek_reporters[i]->name);
    const char *best = cmek_suggestion_best(&suggestion);
    return cmek_fail(err, CMEK_E_USAGE,
                     "--report: there is no format '%s'%s%s%s; `cmekscan reporters` lists them",
                     name, best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

/* In a step of GitHub Actions the annotations are few; the job summary holds the rest. */
static size_t add_job_summary(struct cmek_report_request *requests, size_t count)
{
    const char *path = cmek_environment("GITHUB_STEP_SUMMARY");
    bool annotates = false;
    for (size_t i = 0; i < count; i++) {
        annotates = annotates || requests[i].reporter == &cmek_reporter_github;
        if (path && strcmp(requests[i].path, path) == 0)
            return 0; /* the user has said already what stands there */
    }
    if (!path || !annotates)
        return 0;
    requests[count] = (struct cmek_report_request){&cmek_reporter_markdown, path, .append = true};
    return 1;
}

static enum cmek_status parse_reports(struct cmek_arena *arena, struct cmek_scan_options *options,
                                      struct cmek_error *err)
{
    static const char *const standard[] = {"text"};
    const char *const *items = arg.reports.count > 0 ? arg.reports.items : standard;
    size_t count = arg.reports.count > 0 ? arg.reports.count : 1;
    struct cmek_report_request *requests = cmek_arena_array(arena, count + 1, sizeof *requests);
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(items[i], "=");
        const char *name = cmek_arena_strndup(arena, items[i], length);
        requests[i].reporter = cmek_reporter_find(name);
        requests[i].path = items[i][length] == '=' ? items[i] + length + 1 : "-";
        if (!requests[i].reporter)
            return unknown_reporter(name, err);
        if (requests[i].path[0] == '\0')
            return cmek_fail(err, CMEK_E_USAGE, "--report %s= needs a path after the equals sign",
                             name);
    }
    options->reports = requests;
    options->report_count = count + add_job_summary(requests, count);
    return CMEK_OK;
}

static enum cmek_status parse_statuses(const char *list, struct cmek_scan_options *options,
                                       struct cmek_error *err)
{
    options->statuses = 0;
    if (strcmp(list, "all") == 0) {
        options->statuses = (1U << CMEK_STATUS_COUNT_) - 1;
        return CMEK_OK;
    }
    for (const char *at = list; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        unsigned found = 0;
        for (int i = 0; i < CMEK_STATUS_COUNT_; i++) {
            const char *name = cmek_status_name((enum cmek_finding_status)i);
            if (strlen(name) == length && memcmp(name, at, length) == 0)
                found = 1U << i;
        }
        if (!found)
            return cmek_fail(err, CMEK_E_USAGE,
                             "--status names '%.*s', expected fail, unknown, pass, waived or all",
                             (int)length, at);
        options->statuses |= found;
        at += length;
    }
    return CMEK_OK;
}

static enum cmek_status parse_fail_on(struct cmek_scan_options *options, struct cmek_error *err)
{
    const char *word = arg.fail_on ? arg.fail_on : "low";
    options->fail_on = CMEK_FAIL_ON_NOTHING;
    if (strcmp(word, "none") == 0)
        return CMEK_OK;
    options->fail_on = cmek_severity_named(word);
    if (options->fail_on == CMEK_SEVERITY_COUNT_)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--fail-on is '%s', expected critical, high, medium, low, info or none",
                         word);
    return CMEK_OK;
}

static enum cmek_status set_severity(struct cmek_rule_set *rules, const char *change,
                                     struct cmek_error *err)
{
    struct cmek_strbuf rule = {0};
    const char *equals = strchr(change, '=');
    enum cmek_severity severity = equals ? cmek_severity_named(equals + 1) : CMEK_SEVERITY_COUNT_;
    enum cmek_status status = CMEK_OK;
    cmek_strbuf_append(&rule, change, strcspn(change, "="));
    if (severity == CMEK_SEVERITY_COUNT_)
        status = cmek_fail(err, CMEK_E_USAGE,
                           "--severity is '%s', expected RULE=critical, high, medium, low or info",
                           change);
    else if (!cmek_rules_set_severity(rules, cmek_strbuf_text(&rule), severity))
        status = cmek_fail(err, CMEK_E_USAGE,
                           "--severity: there is no rule '%s'; `cmekscan rules` lists them",
                           cmek_strbuf_text(&rule));
    cmek_strbuf_done(&rule);
    return status;
}

enum cmek_status cmek_output_args(struct cmek_arena *arena, const char *standard_statuses,
                                  struct cmek_scan_options *ret_options, struct cmek_error *err)
{
    enum cmek_status status = parse_reports(arena, ret_options, err);
    if (status == CMEK_OK)
        status = parse_statuses(arg.status ? arg.status : standard_statuses, ret_options, err);
    if (status == CMEK_OK)
        status = cmek_terminal_style(arg.colour, &ret_options->style, err);
    ret_options->no_evidence = arg.no_evidence;
    return status;
}

enum cmek_status cmek_exit_args(struct cmek_scan_options *ret_options, struct cmek_error *err)
{
    ret_options->allow_incomplete = arg.allow_incomplete;
    return parse_fail_on(ret_options, err);
}

enum cmek_status cmek_rule_args(struct cmek_rule_set **ret_rules, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    struct cmek_rule_set *rules = cmek_rules_built_in();
    for (size_t i = 0; i < arg.rules.count && status == CMEK_OK; i++)
        status = cmek_rules_load(rules, arg.rules.items[i], err);
    for (size_t i = 0; i < arg.severities.count && status == CMEK_OK; i++)
        status = set_severity(rules, arg.severities.items[i], err);
    if (status == CMEK_OK)
        *ret_rules = rules;
    else
        cmek_rules_free(rules);
    return status;
}

enum cmek_status cmek_report_args(struct cmek_arena *arena, struct cmek_scan_options *ret_options,
                                  struct cmek_rule_set **ret_rules, struct cmek_error *err)
{
    enum cmek_status status = cmek_output_args(arena, CMEK_STATUSES_STANDARD, ret_options, err);
    if (status == CMEK_OK)
        status = cmek_exit_args(ret_options, err);
    if (status != CMEK_OK)
        return status;
    status = cmek_rule_args(ret_rules, err);
    ret_options->rules = status == CMEK_OK ? *ret_rules : NULL;
    return status;
}
