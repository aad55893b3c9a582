/* SPDX-License-Identifier: Apache-2.0 */
/** @file finding_json.h  The flat JSON record of a finding, the same in every format that has one.
 */
#ifndef CMEK_REPORT_FINDING_JSON_H
#define CMEK_REPORT_FINDING_JSON_H

#include <stddef.h>

struct cmek_finding;
struct cmek_json_writer;

/** Writes one object with every key of the report schema's finding, in its order. */
void cmek_finding_write_json(struct cmek_json_writer *writer, const struct cmek_finding *finding);

/** Writes an array of strings; NULL items become null. */
void cmek_strings_write_json(struct cmek_json_writer *writer, const char *const *items,
                             size_t count);

#endif
