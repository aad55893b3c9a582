/* SPDX-License-Identifier: Apache-2.0 */
#include "http/transfer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/state.h"

/* Requests */

static size_t room_for(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *put(char **cursor, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*cursor, text, size);
    *cursor += size;
    return copy;
}

/* One block for the struct, the header pointers and all strings: a scan makes 100,000 of these. */
struct cmek_transfer *cmek_transfer_new(struct cmek_http_engine *engine,
                                        const struct cmek_http_request *request)
{
    size_t headers = 0, size = room_for(request->method) + room_for(request->url) +
                               room_for(request->body) + room_for(request->content_type);
    for (; request->headers && request->headers[headers]; headers++)
        size += room_for(request->headers[headers]);
    size_t pointers = headers > 0 ? (headers + 1) * sizeof(char *) : 0;

    struct cmek_transfer *transfer = cmek_calloc(1, sizeof *transfer + pointers + size);
    const char **header_list = (const char **)(void *)(transfer + 1);
    char *cursor = (char *)(transfer + 1) + pointers;
    transfer->engine = engine;
    transfer->request = *request;
    transfer->request.method = put(&cursor, request->method);
    transfer->request.url = put(&cursor, request->url);
    transfer->request.body = put(&cursor, request->body);
    transfer->request.content_type = put(&cursor, request->content_type);
    for (size_t i = 0; i < headers; i++)
        header_list[i] = put(&cursor, request->headers[i]);
    transfer->request.headers = headers > 0 ? header_list : NULL;
    if (request->body_limit == 0)
        transfer->request.body_limit = CMEK_LIMIT_BODY_BYTES;
    return transfer;
}

void cmek_transfer_forget_body(struct cmek_transfer *transfer)
{
    transfer->engine->bodies -= transfer->received;
    transfer->received = 0;
}

void cmek_transfer_free(struct cmek_transfer *transfer)
{
    if (!transfer)
        return;
    cmek_transfer_forget_body(transfer);
    /* Of a token request: the credential itself, or a token. */
    cmek_secret_wipe_text(transfer->request.body);
    for (const char *const *line = transfer->request.headers; line && *line; line++)
        cmek_secret_wipe_text(*line);
    free(transfer->message);
    free(transfer);
}

/* Headers */

static void wipe_and_free(struct curl_slist *list)
{
    for (struct curl_slist *item = list; item; item = item->next)
        cmek_secret_wipe_text(item->data);
    curl_slist_free_all(list);
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "%s%s", name, value);
    struct curl_slist *longer = curl_slist_append(list, cmek_strbuf_text(&line));
    cmek_secret_wipe_text(line.data);
    cmek_strbuf_done(&line);
    return longer ? longer : list;
}

struct cmek_token_header *cmek_token_header_new(const char *token, const char *quota_project)
{
    struct cmek_token_header *header = cmek_calloc(1, sizeof *header);
    header->references = 1;
    cmek_secret_set(&header->token, token, strlen(token));
    header->list = add_header(NULL, "Authorization: Bearer ", token);
    if (quota_project)
        header->list = add_header(header->list, "x-goog-user-project: ", quota_project);
    return header;
}

void cmek_token_header_unref(struct cmek_token_header *header)
{
    if (!header || --header->references > 0)
        return;
    wipe_and_free(header->list);
    cmek_secret_done(&header->token);
    free(header);
}

static struct curl_slist *own_headers(const struct cmek_http_request *request,
                                      const struct cmek_token_header *token)
{
    struct curl_slist *list = NULL;
    for (const char *const *line = request->headers; line && *line; line++)
        list = add_header(list, *line, "");
    if (request->content_type)
        list = add_header(list, "Content-Type: ", request->content_type);
    if (!list)
        return NULL;
    for (struct curl_slist *item = token ? token->list : NULL; item; item = item->next)
        list = add_header(list, item->data, "");
    return list;
}

/* Callbacks of libcurl */

