/* SPDX-License-Identifier: Apache-2.0 */
/* The two constraints: cmek-required and key-project-allowed. */
#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/posture.h"
#include "rules/rule.h"

/* What is known of a resource's key: present, absent, or either. */
enum key_state {
    KEY_PRESENT = 1 << 0,
    KEY_ABSENT = 1 << 1,
};

static unsigned key_state(const struct cmek_resource *resource)
{
    if (resource->key)
        return KEY_PRESENT;
    return resource->is_truncated ? KEY_PRESENT | KEY_ABSENT : KEY_ABSENT;
}

static enum cmek_enforcement enforcement_of(const struct cmek_inventory *inventory,
                                            enum cmek_policy_mode mode)
{
    return mode == CMEK_POLICY_LIVE && inventory->policies_are_simulated
               ? CMEK_SIMULATED
               : cmek_enforcement_of(mode);
}

/* A verdict's beginnings; for an unknown, the reason that weighs most: the resource's own data,
 * then the policy. */
static struct cmek_verdict
draft_verdict(const struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
              const struct cmek_check *check, const struct cmek_resource *resource,
              const struct cmek_effective *effective, enum cmek_policy_mode mode)
{
    struct cmek_verdict draft = {
        .rule = rule,
        .check = check,
        .enforcement = enforcement_of(cmek_evaluation_inventory(evaluation), mode),
        .constraint = check->constraint,
        .resource = resource,
        .project = resource->project,
        .effective = effective,
    };
    if (resource->planned && resource->planned->unknown_reason) {
        draft.reason = resource->planned->unknown_reason;
        draft.detail = resource->planned->unknown_detail;
    } else if (key_state(resource) == (KEY_PRESENT | KEY_ABSENT)) {
        draft.reason = "resource-unreadable";
        draft.detail = "the input does not show whether it has a key";
    } else {
        cmek_explain_unknown_policy(effective, &draft);
    }
    return draft;
}

static void required_resource(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                              const struct cmek_resource *resource)
{
    for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
        if (!cmek_evaluation_judges(evaluation, mode))
            continue;
        const struct cmek_effective *effective =
            cmek_evaluation_effective(evaluation, resource->chain, CMEK_CONSTRAINT_SERVICE, mode);
        if (mode == CMEK_POLICY_DRY_RUN && !effective->has_dry_run)
            continue;
        unsigned answer =
            cmek_evaluation_ask_service(evaluation, resource->chain, mode, resource->type->service);
        unsigned key = key_state(resource), outcomes = 0;
        if (answer & CMEK_ALLOWED)
            outcomes |= CMEK_OUTCOME_NONE;
        if ((answer & CMEK_DENIED) && (key & KEY_PRESENT))
            outcomes |= CMEK_OUTCOME_PASS;
        if ((answer & CMEK_DENIED) && (key & KEY_ABSENT))
            outcomes |= CMEK_OUTCOME_FAIL;
        if (!(outcomes & ~(unsigned)CMEK_OUTCOME_NONE))
            continue;
        struct cmek_verdict draft =
            draft_verdict(evaluation, rule, &cmek_check_cmek_required, resource, effective, mode);
        cmek_evaluation_emit(evaluation, &draft, outcomes);
    }
}

static void required_message(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                             struct cmek_strbuf *buffer)
{
    const struct cmek_resource *resource = verdict->resource;
    cmek_describe_resource(resource, buffer);
    struct cmek_list_cause cause = cmek_verdict_cause(evaluation, verdict);
    if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_strbuf_printf(buffer, " may need a customer-managed key: %s", verdict->detail);
        return;
    }
    bool pass = verdict->status == CMEK_STATUS_PASS;
    cmek_strbuf_puts(buffer, pass ? " has a customer-managed key, as "
                                  : " has no customer-managed key, though ");
    cmek_describe_policy(verdict, &cause, buffer);
    cmek_strbuf_printf(buffer, " requires%s for %s", pass ? "" : " one", resource->type->service);
    if (!pass && resource->google_keys_refused)
        cmek_strbuf_puts(
            buffer, "; the bucket refuses Google-managed encryption, so new objects must name a "
                    "key, but it has no default one");
}

