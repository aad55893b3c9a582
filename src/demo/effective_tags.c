/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/resource-manager/reference/rest/v3/effectiveTags */
#include "demo/effective_tags.h"

#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/page.h"

static void member_if(struct cmek_json_writer *writer, const char *name, const char *text)
{
    if (text)
        cmek_json_member_text(writer, name, text);
}

static const char *tag_json(struct cmek_demo_call *call, const struct cmek_demo_tag *value,
                            bool inherited)
{
    const struct cmek_demo_tag *key =
        value->parent ? cmek_map_get(&call->index->tags, value->parent) : NULL;
    struct cmek_strbuf text = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &text, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "tagValue", value->id);
    member_if(&writer, "namespacedTagValue", value->namespaced_name);
    member_if(&writer, "tagKey", value->parent);
    member_if(&writer, "namespacedTagKey", key ? key->namespaced_name : NULL);
    member_if(&writer, "tagKeyParentName", key ? key->parent : NULL);
    if (inherited)
        cmek_json_member_bool(&writer, "inherited", true);
    cmek_json_end_object(&writer);
    const char *json = cmek_arena_strdup(&call->arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return json;
}

static bool has_key(const struct cmek_demo_items *items, const char *key)
{
    for (size_t i = 0; i < items->count; i++)
        if (cmek_str_eq(items->items[i]->status, key))
            return true;
    return false;
}

/* status holds the tag key, so that a nearer binding hides farther ones. */
static void collect(struct cmek_demo_call *call, struct cmek_demo_items *items)
{
    for (const struct cmek_demo_node *node = call->node; node; node = node->parent)
        for (size_t i = 0; i < node->tag_values.count; i++) {
            const struct cmek_demo_tag *value =
                cmek_map_get(&call->index->tags, node->tag_values.items[i]);
            if (!value || has_key(items, value->parent))
                continue;
            struct cmek_demo_item *item = cmek_arena_alloc(&call->arena, sizeof *item);
            item->name = value->id;
            item->status = value->parent;
            item->json = tag_json(call, value, node != call->node);
            *CMEK_VEC_ADD(items) = item;
        }
}

void cmek_demo_list_effective_tags(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "effectiveTags",
                                                   .default_size = 100,
                                                   .max_size = 300};
    if (!call->scope) {
        cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid parent: expected a full resource name");
        return;
    }
    if (!call->node) {
        cmek_demo_fail_denied(call, call->scope);
        return;
    }
    struct cmek_demo_items items = {0};
    collect(call, &items);
    cmek_demo_page_answer(call, &paging, &items, NULL, NULL);
    CMEK_VEC_DONE(&items);
}
