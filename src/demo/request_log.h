/* SPDX-License-Identifier: Apache-2.0 */
/** @file request_log.h  What was asked and answered, as NDJSON, for tests. */
#ifndef CMEK_DEMO_REQUEST_LOG_H
#define CMEK_DEMO_REQUEST_LOG_H

#include "base/error.h"

struct cmek_demo_call;
struct cmek_demo_request_log;

/** Opens @p path for writing, emptying it. */
CMEK_NODISCARD enum cmek_status cmek_demo_request_log_open(const char *path,
                                                           struct cmek_demo_request_log **ret_log,
                                                           struct cmek_error *err);
/** Writes {"method", "path", "query", "operation", "status", "body"}: body is the JSON answered,
 * null where it is none or holds a token. Thread-safe. @p log may be NULL. */
void cmek_demo_request_log_write(struct cmek_demo_request_log *log,
                                 const struct cmek_demo_call *call);
void cmek_demo_request_log_close(struct cmek_demo_request_log *log);

#endif
