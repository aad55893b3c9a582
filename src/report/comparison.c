/* SPDX-License-Identifier: Apache-2.0 */
#include "report/comparison.h"

#include <inttypes.h>

#include "base/strbuf.h"
#include "base/strings.h"

#define PART(member, key, words)                                                                   \
    {                                                                                              \
        .name = (key), .title = (words), .offset = offsetof(struct cmek_comparison, member)        \
    }

const struct cmek_comparison_part cmek_comparison_parts[CMEK_COMPARISON_PARTS] = {
    PART(fresh, "new", "New failures"),
    PART(mended, "mended", "Mended"),
    PART(changed, "changed", "Changed"),
    PART(undecided, "undecided", "Undecided: the newer scan cannot tell"),
};

const struct cmek_changed_findings *cmek_comparison_list(const struct cmek_comparison *comparison,
                                                         const struct cmek_comparison_part *part)
{
    const void *list = (const char *)comparison + part->offset;
    return list;
}

static const char *status_name(enum cmek_finding_status status)
{
    return status < CMEK_STATUS_COUNT_ ? cmek_status_name(status) : "not listed";
}

static void append(struct cmek_strbuf *out, size_t start, const char *what, const char *before,
                   const char *after)
{
    cmek_strbuf_printf(out, "%s%s%s → %s", out->length > start ? ", " : "", what,
                       before ? before : "none", after ? after : "none");
}

void cmek_comparison_append_change(struct cmek_strbuf *out,
                                   const struct cmek_changed_finding *finding)
{
    size_t start = out->length;
    bool has_both =
        finding->status_before < CMEK_STATUS_COUNT_ && finding->status < CMEK_STATUS_COUNT_;
    if (finding->status_before != finding->status)
        append(out, start, "", status_name(finding->status_before), status_name(finding->status));
    if (has_both && finding->severity_before != finding->severity)
        append(out, start, "severity ", cmek_severity_name(finding->severity_before),
               cmek_severity_name(finding->severity));
    if (has_both && !cmek_str_eq(finding->kms_key_before, finding->kms_key))
        append(out, start, "key ", finding->kms_key_before, finding->kms_key);
}

void cmek_comparison_append_counts(struct cmek_strbuf *out,
                                   const struct cmek_comparison *comparison)
{
    cmek_strbuf_printf(out,
                       "%zu new, %zu mended, %" PRIu64 " unchanged, %zu changed, %zu undecided",
                       comparison->fresh.count, comparison->mended.count, comparison->unchanged,
                       comparison->changed.count, comparison->undecided.count);
}
