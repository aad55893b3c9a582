/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "base/time.h"
#include "cli/environment.h"
#include "cli/meter.h"
#include "cli/terminal.h"
#include "report/terminal.h"

#define REDRAW_MS 200
#define LOG_MS    60000 /* in a log, a line a minute is enough to see that it goes on */

static volatile sig_atomic_t interrupted;
static struct {
    struct cmek_meter meter;
    int64_t told_ms; /* when there last was a line, or the scan began */
    bool is_quiet, is_terminal;
    bool is_drawn; /* a line that has to be wiped */
    bool has_told_interrupt;
} shown;

static void on_signal(int number)
{
    if (interrupted) { /* asked twice: leave at once; nothing half-written has a name yet */
        signal(number, SIG_DFL);
        raise(number);
    }
    interrupted = 1;
}

/* A longer line would wrap, and its first half could not be wiped any more. */
static void draw(const char *text)
{
    struct cmek_strbuf line = {0};
    cmek_terminal_append(&line, text);
    size_t most = (size_t)cmek_terminal_columns(STDERR_FILENO) - 1, length = line.length;
    while (length > 0 && (length > most || ((unsigned char)line.data[length] & 0xC0) == 0x80))
        length--;
    fprintf(stderr, "\r\033[K%.*s", (int)length, cmek_strbuf_text(&line));
    fflush(stderr);
    shown.is_drawn = true;
    cmek_strbuf_done(&line);
}

static void tell(const struct cmek_gcp_progress *progress,
                 const struct cmek_http_counters *counters)
{
    struct cmek_strbuf text = {0};
    cmek_meter_describe(&shown.meter, progress, counters, &text);
    if (shown.is_terminal)
        draw(cmek_strbuf_text(&text));
    else
        cmek_terminal_say(cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

static void note(void *payload, const char *text)
{
    (void)payload;
    if (shown.is_quiet)
        return;
    cmek_progress_end();
    cmek_terminal_say(text);
}

static bool show(void *payload, const struct cmek_gcp_progress *progress,
                 const struct cmek_http_counters *counters)
{
    int64_t now = cmek_monotonic_ms();
    cmek_meter_add(&shown.meter, now, progress, counters);
    if (interrupted && !shown.has_told_interrupt) {
        shown.has_told_interrupt = true;
        note(payload, "interrupted: nothing more is asked, what is known is reported; interrupt "
                      "again to end at once");
    }
    if (interrupted)
        return false;
    if (!shown.is_quiet && now - shown.told_ms >= (shown.is_terminal ? REDRAW_MS : LOG_MS)) {
        shown.told_ms = now;
        tell(progress, counters);
    }
    return true;
}

void cmek_progress_attach(struct cmek_feed_options *feed, bool quiet)
{
    shown.is_quiet = quiet;
    shown.is_terminal = isatty(STDERR_FILENO) == 1 && !cmek_environment("CI") &&
                        !cmek_str_eq(cmek_environment("TERM"), "dumb");
    shown.told_ms = cmek_monotonic_ms();
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
    if (shown.is_drawn)
        fputs("\r\033[K", stderr);
    shown.is_drawn = false;
}
