/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "demo/index.h"
#include "demo/index_build.h"
#include "model/inventory.h"
#include "source/asset.h"
#include "source/asset_lines.h"
#include "json/decode.h"
#include "json/json.h"

/* https://cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/exportAssets: Asset, in
 * the two spellings that exports come in. */
struct asset_line {
    const char *name, *type, *updated;
    struct cmek_strings ancestors;
    struct resource_part {
        const struct cmek_json *data;
        const char *parent, *version, *location;
    } resource;
};

static const struct cmek_json_field resource_fields[] = {
    CMEK_JSON_FIELD(struct resource_part, data, "data", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct resource_part, parent, "parent", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct resource_part, version, "version", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct resource_part, location, "location", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field asset_fields[] = {
    CMEK_JSON_FIELD(struct asset_line, name, "name", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD_ALIAS(struct asset_line, type, "assetType", "asset_type", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD_ALIAS(struct asset_line, updated, "updateTime", "update_time",
                          CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct asset_line, ancestors, "ancestors", CMEK_JSON_OPTIONAL),
    CMEK_JSON_OBJECT_FIELD(struct asset_line, resource, "resource", NULL, resource_fields),
    CMEK_JSON_END,
};

struct loaded {
    struct cmek_demo_asset asset;
    struct cmek_time updated;
    struct cmek_json *document;
};

struct cmek_demo_loader {
    struct cmek_arena arena;
    CMEK_VEC(struct loaded *) assets;
    struct cmek_map by_name; /* "TYPE NAME" */
    struct cmek_inventory *inventory;
    struct cmek_strings inventory_types; /* borrowed */
};

struct cmek_demo_loader *cmek_demo_loader_new(struct cmek_strings inventory_types)
{
    struct cmek_demo_loader *loader = cmek_calloc(1, sizeof *loader);
    loader->inventory = cmek_inventory_new();
    loader->inventory_types = inventory_types;
    return loader;
}

void cmek_demo_loader_free(struct cmek_demo_loader *loader)
{
    if (!loader)
        return;
    for (size_t i = 0; i < loader->assets.count; i++)
        cmek_json_free(loader->assets.items[i]->document);
    CMEK_VEC_DONE(&loader->assets);
    cmek_map_done(&loader->by_name);
    cmek_inventory_free(loader->inventory);
    cmek_arena_done(&loader->arena);
    free(loader);
}

static bool add_document(struct cmek_demo_loader *loader, struct cmek_json *document)
{
    struct asset_line line = {0};
    if (cmek_json_decode(document, asset_fields, &loader->arena, &line, NULL) != CMEK_OK)
        return false;
    /* A line without resource data (IAM policies, org_policy content) replaces nothing. */
    if (!cmek_demo_asset_is_served(&loader->inventory_types, line.type) ||
        cmek_json_kind(line.resource.data) != CMEK_JSON_OBJECT)
        return false;
    struct cmek_time updated = {0};
    cmek_time_parse(line.updated ? line.updated : "", &updated);
    char *key = cmek_arena_printf(&loader->arena, "%s %s", line.type, line.name);
    struct loaded *loaded = cmek_map_get(&loader->by_name, key);
    if (loaded && cmek_time_compare(updated, loaded->updated) < 0)
        return false;
    if (loaded) {
        cmek_json_free(loaded->document);
    } else {
        loaded = cmek_arena_alloc(&loader->arena, sizeof *loaded);
        *CMEK_VEC_ADD(&loader->assets) = loaded;
        cmek_map_put_borrowed(&loader->by_name, key, loaded);
    }
    *loaded = (struct loaded){
        .asset = {.name = line.name,
                  .type = line.type,
                  .data = line.resource.data,
                  .parent = line.resource.parent,
                  .version = line.resource.version,
                  .location = line.resource.location,
                  .updated = line.updated,
                  .ancestors = line.ancestors},
        .updated = updated,
        .document = document,
    };
    return true;
}

/* Effective policies are worked out by the scanner's own engine, which wants the scanner's own
 * inventory; resources and keys are none of its business here. */
static void add_to_inventory(struct cmek_demo_loader *loader, const struct cmek_json *document)
{
    struct cmek_arena arena = {0};
    struct cmek_record record;
    if (cmek_asset_decode(/* catalogue= */ NULL, document, &arena, &record, NULL) == CMEK_OK &&
        record.kind != CMEK_ASSET_CRYPTO_KEY)
        cmek_inventory_add(loader->inventory, &record);
    cmek_arena_done(&arena);
}

/* The demo cloud serves what it understands; judging malformed lines is the scanner's work. */
static enum cmek_status take_line(void *payload, const struct cmek_line_origin *origin,
                                  const char *text, size_t length, struct cmek_error *err)
{
    (void)origin;
    (void)err;
    struct cmek_json *document = NULL;
    if (cmek_json_parse(text, length, &document, NULL) != CMEK_OK)
        return CMEK_OK;
    add_to_inventory(payload, document);
    if (!add_document(payload, document))
        cmek_json_free(document);
    return CMEK_OK;
}

enum cmek_status cmek_demo_loader_file(struct cmek_demo_loader *loader, const char *path,
                                       struct cmek_error *err)
{
    const struct cmek_line_handler handler = {.line = take_line, .payload = loader};
    return cmek_asset_lines_read(path, &handler, err);
}

void cmek_demo_loader_bytes(struct cmek_demo_loader *loader, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        if (!stop)
            stop = end;
        if (take_line(loader, NULL, bytes, (size_t)(stop - bytes), NULL) != CMEK_OK)
            return;
        bytes = stop + 1;
    }
}

enum cmek_status cmek_demo_loader_finish(struct cmek_demo_loader *loader,
                                         struct cmek_demo_index **ret_index, struct cmek_error *err)
{
    if (loader->assets.count == 0)
        return cmek_fail(err, CMEK_E_INVALID,
                         "the assets hold nothing that the demo cloud can serve");
    struct cmek_demo_index *index = cmek_calloc(1, sizeof *index);
    index->inventory_types = loader->inventory_types;
    for (int phase = 0; phase < CMEK_DEMO_BUILD_PHASES; phase++)
        for (size_t i = 0; i < loader->assets.count; i++)
            cmek_demo_index_add(index, &loader->assets.items[i]->asset, phase);
    cmek_demo_index_join(index);
    cmek_inventory_finish(loader->inventory);
    index->inventory = CMEK_TAKE(loader->inventory);
    *ret_index = index;
    return CMEK_OK;
}
