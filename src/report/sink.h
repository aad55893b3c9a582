/* SPDX-License-Identifier: Apache-2.0 */
/** @file sink.h  Handing a buffer's bytes on, so that a report's memory does not grow with it. */
#ifndef CMEK_REPORT_SINK_H
#define CMEK_REPORT_SINK_H

struct cmek_report_sink;
struct cmek_strbuf;

/** Writes what @p buffer holds and empties it, keeping its memory. */
void cmek_sink_flush(const struct cmek_report_sink *sink, struct cmek_strbuf *buffer);

#endif
