/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_client.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/time.h"
#include "http/engine.h"
#include "json/json.h"

#define IDLE_PARSERS_MAX 512
#define DEFERRED_MS      100 /* deferred work at a stretch: then the network is looked after */

void cmek_gcp_client_init(struct cmek_gcp_client *client, struct cmek_http_engine *engine,
                          const struct cmek_gcp_endpoints *endpoints,
                          const struct cmek_gcp_quotas *quotas)
{
    *client =
        (struct cmek_gcp_client){.engine = engine, .endpoints = *endpoints, .quotas = *quotas};
    client->idle_parsers = cmek_calloc(IDLE_PARSERS_MAX, sizeof(struct cmek_json_parser *));
}

void cmek_gcp_client_done(struct cmek_gcp_client *client)
{
    for (size_t i = 0; i < client->idle_parser_count; i++)
        cmek_json_parser_free(client->idle_parsers[i]);
    free(client->idle_parsers);
    CMEK_VEC_DONE(&client->deferred);
    cmek_map_done(&client->calls);
    cmek_arena_done(&client->arena);
}

struct cmek_json_parser *cmek_gcp_client_take_parser(struct cmek_gcp_client *client)
{
    if (client->idle_parser_count > 0)
        return client->idle_parsers[--client->idle_parser_count];
    return cmek_json_parser_new();
}

void cmek_gcp_client_give_parser(struct cmek_gcp_client *client, struct cmek_json_parser *parser)
{
    if (!parser)
        return;
    cmek_json_parser_reset(parser);
    if (client->idle_parser_count < IDLE_PARSERS_MAX)
        client->idle_parsers[client->idle_parser_count++] = parser;
    else
        cmek_json_parser_free(parser);
}

void cmek_gcp_client_count(struct cmek_gcp_client *client, const char *method)
{
    struct cmek_gcp_method_count *count = cmek_map_get(&client->calls, method);
    if (!count) {
        count = cmek_arena_alloc(&client->arena, sizeof *count);
        count->method = method;
        cmek_map_put_borrowed(&client->calls, method, count);
    }
    count->count++;
}

void cmek_gcp_client_defer(struct cmek_gcp_client *client, void (*work)(void *payload),
                           void *payload)
{
    *CMEK_VEC_ADD(&client->deferred) = (struct cmek_gcp_deferred){work, payload};
}

static bool has_deferred(const struct cmek_gcp_client *client)
{
    return client->next_deferred < client->deferred.count;
}

void cmek_gcp_client_catch_up(struct cmek_gcp_client *client)
{
    if (!has_deferred(client))
        return;
    struct cmek_gcp_deferred first = client->deferred.items[client->next_deferred++];
    if (!has_deferred(client))
        client->next_deferred = client->deferred.count = 0;
    first.work(first.payload);
}

struct turn {
    struct cmek_gcp_client *client;
    bool (*tick)(void *payload);
    void *payload;
};

/* Deferred work may make room for what only a tick begins. */
static bool take_turn(void *payload)
{
    const struct turn *turn = payload;
    struct cmek_gcp_client *client = turn->client;
    int64_t until_ms = cmek_monotonic_ms() + DEFERRED_MS;
    for (;;) {
        if (!turn->tick(turn->payload))
            client->is_stopping = true;
        if (!has_deferred(client) || cmek_monotonic_ms() >= until_ms)
            break;
        while (has_deferred(client) && cmek_monotonic_ms() < until_ms)
            cmek_gcp_client_catch_up(client);
    }
    return !client->is_stopping;
}

void cmek_gcp_client_run(struct cmek_gcp_client *client, bool (*tick)(void *payload), void *payload)
{
    struct turn turn = {client, tick, payload};
    client->is_stopping = false;
    do {
        cmek_http_run(client->engine, take_turn, &turn);
        take_turn(&turn);
    } while (client->outstanding > 0);
}
