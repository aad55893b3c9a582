/* SPDX-License-Identifier: Apache-2.0 */
/* What the inventory leaves to be asked directly. */
#include "base/strbuf.h"
#include "base/strings.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"

/* Keys of projects outside of the scopes; also one that was made too lately to be listed. */
static void read_unlisted_keys(struct cmek_gcp_scan *scan)
{
    for (struct cmek_map_entry *e = cmek_map_first(&scan->used_keys); e; e = cmek_map_next(e))
        if (!cmek_map_get(&scan->keys, cmek_map_key(e)))
            cmek_gcp_note_key(scan, cmek_map_key(e));
}

/* No inventory has these settings, and only leftovers of Container Registry are judged by them. */
static void read_redirection(struct cmek_gcp_scan *scan)
{
    const struct cmek_map *projects = &scan->registry_projects;
    for (struct cmek_map_entry *e = cmek_map_first(projects); e; e = cmek_map_next(e))
        cmek_gcp_read_settings(scan, NULL, cmek_map_key(e));
}

static void nodes_page(void *payload, const struct cmek_json *answer)
{
    struct cmek_gcp_scope *scope = payload;
    const struct cmek_json *assets = cmek_json_get(answer, "assets");
    struct cmek_arena arena = {0};
    for (size_t i = 0; i < cmek_json_count(assets); i++) {
        struct cmek_record record;
        cmek_arena_clear(&arena);
        if (cmek_asset_decode(/* catalogue= */ NULL, cmek_json_item(assets, i), &arena, &record,
                              NULL) != CMEK_OK)
            continue; /* told when it came the first time */
        struct cmek_gcp_node *node = cmek_gcp_place(scope->scan, &record.ancestors);
        if (!node)
            continue;
        node->in_scope = true;
        cmek_gcp_read_policies(scope->scan, node);
    }
    cmek_arena_done(&arena);
}

static void nodes_end(void *payload, const struct cmek_gcp_error *error)
{
    struct cmek_gcp_scope *scope = payload;
    if (error)
        cmek_gcp_gap(scope->scan, scope->node ? scope->node->ref : scope->name,
                     CMEK_OPERATION_LIST_HIERARCHY, error,
                     "which nodes to ask for their organization policies");
}

static void read_node_policies(struct cmek_gcp_scope *scope)
{
    struct cmek_strbuf types = {0};
    cmek_gcp_append_node_types(&types);
    cmek_gcp_list_assets(scope, &(struct cmek_gcp_listing){cmek_strbuf_text(&types),
                                                           "CONTENT_TYPE_UNSPECIFIED", nodes_page,
                                                           nodes_end, scope});
    cmek_strbuf_done(&types);
}

/* Without any ancestors in its assets there is no telling what governs the scope from above. */
static void report_unplaced(struct cmek_gcp_scope *scope)
{
    static const struct cmek_gcp_error error = {
        .word = "invalid-answer",
        .message = "its assets do not say consistently what lies above it"};
    if (!scope->node)
        cmek_gcp_gap(scope->scan, scope->name, CMEK_OPERATION_LIST_HIERARCHY, &error,
                     "its place in the hierarchy and the policies above it");
}

void cmek_gcp_read_rest(struct cmek_gcp_scan *scan)
{
    read_unlisted_keys(scan);
    read_redirection(scan);
    for (size_t i = 0; i < scan->options->scope_count; i++) {
        struct cmek_gcp_scope *scope = &scan->scopes[i];
        if (scope->state != CMEK_GCP_SCOPE_BY_INVENTORY)
            continue;
        report_unplaced(scope);
        if (scope->needs_node_policies)
            read_node_policies(scope);
    }
}

static bool needs_tags(const struct cmek_gcp_scope *scope)
{
    bool any = scope->has_condition || scope->needs_node_policies;
    for (const struct cmek_gcp_node *node = scope->node; node; node = node->above)
        any = any || node->has_condition;
    return any;
}

/* A listing of a folder holds neither what is bound above it nor the organization's keys and
 * values. Effective tags tell both: once for the scope's own node, and once for every value that no
 * asset describes, at a node that it is bound to. */
void cmek_gcp_read_rest_of_tags(struct cmek_gcp_scan *scan)
{
    bool any = false;
    for (size_t i = 0; i < scan->options->scope_count; i++) {
        struct cmek_gcp_scope *scope = &scan->scopes[i];
        if (scope->state != CMEK_GCP_SCOPE_BY_INVENTORY || !scope->node || !needs_tags(scope))
            continue;
        any = true;
        if (scope->node->above)
            cmek_gcp_read_tags(scan, scope->node);
    }
    const struct cmek_map *bound = &scan->bound_values;
    for (struct cmek_map_entry *e = cmek_map_first(bound); any && e; e = cmek_map_next(e))
        if (!cmek_map_get(&scan->tag_values, cmek_map_key(e)))
            cmek_gcp_read_tags(scan, cmek_gcp_node_named(scan, cmek_map_value(e)));
}
