/* SPDX-License-Identifier: Apache-2.0 */
/* What Container Registry left behind: gcr-bucket-leftover and gcr-topic-creatable. */
#include "base/strbuf.h"
#include "model/inventory.h"
#include "rules/check.h"
#include "rules/rule.h"

/* https://cloud.google.com/artifact-registry/docs/reference/rest/v1/ProjectSettings: in these
 * states gcr.io requests are served by Artifact Registry alone; while copying, the bucket is still
 * read. */
static bool is_redirected(const char *redirection)
{
    return cmek_str_eq(redirection, "REDIRECTION_FROM_GCR_IO_ENABLED") ||
           cmek_str_eq(redirection, "REDIRECTION_FROM_GCR_IO_FINALIZED");
}

static void leftover_resource(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                              const struct cmek_resource *resource)
{
    const struct cmek_inventory *inventory = cmek_evaluation_inventory(evaluation);
    enum cmek_tristate is_registry = cmek_is_registry_bucket(inventory, resource);
    if (is_registry == CMEK_NO)
        return;
    const struct cmek_node *project = resource->project;
    struct cmek_verdict draft = {
        .rule = rule,
        .check = &cmek_check_gcr_bucket_leftover,
        .enforcement = CMEK_ENFORCED,
        .constraint = CMEK_CONSTRAINT_COUNT_,
        .resource = resource,
        .project = project,
        .key = resource->key,
    };
    unsigned outcomes;
    if (project && project->extras->redirection) {
        outcomes =
            is_redirected(project->extras->redirection) ? CMEK_OUTCOME_FAIL : CMEK_OUTCOME_NONE;
        if (is_registry == CMEK_UNKNOWN) {
            outcomes |= CMEK_OUTCOME_NONE;
            draft.reason = "project-undecided";
            draft.detail = "its project is not known by both id and number";
        }
    } else if (!inventory->settings_known) {
        cmek_evaluation_cannot_judge(evaluation, rule,
                                     "Artifact Registry's project settings (redirection)");
        return;
    } else {
        outcomes = CMEK_OUTCOME_NONE | CMEK_OUTCOME_FAIL;
        draft.reason = project && project->extras->settings_unreadable
                           ? project->extras->settings_unreadable
                           : "settings-not-read";
        draft.detail = "whether gcr.io is redirected to Artifact Registry could not be read";
    }
    cmek_evaluation_emit(evaluation, &draft, outcomes);
}

static void leftover_message(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                             struct cmek_strbuf *buffer)
{
    (void)evaluation;
    cmek_describe_resource(verdict->resource, buffer);
    if (verdict->status == CMEK_STATUS_UNKNOWN)
        cmek_strbuf_printf(buffer, " may be a leftover of Container Registry: %s", verdict->detail);
    else
        cmek_strbuf_puts(buffer,
                         " is a leftover: gcr.io requests of its project are served by Artifact "
                         "Registry, yet the bucket still holds what was there before");
}

const struct cmek_check cmek_check_gcr_bucket_leftover = {
    .name = "gcr-bucket-leftover",
    .constraint = CMEK_CONSTRAINT_COUNT_,
    .resource = leftover_resource,
    .message = leftover_message,
};

static const char pubsub[] = "pubsub.googleapis.com";

static enum cmek_tristate is_enabled(const struct cmek_node *project,
                                     enum cmek_enabled_service service)
{
    unsigned bit = 1U << service;
    if (project->services_known & bit)
        return project->services_enabled & bit ? CMEK_YES : CMEK_NO;
    /* An inventory lists the services that are enabled, so one it does not list is not. */
    return project->extras->services_unreadable ? CMEK_UNKNOWN : CMEK_NO;
}

/* Whether Google would create the topic: a registry API is enabled, and Pub/Sub is not known to be
 * off. */
static enum cmek_tristate creates_topic(const struct cmek_node *project)
{
    enum cmek_tristate container = is_enabled(project, CMEK_SERVICE_CONTAINER_REGISTRY);
    enum cmek_tristate artifact = is_enabled(project, CMEK_SERVICE_ARTIFACT_REGISTRY);
    unsigned pubsub_bit = 1U << CMEK_SERVICE_PUBSUB;
    if ((project->services_known & pubsub_bit) && !(project->services_enabled & pubsub_bit))
        return CMEK_NO;
    if (container == CMEK_YES || artifact == CMEK_YES)
        return CMEK_YES;
    return container == CMEK_UNKNOWN || artifact == CMEK_UNKNOWN ? CMEK_UNKNOWN : CMEK_NO;
}

