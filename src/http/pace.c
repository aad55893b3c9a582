/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pace.h"

/* A full recovery takes about this many windows of good answers. */
#define RECOVERY_WINDOWS 32

#define MINUTE_MS     60000.0
#define BURST_SHARE   0.25 /* of a minute's quota, at once */
#define STEADY_SHARE  (1 - BURST_SHARE)
#define SLOWEST_SHARE 0.02

void cmek_pace_init(struct cmek_pace *pace, int ceiling, bool is_probing)
{
    *pace = (struct cmek_pace){.limit = ceiling, .ceiling = ceiling, .is_probing = is_probing};
}

static double full_rate(const struct cmek_pace *pace)
{
    return pace->quota * STEADY_SHARE / MINUTE_MS;
}

/* Even the smallest quota admits one request at a time. */
static double capacity(const struct cmek_pace *pace)
{
    double share = pace->quota * BURST_SHARE;
    return share > 1 ? share : 1;
}

void cmek_pace_set_quota(struct cmek_pace *pace, int per_minute, int64_t now_ms)
{
    pace->quota = per_minute;
    pace->rate = full_rate(pace);
    pace->tokens = capacity(pace);
    pace->filled_ms = now_ms;
}

static double tokens_at(const struct cmek_pace *pace, int64_t now_ms)
{
    double tokens = pace->tokens + (double)(now_ms - pace->filled_ms) * pace->rate;
    return tokens < capacity(pace) ? tokens : capacity(pace);
}

static void fill(struct cmek_pace *pace, int64_t now_ms)
{
    if (now_ms <= pace->filled_ms)
        return;
    pace->tokens = tokens_at(pace, now_ms);
    pace->filled_ms = now_ms;
}

int64_t cmek_pace_ready_ms(const struct cmek_pace *pace, int64_t now_ms)
{
    int64_t ready_ms = pace->paused_until_ms > now_ms ? pace->paused_until_ms : now_ms;
    double missing = pace->quota > 0 ? 1 - tokens_at(pace, ready_ms) : 0;
    return missing > 0 ? ready_ms + (int64_t)(missing / pace->rate) + 1 : ready_ms;
}

void cmek_pace_set_ceiling(struct cmek_pace *pace, int ceiling)
{
    bool was_full = pace->limit >= pace->ceiling;
    pace->is_probing = false;
    pace->ceiling = ceiling;
    if (was_full || pace->limit > ceiling)
        pace->limit = ceiling;
}

bool cmek_pace_admits(struct cmek_pace *pace, int64_t now_ms)
{
    if (now_ms < pace->paused_until_ms)
        return false;
    if (pace->quota > 0)
        fill(pace, now_ms);
    if (pace->quota > 0 && pace->tokens < 1)
        return false;
    return pace->in_flight < (pace->is_probing ? 1 : (int)pace->limit);
}

void cmek_pace_started(struct cmek_pace *pace)
{
    pace->in_flight++;
    if (pace->quota > 0)
        pace->tokens -= 1;
}

void cmek_pace_ended(struct cmek_pace *pace)
{
    pace->in_flight--;
}

void cmek_pace_answered(struct cmek_pace *pace, int64_t now_ms)
{
    pace->last_answer_ms = now_ms;
    pace->throttled_since_ms = 0;
    if (pace->quota > 0 && pace->rate < full_rate(pace)) {
        fill(pace, now_ms); /* at the rate so far */
        pace->rate += full_rate(pace) / RECOVERY_WINDOWS;
        if (pace->rate > full_rate(pace))
            pace->rate = full_rate(pace);
    }
    if (pace->limit >= pace->ceiling)
        return;
    double step = (double)pace->ceiling / RECOVERY_WINDOWS;
    pace->limit += (step > 1 ? step : 1) / pace->limit;
    if (pace->limit > pace->ceiling)
        pace->limit = pace->ceiling;
}

void cmek_pace_throttled(struct cmek_pace *pace, int64_t sent_ms, int64_t now_ms)
{
    pace->last_answer_ms = now_ms;
    if (pace->throttled_since_ms == 0)
        pace->throttled_since_ms = now_ms;
    if (pace->last_cut_ms != 0 && sent_ms <= pace->last_cut_ms)
        return;
    pace->last_cut_ms = now_ms;
    if (pace->quota > 0) {
        fill(pace, now_ms);
        pace->tokens = 0; /* what the bucket held, somebody else has spent */
        pace->rate /= 2;
        if (pace->rate < full_rate(pace) * SLOWEST_SHARE)
            pace->rate = full_rate(pace) * SLOWEST_SHARE;
    }
    /* A limit that was far from reached is not what the server finds too much. */
    double reached = pace->in_flight + 1;
    double base = pace->limit < reached ? pace->limit : reached;
    pace->limit = base / 2 > 1 ? base / 2 : 1;
}

void cmek_pace_pause(struct cmek_pace *pace, int64_t until_ms)
{
    if (until_ms > pace->paused_until_ms)
        pace->paused_until_ms = until_ms;
}
