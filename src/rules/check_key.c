/* SPDX-License-Identifier: Apache-2.0 */
/* key-usable: whether the key that protects a resource can still encrypt and decrypt. */
#include <string.h>

#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/rule.h"

/* https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions
 * (CryptoKeyVersionState): anything but ENABLED keeps new data from being written and, but for the
 * pending states, old data from being read. */
static const struct {
    const char *state, *cause, *clause;
} unusable_states[] = {
    {"DISABLED", "disabled", "is disabled"},
    {"DESTROYED", "destroyed", "is destroyed"},
    {"DESTROY_SCHEDULED", "destroy-scheduled", "is scheduled for destruction"},
    {"PENDING_GENERATION", "pending", "is still being generated"},
    {"PENDING_IMPORT", "pending", "is still being imported"},
    {"PENDING_EXTERNAL_DESTRUCTION", "destroyed", "is being destroyed outside Google Cloud"},
    {"EXTERNAL_DESTRUCTION_FAILED", "destroyed",
     "is marked destroyed; its external destruction failed"},
    {"GENERATION_FAILED", "other", "could not be generated"},
    {"IMPORT_FAILED", "other", "could not be imported"},
};

static unsigned undecided(struct cmek_verdict *draft, const char *reason, const char *detail)
{
    draft->reason = reason;
    draft->detail = detail;
    return CMEK_OUTCOME_PASS | CMEK_OUTCOME_FAIL;
}

static unsigned unusable(struct cmek_verdict *draft, const char *cause)
{
    draft->cause = cause;
    return CMEK_OUTCOME_FAIL;
}

static unsigned judge_state(const struct cmek_key *key, struct cmek_verdict *draft)
{
    if (strcmp(key->primary_state, "ENABLED") == 0)
        return CMEK_OUTCOME_PASS;
    for (size_t i = 0; i < sizeof unusable_states / sizeof *unusable_states; i++)
        if (strcmp(key->primary_state, unusable_states[i].state) == 0)
            return unusable(draft, unusable_states[i].cause);
    return undecided(draft, "key-state-unknown",
                     "its primary version is in a state that is not known here");
}

unsigned cmek_key_usability(const struct cmek_key *key, struct cmek_verdict *draft)
{
    if (!key->project)
        return undecided(draft, "malformed-key-name", "the name of its key has an unknown shape");
    if (!key->is_known && key->unreadable)
        return undecided(draft, key->unreadable, "the key could not be read");
    if (!key->is_known)
        return undecided(draft, "key-not-read", "the input does not describe its key");
    if (key->purpose && strcmp(key->purpose, "ENCRYPT_DECRYPT") != 0)
        return unusable(draft, "wrong-purpose");
    if (key->primary_state)
        return judge_state(key, draft);
    if (key->is_truncated)
        return undecided(draft, "key-unreadable", "its key is marked as truncated");
    return unusable(draft, "no-primary");
}

/* One key that cannot be used is enough to lose data; an undecided one counts next. */
static unsigned worst_key(const struct cmek_resource *resource, struct cmek_verdict *draft)
{
    const struct cmek_verdict blank = *draft;
    unsigned worst = 0;
    for (size_t i = 0; i < cmek_resource_key_count(resource); i++) {
        struct cmek_verdict next = blank;
        next.key = cmek_resource_key(resource, i);
        unsigned outcomes = cmek_key_usability(next.key, &next);
        if (i > 0 && cmek_outcome_gravity(outcomes) <= cmek_outcome_gravity(worst))
            continue;
        worst = outcomes;
        *draft = next;
    }
    return worst;
}

static void key_resource(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                         const struct cmek_resource *resource)
{
    struct cmek_verdict draft = {
        .rule = rule,
        .check = &cmek_check_key_usable,
        .enforcement = CMEK_ENFORCED,
        .constraint = CMEK_CONSTRAINT_COUNT_,
        .resource = resource,
        .project = resource->project,
    };
    unsigned outcomes;
    bool is_described = resource->key && (resource->key->is_known || resource->key->unreadable);
    if (resource->extras->planned &&
        !is_described) { /* a plan speaks of the keys it makes, no others */
        if (resource->key)
            cmek_evaluation_cannot_judge(evaluation, rule, "description of their keys");
        return;
    }
    if (resource->key)
        outcomes = worst_key(resource, &draft);
    else if (cmek_hidden_key(resource))
        outcomes =
            undecided(&draft, cmek_hidden_key(resource)->reason, cmek_hidden_key(resource)->detail);
    else if (resource->is_truncated)
        outcomes = undecided(&draft, "resource-unreadable",
                             "the input does not show whether it has a key");
    else
        return;
    cmek_evaluation_emit(evaluation, &draft, outcomes);
}

static const char *state_clause(const char *state)
{
    for (size_t i = 0; i < sizeof unusable_states / sizeof *unusable_states; i++)
        if (strcmp(unusable_states[i].state, state) == 0)
            return unusable_states[i].clause;
    return "cannot be used";
}

static void key_message(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                        struct cmek_strbuf *buffer)
{
    (void)evaluation;
    const struct cmek_key *key = verdict->key;
    cmek_describe_resource(verdict->resource, buffer);
    if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_strbuf_printf(buffer, " may depend on a key that cannot be used: %s", verdict->detail);
        return;
    }
    cmek_strbuf_printf(buffer, " uses key %s", key->name);
    if (verdict->status == CMEK_STATUS_PASS)
        cmek_strbuf_puts(buffer, ", whose primary version is enabled");
    else if (strcmp(verdict->cause, "wrong-purpose") == 0)
        cmek_strbuf_printf(buffer,
                           ", whose purpose is %s; only ENCRYPT_DECRYPT keys can protect it",
                           key->purpose);
    else if (strcmp(verdict->cause, "no-primary") == 0)
        cmek_strbuf_puts(buffer, ", which has no primary version");
    else
        cmek_strbuf_printf(buffer, ", whose primary version%s%s %s", key->primary_name ? " " : "",
                           key->primary_name ? cmek_short_name(key->primary_name) : "",
                           state_clause(key->primary_state));
}

const struct cmek_check cmek_check_key_usable = {
    .name = "key-usable",
    .constraint = CMEK_CONSTRAINT_COUNT_,
    .resource = key_resource,
    .message = key_message,
};
