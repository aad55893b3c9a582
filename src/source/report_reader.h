/* SPDX-License-Identifier: Apache-2.0 */
/** @file report_reader.h  A saved json report, part by part, however large it is.
 *
 * The file is read as a stream, as often as need be: what is held of it at a time is one part, or
 * the elements that one buffer full of it has. Standard input and pipes go to a nameless temporary
 * file first. Texts are cut out, not checked: whoever takes one parses it.
 */
#ifndef CMEK_SOURCE_REPORT_READER_H
#define CMEK_SOURCE_REPORT_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum cmek_report_part {
    CMEK_REPORT_VERSION,
    CMEK_REPORT_TOOL,
    CMEK_REPORT_SCAN,
    CMEK_REPORT_SUMMARY,
    CMEK_REPORT_RULES,
    CMEK_REPORT_FINDING, /* one of many, as the two below */
    CMEK_REPORT_GAP,
    CMEK_REPORT_ASSET, /* of the evidence */
    CMEK_REPORT_PART_COUNT_,
};

/** A piece of the report; valid until the next one is asked for. */
struct cmek_report_item {
    enum cmek_report_part part; /* CMEK_REPORT_PART_COUNT_: the report has ended */
    const char *text;           /* JSON, NUL-terminated */
    size_t length;
    uint64_t number; /* of a finding, gap or asset: which, from 1 */
};

struct cmek_report_reader;

/** Opens @p path (plain or gzip; "-": standard input). CMEK_E_IO: it cannot be read. */
CMEK_NODISCARD enum cmek_status cmek_report_reader_open(const char *path,
                                                        struct cmek_report_reader **ret_reader,
                                                        struct cmek_error *err);
/** Goes back to the beginning; from now on the parts that @p parts has the bits 1 << part of. */
CMEK_NODISCARD enum cmek_status cmek_report_reader_start(struct cmek_report_reader *reader,
                                                         unsigned parts, struct cmek_error *err);
/** The next of them, in the order of the file. CMEK_E_IO: it cannot be read; CMEK_E_INVALID or
 * CMEK_E_LIMIT: it is no json report, not whole, or of another version. Messages name the file. */
CMEK_NODISCARD enum cmek_status cmek_report_reader_next(struct cmek_report_reader *reader,
                                                        struct cmek_report_item *ret_item,
                                                        struct cmek_error *err);
/** Says of an item that what it holds cannot be taken, @p err saying why: "'r.json' is not …: in
 * its finding 17: …". Returns the status of @p err. */
enum cmek_status cmek_report_reader_refuse(const struct cmek_report_reader *reader,
                                           const struct cmek_report_item *item,
                                           struct cmek_error *err);
/** "standard input", or the path, in quotes. */
const char *cmek_report_reader_name(const struct cmek_report_reader *reader);
void cmek_report_reader_close(struct cmek_report_reader *reader);

#endif
