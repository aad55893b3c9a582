/* SPDX-License-Identifier: Apache-2.0 */
/** @file convert.h  A saved report rendered again: `cmekscan convert`. */
#ifndef CMEK_SCAN_CONVERT_H
#define CMEK_SCAN_CONVERT_H

#include "scan/scan.h"

/** Feeds the reporters of @p options with the report @p path ("-": standard input), as the scan
 * did. Of its findings those are listed that `statuses` selects; a narrower choice leaves its
 * evidence as it is. CMEK_E_USAGE: it cannot be read; nothing has been written then. */
CMEK_NODISCARD enum cmek_status cmek_convert(const struct cmek_scan_options *options,
                                             const char *path,
                                             struct cmek_scan_outcome *ret_outcome,
                                             struct cmek_error *err);

#endif
