/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/strings.h"
#include "base/time.h"
#include "cli/environment.h"
#include "cli/terminal.h"

#define INTERVAL_MS 200

static volatile sig_atomic_t interrupted;
static bool is_shown, is_wanted, is_quiet;
static int64_t last_ms;

static void on_signal(int number)
{
    if (interrupted) { /* asked twice: leave at once; nothing half-written has a name yet */
        signal(number, SIG_DFL);
        raise(number);
    }
    interrupted = 1;
}

static bool show(void *payload, const struct cmek_gcp_progress *progress,
                 const struct cmek_http_counters *counters)
{
    (void)payload;
    int64_t now = cmek_monotonic_ms();
    if (is_wanted && now - last_ms >= INTERVAL_MS) {
        last_ms = now;
        is_shown = true;
        fprintf(stderr,
                "\r\033[K%zu of %zu projects, %zu resources, %" PRIu64 " requests (%" PRIu64
                " in flight%s)",
                progress->projects_done, progress->projects_known, progress->resources,
                counters->requests, counters->in_flight,
                counters->throttled > 0 ? ", slowed down by quota" : "");
        fflush(stderr);
    }
    return !interrupted;
}

static void note(void *payload, const char *text)
{
    (void)payload;
    if (is_quiet)
        return;
    cmek_progress_end();
    cmek_terminal_say(text);
}

void cmek_progress_attach(struct cmek_feed_options *feed, bool quiet)
{
    is_quiet = quiet;
    is_wanted = !quiet && isatty(STDERR_FILENO) == 1 && !cmek_environment("CI") &&
                !cmek_str_eq(cmek_environment("TERM"), "dumb");
    feed->progress = show;
    feed->note = note;
    if (feed->scopes.count == 0)
        return; /* a file is read in seconds; an interrupt may simply end that */
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void cmek_progress_end(void)
{
    if (is_shown)
        fputs("\r\033[K", stderr);
    is_shown = false;
}
