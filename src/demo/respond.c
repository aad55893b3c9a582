/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/respond.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "demo/call.h"
#include "demo/compress.h"
#include "demo/delay.h"

#define COMPRESS_FROM 256 /* bytes: below, gzip gains nothing */
#define SLOW_PIECES   8

/* A body that comes in pieces, or only in part. */
struct body {
    char *bytes;
    size_t length, piece;
    size_t ends_at; /* where it breaks off */
    int64_t pause_ms;
    bool has_paused;
    struct MHD_Connection *connection;
    struct cmek_demo_delay *delay;
};

static ssize_t read_body(void *payload, uint64_t position, char *buffer, size_t size)
{
    struct body *body = payload;
    if (position >= body->ends_at)
        return position < body->length ? MHD_CONTENT_READER_END_WITH_ERROR
                                       : MHD_CONTENT_READER_END_OF_STREAM;
    if (body->pause_ms > 0 && !body->has_paused) {
        body->has_paused = true;
        if (cmek_demo_delay_suspend(body->delay, body->connection, body->pause_ms))
            return 0;
    }
    body->has_paused = false;
    size_t count = body->ends_at - (size_t)position;
    if (count > body->piece)
        count = body->piece;
    if (count > size)
        count = size;
    memcpy(buffer, body->bytes + position, count);
    return (ssize_t)count;
}

static void free_body(void *payload)
{
    struct body *body = payload;
    free(body->bytes);
    free(body);
}

static struct MHD_Response *troubled_response(struct MHD_Connection *connection,
                                              struct cmek_demo_call *call,
                                              enum cmek_demo_trouble_kind trouble,
                                              struct cmek_demo_delay *delay)
{
    struct body *body = cmek_calloc(1, sizeof *body);
    body->length = body->ends_at = body->piece = call->answer.length;
    body->bytes = cmek_strbuf_detach(&call->answer);
    body->connection = connection;
    body->delay = delay;
    if (trouble == CMEK_DEMO_TROUBLE_TRUNCATED) {
        body->ends_at = body->length / 2;
    } else {
        body->piece = body->length / SLOW_PIECES + 1;
        body->pause_ms = call->faults->slow_body_ms;
    }
    size_t length = body->length, piece = body->piece > 0 ? body->piece : 1;
    return MHD_create_response_from_callback(length, piece, read_body, body, free_body);
}

static struct MHD_Response *plain_response(struct cmek_demo_call *call)
{
    size_t length = call->answer.length;
    return MHD_create_response_from_buffer(length, cmek_strbuf_detach(&call->answer),
                                           MHD_RESPMEM_MUST_FREE);
}

static bool takes_gzip(struct MHD_Connection *connection)
{
    const char *accepted =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    return accepted && strstr(accepted, "gzip");
}

static void add_headers(struct MHD_Response *response, const struct cmek_demo_call *call)
{
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, call->content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Origin, X-Origin, Referer");
    if (call->api && call->api->id == CMEK_DEMO_METADATA)
        MHD_add_response_header(response, "Metadata-Flavor", "Google");
    if (call->status == 401)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
                                "Bearer realm=\"https://accounts.google.com/\"");
    if (call->status == 429) {
        char seconds[24];
        int64_t pause = call->faults->retry_after_s > 0 ? call->faults->retry_after_s : 1;
        snprintf(seconds, sizeof seconds, "%" PRId64, pause);
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
}

enum MHD_Result cmek_demo_respond(struct MHD_Connection *connection, struct cmek_demo_call *call,
                                  enum cmek_demo_trouble_kind trouble,
                                  struct cmek_demo_delay *delay)
{
    bool compressed = call->answer.length >= COMPRESS_FROM && takes_gzip(connection);
    if (compressed)
        cmek_demo_compress(&call->answer);
    bool troubled = call->answer.length > 1 &&
                    (trouble == CMEK_DEMO_TROUBLE_TRUNCATED || trouble == CMEK_DEMO_TROUBLE_SLOW);
    struct MHD_Response *response =
        troubled ? troubled_response(connection, call, trouble, delay) : plain_response(call);
    if (!response)
        return MHD_NO;
    add_headers(response, call);
    if (compressed)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)call->status, response);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result cmek_demo_reset(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    /* Closing a socket that does not linger sends a reset. */
    const struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (info)
        setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return MHD_NO;
}
