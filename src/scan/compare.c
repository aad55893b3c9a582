/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/compare.h"

#include <string.h>

#include "base/error.h"
#include "base/strings.h"

static bool is_broken(enum cmek_finding_status status)
{
    return status == CMEK_STATUS_FAIL || status == CMEK_STATUS_WAIVED;
}

static bool is_fine(enum cmek_finding_status status)
{
    return status == CMEK_STATUS_PASS || status == CMEK_STATUS_ABSENT;
}

enum cmek_difference cmek_difference_of(enum cmek_finding_status before,
                                        enum cmek_finding_status after, bool is_looked_at)
{
    bool is_untold = after == CMEK_STATUS_UNKNOWN || (is_fine(after) && !is_looked_at);
    if (is_fine(before) && is_fine(after))
        return CMEK_DIFFERENCE_NONE;
    if (after == CMEK_STATUS_FAIL && before != CMEK_STATUS_FAIL)
        return CMEK_DIFFERENCE_NEW;
    if (is_broken(before) && is_untold)
        return CMEK_DIFFERENCE_UNDECIDED;
    if (is_broken(before) && is_fine(after))
        return CMEK_DIFFERENCE_MENDED;
    if (before == after || (before == CMEK_STATUS_UNKNOWN && is_untold))
        return CMEK_DIFFERENCE_UNCHANGED;
    return CMEK_DIFFERENCE_CHANGED;
}

const char *cmek_baseline_state(enum cmek_finding_status before, enum cmek_finding_status after)
{
    if (after == CMEK_STATUS_PASS)
        return is_fine(before) ? "unchanged" : "resolved";
    if (is_fine(before) || (after == CMEK_STATUS_FAIL && before != CMEK_STATUS_FAIL))
        return "new";
    return "unchanged";
}

/* Rules, services, projects and nodes come again and again. */
static const char *share(struct cmek_known_findings *known, const char *text)
{
    if (!text)
        return NULL;
    char *kept = cmek_map_get(&known->texts, text);
    if (!kept) {
        kept = cmek_arena_strdup(&known->arena, text);
        cmek_map_put_borrowed(&known->texts, kept, kept);
    }
    return kept;
}

static struct cmek_strings share_all(struct cmek_known_findings *known,
                                     const struct cmek_finding *finding)
{
    const char **items = cmek_arena_array(&known->arena, finding->ancestor_count, sizeof *items);
    for (size_t i = 0; i < finding->ancestor_count; i++)
        items[i] = share(known, finding->ancestors[i]);
    return (struct cmek_strings){items, finding->ancestor_count};
}

static const char *keep(struct cmek_known_findings *known, const char *text)
{
    return text ? cmek_arena_strdup(&known->arena, text) : NULL;
}

enum cmek_status cmek_known_findings_add(void *known_findings, const struct cmek_finding *finding,
                                         struct cmek_error *err)
{
    struct cmek_known_findings *known = known_findings;
    if (cmek_map_get(&known->by_id, finding->finding_id))
        return cmek_fail(err, CMEK_E_INVALID, CMEK_KNOWN_TWICE, finding->finding_id);
    struct cmek_known_finding *kept = cmek_arena_alloc(&known->arena, sizeof *kept);
    *kept = (struct cmek_known_finding){
        .finding_id = keep(known, finding->finding_id),
        .rule_id = share(known, finding->rule_id),
        .resource_name = keep(known, finding->resource_name),
        .resource_type = share(known, finding->resource_type),
        .service = share(known, finding->service),
        .kms_key = share(known, finding->kms_key),
        .message = keep(known, finding->message),
        .project_id = share(known, finding->project_id),
        .project_number = share(known, finding->project_number),
        .ancestors = share_all(known, finding),
        .status = finding->status,
        .severity = finding->severity,
        .enforcement = finding->enforcement,
        .has_role = finding->resource_role != NULL,
        .after = CMEK_STATUS_ABSENT,
    };
    cmek_map_put_borrowed(&known->by_id, kept->finding_id, kept);
    return CMEK_OK;
}

void cmek_known_findings_done(struct cmek_known_findings *known)
{
    cmek_map_done(&known->by_id);
    cmek_map_done(&known->texts);
    cmek_arena_done(&known->arena);
}
