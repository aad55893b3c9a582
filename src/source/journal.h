/* SPDX-License-Identifier: Apache-2.0 */
/** @file journal.h  A file of answers by key that outlives the process that writes it.
 *
 * It begins with CMEK_JOURNAL_MAGIC; then come frames (source/journal_frame.h): a head, which says
 * what the journal is of, and the answers in the order in which they came. It is only added to, so
 * that a process may die at any moment: what is behind the last sound frame is cut off when the
 * journal is gone on with. Of two answers with one key the later holds.
 *
 * Each answer is written at once, which the death of the process does not undo, and is on the disk
 * about a second later, which that of the machine does not undo either.
 */
#ifndef CMEK_SOURCE_JOURNAL_H
#define CMEK_SOURCE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "source/journal_frame.h"

struct cmek_journal;

/** Opens @p path, or makes it, readable by its owner only; changes nothing that is in it.
 * CMEK_E_USAGE: the file is something else; CMEK_E_DENIED: others could have written it; CMEK_E_IO:
 * it cannot be opened, or another process has it open. */
CMEK_NODISCARD enum cmek_status
cmek_journal_open(const char *path, struct cmek_journal **ret_journal, struct cmek_error *err);
/** The same of a file that is open already; takes over @p fd. */
CMEK_NODISCARD enum cmek_status cmek_journal_attach(int fd, const char *path,
                                                    struct cmek_journal **ret_journal,
                                                    struct cmek_error *err);
/** The head; NULL: the file is new, or broke off within the head. */
const char *cmek_journal_head(const struct cmek_journal *journal);
/** Empties the file and writes a new head. CMEK_E_IO. */
CMEK_NODISCARD enum cmek_status cmek_journal_begin(struct cmek_journal *journal, const char *head,
                                                   struct cmek_error *err);
/** Makes the answers in the file known and cuts off what is behind the last sound one: so many
 * bytes. CMEK_E_IO. */
CMEK_NODISCARD enum cmek_status cmek_journal_resume(struct cmek_journal *journal,
                                                    size_t *ret_cut_bytes, struct cmek_error *err);

/** How many answers the file holds. */
size_t cmek_journal_count(const struct cmek_journal *journal);
/** Whether there was, most likely, an answer with that key when the journal was resumed. */
bool cmek_journal_may_hold(const struct cmek_journal *journal, const char *key);
/** That answer, valid until the next call; false: there is none, or none that can be read. */
bool cmek_journal_find(struct cmek_journal *journal, const char *key,
                       struct cmek_journal_answer *ret_answer);
/** Adds an answer; an error is sticky. */
void cmek_journal_add(struct cmek_journal *journal, const struct cmek_journal_answer *answer);
/** Why answers could not be added any more, or NULL. */
const char *cmek_journal_failure(const struct cmek_journal *journal);

/** Closes the file, if any, and removes it if asked to, and if it still is the one of that name. */
void cmek_journal_close(struct cmek_journal *journal, bool removes);

#endif
