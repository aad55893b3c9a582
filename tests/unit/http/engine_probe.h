/* SPDX-License-Identifier: Apache-2.0 */
/** @file engine_probe.h  A request engine, a server that misbehaves by path, and what a caller saw
 * of it. */
#ifndef CMEK_TESTS_UNIT_HTTP_ENGINE_PROBE_H
#define CMEK_TESTS_UNIT_HTTP_ENGINE_PROBE_H

#include "base/strbuf.h"
#include "http/engine.h"
#include "http/fault_server.h"

#define QUICK .backoff_ms = 5, .max_backoff_ms = 20, .connect_ms = 1000
#define FAST  QUICK, .deadline_ms = 4000, .attempt_ms = 2000, .patience_ms = 2500

/** What one request came to. */
struct probe {
    enum cmek_http_outcome outcome;
    int status, attempts, done_count, restarts;
    char message[512], seen[64];
    struct cmek_strbuf body;
    size_t bytes;
    bool refuses_body;
};

extern struct fault_server *server;
extern struct cmek_http_engine *engine;
extern char url[256];

/** Starts server and engine; end() checks that nothing is left in the engine. */
void begin(const struct cmek_http_options *options);
void end(void);
/** The URL of a path of the server, in `url`. */
const char *url_of(const char *path);
/** A GET that fills @p probe. */
struct cmek_http_request probe_request(struct probe *probe, const char *address);

#endif
