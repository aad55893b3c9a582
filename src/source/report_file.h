/* SPDX-License-Identifier: Apache-2.0 */
/** @file report_file.h  A json report as a source: its findings, and the evidence they rest on.
 *
 * The report is read as a stream; a finding or a record is all that is ever held of it.
 */
#ifndef CMEK_SOURCE_REPORT_FILE_H
#define CMEK_SOURCE_REPORT_FILE_H

#include <stdint.h>

#include "base/error.h"
#include "model/record.h"

struct cmek_catalogue;
struct cmek_json;

struct cmek_report_file_handler {
    /** One finding, as the report's schema describes it; valid during the call. */
    void (*finding)(void *payload, const struct cmek_json *finding);
    /** Findings without this text in them are passed over unparsed; NULL: none are. */
    const char *only_with;
    const struct cmek_catalogue *catalogue; /* resources of its selected services are evidence */
    struct cmek_record_sink evidence;
    void *payload;
};

struct cmek_report_file_stats {
    uint64_t findings, records; /* no records: the report holds no evidence */
};

/** Reads @p path (plain or gzip; "-": standard input). CMEK_E_IO: it cannot be read; CMEK_E_INVALID
 * or CMEK_E_LIMIT: it is no json report, not whole, or of another version. */
CMEK_NODISCARD enum cmek_status
cmek_report_file_read(const char *path, const struct cmek_report_file_handler *handler,
                      struct cmek_report_file_stats *ret_stats, struct cmek_error *err);

#endif
