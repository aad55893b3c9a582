/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pace.h"

/* A full recovery takes about this many windows of good answers. */
#define RECOVERY_WINDOWS 32

void cmek_pace_init(struct cmek_pace *pace, int ceiling, bool is_probing)
{
    *pace = (struct cmek_pace){.limit = ceiling, .ceiling = ceiling, .is_probing = is_probing};
}

void cmek_pace_set_ceiling(struct cmek_pace *pace, int ceiling)
{
    bool was_full = pace->limit >= pace->ceiling;
    pace->is_probing = false;
    pace->ceiling = ceiling;
    if (was_full || pace->limit > ceiling)
        pace->limit = ceiling;
}

bool cmek_pace_admits(const struct cmek_pace *pace, int64_t now_ms)
{
    if (now_ms < pace->paused_until_ms)
        return false;
    return pace->in_flight < (pace->is_probing ? 1 : (int)pace->limit);
}

void cmek_pace_started(struct cmek_pace *pace)
{
    pace->in_flight++;
}

void cmek_pace_ended(struct cmek_pace *pace)
{
    pace->in_flight--;
}

void cmek_pace_answered(struct cmek_pace *pace, int64_t now_ms)
{
    pace->last_answer_ms = now_ms;
    pace->throttled_since_ms = 0;
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
