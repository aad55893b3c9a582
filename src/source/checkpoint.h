/* SPDX-License-Identifier: Apache-2.0 */
/** @file checkpoint.h  What a live scan has been answered so far, so that it can be gone on with
 * after its process died: a journal (source/journal.h) of whole answers by what was asked for.
 *
 * Answers that would be the same if they were asked for again soon are kept: what could be read,
 * and what is refused for good. Whatever failed for the moment is asked for again.
 */
#ifndef CMEK_SOURCE_CHECKPOINT_H
#define CMEK_SOURCE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "source/journal_frame.h"

/** Older answers are not gone on with: less than a day, so that no nightly scan tells of the night
 * before. */
#define CMEK_CHECKPOINT_HOURS 20

struct cmek_checkpoint;
struct cmek_arena;

/** What a scan is of, where another one would be answered differently: {"scopes",
 * "organizations/1"}. */
struct cmek_checkpoint_fact {
    const char *name, *value;
};

/** Opens the checkpoint at @p path for a scan of those facts, or begins one. @p ret_note: a line
 * for the user in @p arena, or NULL. CMEK_E_USAGE: the file is something else, or the checkpoint of
 * another scan; CMEK_E_DENIED: others could have written it; CMEK_E_IO. */
CMEK_NODISCARD enum cmek_status cmek_checkpoint_open(const char *path,
                                                     const struct cmek_checkpoint_fact *facts,
                                                     size_t count, struct cmek_arena *arena,
                                                     struct cmek_checkpoint **ret_checkpoint,
                                                     const char **ret_note, struct cmek_error *err);
/** Whether there is most likely an answer to @p key from before. */
bool cmek_checkpoint_may_hold(const struct cmek_checkpoint *checkpoint, const char *key);
/** That answer, valid until the next call; false: it has to be asked for after all. */
bool cmek_checkpoint_find(struct cmek_checkpoint *checkpoint, const char *key,
                          struct cmek_journal_answer *ret_answer);
/** Keeps an answer. */
void cmek_checkpoint_keep(struct cmek_checkpoint *checkpoint, const char *key, int status,
                          const struct cmek_strbuf *body);

/** How many answers were found, and since when they are: RFC 3339, in the checkpoint; NULL: it was
 * begun anew. */
uint64_t cmek_checkpoint_found(const struct cmek_checkpoint *checkpoint, const char **ret_since);
/** Whether it holds no answer at all. */
bool cmek_checkpoint_is_empty(const struct cmek_checkpoint *checkpoint);
/** Why answers could not be kept any more, or NULL. */
const char *cmek_checkpoint_failure(const struct cmek_checkpoint *checkpoint);
/** Closes the file and, if there is nothing in it to go on with, or @p removes it, removes it. */
void cmek_checkpoint_close(struct cmek_checkpoint *checkpoint, bool removes);

#endif
