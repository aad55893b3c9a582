/* SPDX-License-Identifier: Apache-2.0 */
/** @file finding_json.h  The flat JSON record of a finding, the same in every format that has one.
 */
#ifndef CMEK_REPORT_FINDING_JSON_H
#define CMEK_REPORT_FINDING_JSON_H

#include <stddef.h>

#include "cmekscan/error.h"

struct cmek_arena;
struct cmek_finding;
struct cmek_json;
struct cmek_json_writer;

/** Writes one object with every key of the report schema's finding, in its order. */
void cmek_finding_write_json(struct cmek_json_writer *writer, const struct cmek_finding *finding);

/** Writes an array of strings; NULL items become null. */
void cmek_strings_write_json(struct cmek_json_writer *writer, const char *const *items,
                             size_t count);

/** The inverse: the finding of such an object, strings in @p arena. Keys that are not known are
 * ignored, those that are missing count as null. CMEK_E_INVALID: a value that no report of version
 * 1 has. */
CMEK_NODISCARD enum cmek_status cmek_finding_read_json(const struct cmek_json *json,
                                                       struct cmek_arena *arena,
                                                       struct cmek_finding *ret_finding,
                                                       struct cmek_error *err);

/** A copy whose strings are in @p arena. */
void cmek_finding_copy(const struct cmek_finding *finding, struct cmek_arena *arena,
                       struct cmek_finding *ret_finding);

/** An array of strings, null for none; CMEK_E_INVALID, without a message, when it is no such. */
CMEK_NODISCARD enum cmek_status cmek_strings_read_json(const struct cmek_json *json,
                                                       struct cmek_arena *arena,
                                                       const char *const **ret_items,
                                                       size_t *ret_count);

#endif
