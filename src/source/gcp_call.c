/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_call.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "source/checkpoint.h"
#include "json/json.h"

#define RESTARTS_MAX 3

/* A call under way. */
struct operation {
    struct cmek_gcp_client *client;
    struct cmek_gcp_call call;
    char *path, *query, *request_body;
    struct cmek_json_parser *parser; /* NULL until the first byte of an answer */
    char *page_token;
    size_t pages;
    int restarts;
    /* Of the page at hand, with a checkpoint. */
    char *key;
    struct cmek_strbuf body;
    bool is_replayed; /* the answer is one from before */
    bool is_final;    /* and to ask again soon would bring the same */
};

void cmek_gcp_append_path(struct cmek_strbuf *buffer, const char *name)
{
    struct cmek_strbuf segment = {0};
    for (;;) {
        size_t length = strcspn(name, "/");
        cmek_strbuf_clear(&segment);
        cmek_strbuf_append(&segment, name, length);
        cmek_url_encode(buffer, cmek_strbuf_text(&segment));
        if (name[length] == '\0')
            break;
        cmek_strbuf_putc(buffer, '/');
        name += length + 1;
    }
    cmek_strbuf_done(&segment);
}

static void give_parser_back(struct operation *operation)
{
    cmek_gcp_client_give_parser(operation->client, operation->parser);
    operation->parser = NULL;
}

static bool take_bytes(void *payload, const char *bytes, size_t length)
{
    struct operation *operation = payload;
    if (!operation->parser)
        operation->parser = cmek_gcp_client_take_parser(operation->client);
    cmek_json_parser_feed(operation->parser, bytes, length); /* an error is told by finish */
    if (operation->key && !operation->is_replayed)
        cmek_strbuf_append(&operation->body, bytes, length);
    return true;
}

static void restart(void *payload)
{
    struct operation *operation = payload;
    if (operation->parser)
        cmek_json_parser_reset(operation->parser);
    cmek_strbuf_clear(&operation->body);
}

/* Reads the body of an error answer without ending the call: it stays there for `done`. */
static struct cmek_json *peek_body(struct operation *operation)
{
    struct cmek_json *body = NULL;
    if (!operation->parser || cmek_json_parser_finish(operation->parser, &body, NULL) != CMEK_OK)
        return NULL;
    struct cmek_strbuf text = {0};
    cmek_json_print(body, &text);
    cmek_json_parser_feed(operation->parser, cmek_strbuf_text(&text), text.length);
    cmek_strbuf_done(&text);
    return body;
}

/* A 403 may be a rate limit in disguise. */
static bool is_worth_retrying(void *payload, int status)
{
    struct cmek_json *body = status == 403 ? peek_body(payload) : NULL;
    if (!body)
        return false;
    struct cmek_arena arena = {0};
    struct cmek_gcp_error error;
    cmek_gcp_error_read(status, body, &arena, &error);
    bool limited = strcmp(error.word, "rate-limited") == 0;
    cmek_json_free(body);
    cmek_arena_done(&arena);
    return limited;
}

static int64_t retry_after_ms(void *payload, int status)
{
    (void)status;
    struct cmek_json *body = peek_body(payload);
    int64_t delay = cmek_gcp_retry_delay_ms(body);
    cmek_json_free(body);
    return delay;
}

static void end_operation(struct operation *operation, const struct cmek_gcp_error *error)
{
    operation->client->outstanding--;
    operation->client->ended++;
    operation->client->unanswered += error && !operation->is_final;
    operation->call.end(operation->call.payload, error);
    give_parser_back(operation);
    cmek_strbuf_done(&operation->body);
    free(operation->key);
    free(operation->path);
    free(operation->query);
    free(operation->request_body);
    free(operation->page_token);
    free(operation);
}

static void send_page(struct operation *operation);

/* Takes the next page's token; false when this was the last page. */
static bool next_page(struct operation *operation, const struct cmek_json *answer,
                      const char **ret_problem)
{
    const char *token = cmek_json_peek(cmek_json_get(answer, "nextPageToken"));
    if (!operation->call.page_size || !token || token[0] == '\0')
        return false;
    if (operation->page_token && strcmp(token, operation->page_token) == 0)
        *ret_problem = "the server gives the same page token again and again";
    else if (++operation->pages >= CMEK_LIMIT_PAGES)
        *ret_problem = "the server gives more pages than any listing has";
    if (*ret_problem)
        return false;
    free(operation->page_token);
    operation->page_token = cmek_strdup(token);
    return true;
}

