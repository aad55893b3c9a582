/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage gaps into the inventory, and what they leave unknown. */
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/inventory.h"

/* What cannot be read makes a value unknown; which one, the operation says. */
static const struct {
    const char *operation;
    size_t offset; /* of the error word in struct cmek_node */
} parts[CMEK_NODE_PART_COUNT_] = {
    [CMEK_NODE_POLICIES] = {"orgpolicy.policies.list",
                            offsetof(struct cmek_node, policies_unreadable)},
    [CMEK_NODE_TAGS] = {"cloudresourcemanager.effectiveTags.list",
                        offsetof(struct cmek_node, tags_unreadable)},
    [CMEK_NODE_SERVICES] = {"serviceusage.services.batchGet",
                            offsetof(struct cmek_node, services_unreadable)},
    [CMEK_NODE_SETTINGS] = {"artifactregistry.projectSettings.get",
                            offsetof(struct cmek_node, settings_unreadable)},
    [CMEK_NODE_TOPICS] = {"pubsub.topics.list", offsetof(struct cmek_node, topics_unreadable)},
};

const char *cmek_node_operation(enum cmek_node_part part)
{
    return parts[part].operation;
}

const char *cmek_node_unreadable(const struct cmek_node *node, enum cmek_node_part part)
{
    const char *error;
    memcpy(&error, (const char *)node + parts[part].offset, sizeof error);
    return error;
}

static void set_unreadable(struct cmek_node *node, const char *operation, const char *error)
{
    for (size_t i = 0; i < CMEK_NODE_PART_COUNT_; i++)
        if (cmek_str_eq(operation, parts[i].operation))
            memcpy((char *)node + parts[i].offset, &error, sizeof error);
}

/* What lists resources, by their type; NULL: of all types. */
static const struct {
    const char *operation, *asset_type;
} listings[] = {
    {CMEK_OPERATION_SCAN, NULL},
    {"storage.buckets.list", CMEK_TYPE_BUCKET},
    {"pubsub.topics.list", CMEK_TYPE_TOPIC},
    {"artifactregistry.repositories.list", CMEK_TYPE_REPOSITORY},
    {"artifactregistry.locations.list", CMEK_TYPE_REPOSITORY},
};
#define LISTINGS (sizeof listings / sizeof *listings)

const char *cmek_listing_operation(const struct cmek_service_type *type)
{
    for (size_t i = 0; i < LISTINGS; i++)
        if (cmek_str_eq(listings[i].asset_type, type->asset_type))
            return listings[i].operation;
    return NULL;
}

/* The types of resources that an operation would have listed. */
static unsigned types_listed_by(const char *operation)
{
    unsigned types = 0;
    for (size_t i = 0; i < LISTINGS; i++)
        for (size_t k = 0; k < cmek_service_type_count; k++)
            if (strcmp(operation, listings[i].operation) == 0 &&
                (!listings[i].asset_type ||
                 strcmp(cmek_service_types[k].asset_type, listings[i].asset_type) == 0))
                types |= 1U << k;
    return types;
}

/* The scope is a project, or a location of one. */
static void note_unlisted(struct cmek_inventory *inventory, const char *scope, unsigned types,
                          const char *error)
{
    size_t length = sizeof "projects/" - 1;
    if (types == 0 || !cmek_str_starts(scope, "projects/"))
        return;
    length += strcspn(scope + length, "/");
    struct cmek_node *project =
        cmek_inventory_node(inventory, cmek_arena_strndup(&inventory->arena, scope, length));
    if (!project)
        return;
    project->unlisted |= types;
    project->unlisted_reason = error;
}

static void note_unreadable(struct cmek_inventory *inventory, const struct cmek_gap_data *gap)
{
    if (!gap->scope || !gap->operation)
        return;
    const char *error = cmek_inventory_intern(inventory, gap->error ? gap->error : "unreadable");
    if (cmek_str_eq(gap->operation, CMEK_OPERATION_KEY)) {
        cmek_inventory_key(inventory, gap->scope)->unreadable = error;
        return;
    }
    note_unlisted(inventory, gap->scope, types_listed_by(gap->operation), error);
    struct cmek_node *node = cmek_inventory_node(inventory, gap->scope);
    if (node)
        set_unreadable(node, gap->operation, error);
}

void cmek_inventory_add_gap(struct cmek_inventory *inventory, const struct cmek_gap_data *gap)
{
    note_unreadable(inventory, gap);
    struct cmek_strbuf name = {0};
    cmek_strbuf_printf(&name, "%s\n%s\n%s", gap->scope ? gap->scope : "",
                       gap->operation ? gap->operation : "", gap->message ? gap->message : "");
    bool seen = cmek_map_get(&inventory->gaps_seen, cmek_strbuf_text(&name)) != NULL;
    if (!seen && inventory->gaps.count >= CMEK_LIMIT_GAPS) {
        inventory->gaps_not_listed++;
    } else if (!seen) {
        cmek_map_put(&inventory->gaps_seen, cmek_strbuf_text(&name), inventory);
        *CMEK_VEC_ADD(&inventory->gaps) = (struct cmek_gap){
            cmek_arena_strdup(&inventory->arena, gap->scope ? gap->scope : "input"),
            cmek_arena_strdup(&inventory->arena, gap->operation ? gap->operation : "read"),
            cmek_arena_strdup(&inventory->arena, gap->error ? gap->error : "unreadable"),
            cmek_arena_strdup(&inventory->arena, gap->message ? gap->message : ""),
        };
    }
    cmek_strbuf_done(&name);
}
