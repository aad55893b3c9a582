/* SPDX-License-Identifier: Apache-2.0 */
/** @file retry.h  What is worth another attempt, and how long to wait before it. Pure. */
#ifndef CMEK_HTTP_RETRY_H
#define CMEK_HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/** How an attempt that brought no whole answer went wrong. */
enum cmek_http_failure {
    CMEK_FAILURE_PERMANENT,  /* would fail the same way again: certificate, protocol */
    CMEK_FAILURE_CONNECTION, /* broke; another attempt may do */
    CMEK_FAILURE_TIMEOUT,
};

struct cmek_http_failure_row {
    int curl_code;
    enum cmek_http_failure failure;
    bool has_detail;     /* libcurl's own text for it names hosts and addresses, never parameters */
    bool is_unreachable; /* the host as a whole cannot be talked to: no request will fare better */
    const char *text;
};

/** The row for a CURLcode other than CURLE_OK; never NULL. */
const struct cmek_http_failure_row *cmek_retry_failure(int curl_code);

/** The status codes that are retried whatever the API: 408, 429, 500, 502, 503, 504. */
bool cmek_retry_status(int status);

struct cmek_backoff {
    int64_t base_ms, max_ms;
};

/** A small generator for jitter; all zero is not a valid state. */
struct cmek_jitter {
    uint64_t state;
};

void cmek_jitter_init(struct cmek_jitter *jitter, uint64_t seed);
/** A number in [0, @p limit]. */
int64_t cmek_jitter_next(struct cmek_jitter *jitter, int64_t limit);

/** The pause before attempt @p attempts + 1: exponential with full jitter; never shorter than
 * @p retry_after_ms (0: the server did not say), then with a little jitter on top, so that those
 * who were told the same do not come back at once. */
int64_t cmek_retry_pause_ms(const struct cmek_backoff *backoff, int attempts,
                            int64_t retry_after_ms, struct cmek_jitter *jitter);

#endif
