/* SPDX-License-Identifier: Apache-2.0 */
/* The assets of an inventory's listing: records as of a file, and what they leave to be asked. */
#include <string.h>

#include "base/strings.h"
#include "model/names.h"
#include "source/asset.h"
#include "source/gcp_scan.h"
#include "json/json.h"

/* Every asset in a scope names it among its ancestors, and after it what lies above. */
static void place_scope(struct cmek_gcp_scope *scope, const struct cmek_record *record)
{
    bool is_project = cmek_str_starts(scope->name, "projects/");
    struct cmek_strings above = record->ancestors;
    while (above.count > 0 && (is_project ? !cmek_str_starts(above.items[0], "projects/")
                                          : strcmp(above.items[0], scope->name) != 0)) {
        above.items++;
        above.count--;
    }
    if (above.count == 0)
        return;
    scope->node = cmek_gcp_place(scope->scan, &above);
    if (scope->node) {
        scope->node->in_scope = true;
        cmek_gcp_read_above(scope->scan, scope->node);
    }
}

static void cover(struct cmek_gcp_scope *scope, const char *name)
{
    struct cmek_gcp_scope *other = cmek_map_get(&scope->scan->scope_names, name);
    if (other && other != scope && other->state == CMEK_GCP_SCOPE_WAITING)
        other->state = CMEK_GCP_SCOPE_COVERED;
}

static void take_node(struct cmek_gcp_scope *scope, const struct cmek_record *record,
                      struct cmek_arena *arena)
{
    struct cmek_gcp_scan *scan = scope->scan;
    scan->progress.nodes++;
    if (record->has_ancestors)
        cover(scope, record->ancestors.items[0]);
    if (record->kind != CMEK_ASSET_PROJECT)
        return;
    scan->progress.projects_known++;
    scan->progress.projects_done++;
    if (record->data.node.id)
        cover(scope, cmek_arena_printf(arena, "projects/%s", record->data.node.id));
}

static bool spec_has_condition(const struct cmek_policy_spec *spec)
{
    bool any = spec->state == CMEK_SPEC_UNREADABLE;
    for (size_t i = 0; i < spec->rule_count; i++)
        any = any || spec->rules[i].condition;
    return any;
}

static void note_used_key(struct cmek_gcp_scan *scan, const char *key, struct cmek_arena *arena)
{
    key = cmek_arena_strndup(arena, key, cmek_key_name_length(key));
    if (!cmek_map_get(&scan->used_keys, key))
        cmek_map_put(&scan->used_keys, key, scan);
}

static void take_resource(struct cmek_gcp_scope *scope, const struct cmek_record *record,
                          struct cmek_arena *arena)
{
    struct cmek_gcp_scan *scan = scope->scan;
    const struct cmek_resource_data *resource = &record->data.resource;
    scan->progress.resources++;
    if (resource->kms_key)
        note_used_key(scan, resource->kms_key, arena);
    for (size_t i = 0; i < resource->more_keys.count; i++)
        note_used_key(scan, resource->more_keys.items[i], arena);
    if (record->has_ancestors && cmek_str_eq(record->asset_type, CMEK_TYPE_BUCKET) &&
        cmek_registry_bucket_project(cmek_short_name(record->name), arena))
        cmek_map_put(&scan->registry_projects, record->ancestors.items[0], scan);
}

/* The inventory lists a scope as a whole. */
static bool is_of_another_shard(const struct cmek_gcp_scan *scan, const struct cmek_record *record)
{
    const char *project = record->ancestors.count > 0
                              ? cmek_str_after(record->ancestors.items[0], "projects/")
                              : NULL;
    return project && !cmek_shard_holds(scan->options->shard, project);
}

static void take_binding(struct cmek_gcp_scope *scope, const struct cmek_record *record)
{
    struct cmek_gcp_scan *scan = scope->scan;
    const struct cmek_tag_binding_data *binding = &record->data.binding;
    if (binding->node && binding->value && !cmek_map_get(&scan->bound_values, binding->value))
        cmek_map_put(&scan->bound_values, binding->value,
                     cmek_arena_strdup(&scan->arena, binding->node));
}

