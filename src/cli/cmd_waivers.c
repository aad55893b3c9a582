/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "cli/cmd.h"
#include "report/terminal.h"
#include "rules/rule.h"

static struct {
    const char *expiring, *max_days;
} arg;

static enum cmek_status parse_expiring(int64_t *ret_days, struct cmek_error *err)
{
    *ret_days = -1;
    if (!arg.expiring)
        return CMEK_OK;
    if (!cmek_str_is_number(arg.expiring) || strlen(arg.expiring) > 5)
        return cmek_fail(err, CMEK_E_USAGE, "--expiring is '%s', expected a number of days",
                         arg.expiring);
    *ret_days = strtol(arg.expiring, NULL, 10);
    return CMEK_OK;
}

static void append_waiver(const struct cmek_waiver *waiver, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%-10s", cmek_waiver_state_name(waiver->state));
    cmek_strbuf_printf(text, " %-10s ", waiver->expires ? waiver->expires : "-");
    cmek_terminal_append(text, waiver->id);
    if (waiver->problem) {
        cmek_strbuf_puts(text, ": ");
        cmek_terminal_append(text, waiver->problem);
    } else {
        cmek_strbuf_printf(text, ": %" PRId64 " day%s left, owner ", waiver->days_left,
                           waiver->days_left == 1 ? "" : "s");
        cmek_terminal_append(text, waiver->owner);
    }
    cmek_strbuf_putc(text, '\n');
}

/* Lists all and tells how they fare: 2 when one can never be relied on, 1 when one has run out or
 * is about to, 0 else. */
static struct cmek_scan_outcome check(const struct cmek_waivers *waivers, int64_t expiring,
                                      struct cmek_strbuf *text)
{
    struct cmek_scan_outcome outcome = {.exit = CMEK_EXIT_OK};
    size_t broken = 0, expired = 0, ending = 0;
    for (size_t i = 0; i < waivers->count; i++) {
        const struct cmek_waiver *waiver = &waivers->items[i];
        append_waiver(waiver, text);
        expired += waiver->state == CMEK_WAIVER_EXPIRED;
        ending += waiver->state == CMEK_WAIVER_ACTIVE && waiver->days_left <= expiring;
        broken += waiver->state == CMEK_WAIVER_MALFORMED || waiver->state == CMEK_WAIVER_TOO_LONG;
    }
    if (broken > 0) {
        outcome.exit = CMEK_EXIT_USAGE;
        snprintf(outcome.reason, sizeof outcome.reason, "%zu waiver%s malformed or last%s too long",
                 broken, broken == 1 ? " is" : "s are", broken == 1 ? "s" : "");
    } else if (expired > 0) {
        outcome.exit = CMEK_EXIT_FINDINGS;
        snprintf(outcome.reason, sizeof outcome.reason, "%zu waiver%s expired", expired,
                 expired == 1 ? " has" : "s have");
    } else if (ending > 0) {
        outcome.exit = CMEK_EXIT_FINDINGS;
        snprintf(outcome.reason, sizeof outcome.reason, "%zu waiver%s within %" PRId64 " day%s",
                 ending, ending == 1 ? " ends" : "s end", expiring, expiring == 1 ? "" : "s");
    }
    return outcome;
}

/* How the file fares, once its lines are out. */
static int tell(const struct cmek_waivers *waivers, int64_t expiring)
{
    struct cmek_strbuf text = {0};
    const struct cmek_scan_outcome outcome = check(waivers, expiring, &text);
    int printed = cmek_print_all(cmek_strbuf_text(&text), text.length);
    cmek_strbuf_done(&text);
    if (printed != CMEK_EXIT_OK || outcome.exit == CMEK_EXIT_OK)
        return printed;
    return cmek_end(&outcome);
}

static int run(const struct cmek_values *words)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_waivers waivers = {0};
    struct cmek_rule_set *rules = NULL;
    int64_t expiring = -1;
    int max_days = 0;
    enum cmek_status status = CMEK_OK;
    if (words->count != 2 || strcmp(words->items[0], "check") != 0)
        status = cmek_fail(&err, CMEK_E_USAGE, "expected: cmekscan waivers check FILE");
    if (status == CMEK_OK)
        status = parse_expiring(&expiring, &err);
    if (status == CMEK_OK)
        status = cmek_waiver_days_parse(arg.max_days, &max_days, &err);
    if (status == CMEK_OK)
        status = cmek_rule_args(&rules, &err);
    if (status == CMEK_OK)
        status = cmek_waivers_load(words->items[1], cmek_time_now(), max_days, rules, &arena,
                                   &waivers, &err);
    int exit_status = status == CMEK_OK ? tell(&waivers, expiring) : cmek_end_failed(&err);
    cmek_rules_free(rules);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option options[] = {
    {"expiring", 0, CMEK_OPTION_TEXT, &arg.expiring, "DAYS",
     "exit with 1 also when a waiver has only so many days left"},
    {"waiver-max-days", 0, CMEK_OPTION_TEXT, &arg.max_days, "N",
     "a waiver that lasts longer waives nothing, 1 to 3650 (default: 365)"},
    {0},
};
static const struct cmek_option_group groups[] = {{"Options", options},
                                                  {"Rules", cmek_rule_options},
                                                  {0}};

const struct cmek_command cmek_command_waivers = {
    .name = "waivers",
    .summary = "check a file of accepted findings",
    .usage = "check FILE [OPTION]…",
    .description =
        "Lists the waivers of FILE with their state and the day they end on. A waiver that has "
        "expired, lasts too long or is malformed waives nothing; to name a rule that there is not, "
        "or a resource in another form than reports do, is malformed too.\n\n"
        "Exit status: 0 all are active; 1 one has expired, or expires within --expiring days; 2 "
        "one is malformed or lasts too long, or the file cannot be read.",
    .examples = "cmekscan waivers check waivers.yaml --expiring 30",
    .groups = groups,
    .takes_words = true,
    .run = run,
};
