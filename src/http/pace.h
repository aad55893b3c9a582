/* SPDX-License-Identifier: Apache-2.0 */
/** @file pace.h  How fast requests of one lane (a host, or one quota of it) may go out. Pure: fed
 * events and the time.
 *
 * In flight: additive increase, multiplicative decrease. Throttling halves the limit once per
 * congestion event (answers to requests sent before the last cut belong to the same event), every
 * good answer lets it recover a little. A host whose protocol is not known yet gets one request at
 * a time, so that a full queue does not open a connection per request before HTTP/2 is found to
 * need one. Retry-After stops the lane altogether for that long.
 *
 * Per minute: a token bucket, for quotas that are published. It holds a quarter of a minute's quota
 * and fills at three quarters of it per minute, so that no minute, wherever it begins, sees more
 * than the quota. Throttling halves the rate, since others may be using up the same quota; good
 * answers bring it back.
 */
#ifndef CMEK_HTTP_PACE_H
#define CMEK_HTTP_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct cmek_pace {
    double limit;
    int ceiling;     /* what the limit recovers to */
    bool is_probing; /* protocol not known yet: one at a time */
    int in_flight;
    int64_t last_cut_ms;
    int64_t paused_until_ms;
    int64_t last_answer_ms;     /* any answer; 0: never */
    int64_t throttled_since_ms; /* nothing but throttling since then; 0: not throttled */
    int quota;                  /* requests a minute; 0: none */
    double tokens, rate;        /* in the bucket; per millisecond */
    int64_t filled_ms;          /* when tokens were last added */
};

void cmek_pace_init(struct cmek_pace *pace, int ceiling, bool is_probing);
/** From @p now_ms on at most @p per_minute requests a minute; 0: as many as the limit allows. */
void cmek_pace_set_quota(struct cmek_pace *pace, int per_minute, int64_t now_ms);
/** The protocol is known: from now on up to @p ceiling requests. */
void cmek_pace_set_ceiling(struct cmek_pace *pace, int ceiling);

bool cmek_pace_admits(struct cmek_pace *pace, int64_t now_ms);
/** When a pause or an empty bucket will be over; @p now_ms when neither holds requests back. */
int64_t cmek_pace_ready_ms(const struct cmek_pace *pace, int64_t now_ms);
void cmek_pace_started(struct cmek_pace *pace);
/** A request left flight, however; call it once for each `started`, before the event it brought. */
void cmek_pace_ended(struct cmek_pace *pace);

/** An answer that is no throttling. */
void cmek_pace_answered(struct cmek_pace *pace, int64_t now_ms);
/** An answer that says "slower", to a request sent at @p sent_ms. */
void cmek_pace_throttled(struct cmek_pace *pace, int64_t sent_ms, int64_t now_ms);
/** No request before @p until_ms; an earlier pause that ends later stays. */
void cmek_pace_pause(struct cmek_pace *pace, int64_t until_ms);

#endif
