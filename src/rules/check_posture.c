/* SPDX-License-Identifier: Apache-2.0 */
/* The policies themselves: policy-gap and policy-dry-run-only. */
#include <inttypes.h>

#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/posture.h"
#include "rules/rule.h"

static struct cmek_verdict draft_verdict(const struct cmek_rule *rule,
                                         const struct cmek_check *check,
                                         const struct cmek_node *node)
{
    return (struct cmek_verdict){
        .rule = rule,
        .check = check,
        .constraint = check->constraint,
        .node = node,
        .project = node->kind == CMEK_NODE_PROJECT ? node : NULL,
    };
}

/* The reasons of the first tally that has any. */
static void explain(const struct cmek_posture_tally *tally, struct cmek_verdict *draft)
{
    if (draft->reason || tally->unknowns == 0)
        return;
    draft->reason = tally->reason;
    draft->detail = tally->detail;
}

/* Where a policy for services is set already it must be changed, else a new one can be written. */
static const char *gap_cause(struct cmek_evaluation *evaluation, const struct cmek_node *node,
                             const struct cmek_posture *posture)
{
    if (cmek_node_sets_policy(cmek_evaluation_inventory(evaluation), node, CMEK_CONSTRAINT_SERVICE,
                              CMEK_POLICY_LIVE))
        return "services-missing";
    return posture->registry.fails > 0 ? "no-policy" : "key-only";
}

static void gap_node(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                     const struct cmek_node *node)
{
    const struct cmek_posture *posture = cmek_posture_of(evaluation, node);
    if (!posture)
        return;
    unsigned outcomes =
        cmek_posture_outcomes(&posture->registry) | cmek_posture_outcomes(&posture->key_only);
    if (posture->registry.fails + posture->key_only.fails > 0)
        outcomes = CMEK_OUTCOME_FAIL;
    struct cmek_verdict draft = draft_verdict(rule, &cmek_check_policy_gap, node);
    draft.enforcement = CMEK_ENFORCED;
    draft.services = posture->registry.services | posture->key_only.services;
    draft.cause = gap_cause(evaluation, node, posture);
    explain(&posture->registry, &draft);
    explain(&posture->key_only, &draft);
    cmek_evaluation_emit(evaluation, &draft, outcomes);
}

static size_t bit_count(unsigned bits)
{
    size_t count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

/* "a", "a or b", "a, b or c" */
static void append_services(unsigned services, const char *conjunction, struct cmek_strbuf *buffer)
{
    size_t left = bit_count(services);
    for (enum cmek_registry_service i = 0; i < CMEK_REGISTRY_SERVICE_COUNT_; i++) {
        if (!(services >> i & 1))
            continue;
        left--;
        cmek_strbuf_puts(buffer, cmek_registry_service_value(i));
        if (left > 1)
            cmek_strbuf_puts(buffer, ", ");
        else if (left == 1)
            cmek_strbuf_printf(buffer, " %s ", conjunction);
    }
}

/* " in 2 of 5 projects with … (such as shop-web)"; nothing about the node's own project. */
static void append_projects(const struct cmek_verdict *verdict,
                            const struct cmek_posture_tally *tally, const char *with,
                            struct cmek_strbuf *buffer)
{
    const struct cmek_node *project = tally->failing;
    uint64_t judged = tally->fails + tally->passes;
    if (!project || project == verdict->node)
        return;
    cmek_strbuf_printf(buffer, " in %" PRIu64 " of %" PRIu64 " project%s%s (%s%s", tally->fails,
                       judged, judged == 1 ? "" : "s", with, tally->fails > 1 ? "such as " : "",
                       project->id ? project->id : project->ref);
    if (tally->unknowns > 0)
        cmek_strbuf_printf(buffer, "; %" PRIu64 " more could not be judged", tally->unknowns);
    cmek_strbuf_putc(buffer, ')');
}

static void append_registry_gap(const struct cmek_verdict *verdict,
                                const struct cmek_posture_tally *tally, bool is_set,
                                struct cmek_strbuf *buffer)
{
    cmek_strbuf_puts(buffer, is_set ? "the policy set at " : "no policy at ");
    cmek_describe_node(verdict->node, buffer);
    cmek_strbuf_puts(buffer, is_set ? " does not deny " : " or below denies ");
    append_services(tally->services, "or", buffer);
    cmek_strbuf_puts(buffer, " without a key");
    if (tally->failing == verdict->node)
        cmek_strbuf_puts(buffer, ", though Container Registry has resources there");
    append_projects(verdict, tally, " with Container Registry resources", buffer);
}

static void append_key_only(const struct cmek_verdict *verdict,
                            const struct cmek_posture_tally *tally, struct cmek_strbuf *buffer)
{
    cmek_strbuf_puts(buffer, "the policy set at ");
    cmek_describe_node(verdict->node, buffer);
    cmek_strbuf_puts(buffer, " restricts where keys come from but forces nobody to use one:");
    append_projects(verdict, tally, "", buffer);
    if (tally->value)
        cmek_strbuf_printf(buffer, " the policy set at %s does not deny ", tally->value);
    else
        cmek_strbuf_puts(buffer, " no policy denies ");
    append_services(tally->services, "or", buffer);
    cmek_strbuf_puts(buffer, " without a key");
}

static void append_gap_pass(const struct cmek_verdict *verdict, const struct cmek_posture *posture,
                            struct cmek_strbuf *buffer)
{
    if (posture->registry.passes > 0)
        cmek_strbuf_printf(buffer,
                           "every service that Container Registry's resources lie in is denied "
                           "without a key in all projects that hold some (%" PRIu64
                           ") and look to ",
                           posture->registry.passes);
    else
        cmek_strbuf_puts(buffer,
                         "services are denied without a key wherever keys are restricted by "
                         "the policy set at ");
    cmek_describe_node(verdict->node, buffer);
}

static void gap_message(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                        struct cmek_strbuf *buffer)
{
    const struct cmek_posture *posture = cmek_posture_of(evaluation, verdict->node);
    if (verdict->status == CMEK_STATUS_PASS) {
        append_gap_pass(verdict, posture, buffer);
    } else if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_describe_node(verdict->node, buffer);
        cmek_strbuf_printf(buffer, " may lack a policy that denies services without a key: %s",
                           verdict->detail);
    } else {
        bool is_set = cmek_verdict_cause(evaluation, verdict).node != NULL;
        if (posture->registry.fails > 0)
            append_registry_gap(verdict, &posture->registry, is_set, buffer);
        if (posture->registry.fails > 0 && posture->key_only.fails > 0)
            cmek_strbuf_puts(buffer, "; ");
        if (posture->key_only.fails > 0)
            append_key_only(verdict, &posture->key_only, buffer);
    }
}

