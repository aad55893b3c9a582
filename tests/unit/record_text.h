/* SPDX-License-Identifier: Apache-2.0 */
/** @file record_text.h  All that a record says, as text: two records are the same when their texts
 * are. */
#ifndef CMEK_TESTS_UNIT_RECORD_TEXT_H
#define CMEK_TESTS_UNIT_RECORD_TEXT_H

struct cmek_policy;
struct cmek_record;
struct cmek_strbuf;

/** Appends everything but `raw`, for the kind that the record is of. */
void record_text(const struct cmek_record *record, struct cmek_strbuf *buffer);
void policy_text(const struct cmek_policy *policy, struct cmek_strbuf *buffer);

#endif
