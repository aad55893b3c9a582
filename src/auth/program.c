/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/time.h"

/* Beyond standard error: a socket of ours in a foreign program would outlive us there. */
static void add_close_from(posix_spawn_file_actions_t *actions)
{
#if defined(__GLIBC__)
    posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#else
    (void)actions;
#endif
}

static int spawn(const struct cmek_command_line *command, int output, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    add_close_from(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    /* POSIX takes `char *const *` for lists that it does not change. */
    int error = posix_spawnp(ret_pid, command->words[0], &actions, &attributes,
                             (char *const *)(uintptr_t)command->words,
                             (char *const *)(uintptr_t)command->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

enum cmek_status cmek_program_start(const struct cmek_command_line *command,
                                    struct cmek_program *program, struct cmek_error *err)
{
    int ends[2];
    if (pipe(ends) != 0)
        return cmek_fail(err, CMEK_E_IO, "no pipe can be had: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t pid = 0;
    int error = spawn(command, ends[1], &pid);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return cmek_fail(err, CMEK_E_IO, "cannot run '%s': %s", command->words[0], strerror(error));
    }
    *program = (struct cmek_program){
        .pid = pid,
        .fd = ends[0],
        .until_ms = cmek_monotonic_ms() + command->timeout_ms,
        .timeout_ms = command->timeout_ms,
        .output_limit = command->output_limit,
        .output = {.limit = command->output_limit},
    };
    return CMEK_OK;
}

static void read_output(struct cmek_program *program)
{
    char chunk[4096];
    while (program->fd >= 0 && !program->output.overflow) {
        ssize_t count = read(program->fd, chunk, sizeof chunk);
        if (count > 0) {
            cmek_strbuf_append(&program->output, chunk, (size_t)count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            close(program->fd);
            program->fd = -1;
        } else if (errno == EAGAIN) {
            break;
        }
    }
    explicit_bzero(chunk, sizeof chunk);
}

static void reap(struct cmek_program *program)
{
    pid_t reaped = 0;
    if (!program->has_exited)
        reaped = waitpid(program->pid, &program->wait_status, WNOHANG);
    /* ECHILD: someone else has taken it, so how it ended will never be known. */
    if (reaped < 0 && errno == ECHILD)
        program->wait_status = -1;
    program->has_exited = program->has_exited || reaped != 0;
}

static enum cmek_status judge(struct cmek_program *program, struct cmek_error *err)
{
    int status = program->wait_status;
    if (status == -1)
        return cmek_fail(err, CMEK_E_IO, "how it ended is not known");
    if (WIFSIGNALED(status))
        return cmek_fail(err, CMEK_E_IO, "it was ended by signal %d", WTERMSIG(status));
    program->exit_status = WEXITSTATUS(status);
    return CMEK_OK;
}

bool cmek_program_poll(struct cmek_program *program, enum cmek_status *ret_status,
                       struct cmek_error *err)
{
    read_output(program);
    reap(program);
    if (program->output.overflow)
        *ret_status =
            cmek_fail(err, CMEK_E_LIMIT, "it wrote more than %zu bytes", program->output_limit);
    else if (program->fd < 0 && program->has_exited)
        *ret_status = judge(program, err);
    else if (cmek_monotonic_ms() >= program->until_ms)
        *ret_status = cmek_fail(err, CMEK_E_IO, "it did not end within %lld s and was stopped",
                                (long long)(program->timeout_ms / 1000));
    else
        return false;
    return true;
}

void cmek_program_stop(struct cmek_program *program)
{
    if (program->pid == 0)
        return;
    /* Once it has been reaped its group may be another's, unless its children still hold the pipe.
     */
    if (!program->has_exited || program->fd >= 0)
        kill(-program->pid, SIGKILL);
    while (!program->has_exited && waitpid(program->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    if (program->fd >= 0)
        close(program->fd);
    if (program->output.data)
        explicit_bzero(program->output.data, program->output.length);
    cmek_strbuf_done(&program->output);
    *program = (struct cmek_program){0};
}
