/* SPDX-License-Identifier: Apache-2.0 */
/* The text report of a simulation: what was simulated, and what it would change. */
#include <inttypes.h>

#include "report/changes.h"
#include "report/terminal.h"
#include "report/text.h"

#define POLICIES_SHOWN 8

void cmek_text_write_simulated(struct cmek_text *text)
{
    const struct cmek_simulation_summary *simulation = text->context.summary->simulation;
    size_t count = simulation->policy_count;
    struct cmek_strbuf line = {0};
    for (size_t i = 0; i < count && i < POLICIES_SHOWN; i++) {
        const struct cmek_simulated_policy *policy = &simulation->policies[i];
        cmek_strbuf_clear(&line);
        cmek_strbuf_printf(&line, "%s at %s, from %s", policy->constraint, policy->node,
                           policy->origin);
        cmek_text_field(text, i == 0 ? "Simulated" : "", cmek_strbuf_text(&line));
    }
    cmek_strbuf_clear(&line);
    if (count == 0)
        cmek_text_field(text, "Simulated", "no policy: no dry run is set");
    if (count > POLICIES_SHOWN) {
        cmek_strbuf_printf(&line, "and %zu more; the json report lists them",
                           count - POLICIES_SHOWN);
        cmek_text_field(text, "", cmek_strbuf_text(&line));
    }
    cmek_strbuf_done(&line);
}

static bool has_changes(const struct cmek_tally *tally)
{
    for (int change = CMEK_CHANGE_NONE + 1; change < CMEK_CHANGE_COUNT_; change++)
        if (tally->by_change[change] > 0)
            return true;
    return false;
}

/* By the first kind of change in which they differ: what breaks comes first. */
static int compare_changes(const struct cmek_tally *a, const struct cmek_tally *b)
{
    for (int change = CMEK_CHANGE_NONE + 1; change < CMEK_CHANGE_COUNT_; change++)
        if (a->by_change[change] != b->by_change[change])
            return a->by_change[change] > b->by_change[change] ? -1 : 1;
    return 0;
}

static void write_projects(struct cmek_text *text)
{
    static const char *const columns[CMEK_CHANGE_COUNT_] = {
        [CMEK_CHANGE_NEWLY_FAILING] = "breaks",
        [CMEK_CHANGE_NEWLY_UNKNOWN] = "unknown",
        [CMEK_CHANGE_NO_LONGER_FAILING] = "mends",
        [CMEK_CHANGE_NO_LONGER_UNKNOWN] = "decided",
    };
    const struct cmek_tallies *projects = &text->context.summary->by_project;
    const struct cmek_tally *top[CMEK_TEXT_TOP];
    size_t shown = cmek_text_top(projects, has_changes, compare_changes, top), all = 0;
    for (size_t i = 0; i < projects->count; i++)
        all += has_changes(&projects->items[i]);
    if (all == 0)
        return;
    cmek_strbuf_putc(&text->out, '\n');
    cmek_text_append_name(text, "Changes by project");
    for (int change = CMEK_CHANGE_NONE + 1; change < CMEK_CHANGE_COUNT_; change++)
        cmek_strbuf_printf(&text->out, "%8s", columns[change]);
    cmek_strbuf_putc(&text->out, '\n');
    for (size_t i = 0; i < shown; i++) {
        cmek_text_append_name(text, top[i]->name);
        for (int change = CMEK_CHANGE_NONE + 1; change < CMEK_CHANGE_COUNT_; change++)
            cmek_strbuf_printf(&text->out, "%8" PRIu64, top[i]->by_change[change]);
        cmek_strbuf_putc(&text->out, '\n');
    }
    if (all > shown)
        cmek_strbuf_printf(&text->out, "    and %zu more; the json report lists them\n",
                           all - shown);
}

void cmek_text_write_changes(struct cmek_text *text)
{
    const struct cmek_scan_summary *summary = text->context.summary;
    bool breaks = summary->simulation->newly_failing > 0;
    write_projects(text);
    struct cmek_strbuf line = {0};
    cmek_changes_append(&line, summary);
    cmek_strbuf_putc(&text->out, '\n');
    cmek_text_paint(text,
                    breaks              ? CMEK_TEXT_ALARM
                    : summary->complete ? CMEK_TEXT_GOOD
                                        : CMEK_TEXT_WARN,
                    cmek_strbuf_text(&line));
    cmek_strbuf_putc(&text->out, '\n');
    cmek_strbuf_done(&line);
    if (!breaks)
        return;
    cmek_terminal_append_wrapped(
        &text->out,
        "What breaks goes on working: such policies bind what is created. It would be in "
        "violation, and another one like it could not be created.",
        0, text->columns);
    cmek_strbuf_putc(&text->out, '\n');
}