/* Small answers go on while large ones hold all the room. */
static bool has_room(const struct cmek_transfer *transfer, size_t length)
{
    const struct cmek_http_engine *engine = transfer->engine;
    return transfer->received + length <= CMEK_LIMIT_SMALL_BODY_BYTES ||
           engine->bodies + length <= engine->options.bodies_limit;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *payload)
{
    struct cmek_transfer *transfer = payload;
    size_t length = size * count;
    cmek_engine_learn_protocol(transfer);
    long status = 0;
    curl_easy_getinfo(transfer->slot->easy, CURLINFO_RESPONSE_CODE, &status);
    bool is_good = status >= 200 && status < 300;
    size_t limit = transfer->request.body_limit;
    if (!is_good && limit > CMEK_LIMIT_ERROR_BODY_BYTES)
        limit = CMEK_LIMIT_ERROR_BODY_BYTES;
    transfer->has_no_room = !has_room(transfer, length);
    if (length > limit - transfer->received || transfer->has_no_room) {
        transfer->has_too_large_body = is_good;
        transfer->has_refused_body = !is_good; /* the status says enough */
        return 0;
    }
    transfer->received += length;
    transfer->engine->bodies += length;
    transfer->engine->counters.bytes += length;
    const struct cmek_http_request *request = &transfer->request;
    if (!request->body_sink || request->body_sink(request->payload, bytes, length))
        return length;
    transfer->has_refused_body = true;
    return 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *payload)
{
    const struct cmek_transfer *transfer = payload;
    size_t length = size * count;
    char name[64];
    const char *colon = memchr(bytes, ':', length);
    if (!colon || (size_t)(colon - bytes) >= sizeof name || memchr(bytes, '\0', length))
        return length; /* the status line, or nothing a caller asks for */
    size_t name_length = (size_t)(colon - bytes);
    for (size_t i = 0; i < name_length; i++)
        name[i] = (char)tolower((unsigned char)bytes[i]);
    name[name_length] = '\0';
    const char *start = colon + 1, *end = bytes + length;
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    while (end > start && strchr(" \t\r\n", end[-1]))
        end--;
    struct cmek_strbuf value = {0};
    cmek_strbuf_append(&value, start, (size_t)(end - start));
    transfer->request.header(transfer->request.payload, name, cmek_strbuf_text(&value));
    cmek_strbuf_done(&value);
    return length;
}

/* Easy handles */

struct cmek_slot *cmek_slot_new(const struct cmek_http_options *options)
{
    struct cmek_slot *slot = cmek_calloc(1, sizeof *slot);
    CURL *easy = slot->easy = curl_easy_init();
    if (!easy) {
        free(slot);
        return NULL;
    }
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Names from answers stand in paths: one that is ".." must not lead elsewhere. */
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->detail);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* a token must not go elsewhere */
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 300L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    if (options->ca_file) {
        /* Without a CApath libcurl parses the bundle once, not once per connection (19 ms). */
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    return slot;
}

void cmek_slot_clear(struct cmek_slot *slot)
{
    wipe_and_free(slot->own_headers);
    slot->own_headers = NULL;
    cmek_token_header_unref(slot->token);
    slot->token = NULL;
}

void cmek_slot_free(struct cmek_slot *slot)
{
    if (!slot)
        return;
    curl_easy_cleanup(slot->easy);
    cmek_slot_clear(slot);
    free(slot);
}

void cmek_slot_prepare(struct cmek_slot *slot, struct cmek_transfer *transfer,
                       struct cmek_token_header *token, int64_t timeout_ms, int64_t connect_ms)
{
    const struct cmek_http_request *request = &transfer->request;
    CURL *easy = slot->easy;
    slot->detail[0] = '\0';
    slot->own_headers = own_headers(request, token);
    slot->token = token;
    if (token)
        token->references++;
    struct curl_slist *headers =
        slot->own_headers ? slot->own_headers : (token ? token->list : NULL);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, transfer->url.https ? "https" : "http");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, request->header ? on_header : NULL);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, request->header ? transfer : NULL);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, transfer->wants_fresh_connection ? 1L : 0L);
    /* An empty proxy beats http_proxy of the environment; NULL gives the environment its say. */
    bool is_direct = request->no_proxy || cmek_url_host_is_loopback(&transfer->url);
    curl_easy_setopt(easy, CURLOPT_PROXY, is_direct ? "" : NULL);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    bool is_put = cmek_str_eq(request->method, "PUT");
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, is_put ? "PUT" : NULL);
    if (is_put || cmek_str_eq(request->method, "POST")) {
        const char *body = request->body ? request->body : "";
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    } else {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
}
