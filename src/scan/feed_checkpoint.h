/* SPDX-License-Identifier: Apache-2.0 */
/** @file feed_checkpoint.h  Inside src/scan: what a checkpoint is of. */
#ifndef CMEK_SCAN_FEED_CHECKPOINT_H
#define CMEK_SCAN_FEED_CHECKPOINT_H

#include "scan/feed.h"

struct cmek_checkpoint;

/** Opens the checkpoint that the options name. @p credentials and @p quota_project may be NULL.
 * cmek_checkpoint_open. */
CMEK_NODISCARD enum cmek_status
cmek_feed_checkpoint_open(const struct cmek_feed_options *options,
                          const struct cmek_credentials *credentials, const char *quota_project,
                          struct cmek_arena *arena, struct cmek_checkpoint **ret_checkpoint,
                          const char **ret_note, struct cmek_error *err);

#endif
