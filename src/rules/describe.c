/* SPDX-License-Identifier: Apache-2.0 */
/* Words shared by the checks: resources and reasons. */
#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"

void cmek_describe_resource(const struct cmek_resource *resource, struct cmek_strbuf *buffer)
{
    cmek_strbuf_printf(buffer, "%s %s", cmek_resource_noun(resource),
                       cmek_short_name(resource->name));
}

void cmek_describe_policy(const struct cmek_verdict *verdict, const struct cmek_list_cause *cause,
                          struct cmek_strbuf *buffer)
{
    const char *kind = verdict->enforcement == CMEK_DRY_RUN ? "the dry-run policy" : "the policy";
    if (!cause->node && cause->rule) {
        cmek_strbuf_puts(buffer, "the assumed policy");
        return;
    }
    if (!cause->node) {
        cmek_strbuf_puts(buffer, "the constraint's default");
        return;
    }
    bool inherited = verdict->project && cause->node != verdict->project;
    cmek_strbuf_printf(buffer, "%s %s ", kind, inherited ? "inherited from" : "set at");
    cmek_describe_node(cause->node, buffer);
}

void cmek_explain_unknown_policy(const struct cmek_effective *effective, struct cmek_verdict *draft)
{
    if (effective->unreadable) {
        draft->reason = effective->unreadable_reason;
        draft->detail = effective->unreadable;
    } else if (effective->undecided_count > 0) {
        draft->reason = "condition-undecided";
        draft->detail = effective->undecided[0].reason;
    }
}
