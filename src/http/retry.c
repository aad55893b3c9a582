/* SPDX-License-Identifier: Apache-2.0 */
#include "http/retry.h"

#include <curl/curl.h>
#include <stddef.h>

/* https://curl.se/libcurl/c/libcurl-errors.html. A GOAWAY, a refused stream or a connection that
 * the server closed while idle shows as 16, 52, 55, 56 or 92; 18 is a body cut short. */
static const struct cmek_http_failure_row failures[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, CMEK_FAILURE_CONNECTION, false, true, "cannot resolve the proxy"},
    {CURLE_COULDNT_RESOLVE_HOST, CMEK_FAILURE_CONNECTION, true, true,
     "cannot resolve the host name"},
    {CURLE_COULDNT_CONNECT, CMEK_FAILURE_CONNECTION, true, true, "cannot connect"},
    {CURLE_HTTP2, CMEK_FAILURE_CONNECTION, false, false, "HTTP/2 framing error"},
    {CURLE_PARTIAL_FILE, CMEK_FAILURE_CONNECTION, false, false, "the answer was cut short"},
    {CURLE_OPERATION_TIMEDOUT, CMEK_FAILURE_TIMEOUT, false, false, "no whole answer in time"},
    {CURLE_SSL_CONNECT_ERROR, CMEK_FAILURE_CONNECTION, true, true, "TLS handshake failed"},
    {CURLE_GOT_NOTHING, CMEK_FAILURE_CONNECTION, false, false,
     "the server closed without an answer"},
    {CURLE_SEND_ERROR, CMEK_FAILURE_CONNECTION, true, false, "connection broke while sending"},
    {CURLE_RECV_ERROR, CMEK_FAILURE_CONNECTION, true, false, "connection broke while receiving"},
    {CURLE_BAD_CONTENT_ENCODING, CMEK_FAILURE_CONNECTION, false, false,
     "the answer's gzip is broken"},
    {CURLE_HTTP2_STREAM, CMEK_FAILURE_CONNECTION, false, false, "HTTP/2 stream closed"},
    {CURLE_PROXY, CMEK_FAILURE_CONNECTION, false, true, "the proxy refused"},
    {CURLE_PEER_FAILED_VERIFICATION, CMEK_FAILURE_PERMANENT, true, true,
     "the server's certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, CMEK_FAILURE_PERMANENT, false, true,
     "the CA file holds no certificates"},
    {CURLE_UNSUPPORTED_PROTOCOL, CMEK_FAILURE_PERMANENT, false, false, "the answer is not HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, CMEK_FAILURE_PERMANENT, false, false, "the answer is not HTTP"},
};

static const struct cmek_http_failure_row other_failure = {0, CMEK_FAILURE_PERMANENT, false, false,
                                                           "the request failed"};

const struct cmek_http_failure_row *cmek_retry_failure(int curl_code)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (failures[i].curl_code == curl_code)
            return &failures[i];
    return &other_failure;
}

bool cmek_retry_status(int status)
{
    static const int retried[] = {408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < sizeof retried / sizeof *retried; i++)
        if (retried[i] == status)
            return true;
    return false;
}

void cmek_jitter_init(struct cmek_jitter *jitter, uint64_t seed)
{
    jitter->state = seed != 0 ? seed : 0x9e3779b97f4a7c15u;
}

/* xorshift64* (Marsaglia 2003, Vigna 2016): spreading retries needs no more. */
int64_t cmek_jitter_next(struct cmek_jitter *jitter, int64_t limit)
{
    if (limit <= 0)
        return 0;
    uint64_t x = jitter->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    jitter->state = x;
    return (int64_t)(((x * 0x2545f4914f6cdd1du) >> 1) % ((uint64_t)limit + 1));
}

int64_t cmek_retry_pause_ms(const struct cmek_backoff *backoff, int attempts,
                            int64_t retry_after_ms, struct cmek_jitter *jitter)
{
    if (retry_after_ms > 0)
        return retry_after_ms + cmek_jitter_next(jitter, backoff->base_ms / 4);
    int64_t ceiling = backoff->base_ms;
    for (int i = 1; i < attempts && ceiling < backoff->max_ms; i++)
        ceiling *= 2;
    return cmek_jitter_next(jitter, ceiling < backoff->max_ms ? ceiling : backoff->max_ms);
}
