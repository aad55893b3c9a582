/* SPDX-License-Identifier: Apache-2.0 */
/** @file fault_server.h  An HTTP/1.1 server on loopback, in threads of the test, that misbehaves on
 * purpose. */
#ifndef CMEK_TESTS_FAULT_SERVER_H
#define CMEK_TESTS_FAULT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct fault_server;

struct fault_request {
    int fd;
    char method[16], path[1024]; /* the path without the query */
    char head[8192];             /* request line and headers as they came */
    char body[8192];
    int number; /* how often this path was asked before */
};

/** Answers one request on request->fd; false closes the connection. */
typedef bool fault_handler(void *payload, const struct fault_request *request);

struct fault_server *fault_server_start(fault_handler *handler, void *payload);
void fault_server_stop(struct fault_server *server);
int fault_server_port(const struct fault_server *server);
int fault_server_requests(struct fault_server *server);
/** The most requests that were being answered at the same time. */
int fault_server_peak(struct fault_server *server);

/** A whole answer with Content-Length; @p headers are further lines ending in CRLF. */
bool fault_reply(int fd, const char *status, const char *headers, const char *body, size_t length);
bool fault_send(int fd, const char *bytes, size_t length);
/** Makes the coming close a reset. */
void fault_reset_on_close(int fd);
/** The value of a request header, or NULL; valid until the next call of this thread. */
const char *fault_header(const struct fault_request *request, const char *name);

#endif
