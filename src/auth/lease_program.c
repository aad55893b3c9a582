/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a lease that runs a program, on the engine's loop. */
#include "auth/lease.h"

static void fail_program(struct cmek_token_lease *lease, struct cmek_error *err)
{
    cmek_error_prefix(err, "the program '%.200s'", lease->call.program->words[0]);
    cmek_token_lease_fail(lease, err->message);
}

/* A failing program may still say why, in its answer; its token would not be taken. */
static void on_program_answer(struct cmek_token_lease *lease)
{
    int exit_status = lease->program.exit_status;
    lease->answer = lease->program.output;
    lease->program.output = (struct cmek_strbuf){0};
    cmek_program_stop(&lease->program);
    if (exit_status == 0) {
        cmek_token_lease_answered(lease);
        return;
    }
    struct cmek_error err = {0}, why = {0};
    struct cmek_token_call ignored = {0};
    const struct cmek_token_source *source = lease->source;
    enum cmek_status status = source->ops->step(source->state, &lease->answer, &ignored, &why);
    cmek_token_call_clear(&ignored);
    cmek_fail(&err, CMEK_E_AUTH, "it ended with status %d%s%s", exit_status,
              status != CMEK_OK && lease->answer.length > 0 ? "; " : "",
              status != CMEK_OK && lease->answer.length > 0 ? why.message : "");
    fail_program(lease, &err);
}

static void turn_program(void *payload, struct cmek_http_engine *engine, bool is_stopping)
{
    struct cmek_token_lease *lease = payload;
    enum cmek_status status = CMEK_OK;
    struct cmek_error err = {0};
    bool is_over = !is_stopping && cmek_program_poll(&lease->program, &status, &err);
    lease->watch.fd = lease->program.fd;
    if (!is_over && !is_stopping)
        return;
    cmek_http_watch(engine, NULL);
    if (is_stopping)
        cmek_token_lease_fail(lease, "stopped");
    else if (status != CMEK_OK)
        fail_program(lease, &err);
    else
        on_program_answer(lease);
}

void cmek_token_lease_run_program(struct cmek_token_lease *lease)
{
    struct cmek_error err = {0};
    if (cmek_program_start(lease->call.program, &lease->program, &err) != CMEK_OK) {
        cmek_token_lease_fail(lease, err.message);
        return;
    }
    lease->watch = (struct cmek_http_watch){
        .fd = lease->program.fd,
        .turn = turn_program,
        .payload = lease,
    };
    cmek_http_watch(lease->engine, &lease->watch);
}
