/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/progress.h"
#include "cli/rule_text.h"
#include "cli/terminal.h"
#include "model/catalogue.h"
#include "report/explanation.h"
#include "rules/evaluate.h"
#include "scan/explain.h"
#include "json/writer.h"

#define ID_LENGTH 64

static struct {
    const char *from, *format, *colour;
    struct cmek_values rules;
} arg;

static const struct cmek_option options[] = {
    {"from", 0, CMEK_OPTION_TEXT, &arg.from, "REPORT",
     "explain from a json report (plain or .gz, - for standard input), asking nobody"},
    {"format", 0, CMEK_OPTION_TEXT, &arg.format, "FORMAT", "text or json (default: text)"},
    {"rules", 0, CMEK_OPTION_VALUES, &arg.rules, "FILE|DIR",
     "add or change rules first, as the scan did; repeatable"},
    {"color", 0, CMEK_OPTION_TEXT, &arg.colour, "WHEN", "auto, always or never (default: auto)"},
    {0},
};

/* How the explanation is to look, and where it goes. */
struct printer {
    struct cmek_report_style style;
    bool is_json;
    struct cmek_strbuf text;
};

static void print(void *payload, const struct cmek_explanation *explanation)
{
    struct printer *printer = payload;
    if (!printer->is_json) {
        cmek_explanation_write_text(explanation, printer->style.colour, printer->style.columns,
                                    &printer->text);
        return;
    }
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &printer->text, 2);
    cmek_explanation_write_json(&writer, explanation);
    cmek_strbuf_putc(&printer->text, '\n');
}

