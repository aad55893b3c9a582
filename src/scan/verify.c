/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/verify.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "model/inventory.h"
#include "policy/classes.h"
#include "policy/reading.h"
#include "source/gcp_call.h"
#include "source/gcp_effective_policy.h"

/* A class of projects, by the one that is asked for. */
struct subject {
    const struct cmek_node *project;
    const struct cmek_effective *effective;
    size_t others; /* projects of the class beside it */
};

struct verification {
    const struct cmek_verify_options *options;
    struct cmek_policy_verification *result;
    struct cmek_classes *classes;
    struct cmek_gcp_policy_question *questions;
    struct subject *subjects; /* of the questions, by class */
    size_t count;
};

static const struct cmek_effective *effective_of(struct verification *verification,
                                                 const struct cmek_node *project,
                                                 enum cmek_constraint constraint)
{
    return cmek_classes_effective(verification->classes, project->chain, constraint,
                                  CMEK_POLICY_LIVE);
}

static bool is_asked_about(const struct cmek_node *project)
{
    return project->is_listed && !project->is_context;
}

static void add_subject(struct verification *verification, const struct cmek_node *project,
                        enum cmek_constraint constraint)
{
    const struct cmek_effective *effective = effective_of(verification, project, constraint);
    struct subject *subject = &verification->subjects[effective->index];
    if (subject->project) {
        subject->others++;
        return;
    }
    *subject = (struct subject){.project = project, .effective = effective};
    verification->questions[effective->index] = (struct cmek_gcp_policy_question){
        .project = project->number ? project->number : project->id,
        .constraint = constraint,
    };
}

/* Each effective policy of the classes is one question, and nothing else asked these classes. */
static void find_subjects(struct verification *verification)
{
    const struct cmek_inventory *inventory = verification->options->inventory;
    for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
        for (size_t i = 0; i < inventory->project_list.count; i++)
            if (is_asked_about(inventory->project_list.items[i]))
                effective_of(verification, inventory->project_list.items[i], c);
    verification->count = cmek_classes_count(verification->classes);
    verification->questions = cmek_calloc(verification->count, sizeof *verification->questions);
    verification->subjects = cmek_calloc(verification->count, sizeof *verification->subjects);
    for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
        for (size_t i = 0; i < inventory->project_list.count; i++)
            if (is_asked_about(inventory->project_list.items[i]))
                add_subject(verification, inventory->project_list.items[i], c);
}

/* Words */

static const char *bare_name(enum cmek_constraint constraint)
{
    return cmek_str_after(cmek_constraint_name(constraint), "constraints/");
}

static const char *id_of(const struct cmek_node *project)
{
    return project->id ? project->id : project->number;
}

/* "gcp.restrictNonCmekServices at shop-prod and 3 projects like it" */
static void append_subject(const struct verification *verification, size_t question,
                           struct cmek_strbuf *buffer)
{
    const struct subject *subject = &verification->subjects[question];
    cmek_strbuf_printf(buffer, "%s at %s", bare_name(verification->questions[question].constraint),
                       id_of(subject->project));
    if (subject->others > 0)
        cmek_strbuf_printf(buffer, " and %zu project%s like it", subject->others,
                           subject->others == 1 ? "" : "s");
}

/* The nodes whose rules are in force, or what holds without any. */
static void append_origin(const struct cmek_effective *effective, struct cmek_strbuf *buffer)
{
    const struct cmek_node *last = NULL;
    for (size_t i = 0; i < effective->rule_count; i++) {
        if (effective->rules[i].node == last)
            continue;
        cmek_strbuf_printf(buffer, "%s%s", last ? ", " : "by what is set at ",
                           effective->rules[i].node->ref);
        last = effective->rules[i].node;
    }
    if (!last)
        cmek_strbuf_puts(buffer, "by the constraint's default");
}

static void add_gap(struct verification *verification, size_t question, const char *error,
                    const struct cmek_strbuf *message)
{
    const struct cmek_gap_data gap = {
        .scope = verification->subjects[question].project->ref,
        .operation = CMEK_GCP_GET_EFFECTIVE_POLICY,
        .error = error,
        .message = cmek_strbuf_text(message),
    };
    cmek_inventory_add_gap(verification->options->inventory, &gap);
}

static void report_failure(struct verification *verification, size_t question,
                           const struct cmek_gcp_error *error)
{
    struct cmek_strbuf what = {0}, message = {0};
    cmek_strbuf_puts(&what, "Google's effective policy of ");
    append_subject(verification, question, &what);
    cmek_strbuf_puts(&what, ", so how this scan reads it is not verified");
    cmek_gcp_error_describe(error, "orgpolicy.policies.getEffectivePolicy", cmek_strbuf_text(&what),
                            &message);
    add_gap(verification, question, error->word, &message);
    cmek_strbuf_done(&what);
    cmek_strbuf_done(&message);
    verification->result->not_answered++;
}

