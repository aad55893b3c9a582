/* SPDX-License-Identifier: Apache-2.0 */
/* The assets of a file as Cloud Asset Inventory keeps them. */
#include <string.h>

#include "demo/index_build.h"
#include "model/names.h"
#include "json/json.h"
#include "json/writer.h"

static const char *text_at(const struct cmek_json *data, const char *name, struct cmek_arena *arena)
{
    return cmek_json_string(cmek_json_get(data, name), arena);
}

/* `https://www.googleapis.com/discovery/v1/apis/storage/v1/rest` and "Bucket". */
static void write_discovery(struct cmek_json_writer *writer, const char *type,
                            struct cmek_arena *arena)
{
    cmek_json_member_text(
        writer, "discoveryDocumentUri",
        cmek_arena_printf(arena, "https://www.googleapis.com/discovery/v1/apis/%.*s/v1/rest",
                          (int)strcspn(type, "."), type));
    cmek_json_member_text(writer, "discoveryName", cmek_short_name(type));
}

static const char *resource_json(const struct cmek_demo_asset *asset, struct cmek_arena *arena)
{
    struct cmek_strbuf text = {0}, data = {0};
    struct cmek_json_writer writer;
    cmek_json_print(asset->data, &data);
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "version", asset->version ? asset->version : "v1");
    write_discovery(&writer, asset->type, arena);
    if (asset->location)
        cmek_json_member_text(&writer, "location", asset->location);
    cmek_json_key(&writer, "data");
    cmek_json_raw(&writer, cmek_strbuf_text(&data));
    cmek_json_end_object(&writer);
    const char *copy = cmek_arena_strndup(arena, cmek_strbuf_text(&text), text.length);
    cmek_strbuf_done(&data);
    cmek_strbuf_done(&text);
    return copy;
}

void cmek_demo_index_add_asset(struct cmek_demo_index *index, const struct cmek_demo_asset *asset)
{
    struct cmek_arena *arena = &index->arena;
    const char *ref = cmek_node_ref_of(asset->name, arena);
    struct cmek_demo_node *node = cmek_demo_index_node(index, ref);
    bool is_node = node != NULL;
    if (!node)
        node = cmek_demo_index_home(index, asset, cmek_demo_relative_name(asset->name));
    if (!node)
        return;
    const char *state = text_at(asset->data, "state", arena);
    *CMEK_VEC_ADD(&index->assets) = (struct cmek_demo_asset_item){
        .name = cmek_arena_strdup(arena, asset->name),
        .type = cmek_arena_strdup(arena, asset->type),
        .updated = asset->updated ? cmek_arena_strdup(arena, asset->updated) : NULL,
        .state = state ? state : text_at(asset->data, "lifecycleState", arena),
        .json = resource_json(asset, arena),
        .parent = asset->parent ? cmek_arena_strdup(arena, asset->parent) : NULL,
        .node = node,
        .is_node = is_node,
    };
}
