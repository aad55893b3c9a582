/* SPDX-License-Identifier: Apache-2.0 */
/** @file uri.h  Percent-encoding (RFC 3986 section 2). */
#ifndef CMEK_REPORT_URI_H
#define CMEK_REPORT_URI_H

struct cmek_strbuf;

/** Appends @p path as the path of a relative URI: everything but unreserved characters and "/" is
 * encoded, bytes that are not UTF-8 as U+FFFD, and so are the dots of "." and ".." segments, which
 * a reader would otherwise resolve. */
void cmek_uri_append_path(struct cmek_strbuf *buffer, const char *path);

#endif