static void report_undecided(struct verification *verification, size_t question,
                             const struct cmek_reading *google)
{
    const struct cmek_effective *effective = verification->subjects[question].effective;
    struct cmek_strbuf message = {0};
    cmek_strbuf_puts(&message, "this scan cannot decide ");
    append_subject(verification, question, &message);
    cmek_strbuf_printf(&message, " by itself: %s; Google says that it ",
                       effective->unreadable ? effective->unreadable
                                             : effective->undecided[0].reason);
    cmek_reading_describe(google, &message);
    cmek_strbuf_puts(&message, ", which changes no verdict");
    add_gap(verification, question, "policy-undecided", &message);
    cmek_strbuf_done(&message);
    verification->result->undecided++;
}

static void append_surplus(const char *whose, const struct cmek_reading *reading,
                           const struct cmek_reading *other, struct cmek_strbuf *message)
{
    struct cmek_strbuf surplus = {0};
    if (cmek_reading_describe_surplus(reading, other, &surplus))
        cmek_strbuf_printf(message, "; only %s: %s", whose, cmek_strbuf_text(&surplus));
    cmek_strbuf_done(&surplus);
}

static void report_difference(struct verification *verification, size_t question,
                              const struct cmek_reading *ours, const struct cmek_reading *google)
{
    const struct subject *subject = &verification->subjects[question];
    struct cmek_strbuf message = {0};
    cmek_strbuf_puts(&message, "Google and this scan differ on ");
    append_subject(verification, question, &message);
    cmek_strbuf_puts(&message, ": Google says that it ");
    cmek_reading_describe(google, &message);
    cmek_strbuf_puts(&message, "; this scan, ");
    append_origin(subject->effective, &message);
    cmek_strbuf_puts(&message, ", that it ");
    cmek_reading_describe(ours, &message);
    append_surplus("Google", google, ours, &message);
    append_surplus("this scan", ours, google, &message);
    cmek_strbuf_printf(&message,
                       ". Do not rely on verdicts on that constraint there: scan again, as a "
                       "policy or tag may have changed meanwhile, and if it stays compare with "
                       "gcloud org-policies describe %s --effective --project=%s",
                       bare_name(verification->questions[question].constraint),
                       id_of(subject->project));
    add_gap(verification, question, "policy-mismatch", &message);
    cmek_strbuf_done(&message);
    verification->result->differ++;
}

/* Comparing */

static struct cmek_reading read_rules(const struct verification *verification, size_t question,
                                      const struct cmek_policy_rule **rules, size_t count,
                                      struct cmek_arena *arena)
{
    return cmek_reading_of(verification->options->inventory,
                           verification->questions[question].constraint, rules, count, arena);
}

static struct cmek_reading our_reading(const struct verification *verification, size_t question,
                                       struct cmek_arena *arena)
{
    const struct cmek_effective *effective = verification->subjects[question].effective;
    const struct cmek_policy_rule **rules =
        cmek_arena_array(arena, effective->rule_count, sizeof(const struct cmek_policy_rule *));
    for (size_t i = 0; i < effective->rule_count; i++)
        rules[i] = effective->rules[i].rule;
    return read_rules(verification, question, rules, effective->rule_count, arena);
}

static struct cmek_reading googles_reading(const struct verification *verification, size_t question,
                                           const struct cmek_policy_spec *spec,
                                           struct cmek_arena *arena)
{
    const struct cmek_policy_rule **rules =
        cmek_arena_array(arena, spec->rule_count, sizeof(const struct cmek_policy_rule *));
    for (size_t i = 0; i < spec->rule_count; i++)
        rules[i] = &spec->rules[i];
    return read_rules(verification, question, rules, spec->rule_count, arena);
}

static void compare(struct verification *verification, size_t question,
                    const struct cmek_policy_spec *spec, struct cmek_arena *arena)
{
    const struct cmek_effective *effective = verification->subjects[question].effective;
    struct cmek_reading google = googles_reading(verification, question, spec, arena);
    if (effective->unreadable || effective->undecided_count > 0) {
        report_undecided(verification, question, &google);
        return;
    }
    struct cmek_reading ours = our_reading(verification, question, arena);
    if (cmek_reading_equal(&ours, &google))
        verification->result->agree++;
    else
        report_difference(verification, question, &ours, &google);
}

static void take_answer(void *payload, size_t question, const struct cmek_policy_spec *spec,
                        const struct cmek_gcp_error *error)
{
    struct verification *verification = payload;
    struct cmek_arena arena = {0};
    if (spec)
        compare(verification, question, spec, &arena);
    else
        report_failure(verification, question, error);
    cmek_arena_done(&arena);
}

void cmek_verify_policies(const struct cmek_verify_options *options,
                          struct cmek_policy_verification *ret_result)
{
    struct verification verification = {
        .options = options,
        .result = ret_result,
        .classes = cmek_classes_new(options->inventory),
    };
    find_subjects(&verification);
    *ret_result =
        (struct cmek_policy_verification){.was_made = true, .classes = verification.count};
    const struct cmek_gcp_policy_questions questions = {
        .items = verification.questions,
        .count = verification.count,
        .go_on = options->go_on,
        .go_on_payload = options->payload,
        .answer = take_answer,
        .payload = &verification,
    };
    cmek_gcp_ask_effective_policies(options->client, &questions);
    free(verification.questions);
    free(verification.subjects);
    cmek_classes_free(verification.classes);
}
