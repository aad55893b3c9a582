/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/delay.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"

struct waiting {
    struct waiting *previous, *next;
    struct MHD_Connection *connection;
    int64_t due_ns;
};

struct cmek_demo_delay {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct waiting *first, *last; /* by due time */
    bool stopping;
};

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Takes out what is due; waits for it where nothing is. Called with the lock held. */
static struct waiting *take_due(struct cmek_demo_delay *delay)
{
    int64_t now = now_ns();
    struct waiting *due = delay->first, *last_due = NULL;
    for (struct waiting *at = due; at && (delay->stopping || at->due_ns <= now); at = at->next)
        last_due = at;
    if (!last_due)
        return NULL;
    delay->first = last_due->next;
    if (delay->first)
        delay->first->previous = NULL;
    else
        delay->last = NULL;
    last_due->next = NULL;
    return due;
}

static void resume_all(struct waiting *waiting)
{
    while (waiting) {
        struct waiting *next = waiting->next;
        MHD_resume_connection(waiting->connection);
        free(waiting);
        waiting = next;
    }
}

static void wait_for_change(struct cmek_demo_delay *delay)
{
    if (!delay->first) {
        pthread_cond_wait(&delay->changed, &delay->lock);
        return;
    }
    int64_t due = delay->first->due_ns;
    const struct timespec until = {.tv_sec = due / NS_PER_S, .tv_nsec = due % NS_PER_S};
    pthread_cond_timedwait(&delay->changed, &delay->lock, &until);
}

static void *run(void *payload)
{
    struct cmek_demo_delay *delay = payload;
    pthread_mutex_lock(&delay->lock);
    for (;;) {
        struct waiting *due = take_due(delay);
        if (!due && delay->stopping)
            break;
        if (!due) {
            wait_for_change(delay);
            continue;
        }
        pthread_mutex_unlock(&delay->lock);
        resume_all(due);
        pthread_mutex_lock(&delay->lock);
    }
    pthread_mutex_unlock(&delay->lock);
    return NULL;
}

struct cmek_demo_delay *cmek_demo_delay_new(void)
{
    struct cmek_demo_delay *delay = cmek_calloc(1, sizeof *delay);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&delay->lock, NULL);
    pthread_cond_init(&delay->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&delay->thread, NULL, run, delay) != 0)
        abort();
    return delay;
}

/* Delays are mostly of one length, so a new one belongs at the end or near it. */
static void insert(struct cmek_demo_delay *delay, struct waiting *waiting)
{
    struct waiting *before = delay->last;
    while (before && before->due_ns > waiting->due_ns)
        before = before->previous;
    waiting->previous = before;
    waiting->next = before ? before->next : delay->first;
    if (waiting->next)
        waiting->next->previous = waiting;
    else
        delay->last = waiting;
    if (before)
        before->next = waiting;
    else
        delay->first = waiting;
}

bool cmek_demo_delay_suspend(struct cmek_demo_delay *delay, struct MHD_Connection *connection,
                             int64_t milliseconds)
{
    struct waiting *waiting = cmek_malloc(sizeof *waiting);
    waiting->connection = connection;
    waiting->due_ns = now_ns() + milliseconds * NS_PER_MS;
    pthread_mutex_lock(&delay->lock);
    bool suspends = !delay->stopping;
    if (suspends) {
        MHD_suspend_connection(connection);
        bool was_empty = !delay->first;
        insert(delay, waiting);
        if (was_empty || delay->first == waiting)
            pthread_cond_signal(&delay->changed);
    }
    pthread_mutex_unlock(&delay->lock);
    if (!suspends)
        free(waiting);
    return suspends;
}

void cmek_demo_delay_stop(struct cmek_demo_delay *delay)
{
    pthread_mutex_lock(&delay->lock);
    bool was_stopping = delay->stopping;
    delay->stopping = true;
    pthread_cond_signal(&delay->changed);
    pthread_mutex_unlock(&delay->lock);
    if (!was_stopping)
        pthread_join(delay->thread, NULL);
}

void cmek_demo_delay_free(struct cmek_demo_delay *delay)
{
    if (!delay)
        return;
    cmek_demo_delay_stop(delay);
    pthread_cond_destroy(&delay->changed);
    pthread_mutex_destroy(&delay->lock);
    free(delay);
}