/* What is wrong with the list of an answer, or NULL. A list that cannot be read must not pass for
 * an empty one. */
static const char *list_problem(const struct cmek_gcp_call *call, const struct cmek_json *answer)
{
    const struct cmek_json *list = call->list ? cmek_json_get(answer, call->list) : NULL;
    const char *key = call->item_key ? call->item_key : "name";
    if (!list)
        return NULL;
    if (cmek_json_kind(list) != CMEK_JSON_ARRAY)
        return "the list in the answer is no list";
    for (size_t i = 0; i < cmek_json_count(list); i++)
        if (!cmek_json_peek(cmek_json_get(cmek_json_item(list, i), key)))
            return "an item of the list in the answer has no name";
    return NULL;
}

static void keep(struct operation *operation, int status)
{
    operation->is_final = true;
    if (operation->key && !operation->is_replayed)
        cmek_checkpoint_keep(operation->client->checkpoint, operation->key, status,
                             &operation->body);
}

/* A page that leaves out what could not be reached is worth asking for again
 * (https://google.aip.dev/217). */
static void keep_page(struct operation *operation, const struct cmek_json *answer)
{
    if (cmek_json_count(cmek_json_get(answer, "unreachable")) == 0)
        keep(operation, 200);
    else
        operation->client->unanswered++;
}

static void take_answer(struct operation *operation)
{
    struct cmek_json *answer = NULL;
    struct cmek_error err = {0};
    struct cmek_gcp_error error = {.status = 200, .word = "invalid-answer", .message = err.message};
    enum cmek_status status = CMEK_OK;
    if (!operation->parser)
        status = cmek_fail(&err, CMEK_E_INVALID, "the answer is empty");
    else
        status = cmek_json_parser_finish(operation->parser, &answer, &err);
    if (status == CMEK_OK && cmek_json_kind(answer) != CMEK_JSON_OBJECT)
        status = cmek_fail(&err, CMEK_E_INVALID, "the answer is %s, expected an object",
                           cmek_json_kind_name(cmek_json_kind(answer)));
    if (status != CMEK_OK) {
        end_operation(operation, &error);
        cmek_json_free(answer);
        return;
    }
    const char *problem = list_problem(&operation->call, answer);
    operation->call.page(operation->call.payload, answer);
    bool more = !problem && next_page(operation, answer, &problem);
    if (!problem)
        keep_page(operation, answer);
    cmek_json_free(answer);
    if (more) {
        give_parser_back(operation);
        send_page(operation);
        return;
    }
    error.message = problem;
    end_operation(operation, problem ? &error : NULL);
}

/* The first page was to the server's liking, so of a later one it can only be the token. */
static bool begins_anew(struct operation *operation, const struct cmek_http_result *result)
{
    if (result->outcome != CMEK_HTTP_STATUS || result->status != 400 || !operation->page_token ||
        operation->restarts >= RESTARTS_MAX)
        return false;
    operation->restarts++;
    free(operation->page_token);
    operation->page_token = NULL;
    operation->pages = 0;
    give_parser_back(operation);
    send_page(operation);
    return true;
}

/* What is wrong with a request is final, but not kept: it may end the scan, and whoever mends it
 * has to be able to begin again. Of a page token it only says that it expired. */
static void keep_error(struct operation *operation, const struct cmek_gcp_error *error)
{
    bool is_throttled = strcmp(error->word, "rate-limited") == 0;
    if (error->status == 404 || (error->status == 403 && !is_throttled))
        keep(operation, error->status);
    else if (error->status == 400 && !operation->page_token)
        operation->is_final = true;
}

static void conclude(struct operation *operation, const struct cmek_http_result *result)
{
    if (result->outcome == CMEK_HTTP_OK) {
        take_answer(operation);
        return;
    }
    if (begins_anew(operation, result))
        return;
    struct cmek_arena arena = {0};
    struct cmek_gcp_error error;
    struct cmek_json *body = NULL;
    bool is_answer = result->outcome == CMEK_HTTP_STATUS;
    if (is_answer && operation->parser &&
        cmek_json_parser_finish(operation->parser, &body, NULL) != CMEK_OK)
        body = NULL; /* an error page in HTML, say: the status has to do */
    cmek_gcp_error_of(result, body, &arena, &error);
    if (is_answer)
        keep_error(operation, &error);
    cmek_json_free(body);
    end_operation(operation, &error);
    cmek_arena_done(&arena);
}

