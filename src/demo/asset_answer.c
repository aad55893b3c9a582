/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/asset_answer.h"

#include <string.h>

#include "base/strings.h"
#include "demo/index.h"
#include "demo/policy_v1.h"
#include "model/asset_type.h"
#include "model/names.h"
#include "json/json.h"
#include "json/writer.h"

#define RESOURCE_MANAGER "//cloudresourcemanager.googleapis.com/"

bool cmek_demo_asset_has(const struct cmek_demo_asset_item *asset, enum cmek_demo_content content)
{
    if (content != CMEK_DEMO_CONTENT_ORG_POLICY)
        return true;
    const struct cmek_demo_items *policies = &asset->node->lists[CMEK_DEMO_POLICIES];
    for (size_t i = 0; asset->is_node && i < policies->count; i++)
        if (cmek_str_eq(policies->items[i]->status, "live"))
            return true;
    return false;
}

static void write_ancestors(const struct cmek_demo_asset_item *asset,
                            struct cmek_json_writer *writer)
{
    cmek_json_key(writer, "ancestors");
    cmek_json_begin_array(writer);
    for (const struct cmek_demo_node *node = asset->node; node; node = node->parent)
        cmek_json_text(writer, node->name);
    cmek_json_end_array(writer);
}

/* What the asset says is its parent, else the node that it lies in. */
static const char *parent_of(const struct cmek_demo_asset_item *asset, struct cmek_arena *arena)
{
    const char *ref = asset->is_node ? asset->node->parent_name : asset->node->name;
    if (asset->parent || !ref)
        return asset->parent;
    return cmek_arena_printf(arena, RESOURCE_MANAGER "%s", ref);
}

static void write_resource(const struct cmek_demo_asset_item *asset, struct cmek_arena *arena,
                           struct cmek_json_writer *writer)
{
    const char *parent = parent_of(asset, arena);
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, "{");
    if (parent) {
        struct cmek_json_writer head;
        struct cmek_strbuf quoted = {0};
        cmek_json_writer_init(&head, &quoted, 0);
        cmek_json_text(&head, parent);
        cmek_strbuf_printf(&text, "\"parent\":%s,", cmek_strbuf_text(&quoted));
        cmek_strbuf_done(&quoted);
    }
    cmek_strbuf_puts(&text, asset->json + 1); /* an object with members: goes on after its brace */
    cmek_json_key(writer, "resource");
    cmek_json_raw(writer, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
}

void cmek_demo_asset_write(const struct cmek_demo_asset_item *asset, enum cmek_demo_content content,
                           struct cmek_arena *arena, struct cmek_json_writer *writer)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name", asset->name);
    cmek_json_member_text(writer, "assetType", asset->type);
    if (content == CMEK_DEMO_CONTENT_RESOURCE)
        write_resource(asset, arena, writer);
    if (content == CMEK_DEMO_CONTENT_ORG_POLICY) {
        cmek_json_key(writer, "orgPolicy");
        cmek_demo_write_v1_policies(&asset->node->lists[CMEK_DEMO_POLICIES], arena, writer);
    }
    write_ancestors(asset, writer);
    if (asset->updated)
        cmek_json_member_text(writer, "updateTime", asset->updated);
    cmek_json_end_object(writer);
}

/* Search results */

static void member_from(struct cmek_json_writer *writer, const char *name,
                        const struct cmek_json *data, const char *path, struct cmek_arena *arena)
{
    const char *text = cmek_json_string(cmek_json_get_path(data, path), arena);
    if (text && text[0] != '\0')
        cmek_json_member_text(writer, name, text);
}

static void write_key(const struct cmek_demo_asset_item *asset, const struct cmek_json *data,
                      struct cmek_arena *arena, struct cmek_json_writer *writer)
{
    static const struct {
        const char *asset_type, *path;
    } keyed[] = {
        {CMEK_TYPE_BUCKET, "encryption.defaultKmsKeyName"},
        {CMEK_TYPE_TOPIC, "kmsKeyName"},
        {CMEK_TYPE_REPOSITORY, "kmsKeyName"},
    };
    const char *key = NULL;
    for (size_t i = 0; i < sizeof keyed / sizeof *keyed && !key; i++)
        if (strcmp(asset->type, keyed[i].asset_type) == 0)
            key = cmek_json_string(cmek_json_get_path(data, keyed[i].path), arena);
    if (!key || key[0] == '\0')
        return;
    cmek_json_key(writer, "kmsKeys");
    cmek_json_begin_array(writer);
    cmek_json_text(writer, key);
    cmek_json_end_array(writer);
}

static void write_place(const struct cmek_demo_asset_item *asset, struct cmek_json_writer *writer)
{
    const struct cmek_demo_node *node = asset->node;
    if (cmek_str_starts(node->name, "projects/"))
        cmek_json_member_text(writer, "project", node->name);
    bool is_open = false;
    for (; node && !cmek_str_starts(node->name, "organizations/"); node = node->parent) {
        if (!cmek_str_starts(node->name, "folders/"))
            continue;
        if (!is_open) {
            cmek_json_key(writer, "folders");
            cmek_json_begin_array(writer);
            is_open = true;
        }
        cmek_json_text(writer, node->name);
    }
    if (is_open)
        cmek_json_end_array(writer);
    if (node)
        cmek_json_member_text(writer, "organization", node->name);
}

void cmek_demo_asset_write_result(const struct cmek_demo_asset_item *asset,
                                  struct cmek_arena *arena, struct cmek_json_writer *writer)
{
    struct cmek_json *resource = NULL;
    if (cmek_json_parse(asset->json, strlen(asset->json), &resource, NULL) != CMEK_OK)
        resource = NULL;
    const struct cmek_json *data = cmek_json_get(resource, "data");
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "name", asset->name);
    cmek_json_member_text(writer, "assetType", asset->type);
    write_place(asset, writer);
    if (asset->is_node && asset->node->display_name)
        cmek_json_member_text(writer, "displayName", asset->node->display_name);
    member_from(writer, "location", resource, "location", arena);
    write_key(asset, data, arena, writer);
    if (asset->state)
        cmek_json_member_text(writer, "state", asset->state);
    member_from(writer, "createTime", data, "createTime", arena);
    if (asset->updated)
        cmek_json_member_text(writer, "updateTime", asset->updated);
    const char *parent = parent_of(asset, arena);
    if (parent)
        cmek_json_member_text(writer, "parentFullResourceName", parent);
    cmek_json_end_object(writer);
    cmek_json_free(resource);
}
