/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_effective_policy.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "source/asset_policy.h"
#include "source/gcp_call.h"
#include "json/json.h"

/* Calls are begun as others end, so that the queue stays short however many there are. */
#define OUTSTANDING_MAX 500

struct asking {
    struct cmek_gcp_client *client;
    const struct cmek_gcp_policy_questions *questions;
    size_t next;
    bool stopped;
};

struct task {
    struct asking *asking;
    size_t question;
    struct cmek_arena arena; /* of the policy */
    struct cmek_policy policy;
    const char *problem; /* with the answer, or NULL */
};

static bool has_condition(const struct cmek_policy_spec *spec)
{
    for (size_t i = 0; i < spec->rule_count; i++)
        if (spec->rules[i].condition)
            return true;
    return false;
}

/* Why an answer is none to the question, or NULL. Google's names hold the project's number whatever
 * was asked for. */
static const char *problem_with(const struct cmek_json *answer, enum cmek_constraint wanted,
                                const struct cmek_policy_spec *spec, struct cmek_arena *arena)
{
    const char *name = cmek_json_peek(cmek_json_get(answer, "name")), *node;
    enum cmek_constraint constraint;
    if (!cmek_policy_name_parse(name, arena, &node, &constraint) || constraint != wanted ||
        !cmek_str_starts(node, "projects/"))
        return "the answer is no policy of that constraint";
    if (spec->state == CMEK_SPEC_UNREADABLE)
        return spec->unreadable_reason;
    return has_condition(spec) ? "the answer leaves a condition open" : NULL;
}

static void take_policy(void *payload, const struct cmek_json *answer)
{
    struct task *task = payload;
    const struct cmek_gcp_policy_questions *questions = task->asking->questions;
    cmek_policy_decode(answer, &task->arena, &task->policy);
    task->problem = problem_with(answer, questions->items[task->question].constraint,
                                 &task->policy.live, &task->arena);
}

static void end_task(void *payload, const struct cmek_gcp_error *error)
{
    struct task *task = payload;
    const struct cmek_gcp_policy_questions *questions = task->asking->questions;
    const struct cmek_gcp_error invalid = {.status = 200,
                                           .word = "invalid-answer",
                                           .message = task->problem};
    if (!error && task->problem)
        error = &invalid;
    questions->answer(questions->payload, task->question, error ? NULL : &task->policy.live, error);
    cmek_arena_done(&task->arena);
    free(task);
}

static void ask(struct asking *asking, size_t question)
{
    const struct cmek_gcp_policy_question *asked = &asking->questions->items[question];
    struct task *task = cmek_calloc(1, sizeof *task);
    task->asking = asking;
    task->question = question;
    struct cmek_strbuf path = {0};
    cmek_strbuf_puts(&path, "v2/projects/");
    cmek_url_encode(&path, asked->project);
    cmek_strbuf_printf(&path, "/policies/%s:getEffectivePolicy",
                       cmek_str_after(cmek_constraint_name(asked->constraint), "constraints/"));
    struct cmek_gcp_call call = {
        .api = CMEK_GCP_ORG_POLICY,
        .method = CMEK_GCP_GET_EFFECTIVE_POLICY,
        .path = cmek_strbuf_text(&path),
        .query = "fields=name,spec",
        .page = take_policy,
        .end = end_task,
        .payload = task,
    };
    cmek_gcp_submit(asking->client, &call);
    cmek_strbuf_done(&path);
}

static bool tick(void *payload)
{
    struct asking *asking = payload;
    const struct cmek_gcp_policy_questions *questions = asking->questions;
    if (!questions->go_on(questions->go_on_payload))
        asking->stopped = true;
    while (!asking->stopped && asking->next < questions->count &&
           asking->client->outstanding < OUTSTANDING_MAX)
        ask(asking, asking->next++);
    return !asking->stopped;
}

void cmek_gcp_ask_effective_policies(struct cmek_gcp_client *client,
                                     const struct cmek_gcp_policy_questions *questions)
{
    static const struct cmek_gcp_error interrupted = {.word = "interrupted",
                                                      .message = "the scan was interrupted"};
    struct asking asking = {.client = client, .questions = questions};
    while (tick(&asking) && (client->outstanding > 0 || asking.next < questions->count))
        cmek_gcp_client_run(client, tick, &asking);
    while (asking.next < questions->count)
        questions->answer(questions->payload, asking.next++, NULL, &interrupted);
}
