/* SPDX-License-Identifier: Apache-2.0 */
/* The two constraints: cmek-required and key-project-allowed. */
#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/posture.h"
#include "rules/rule.h"

/* Why it cannot be told whether a resource lacks a key; reason NULL: it can. */
struct doubt {
    const char *reason, *detail;
};

static struct doubt key_doubt(const struct cmek_resource *resource)
{
    const struct cmek_other_key *other = resource->extras->other_key;
    if (resource->is_truncated)
        return (struct doubt){"resource-unreadable",
                              "the input does not show whether it has a key"};
    if (other)
        return (struct doubt){other->reason, other->detail};
    if (resource->type->absence == CMEK_ABSENCE_UNKNOWN)
        return (
            struct doubt){"absence-not-conclusive",
                          "it shows no key, but resources of its kind do not always show theirs"};
    return (struct doubt){NULL, NULL};
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
static struct cmek_verdict draft_verdict(const struct cmek_evaluation *evaluation,
                                         const struct cmek_rule *rule,
                                         const struct cmek_check *check,
                                         const struct cmek_resource *resource,
                                         const struct cmek_effective *effective,
                                         enum cmek_policy_mode mode, const struct doubt *doubt)
{
    struct cmek_verdict draft = {
        .rule = rule,
        .check = check,
        .enforcement = enforcement_of(cmek_evaluation_inventory(evaluation), mode),
        .constraint = check->constraint,
        .resource = resource,
        .project = resource->project,
        .effective = effective,
        .reason = doubt->reason,
        .detail = doubt->detail,
    };
    if (resource->extras->planned && resource->extras->planned->unknown_reason) {
        draft.reason = resource->extras->planned->unknown_reason;
        draft.detail = resource->extras->planned->unknown_detail;
    }
    if (!draft.reason)
        cmek_explain_unknown_policy(effective, &draft);
    return draft;
}

static bool is_governed(const struct cmek_resource *resource, enum cmek_constraint constraint)
{
    return resource->type->governed_by >> constraint & 1;
}

static void required_resource(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                              const struct cmek_resource *resource)
{
    if (!is_governed(resource, CMEK_CONSTRAINT_SERVICE) || resource->is_excepted)
        return;
    bool lacks_key = cmek_resource_lacks_key(resource);
    struct doubt doubt = {NULL, NULL};
    if (lacks_key)
        doubt = key_doubt(resource);
    unsigned denied = lacks_key ? CMEK_OUTCOME_FAIL : CMEK_OUTCOME_PASS;
    if (doubt.reason)
        denied = CMEK_OUTCOME_PASS | CMEK_OUTCOME_FAIL;
    for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
        if (!cmek_evaluation_judges(evaluation, mode))
            continue;
        const struct cmek_effective *effective =
            cmek_evaluation_effective(evaluation, resource->chain, CMEK_CONSTRAINT_SERVICE, mode);
        if (mode == CMEK_POLICY_DRY_RUN && !effective->has_dry_run)
            continue;
        unsigned answer =
            cmek_evaluation_ask_service(evaluation, resource->chain, mode, resource->type->service);
        if (!(answer & CMEK_DENIED))
            continue;
        unsigned outcomes = denied | (answer & CMEK_ALLOWED ? CMEK_OUTCOME_NONE : 0);
        struct cmek_verdict draft = draft_verdict(evaluation, rule, &cmek_check_cmek_required,
                                                  resource, effective, mode, &doubt);
        draft.key = lacks_key ? NULL : resource->key;
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
    cmek_strbuf_printf(buffer, " has %s customer-managed key", pass ? "a" : "no");
    if (!pass && resource->extras->keyless_place)
        cmek_strbuf_printf(buffer, " at %s", resource->extras->keyless_place);
    cmek_strbuf_puts(buffer, pass ? ", as " : ", though ");
    cmek_describe_policy(verdict, &cause, buffer);
    cmek_strbuf_printf(buffer, " requires%s for %s", pass ? "" : " one",
                       resource->type->service->value);
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
                                             const struct cmek_key *key)
{
    return (struct cmek_key_question){
        .inventory = cmek_evaluation_inventory(evaluation),
        .project = key ? key->project : NULL,
    };
}

static void explain_key_project(enum cmek_tristate is_registry, struct cmek_verdict *draft)
{
    if (draft->reason)
        return;
    if (!draft->key && is_registry == CMEK_UNKNOWN) {
        draft->reason = "project-undecided";
        draft->detail =
            "its project is not known by both id and number, so it may be a Container Registry "
            "bucket";
    } else if (draft->key && !draft->key->project) {
        draft->reason = "malformed-key-name";
        draft->detail = "the name of its key has an unknown shape";
    } else {
        draft->reason = "key-project-undecided";
        draft->detail =
            "the key's project cannot be matched: its id, number or ancestors are not known";
    }
}

/* Two keys of one resource: it fails when one does, and passes when one does and none fails. What
 * both depend on is taken for independent, which can only make more verdicts unknown. */
static unsigned join_outcomes(unsigned a, unsigned b)
{
    unsigned joined = 0;
    for (unsigned i = CMEK_OUTCOME_NONE; i <= CMEK_OUTCOME_FAIL; i <<= 1)
        for (unsigned k = CMEK_OUTCOME_NONE; k <= CMEK_OUTCOME_FAIL; k <<= 1)
            if ((a & i) && (b & k))
                joined |= i > k ? i : k;
    return joined;
}

/* What is asked of a policy about a resource's keys. */
struct key_inquiry {
    struct cmek_evaluation *evaluation;
    const struct cmek_resource *resource;
    const struct cmek_effective *effective;
    enum cmek_policy_mode mode;
};

static unsigned ask_key(const struct key_inquiry *inquiry, const char *project)
{
    return cmek_evaluation_ask_key_project(inquiry->evaluation, inquiry->effective, inquiry->mode,
                                           project);
}

/* The outcomes of all keys that show, and the key that weighs most among them. */
static unsigned shown_keys(const struct key_inquiry *inquiry, const struct cmek_key **ret_key)
{
    const struct cmek_resource *resource = inquiry->resource;
    unsigned joined = CMEK_OUTCOME_NONE;
    int gravest = -1;
    for (size_t i = 0; i < cmek_resource_key_count(resource); i++) {
        const struct cmek_key *key = cmek_resource_key(resource, i);
        unsigned outcomes = keyed_outcomes(ask_key(inquiry, key->project));
        joined = i == 0 ? outcomes : join_outcomes(joined, outcomes);
        if (cmek_outcome_gravity(outcomes) > gravest) {
            gravest = cmek_outcome_gravity(outcomes);
            *ret_key = key;
        }
    }
    return joined;
}

/* Whether a key may be there that does not show, and why. */
static struct doubt hidden_keys(const struct cmek_resource *resource)
{
    const struct cmek_other_key *hidden = cmek_hidden_key(resource);
    if (hidden)
        return (struct doubt){hidden->reason, hidden->detail};
    if (resource->is_truncated && (!resource->key || resource->type->has_many_keys))
        return key_doubt(resource);
    return (struct doubt){NULL, NULL};
}

static void key_project_in(const struct key_inquiry *inquiry, const struct cmek_rule *rule)
{
    const struct cmek_resource *resource = inquiry->resource;
    const struct cmek_key *key = NULL;
    enum cmek_tristate is_registry = CMEK_NO;
    struct doubt doubt = hidden_keys(resource);
    unsigned outcomes = resource->key ? shown_keys(inquiry, &key) : 0;
    if (!resource->key && !cmek_hidden_key(resource)) {
        is_registry =
            cmek_is_registry_bucket(cmek_evaluation_inventory(inquiry->evaluation), resource);
        outcomes = keyless_outcomes(ask_key(inquiry, NULL), is_registry);
    }
    if (doubt.reason) {
        unsigned hidden = keyed_outcomes(ask_key(inquiry, NULL));
        outcomes =
            resource->key ? join_outcomes(outcomes, hidden | CMEK_OUTCOME_NONE) : outcomes | hidden;
    }
    if (!(outcomes & ~(unsigned)CMEK_OUTCOME_NONE))
        return;
    struct cmek_verdict draft =
        draft_verdict(inquiry->evaluation, rule, &cmek_check_key_project_allowed, resource,
                      inquiry->effective, inquiry->mode, &doubt);
    draft.key = key;
    explain_key_project(is_registry, &draft);
    cmek_evaluation_emit(inquiry->evaluation, &draft, outcomes);
}

static void key_project_resource(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                                 const struct cmek_resource *resource)
{
    if (!is_governed(resource, CMEK_CONSTRAINT_KEY_PROJECT))
        return;
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
        struct key_inquiry inquiry = {evaluation, resource, effective, mode};
        key_project_in(&inquiry, rule);
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
    const struct cmek_key *key = verdict->key;
    size_t key_count = cmek_resource_key_count(resource);
    cmek_describe_resource(resource, buffer);
    struct cmek_list_cause cause = cmek_verdict_cause(evaluation, verdict);
    if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_strbuf_printf(buffer, " may have a key from a project that is not allowed: %s",
                           verdict->detail);
        return;
    }
    bool pass = verdict->status == CMEK_STATUS_PASS;
    if (key && pass && key_count > 1)
        cmek_strbuf_printf(buffer, " has %zu keys from projects that ", key_count);
    else if (key)
        cmek_strbuf_printf(buffer, " has a key from project %s, which ",
                           key->project ? key->project : "?");
    else
        cmek_strbuf_puts(buffer, " is a Container Registry bucket without a key, though ");
    cmek_describe_policy(verdict, &cause, buffer);
    cmek_strbuf_puts(buffer, pass  ? " allows"
                             : key ? " does not allow"
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
            verdict->resource ? verdict->resource->type->service->value : verdict->check->service;
        return cmek_list_explain(verdict->effective, cmek_match_service, (void *)(uintptr_t)service,
                                 /* denied= */ true);
    }
    struct cmek_key_question question = key_question(evaluation, verdict->key);
    bool denied = verdict->status != CMEK_STATUS_PASS;
    struct cmek_list_cause cause =
        cmek_list_explain(verdict->effective, cmek_match_key_project, &question, denied);
    if (!cause.node && verdict->effective->rule_count > 0) {
        /* A key that passes beside an allow-less restriction, or a keyless bucket under denials. */
        cause.node = verdict->effective->rules[0].node;
        cause.rule = verdict->effective->rules[0].rule;
    }
    if (!verdict->key)
        cause.entry = NULL; /* no entry speaks of a key that is not there */
    return cause;
}
