/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of objects: https://cloud.google.com/storage/docs/json_api/v1/objects/get with alt=media.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "http/engine.h"
#include "source/gcp_call.h"
#include "json/json.h"

struct fetch {
    struct cmek_gcp_client *client;
    struct cmek_gcp_piece piece; /* its callback; the strings are not kept */
    struct cmek_strbuf bytes;
};

static bool take_bytes(void *payload, const char *bytes, size_t length)
{
    struct fetch *fetch = payload;
    cmek_strbuf_append(&fetch->bytes, bytes, length);
    return true;
}

static void restart(void *payload)
{
    struct fetch *fetch = payload;
    cmek_strbuf_clear(&fetch->bytes);
}

static void done(void *payload, const struct cmek_http_result *result)
{
    struct fetch *fetch = payload;
    struct cmek_arena arena = {0};
    struct cmek_gcp_error error = {.status = result->status,
                                   .word = "invalid-answer",
                                   .message = "more bytes came than were asked for"};
    bool is_good = result->outcome == CMEK_HTTP_OK && fetch->bytes.length <= fetch->piece.length;
    if (result->outcome != CMEK_HTTP_OK) {
        struct cmek_json *body = NULL;
        if (cmek_json_parse(cmek_strbuf_text(&fetch->bytes), fetch->bytes.length, &body, NULL) !=
            CMEK_OK)
            body = NULL;
        cmek_gcp_error_of(result, body, &arena, &error);
        cmek_json_free(body);
    }
    fetch->client->outstanding--;
    fetch->client->ended++;
    fetch->piece.end(fetch->piece.payload, cmek_strbuf_text(&fetch->bytes), fetch->bytes.length,
                     is_good ? NULL : &error);
    cmek_strbuf_done(&fetch->bytes);
    cmek_arena_done(&arena);
    free(fetch);
}

void cmek_gcp_fetch(struct cmek_gcp_client *client, const struct cmek_gcp_piece *piece)
{
    struct fetch *fetch = cmek_calloc(1, sizeof *fetch);
    fetch->client = client;
    fetch->piece = *piece;
    struct cmek_strbuf url = {0};
    cmek_strbuf_printf(&url, "%sb/", client->endpoints.base[CMEK_GCP_STORAGE]);
    cmek_url_encode(&url, piece->bucket);
    cmek_strbuf_puts(&url, "/o/");
    cmek_url_encode(&url, piece->object);
    cmek_strbuf_puts(&url, "?alt=media");
    if (piece->generation) {
        cmek_strbuf_puts(&url, "&generation=");
        cmek_url_encode(&url, piece->generation);
    }
    static const char method[] = "storage.objects.get";
    char range[64];
    snprintf(range, sizeof range, "Range: bytes=%" PRIu64 "-%" PRIu64, piece->offset,
             piece->offset + piece->length - 1);
    client->outstanding++;
    cmek_gcp_client_count(client, method);
    cmek_http_submit(client->engine,
                     &(struct cmek_http_request){
                         .method = "GET",
                         .url = cmek_strbuf_text(&url),
                         .quota = cmek_gcp_quota_of(&client->quotas, method),
                         .headers = (const char *const[]){range, NULL},
                         .authorize = !client->endpoints.anonymous[CMEK_GCP_STORAGE],
                         .body_sink = take_bytes,
                         .restart = restart,
                         .done = done,
                         .payload = fetch,
                     });
    cmek_strbuf_done(&url);
}
