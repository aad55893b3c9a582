/* SPDX-License-Identifier: Apache-2.0 */
/** @file program.h  Another program, run for what it writes to standard output. Never blocks, never
 * uses a shell. Inside src/auth only.
 */
#ifndef CMEK_AUTH_PROGRAM_H
#define CMEK_AUTH_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/** What to run, and within which bounds; borrowed. */
struct cmek_command_line {
    const char *const *words;       /* NULL-ended; the first is searched in PATH as execvp does */
    const char *const *environment; /* NULL-ended NAME=VALUE */
    int64_t timeout_ms;
    size_t output_limit;
};

/** A program under way. Standard input and standard error are /dev/null: neither may wait for
 * someone, or show what it should not. It leads a process group of its own. All zero: none. */
struct cmek_program {
    int pid; /* 0: none */
    int fd;  /* its standard output, for waiting; -1 once that has ended */
    int64_t until_ms, timeout_ms;
    int wait_status;
    bool has_exited;
    int exit_status; /* once it is over */
    size_t output_limit;
    struct cmek_strbuf output; /* may be secret: wiped by stop */
};

/** CMEK_E_IO when it cannot be started. */
CMEK_NODISCARD enum cmek_status cmek_program_start(const struct cmek_command_line *command,
                                                   struct cmek_program *program,
                                                   struct cmek_error *err);
/** Takes what is there. True once it is over: @p ret_status is CMEK_OK, `exit_status` known and
 * `output` whole, or it says what went wrong (signal, time, too much output), with nothing of the
 * output. */
bool cmek_program_poll(struct cmek_program *program, enum cmek_status *ret_status,
                       struct cmek_error *err);
/** Kills what still runs, with the children it has, and wipes the output. */
void cmek_program_stop(struct cmek_program *program);

#endif