/* False: of no interest. */
static bool note_record(struct cmek_gcp_scope *scope, const struct cmek_record *record,
                        struct cmek_arena *arena)
{
    struct cmek_gcp_scan *scan = scope->scan;
    const char *key = cmek_str_after(record->name, "//cloudkms.googleapis.com/");
    switch (record->kind) {
    case CMEK_ASSET_ORGANIZATION:
    case CMEK_ASSET_FOLDER:
    case CMEK_ASSET_PROJECT:
        take_node(scope, record, arena);
        return true;
    case CMEK_ASSET_POLICY:
        scope->policies++;
        scope->has_condition |= spec_has_condition(&record->data.policy.policy.live) ||
                                spec_has_condition(&record->data.policy.policy.dry_run);
        return record->data.policy.constraint != CMEK_CONSTRAINT_COUNT_;
    case CMEK_ASSET_CRYPTO_KEY:
        if (key && record->has_data)
            cmek_map_put(&scan->keys, key, scan);
        return true;
    case CMEK_ASSET_TAG_VALUE:
        if (record->data.tag.id && record->has_data)
            cmek_map_put(&scan->tag_values, record->data.tag.id, scan);
        return true;
    case CMEK_ASSET_TAG_BINDING:
        take_binding(scope, record);
        return true;
    case CMEK_ASSET_RESOURCE:
        if (is_of_another_shard(scan, record))
            return false;
        take_resource(scope, record, arena);
        return true;
    case CMEK_ASSET_TAG_KEY:
        return true;
    case CMEK_ASSET_OTHER:
    case CMEK_ASSET_CONSTRAINT:
    case CMEK_ASSET_SERVICE:
    case CMEK_ASSET_REGISTRY_SETTINGS:
    case CMEK_ASSET_COVERAGE_GAP: /* ours: nothing that an inventory has to say */
    case CMEK_ASSET_COLLECTION:
        return false;
    }
    return false;
}

/* False where the item is no asset; that is said. */
static bool decode(struct cmek_gcp_scope *scope, const struct cmek_json *item,
                   struct cmek_arena *arena, struct cmek_record *ret_record)
{
    struct cmek_error err = {0};
    if (cmek_asset_decode(scope->scan->options->catalogue, item, arena, ret_record, &err) ==
        CMEK_OK) {
        ret_record->lags = true;
        return true;
    }
    const char *name = cmek_json_peek(cmek_json_get(item, "name"));
    const struct cmek_gcp_error error = {.word = "invalid-answer", .message = err.message};
    cmek_gcp_gap(scope->scan, scope->name, "cloudasset.assets.read", &error,
                 cmek_arena_printf(arena, "the asset %.200s", name ? name : "without a name"));
    return false;
}

void cmek_gcp_take_asset(struct cmek_gcp_scope *scope, const struct cmek_json *asset,
                         struct cmek_arena *arena)
{
    const struct cmek_record_sink *sink = scope->scan->sink;
    struct cmek_record record;
    cmek_arena_clear(arena);
    if (!decode(scope, asset, arena, &record))
        return;
    scope->assets++;
    if (!scope->node && record.has_ancestors)
        place_scope(scope, &record);
    if (note_record(scope, &record, arena))
        sink->record(sink->payload, &record);
}

void cmek_gcp_take_assets(struct cmek_gcp_scope *scope, const struct cmek_json *answer)
{
    const struct cmek_json *assets = cmek_json_get(answer, "assets");
    struct cmek_arena arena = {0};
    for (size_t i = 0; i < cmek_json_count(assets); i++)
        cmek_gcp_take_asset(scope, cmek_json_item(assets, i), &arena);
    cmek_arena_done(&arena);
}

/* v1 policies stand for themselves only where no v2 policy is read beside them: those above a
 * folder or of another scope would hide them. */
static bool can_use_v1(const struct cmek_gcp_scope *scope)
{
    return scope->scan->options->scope_count == 1 && cmek_str_starts(scope->name, "organizations/");
}

void cmek_gcp_take_v1_policies(struct cmek_gcp_scope *scope, const struct cmek_json *answer)
{
    struct cmek_gcp_scan *scan = scope->scan;
    const struct cmek_json *assets = cmek_json_get(answer, "assets");
    struct cmek_arena arena = {0};
    for (size_t i = 0; i < cmek_json_count(assets); i++) {
        struct cmek_record record;
        cmek_arena_clear(&arena);
        if (!decode(scope, cmek_json_item(assets, i), &arena, &record) || !record.has_v1_policies)
            continue;
        if (can_use_v1(scope)) {
            scan->has_v1_policies = true;
            scan->sink->record(scan->sink->payload, &record);
        } else {
            scope->needs_node_policies = true;
        }
    }
    cmek_arena_done(&arena);
}