const struct cmek_check cmek_check_cmek_required = {
    .name = "cmek-required",
    .constraint = CMEK_CONSTRAINT_SERVICE,
    .is_simulated = true,
    .resource = required_resource,
    .message = required_message,
};

static unsigned keyed_outcomes(unsigned answer)
{
    unsigned outcomes = 0;
    if (answer & (CMEK_ALLOWED_FREELY | CMEK_DENIED_BY_DEFAULT))
        outcomes |= CMEK_OUTCOME_NONE;
    if (answer & CMEK_ALLOWED_RESTRICTED)
        outcomes |= CMEK_OUTCOME_PASS;
    if (answer & CMEK_DENIED_RESTRICTED)
        outcomes |= CMEK_OUTCOME_FAIL;
    return outcomes;
}

/* A keyless resource is governed only as a Container Registry bucket. */
static unsigned keyless_outcomes(unsigned answer, enum cmek_tristate is_registry)
{
    if (is_registry == CMEK_NO || !(answer & CMEK_RESTRICTED))
        return CMEK_OUTCOME_NONE;
    unsigned outcomes = CMEK_OUTCOME_FAIL;
    if (is_registry == CMEK_UNKNOWN || (answer & ~(unsigned)CMEK_RESTRICTED))
        outcomes |= CMEK_OUTCOME_NONE;
    return outcomes;
}

static struct cmek_key_question key_question(struct cmek_evaluation *evaluation,
                                             const struct cmek_resource *resource)
{
    return (struct cmek_key_question){
        .inventory = cmek_evaluation_inventory(evaluation),
        .project = resource->key ? resource->key->project : NULL,
    };
}

static void explain_key_project(const struct cmek_resource *resource,
                                enum cmek_tristate is_registry, struct cmek_verdict *draft)
{
    if (draft->reason)
        return;
    if (!resource->key && is_registry == CMEK_UNKNOWN) {
        draft->reason = "project-undecided";
        draft->detail =
            "its project is not known by both id and number, so it may be a Container Registry "
            "bucket";
    } else if (resource->key && !resource->key->project) {
        draft->reason = "malformed-key-name";
        draft->detail = "the name of its key has an unknown shape";
    } else {
        draft->reason = "key-project-undecided";
        draft->detail =
            "the key's project cannot be matched: its id, number or ancestors are not known";
    }
}

static void key_project_resource(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                                 const struct cmek_resource *resource)
{
    const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
    if (inventory->assumed[CMEK_CONSTRAINT_SERVICE] &&
        !inventory->assumed[CMEK_CONSTRAINT_KEY_PROJECT]) {
        if (resource->key)
            cmek_evaluation_cannot_judge(evaluation, rule, "organization policies");
        return;
    }
    for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
        if (!cmek_evaluation_judges(evaluation, mode))
            continue;
        const struct cmek_effective *effective =
            cmek_evaluation_effective(evaluation, resource->chain, CMEK_CONSTRAINT_KEY_PROJECT,
                                      mode);
        if (mode == CMEK_POLICY_DRY_RUN && !effective->has_dry_run)
            continue;
        if (effective->rule_count == 0 && !effective->unreadable)
            continue; /* nothing restricts */
        unsigned key = key_state(resource), outcomes = 0;
        enum cmek_tristate is_registry = CMEK_NO;
        unsigned answer =
            cmek_evaluation_ask_key_project(evaluation, effective, mode,
                                            resource->key ? resource->key->project : NULL);
        if (key & KEY_PRESENT)
            outcomes |= keyed_outcomes(answer);
        if (key & KEY_ABSENT) {
            is_registry = cmek_is_registry_bucket(cmek_evaluation_inventory(evaluation), resource);
            outcomes |= keyless_outcomes(answer, is_registry);
        }
        if (!(outcomes & ~(unsigned)CMEK_OUTCOME_NONE))
            continue;
        struct cmek_verdict draft = draft_verdict(evaluation, rule, &cmek_check_key_project_allowed,
                                                  resource, effective, mode);
        explain_key_project(resource, is_registry, &draft);
        cmek_evaluation_emit(evaluation, &draft, outcomes);
    }
}

