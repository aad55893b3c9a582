/* SPDX-License-Identifier: Apache-2.0 */
/** @file progress.h  The progress of a live scan, and stopping it with Ctrl-C.
 *
 * On a terminal one line that is drawn anew; elsewhere, and with CI set, a line a minute.
 */
#ifndef CMEK_CLI_PROGRESS_H
#define CMEK_CLI_PROGRESS_H

#include "scan/feed.h"

/** Connects notes, progress and SIGINT/SIGTERM (the first stops the reading, so that what is known
 * is still reported; the second ends the program) to a feed. @p quiet leaves out both notes and
 * progress. */
void cmek_progress_attach(struct cmek_feed_options *feed, bool quiet);
/** Wipes the line. */
void cmek_progress_end(void);

#endif
