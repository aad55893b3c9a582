/* SPDX-License-Identifier: Apache-2.0 */
#include "report/changes.h"

#include <inttypes.h>

#include "base/strbuf.h"
#include "cmekscan/reporter.h"

static void append_count(struct cmek_strbuf *buffer, uint64_t count, const char *noun)
{
    cmek_strbuf_printf(buffer, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

static uint64_t broken_projects(const struct cmek_tallies *projects)
{
    uint64_t count = 0;
    for (size_t i = 0; i < projects->count; i++)
        count += projects->items[i].by_change[CMEK_CHANGE_NEWLY_FAILING] > 0;
    return count;
}

void cmek_changes_append(struct cmek_strbuf *buffer, const struct cmek_scan_summary *summary)
{
    const struct cmek_simulation_summary *simulation = summary->simulation;
    const uint64_t *changes = summary->total.by_change;
    if (simulation->policy_count == 0) {
        cmek_strbuf_puts(buffer, "No policy is simulated, so nothing would change.");
        return;
    }
    if (simulation->policy_count == 1)
        cmek_strbuf_puts(buffer, "This policy");
    else
        cmek_strbuf_printf(buffer, "These %zu policies", simulation->policy_count);
    cmek_strbuf_puts(buffer, " would newly break ");
    if (simulation->newly_failing > 0) {
        append_count(buffer, simulation->newly_failing, "resource");
        cmek_strbuf_puts(buffer, " in ");
        append_count(buffer, broken_projects(&summary->by_project), "project");
    } else {
        cmek_strbuf_puts(buffer, "nothing");
    }
    if (simulation->no_longer_failing > 0)
        cmek_strbuf_printf(buffer, ", and mend %" PRIu64, simulation->no_longer_failing);
    if (changes[CMEK_CHANGE_NEWLY_UNKNOWN] > 0) {
        cmek_strbuf_puts(buffer, "; ");
        append_count(buffer, changes[CMEK_CHANGE_NEWLY_UNKNOWN], "more verdict");
        cmek_strbuf_puts(buffer, " would be unknown");
    }
    if (changes[CMEK_CHANGE_NO_LONGER_UNKNOWN] > 0) {
        cmek_strbuf_puts(buffer, "; ");
        append_count(buffer, changes[CMEK_CHANGE_NO_LONGER_UNKNOWN], "unknown verdict");
        cmek_strbuf_puts(buffer, " would be decided");
    }
    cmek_strbuf_putc(buffer, '.');
}

void cmek_changes_append_baseline(struct cmek_strbuf *buffer,
                                  const struct cmek_baseline_summary *baseline)
{
    append_count(buffer, baseline->fresh, "new failure");
    cmek_strbuf_printf(buffer,
                       ", %" PRIu64 " unchanged, %" PRIu64 " resolved, %" PRIu64
                       " undecided since %s",
                       baseline->unchanged, baseline->resolved, baseline->undecided,
                       baseline->finished_at ? baseline->finished_at : "then");
}