/* The id in lower case, or NULL when @p word is none. */
static const char *parse_id(const char *word, struct cmek_arena *arena)
{
    size_t length = strlen(word);
    if (length > ID_LENGTH || strspn(word, "0123456789abcdefABCDEF") != length)
        return NULL;
    char *id = cmek_arena_strdup(arena, word);
    for (char *at = id; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return id;
}

static enum cmek_status unknown_word(const char *word, const struct cmek_rule_set *rules,
                                     struct cmek_error *err)
{
    struct cmek_suggestion suggestion = {.typed = word};
    for (size_t i = 0; i < cmek_rules_count(rules); i++)
        cmek_suggestion_offer(&suggestion, cmek_rules_at(rules, i)->id);
    const char *best = cmek_suggestion_best(&suggestion);
    return cmek_fail(err, CMEK_E_USAGE,
                     "'%s' is neither a rule%s%s%s nor the id of a finding (hex digits); `cmekscan "
                     "rules` lists the rules, every report shows the ids",
                     word, best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
}

/* Whether to explain from a report or from a source: the command line wins over the environment and
 * the configuration, which may well name what is scanned every night. */
static enum cmek_status choose_source(struct cmek_explain_options *ret_options,
                                      struct cmek_error *err)
{
    const char *source = cmek_args_source();
    bool from_is_typed = arg.from && cmek_str_starts(cmek_option_origin(options), "--");
    bool source_is_typed = source && cmek_str_starts(source, "--");
    if (!arg.from && !source)
        return cmek_fail(err, CMEK_E_USAGE,
                         "where is the finding from? give --from REPORT (made with --report "
                         "json=REPORT), --assets FILE, or --organization, --folder or --project");
    if (arg.from && source && from_is_typed == source_is_typed)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--from explains what a report knows and cannot be mixed with %s", source);
    ret_options->report = from_is_typed || !source ? arg.from : NULL;
    return CMEK_OK;
}

static enum cmek_status explain_finding(const char *id, const struct cmek_rule_set *rules,
                                        struct cmek_arena *arena, struct printer *printer,
                                        struct cmek_error *err)
{
    struct cmek_explain_options explain = {
        .finding_id = id,
        .rules = rules,
        .container_registry_only = cmek_args_registry_only(),
    };
    if (strlen(id) < CMEK_EXPLAIN_ID_MIN)
        return cmek_fail(err, CMEK_E_USAGE, "'%s' is too short: give at least %d digits of the id",
                         id, CMEK_EXPLAIN_ID_MIN);
    enum cmek_status status = choose_source(&explain, err);
    if (status == CMEK_OK)
        status = explain.report ? cmek_args_catalogue(&explain.catalogue, err)
                                : cmek_feed_args(", or --assets FILE", arena, &explain.feed,
                                                 &explain.catalogue, err);
    if (status != CMEK_OK)
        return status;
    cmek_progress_attach(&explain.feed, cmek_args_quiet());
    status = cmek_explain(&explain, print, printer, err);
    cmek_progress_end();
    cmek_catalogue_free(explain.catalogue);
    return status;
}

static enum cmek_status parse_printer(struct printer *printer, struct cmek_error *err)
{
    const char *format = arg.format ? arg.format : "text";
    printer->is_json = strcmp(format, "json") == 0;
    if (!printer->is_json && strcmp(format, "text") != 0)
        return cmek_fail(err, CMEK_E_USAGE, "--format is '%s', expected text or json", format);
    return cmek_terminal_style(arg.colour, &printer->style, err);
}

static enum cmek_status explain_word(const struct cmek_values *words, struct cmek_rule_set *rules,
                                     struct cmek_arena *arena, struct printer *printer,
                                     struct cmek_error *err)
{
    enum cmek_status status = parse_printer(printer, err);
    if (status == CMEK_OK && words->count != 1)
        status =
            cmek_fail(err, CMEK_E_USAGE,
                      "%s: give one rule or one finding, e.g. cmekscan explain cmek-required",
                      words->count == 0 ? "nothing to explain" : "too much to explain at once");
    for (size_t i = 0; i < arg.rules.count && status == CMEK_OK; i++)
        status = cmek_rules_load(rules, arg.rules.items[i], err);
    if (status != CMEK_OK)
        return status;
    const char *word = words->items[0];
    const struct cmek_rule *rule = cmek_rules_find(rules, word);
    if (rule) {
        (printer->is_json ? cmek_rule_write_json : cmek_rule_write_text)(rule, &printer->text);
        return CMEK_OK;
    }
    const char *id = parse_id(word, arena);
    return id ? explain_finding(id, rules, arena, printer, err) : unknown_word(word, rules, err);
}

static int run(const struct cmek_values *words)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct printer printer = {0};
    struct cmek_rule_set *rules = cmek_rules_built_in();
    enum cmek_status status = explain_word(words, rules, &arena, &printer, &err);
    int exit_status = status == CMEK_OK
                          ? cmek_print_all(cmek_strbuf_text(&printer.text), printer.text.length)
                          : cmek_end_failed(&err);
    cmek_strbuf_done(&printer.text);
    cmek_rules_free(rules);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option_group groups[] = {
    {"Where from, and how it looks", options},
    {"Or straight from what was scanned", cmek_scope_options},
    {"Or offline", cmek_assets_options},
    {"", cmek_service_options},
    {"Live through Cloud Asset Inventory", cmek_confirm_options},
    {"Credentials", cmek_auth_options},
    {"Connection", cmek_connection_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_explain = {
    .name = "explain",
    .summary = "say why: a finding with the policies that led to it, or a rule",
    .usage = "FINDING-ID (--from REPORT | --assets FILE | --organization ID | …) [OPTION]… | RULE",
    .description =
        "Draws the path from the organization down to what a finding is on, with the policy that "
        "is set at each node and what became of it: whether it decides, is in force, shadowed, "
        "overridden by a policy below it, reset, undecided or unreadable; the conditions and the "
        "tags that they ask for; where the key lies and which entry covers it; what would have to "
        "be known, for an unknown finding; and the commands that mend it.\n\n"
        "FINDING-ID may be the beginning of an id, at least 8 digits. A json report holds the "
        "evidence that its findings rest on, so --from needs nothing else. Given a rule, shows "
        "what it is about, what its verdicts mean, and how to mend what it finds.\n\n"
        "Exit status: 0 explained; 2 wrong usage, or no such finding; 4 it could not be read.",
    .examples = "cmekscan explain 4f1c09aa2b7e --from report.json\n"
                "cmekscan explain 4f1c09aa2b7e --assets export.ndjson --format json\n"
                "cmekscan explain key-project-allowed",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
