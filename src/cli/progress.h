/* SPDX-License-Identifier: Apache-2.0 */
/** @file progress.h  The progress line of a live scan, and stopping it with Ctrl-C. */
#ifndef CMEK_CLI_PROGRESS_H
#define CMEK_CLI_PROGRESS_H

#include "scan/feed.h"

/** Connects notes, the progress line (on a terminal only) and SIGINT/SIGTERM (the first stops the
 * reading, so that what is known is still reported) to a feed. @p quiet leaves notes out. */
void cmek_progress_attach(struct cmek_feed_options *feed, bool quiet);
/** Wipes the line. */
void cmek_progress_end(void);

#endif