/* Each of the rule's three conditions leaves its own doubt; the first that does is the reason. */
static void doubt(struct cmek_verdict *draft, unsigned *outcomes, const char *reason,
                  const char *detail)
{
    *outcomes |= CMEK_OUTCOME_NONE;
    if (draft->reason)
        return;
    draft->reason = reason;
    draft->detail = detail;
}

/* By the policy of one mode, which may deny Pub/Sub for certain or only perhaps. */
static void judge_topic(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                        const struct cmek_node *project, enum cmek_policy_mode mode,
                        unsigned answer)
{
    enum cmek_tristate creates = creates_topic(project);
    if (creates == CMEK_NO)
        return;
    struct cmek_verdict draft = {
        .rule = rule,
        .check = &cmek_check_gcr_topic_creatable,
        .enforcement = cmek_enforcement_of(mode),
        .constraint = CMEK_CONSTRAINT_SERVICE,
        .node = project,
        .project = project,
        .effective =
            cmek_evaluation_effective(evaluation, project->chain, CMEK_CONSTRAINT_SERVICE, mode),
    };
    unsigned outcomes = CMEK_OUTCOME_FAIL;
    if (answer & CMEK_ALLOWED) {
        cmek_explain_unknown_policy(draft.effective, &draft);
        outcomes |= CMEK_OUTCOME_NONE;
    }
    if (creates == CMEK_UNKNOWN)
        doubt(&draft, &outcomes, project->extras->services_unreadable,
              "its enabled services could not be read");
    if (project->extras->topics_unreadable)
        doubt(&draft, &outcomes, project->extras->topics_unreadable,
              "its topics could not be read");
    cmek_evaluation_emit(evaluation, &draft, outcomes);
}

/* What the input would have to hold to tell of this project, or NULL. */
static const char *missing_for_topic(const struct cmek_inventory *inventory,
                                     const struct cmek_node *project)
{
    if (!inventory->services_known && !project->extras->services_unreadable)
        return "enabled services (serviceusage.googleapis.com/Service)";
    bool is_told = inventory->topics_known || project->extras->topics_unreadable;
    if (!is_told && creates_topic(project) != CMEK_NO)
        return "topics (pubsub.googleapis.com/Topic)";
    return NULL;
}

static void topic_node(struct cmek_evaluation *evaluation, const struct cmek_rule *rule,
                       const struct cmek_node *project)
{
    const struct cmek_service *service = cmek_evaluation_service(evaluation, pubsub);
    if (project->kind != CMEK_NODE_PROJECT || !project->is_listed || project->is_context ||
        !service || project->has_gcr_topic || !project->chain)
        return;
    for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
        if (mode == CMEK_POLICY_DRY_RUN || !cmek_evaluation_judges(evaluation, mode))
            continue;
        unsigned answer = cmek_evaluation_ask_service(evaluation, project->chain, mode, service);
        if (!(answer & CMEK_DENIED))
            continue;
        const char *missing = missing_for_topic(cmek_evaluation_inventory(evaluation), project);
        if (missing) {
            cmek_evaluation_cannot_judge(evaluation, rule, missing);
            return;
        }
        judge_topic(evaluation, rule, project, mode, answer);
    }
}

static void topic_message(struct cmek_evaluation *evaluation, const struct cmek_verdict *verdict,
                          struct cmek_strbuf *buffer)
{
    const struct cmek_node *project = verdict->project;
    const char *name = project->id ? project->id : project->ref;
    if (verdict->status == CMEK_STATUS_UNKNOWN) {
        cmek_strbuf_printf(
            buffer, "project %s may lack the topic 'gcr' that its registry notifies through: %s",
            name, verdict->detail);
        return;
    }
    struct cmek_list_cause cause = cmek_verdict_cause(evaluation, verdict);
    cmek_strbuf_printf(buffer,
                       "project %s uses a container registry but has no topic 'gcr', and Google "
                       "cannot create it without a key: ",
                       name);
    cmek_describe_policy(verdict, &cause, buffer);
    cmek_strbuf_printf(buffer, " requires one for %s", pubsub);
}

const struct cmek_check cmek_check_gcr_topic_creatable = {
    .name = "gcr-topic-creatable",
    .constraint = CMEK_CONSTRAINT_SERVICE,
    .service = pubsub,
    .is_simulated = true,
    .node = topic_node,
    .message = topic_message,
};
