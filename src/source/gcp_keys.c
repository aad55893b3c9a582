/* SPDX-License-Identifier: Apache-2.0 */
/* The keys in use, and the tags that conditions ask for: Cloud KMS v1, Resource Manager v3. */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "http/engine.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"
#include "json/writer.h"

static void key_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    cmek_gcp_emit(task->scan, NULL, "cloudkms.googleapis.com/CryptoKey", "cloudkms.googleapis.com",
                  task->scope, answer);
}

static void note_project(struct cmek_gcp_scan *scan, const struct cmek_key_name *parts)
{
    struct cmek_strbuf ref = {0};
    cmek_strbuf_puts(&ref, "projects/");
    cmek_strbuf_append(&ref, parts->project, parts->project_length);
    cmek_map_put(&scan->key_projects, cmek_strbuf_text(&ref), scan);
    cmek_strbuf_done(&ref);
}

void cmek_gcp_note_key(struct cmek_gcp_scan *scan, const char *name)
{
    size_t length = cmek_key_name_length(name);
    struct cmek_key_name parts;
    if (cmek_map_get_n(&scan->keys, name, length) || !cmek_key_name_parse(name, &parts))
        return; /* a malformed name is no address to ask at */
    const char *key = cmek_arena_strndup(&scan->arena, name, length);
    cmek_map_put_borrowed(&scan->keys, key, scan);
    note_project(scan, &parts);
    struct cmek_strbuf path = {0};
    cmek_strbuf_puts(&path, "v1/");
    cmek_gcp_append_path(&path, key);
    cmek_gcp_ask(scan, NULL, key, CMEK_GCP_KEY_STATE,
                 (struct cmek_gcp_call){
                     .api = CMEK_GCP_KMS,
                     .method = "cloudkms.cryptoKeys.get",
                     .path = cmek_strbuf_text(&path),
                     .query = "fields=name,purpose,primary(name,state)",
                     .page = key_page,
                 });
    cmek_strbuf_done(&path);
}

/* Effective tags come with everything that the three assets of a binding would tell; written down
 * as those, they read the same from a collected file. */
static void emit_tag_asset(struct cmek_gcp_scan *scan, const char *asset_type, const char *name,
                           const char *const members[][2], size_t count)
{
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    for (size_t i = 0; i < count; i++)
        if (members[i][1])
            cmek_json_member_text(&writer, members[i][0], members[i][1]);
    cmek_json_end_object(&writer);
    struct cmek_json *data = NULL;
    if (cmek_json_parse(cmek_strbuf_text(&text), text.length, &data, NULL) == CMEK_OK)
        cmek_gcp_emit(scan, NULL, asset_type, "cloudresourcemanager.googleapis.com", name, data);
    cmek_json_free(data);
    cmek_strbuf_done(&text);
}

static void emit_effective_tag(struct cmek_gcp_task *task, const struct cmek_json *tag)
{
    const char *key = cmek_json_peek(cmek_json_get(tag, "tagKey"));
    const char *value = cmek_json_peek(cmek_json_get(tag, "tagValue"));
    const char *key_name = cmek_json_peek(cmek_json_get(tag, "namespacedTagKey"));
    const char *value_name = cmek_json_peek(cmek_json_get(tag, "namespacedTagValue"));
    if (!key || !value)
        return;
    struct cmek_arena arena = {0};
    const char *const key_members[][2] = {
        {"name", key},
        {"parent", cmek_json_peek(cmek_json_get(tag, "tagKeyParentName"))},
        {"shortName", key_name ? cmek_short_name(key_name) : NULL},
        {"namespacedName", key_name},
    };
    emit_tag_asset(task->scan, "cloudresourcemanager.googleapis.com/TagKey", key, key_members, 4);
    const char *const value_members[][2] = {
        {"name", value},
        {"parent", key},
        {"shortName", value_name ? cmek_short_name(value_name) : NULL},
        {"namespacedName", value_name},
    };
    emit_tag_asset(task->scan, "cloudresourcemanager.googleapis.com/TagValue", value, value_members,
                   4);
    const char *project =
        cmek_arena_printf(&arena, "//cloudresourcemanager.googleapis.com/%s", task->node->ref);
    struct cmek_strbuf binding = {0};
    cmek_strbuf_puts(&binding, "tagBindings/");
    cmek_url_encode(&binding, project);
    cmek_strbuf_printf(&binding, "/%s", value);
    const char *const binding_members[][2] = {
        {"name", cmek_strbuf_text(&binding)},
        {"parent", project},
        {"tagValue", value},
        {"tagValueNamespacedName", value_name},
    };
    emit_tag_asset(task->scan, "cloudresourcemanager.googleapis.com/TagBinding",
                   cmek_strbuf_text(&binding), binding_members, 4);
    cmek_strbuf_done(&binding);
    cmek_arena_done(&arena);
}

static void tags_page(void *payload, const struct cmek_json *answer)
{
    const struct cmek_json *tags = cmek_json_get(answer, "effectiveTags");
    for (size_t i = 0; i < cmek_json_count(tags); i++)
        emit_effective_tag(payload, cmek_json_item(tags, i));
}

void cmek_gcp_read_tags(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    struct cmek_strbuf query = {0};
    cmek_strbuf_puts(&query, "parent=");
    cmek_url_encode(&query, "//cloudresourcemanager.googleapis.com/");
    cmek_url_encode(&query, node->ref);
    cmek_strbuf_puts(&query, "&fields=nextPageToken,effectiveTags(tagKey,tagValue,namespacedTagKey,"
                             "namespacedTagValue,tagKeyParentName)");
    cmek_gcp_ask(scan, node, node->ref, "its tags, so conditional policies above it are undecided",
                 (struct cmek_gcp_call){
                     .api = CMEK_GCP_RESOURCE_MANAGER,
                     .method = "cloudresourcemanager.effectiveTags.list",
                     .list = "effectiveTags",
                     .item_key = "tagValue",
                     .path = "v3/effectiveTags",
                     .query = cmek_strbuf_text(&query),
                     .page_size = "pageSize=300",
                     .page = tags_page,
                 });
    cmek_strbuf_done(&query);
}