const struct cmek_check cmek_check_policy_gap = {
    .name = "policy-gap",
    .constraint = CMEK_CONSTRAINT_SERVICE,
    .node = gap_node,
    .message = gap_message,
};

static void dry_run_node(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                         const struct cmek_node *node)
{
    const struct cmek_posture *posture = cmek_posture_of(evaluation, node);
    for (enum cmek_constraint c = 0; posture && c < CMEK_CONSTRAINT_COUNT_; c++) {
        struct cmek_verdict draft = draft_verdict(rule, &cmek_check_policy_dry_run_only, node);
        draft.enforcement = CMEK_DRY_RUN;
        draft.constraint = c;
        draft.services = posture->dry_run[c].services;
        explain(&posture->dry_run[c], &draft);
        cmek_evaluation_emit(evaluation, &draft, cmek_posture_outcomes(&posture->dry_run[c]));
    }
}

static void append_demand(const struct cmek_verdict *verdict,
                          const struct cmek_posture_tally *tally, struct cmek_strbuf *buffer)
{
    if (verdict->constraint == CMEK_CONSTRAINT_SERVICE) {
        cmek_strbuf_puts(buffer, " denies ");
        append_services(tally->services, "and", buffer);
        if (tally->services == 0)
            cmek_strbuf_puts(buffer, tally->value);
        cmek_strbuf_puts(buffer, " without a key");
    } else if (tally->value) {
        cmek_strbuf_printf(buffer, " refuses keys of %s", tally->value);
    } else {
        cmek_strbuf_puts(buffer, " restricts where keys come from");
    }
}

static void dry_run_message(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                            struct cmek_strbuf *buffer)
{
    const struct cmek_posture_tally *tally =
        &cmek_posture_of(evaluation, verdict->node)->dry_run[verdict->constraint];
    if (verdict->status == CMEK_STATUS_PASS)
        cmek_strbuf_puts(buffer, "all that is looked at and that the dry-run policy set at ");
    else
        cmek_strbuf_puts(buffer, "the dry-run policy set at ");
    cmek_describe_node(verdict->node, buffer);
    if (verdict->status == CMEK_STATUS_PASS) {
        cmek_strbuf_puts(buffer, " demands, the live policy there demands too");
    } else if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_strbuf_printf(buffer, " may demand what the live policy there does not: %s",
                           verdict->detail);
    } else {
        append_demand(verdict, tally, buffer);
        append_projects(verdict, tally, "", buffer);
        cmek_strbuf_puts(buffer, ", but the live policy there does not");
    }
}

const struct cmek_check cmek_check_policy_dry_run_only = {
    .name = "policy-dry-run-only",
    .constraint = CMEK_CONSTRAINT_COUNT_,
    .node = dry_run_node,
    .message = dry_run_message,
};
