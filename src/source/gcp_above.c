/* SPDX-License-Identifier: Apache-2.0 */
/* What lies above a scope that the inventory shows: assets name their ancestors, but no listing of
 * the scope holds them or what is set there. */
#include <string.h>

#include "base/strbuf.h"
#include "model/names.h"
#include "source/gcp_scan.h"

struct cmek_gcp_node *cmek_gcp_place(struct cmek_gcp_scan *scan, const struct cmek_strings *refs)
{
    struct cmek_gcp_node *bottom = NULL, *below = NULL;
    for (size_t i = 0; i < refs->count; i++) {
        enum cmek_node_kind kind;
        const char *id;
        if (!cmek_node_ref_parse(refs->items[i], &kind, &id))
            return NULL;
        struct cmek_gcp_node *node = cmek_gcp_node_named(scan, refs->items[i]);
        if (below && below->above != node && (below->above || !cmek_gcp_put_below(below, node)))
            return NULL;
        if (!below)
            bottom = node;
        if (kind == CMEK_NODE_ORGANIZATION || (refs->count == 1 && kind == CMEK_NODE_PROJECT))
            node->is_top = true;
        below = node;
    }
    return bottom;
}

static void name_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_task *task = payload;
    cmek_gcp_take_node(task->scan, answer);
}

/* Its place is known without an answer: only what people call it is not. */
static void emit_unnamed(struct cmek_gcp_scan *scan, const struct cmek_gcp_node *node)
{
    static const enum cmek_asset_kind kinds[] = {
        [CMEK_NODE_ORGANIZATION] = CMEK_ASSET_ORGANIZATION,
        [CMEK_NODE_FOLDER] = CMEK_ASSET_FOLDER,
        [CMEK_NODE_PROJECT] = CMEK_ASSET_PROJECT,
    };
    enum cmek_node_kind kind = CMEK_NODE_FOLDER;
    const char *id;
    cmek_node_ref_parse(node->ref, &kind, &id);
    cmek_gcp_emit(scan, node, cmek_asset_type_name(kinds[kind]),
                  "cloudresourcemanager.googleapis.com", node->ref, /* data= */ NULL);
}

static void read_name(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    if (node->name_asked)
        return;
    node->name_asked = true;
    emit_unnamed(scan, node);
    struct cmek_strbuf path = {0};
    struct cmek_gcp_call call = cmek_gcp_node_call(node->ref, &path);
    call.page = name_page;
    cmek_gcp_ask(scan, node, node->ref, /* missing= */ NULL, call);
    cmek_strbuf_done(&path);
}

void cmek_gcp_read_above(struct cmek_gcp_scan *scan, struct cmek_gcp_node *node)
{
    struct cmek_gcp_node *top = node;
    for (struct cmek_gcp_node *above = node->above; above; above = above->above) {
        read_name(scan, above);
        cmek_gcp_read_policies(scan, above);
        top = above;
    }
    if (cmek_str_starts(top->ref, "organizations/"))
        cmek_gcp_read_constraints(scan, top);
}