/* What follows the endpoint's base. */
static void append_target(const struct operation *operation, struct cmek_strbuf *url)
{
    cmek_strbuf_printf(url, "%s?prettyPrint=false", operation->path);
    if (operation->query)
        cmek_strbuf_printf(url, "&%s", operation->query);
    if (operation->call.page_size)
        cmek_strbuf_printf(url, "&%s", operation->call.page_size);
    if (operation->page_token) {
        cmek_strbuf_puts(url, "&pageToken=");
        cmek_url_encode(url, operation->page_token);
    }
}

static void done(void *payload, const struct cmek_http_result *result)
{
    struct operation *operation = payload;
    struct cmek_gcp_client *client = operation->client;
    conclude(operation, result);
    cmek_gcp_client_catch_up(client);
}

static void ask_server(struct operation *operation)
{
    struct cmek_gcp_client *client = operation->client;
    struct cmek_strbuf url = {0};
    cmek_strbuf_puts(&url, client->endpoints.base[operation->call.api]);
    append_target(operation, &url);
    cmek_gcp_client_count(client, operation->call.method);
    struct cmek_http_request request = {
        .method = operation->request_body ? "POST" : "GET",
        .body = operation->request_body,
        .content_type = operation->request_body ? "application/json" : NULL,
        .url = cmek_strbuf_text(&url),
        .quota = cmek_gcp_quota_of(&client->quotas, operation->call.method),
        .authorize = !client->endpoints.anonymous[operation->call.api],
        .body_sink = take_bytes,
        .restart = restart,
        .retry = is_worth_retrying,
        .retry_after_ms = retry_after_ms,
        .done = done,
        .payload = operation,
    };
    cmek_http_submit(client->engine, &request);
    cmek_strbuf_done(&url);
}

static void replay(void *payload)
{
    struct operation *operation = payload;
    struct cmek_gcp_client *client = operation->client;
    struct cmek_http_result result = {.outcome = CMEK_HTTP_ABORTED};
    struct cmek_journal_answer answer;
    if (client->is_stopping) {
        conclude(operation, &result);
        return;
    }
    if (!cmek_checkpoint_find(client->checkpoint, operation->key, &answer)) {
        ask_server(operation);
        return;
    }
    operation->is_replayed = true;
    if (answer.body_length > 0)
        take_bytes(operation, answer.body, answer.body_length);
    result.outcome = answer.status == 200 ? CMEK_HTTP_OK : CMEK_HTTP_STATUS;
    result.status = answer.status;
    conclude(operation, &result);
}

/* A listing that began anew did so since the answers from before are of no use to it. */
static bool has_answer(const struct operation *operation)
{
    return operation->key && operation->restarts == 0 &&
           cmek_checkpoint_may_hold(operation->client->checkpoint, operation->key);
}

static void send_page(struct operation *operation)
{
    struct cmek_gcp_client *client = operation->client;
    operation->is_final = operation->is_replayed = false;
    cmek_strbuf_clear(&operation->body);
    if (client->checkpoint) {
        struct cmek_strbuf key = {0};
        cmek_strbuf_printf(&key, "%s ", operation->call.method);
        append_target(operation, &key);
        free(operation->key);
        operation->key = cmek_strbuf_detach(&key);
    }
    if (has_answer(operation))
        cmek_gcp_client_defer(client, replay, operation); /* whoever asks is not ready for it yet */
    else
        ask_server(operation);
}

void cmek_gcp_submit(struct cmek_gcp_client *client, const struct cmek_gcp_call *call)
{
    struct operation *operation = cmek_calloc(1, sizeof *operation);
    operation->client = client;
    operation->call = *call;
    operation->path = cmek_strdup(call->path);
    operation->query = call->query ? cmek_strdup(call->query) : NULL;
    operation->request_body = call->body ? cmek_strdup(call->body) : NULL;
    client->outstanding++;
    send_page(operation);
}
