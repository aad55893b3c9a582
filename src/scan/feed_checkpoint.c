/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/feed_checkpoint.h"

#include "base/sha256.h"
#include "base/strbuf.h"
#include "cmekscan/version.h"
#include "model/catalogue.h"
#include "source/checkpoint.h"

static const char *join(const char *const *items, size_t count, struct cmek_arena *arena)
{
    struct cmek_strbuf text = {0};
    for (size_t i = 0; i < count; i++)
        cmek_strbuf_printf(&text, "%s%s", i > 0 ? " " : "", items[i]);
    const char *joined = cmek_arena_strdup(arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return joined;
}

/* Of all asset types that are read. */
static const char *digest(const struct cmek_catalogue *catalogue, struct cmek_arena *arena)
{
    char hex[CMEK_SHA256_HEX_SIZE];
    struct cmek_strings types = cmek_catalogue_selected_types(catalogue, arena);
    cmek_sha256_hex(types.items, types.count, hex);
    return cmek_arena_strdup(arena, hex);
}

enum cmek_status cmek_feed_checkpoint_open(const struct cmek_feed_options *options,
                                           const struct cmek_credentials *credentials,
                                           const char *quota_project, struct cmek_arena *arena,
                                           struct cmek_checkpoint **ret_checkpoint,
                                           const char **ret_note, struct cmek_error *err)
{
    static const char *const vias[] = {
        [CMEK_GCP_VIA_AUTO] = "auto",
        [CMEK_GCP_VIA_INVENTORY] = "inventory",
        [CMEK_GCP_VIA_DIRECT] = "direct",
    };
    struct cmek_strings services = cmek_catalogue_selected_services(options->catalogue, arena);
    const struct cmek_shard *shard = &options->shard;
    const struct cmek_checkpoint_fact facts[] = {
        {"version", CMEKSCAN_VERSION " " CMEKSCAN_COMMIT},
        {"scopes", join(options->scopes.items, options->scopes.count, arena)},
        {"shard",
         shard->count > 0 ? cmek_arena_printf(arena, "%u/%u", shard->index, shard->count) : NULL},
        {"via", vias[options->via]},
        {"services", join(services.items, services.count, arena)},
        {"catalogue", digest(options->catalogue, arena)},
        {"endpoints", join(options->endpoints.base, CMEK_GCP_API_COUNT_, arena)},
        {"credentials", credentials ? cmek_credentials_describe(credentials) : NULL},
        {"quota project", quota_project},
    };
    return cmek_checkpoint_open(options->checkpoint, facts, sizeof facts / sizeof *facts, arena,
                                ret_checkpoint, ret_note, err);
}
