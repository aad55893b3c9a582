/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

static const char *const environment[] = {"PATH=/usr/bin:/bin", "GREETING=hello", NULL};

static enum cmek_status start(const char *script, int64_t timeout_ms, struct cmek_program *program,
                              struct cmek_error *err)
{
    const char *const words[] = {"sh", "-c", script, NULL};
    return cmek_program_start(&(struct cmek_command_line){.words = words,
                                                          .environment = environment,
                                                          .timeout_ms = timeout_ms,
                                                          .output_limit = 10000},
                              program, err);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static enum cmek_status finish(struct cmek_program *program, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    while (!cmek_program_poll(program, &status, err))
        pause_ms(2);
    return status;
}

static const struct {
    const char *label, *script, *output, *message; /* message NULL: it works */
    int64_t timeout_ms;
    int exit_status;
} cases[] = {
    {"quiet", "true", "", NULL, 10000, 0},
    {"output", "printf 'a b'", "a b", NULL, 10000, 0},
    {"environment", "printf %s \"$GREETING$HOME\"", "hello", NULL, 10000, 0},
    {"no standard input", "cat", "", NULL, 10000, 0},
    {"no standard error", "echo secret >&2", "", NULL, 10000, 0},
    {"nothing of ours is open", "[ -e /proc/$$/fd/200 ] && printf open", "", NULL, 10000, 1},
    {"fails", "printf x; exit 3", "x", NULL, 10000, 3},
    {"not found", "/nonexistent/program", "", NULL, 10000, 127},
    {"dies", "kill -9 $$", "", "signal 9", 10000, 0},
    {"hangs", "sleep 60", "", "did not end", 200, 0},
    {"hangs without output", "exec >&-; sleep 60", "", "did not end", 200, 0},
    {"leaves one behind that holds the output", "sleep 60 & true", "", "did not end", 200, 0},
    {"ignores signals", "trap '' TERM INT; sleep 60", "", "did not end", 200, 0},
    {"endless output", "yes", "", "more than 10000 bytes", 10000, 0},
};

START_TEST(program_runs_to_its_end_or_is_stopped)
{
    struct cmek_program program = {0};
    struct cmek_error err = {0};
    ck_assert_int_eq(dup2(STDERR_FILENO, 200), 200);
    ck_assert_int_eq(start(cases[_i].script, cases[_i].timeout_ms, &program, &err), CMEK_OK);
    int pid = program.pid;
    enum cmek_status status = finish(&program, &err);
    if (cases[_i].message) {
        ck_assert_int_ne(status, CMEK_OK);
        ck_assert_msg(strstr(err.message, cases[_i].message), "%s: %s", cases[_i].label,
                      err.message);
    } else {
        ck_assert_msg(status == CMEK_OK, "%s: %s", cases[_i].label, err.message);
        ck_assert_str_eq(cmek_strbuf_text(&program.output), cases[_i].output);
        ck_assert_int_eq(program.exit_status, cases[_i].exit_status);
    }
    cmek_program_stop(&program);
    ck_assert_int_eq(program.pid, 0);
    ck_assert_msg(kill(pid, 0) != 0 && errno == ESRCH, "%s: it has not been reaped",
                  cases[_i].label);
    close(200);
}
END_TEST

START_TEST(program_that_is_none_cannot_be_started)
{
    struct cmek_program program = {0};
    struct cmek_error err = {0};
    const char *const words[] = {"/nonexistent/program", NULL};
    const struct cmek_command_line command = {.words = words,
                                              .environment = environment,
                                              .timeout_ms = 1000,
                                              .output_limit = 100};
    ck_assert_int_eq(cmek_program_start(&command, &program, &err), CMEK_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "/nonexistent/program"));
    cmek_program_stop(&program);
}
END_TEST

START_TEST(stopped_program_takes_its_children_along)
{
    struct cmek_program program = {0};
    struct cmek_error err = {0};
    ck_assert_int_eq(start("sleep 60 & echo $!; wait", 10000, &program, &err), CMEK_OK);
    enum cmek_status status;
    while (program.output.length == 0)
        ck_assert(!cmek_program_poll(&program, &status, &err));
    int child = (int)strtol(cmek_strbuf_text(&program.output), NULL, 10);
    cmek_program_stop(&program);
    for (int i = 0; i < 500 && kill(child, 0) == 0; i++)
        pause_ms(10); /* until the system has reaped the orphan */
    char path[64], state[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", child);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd >= 0 ? read(fd, state, sizeof state - 1) : 0;
    ck_assert_msg(length <= 0 || strstr(state, ") Z "), "it still runs: %s", state);
    if (fd >= 0)
        close(fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("auth/program");
    TCase *tests = tcase_create("program");
    tcase_set_timeout(tests, 30);
    tcase_add_loop_test(tests, program_runs_to_its_end_or_is_stopped, 0, COUNT(cases));
    tcase_add_test(tests, program_that_is_none_cannot_be_started);
    tcase_add_test(tests, stopped_program_takes_its_children_along);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