static void append_entries(const struct cmek_policy_rule *rule, struct cmek_strbuf *buffer)
{
    if (!rule || rule->allowed.count == 0)
        return;
    cmek_strbuf_puts(buffer, "; allowed there: ");
    for (size_t i = 0; i < rule->allowed.count && i < 3; i++)
        cmek_strbuf_printf(buffer, "%s%s", i > 0 ? ", " : "", rule->allowed.items[i]);
    if (rule->allowed.count > 3)
        cmek_strbuf_printf(buffer, " and %zu more", rule->allowed.count - 3);
}

static void key_project_message(struct cmek_evaluation *evaluation,
                                const struct cmek_verdict *verdict, struct cmek_strbuf *buffer)
{
    const struct cmek_resource *resource = verdict->resource;
    const char *project = resource->key ? resource->key->project : NULL;
    cmek_describe_resource(resource, buffer);
    struct cmek_list_cause cause = cmek_verdict_cause(evaluation, verdict);
    if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_strbuf_printf(buffer, " may have a key from a project that is not allowed: %s",
                           verdict->detail);
        return;
    }
    bool pass = verdict->status == CMEK_STATUS_PASS;
    if (resource->key)
        cmek_strbuf_printf(buffer, " has a key from project %s, which ", project ? project : "?");
    else
        cmek_strbuf_puts(buffer, " is a Container Registry bucket without a key, though ");
    cmek_describe_policy(verdict, &cause, buffer);
    cmek_strbuf_puts(buffer, pass            ? " allows"
                             : resource->key ? " does not allow"
                                             : " asks for one from an allowed project");
    if (!pass)
        append_entries(cause.rule, buffer);
}

const struct cmek_check cmek_check_key_project_allowed = {
    .name = "key-project-allowed",
    .constraint = CMEK_CONSTRAINT_KEY_PROJECT,
    .is_simulated = true,
    .resource = key_project_resource,
    .message = key_project_message,
};

/* Who decided, for a verdict of either rule. */
struct cmek_list_cause cmek_verdict_cause(struct cmek_evaluation *evaluation,
                                          const struct cmek_verdict *verdict)
{
    struct cmek_list_cause none = {0};
    if (verdict->is_lifted)
        return none;
    if (!verdict->effective) {
        const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
        enum cmek_policy_mode mode =
            verdict->enforcement == CMEK_DRY_RUN ? CMEK_POLICY_DRY_RUN : CMEK_POLICY_LIVE;
        if (verdict->node &&
            cmek_node_sets_policy(inventory, verdict->node, verdict->constraint, mode))
            none.node = verdict->node;
        return none;
    }
    if (verdict->constraint == CMEK_CONSTRAINT_SERVICE) {
        const char *service =
            verdict->resource ? verdict->resource->type->service : verdict->check->service;
        return cmek_list_explain(verdict->effective, cmek_match_service, (void *)(uintptr_t)service,
                                 /* denied= */ true);
    }
    struct cmek_key_question question = key_question(evaluation, verdict->resource);
    bool denied = verdict->status != CMEK_STATUS_PASS;
    struct cmek_list_cause cause =
        cmek_list_explain(verdict->effective, cmek_match_key_project, &question, denied);
    if (!cause.node && verdict->effective->rule_count > 0) {
        /* A key that passes beside an allow-less restriction, or a keyless bucket under denials. */
        cause.node = verdict->effective->rules[0].node;
        cause.rule = verdict->effective->rules[0].rule;
    }
    if (!verdict->resource->key)
        cause.entry = NULL; /* no entry speaks of a key that is not there */
    return cause;
}
