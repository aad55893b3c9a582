/* SPDX-License-Identifier: Apache-2.0 */
/** @file delay.h  Letting connections wait without holding a thread: they are suspended and resumed
 * when their time has come. */
#ifndef CMEK_DEMO_DELAY_H
#define CMEK_DEMO_DELAY_H

#include <stdbool.h>
#include <stdint.h>

struct MHD_Connection;
struct cmek_demo_delay;

/** Starts the clock's thread. */
struct cmek_demo_delay *cmek_demo_delay_new(void);
/** Suspends @p connection for @p milliseconds; to be called from one of its callbacks. False when
 * the clock is being stopped: the caller goes on at once. */
bool cmek_demo_delay_suspend(struct cmek_demo_delay *delay, struct MHD_Connection *connection,
                             int64_t milliseconds);
/** Resumes whatever waits and suspends nothing any more: before the server is stopped. */
void cmek_demo_delay_stop(struct cmek_demo_delay *delay);
void cmek_demo_delay_free(struct cmek_demo_delay *delay);

#endif
