/* SPDX-License-Identifier: Apache-2.0 */
/** @file schema.h  The JSON Schema of reports, compiled into the binary: what `cmekscan schema`
 * prints. */
#ifndef CMEK_REPORT_SCHEMA_H
#define CMEK_REPORT_SCHEMA_H

#include <stddef.h>

/** The bytes of reports/cmekscan-report-1.schema.json, followed by a NUL that is not counted. */
extern const unsigned char cmek_report_schema[];
extern const size_t cmek_report_schema_size;

#endif
