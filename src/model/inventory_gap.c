/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage gaps into the inventory, and what they leave unknown. */
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/inventory.h"

/* What cannot be read makes a value unknown; which one, the operation says. */
static const struct {
    const char *operation;
    size_t offset; /* of the error word in struct cmek_node_extras */
} parts[CMEK_NODE_PART_COUNT_] = {
    [CMEK_NODE_POLICIES] = {"orgpolicy.policies.list",
                            offsetof(struct cmek_node_extras, policies_unreadable)},
    [CMEK_NODE_TAGS] = {"cloudresourcemanager.effectiveTags.list",
                        offsetof(struct cmek_node_extras, tags_unreadable)},
    [CMEK_NODE_SERVICES] = {"serviceusage.services.batchGet",
                            offsetof(struct cmek_node_extras, services_unreadable)},
    [CMEK_NODE_SETTINGS] = {"artifactregistry.projectSettings.get",
                            offsetof(struct cmek_node_extras, settings_unreadable)},
    [CMEK_NODE_TOPICS] = {"pubsub.topics.list",
                          offsetof(struct cmek_node_extras, topics_unreadable)},
};

const char *cmek_node_operation(enum cmek_node_part part)
{
    return parts[part].operation;
}

const char *cmek_node_unreadable(const struct cmek_node *node, enum cmek_node_part part)
{
    const char *error;
    memcpy(&error, (const char *)node->extras + parts[part].offset, sizeof error);
    return error;
}

static void set_unreadable(struct cmek_inventory *inventory, struct cmek_node *node,
                           const char *operation, const char *error)
{
    for (size_t i = 0; i < CMEK_NODE_PART_COUNT_; i++)
        if (cmek_str_eq(operation, parts[i].operation))
            memcpy((char *)cmek_inventory_extras(inventory, node) + parts[i].offset, &error,
                   sizeof error);
}

/* What lists the resources of Container Registry's services. */
static const struct {
    const char *operation;
    enum cmek_registry_service service; /* COUNT_: all of them */
} listings[] = {
    {CMEK_OPERATION_SCAN, CMEK_REGISTRY_SERVICE_COUNT_},
    {"storage.buckets.list", CMEK_REGISTRY_STORAGE},
    {"pubsub.topics.list", CMEK_REGISTRY_PUBSUB},
    {"artifactregistry.repositories.list", CMEK_REGISTRY_ARTIFACT},
    {"artifactregistry.locations.list", CMEK_REGISTRY_ARTIFACT},
};
#define LISTINGS (sizeof listings / sizeof *listings)

const char *cmek_listing_operation(enum cmek_registry_service service)
{
    size_t i = 0;
    while (listings[i].service != service)
        i++;
    return listings[i].operation;
}

/* The services whose resources an operation would have listed. */
static unsigned services_listed_by(const char *operation)
{
    for (size_t i = 0; i < LISTINGS; i++)
        if (strcmp(operation, listings[i].operation) == 0)
            return listings[i].service == CMEK_REGISTRY_SERVICE_COUNT_ ? CMEK_REGISTRY_ALL
                                                                       : 1U << listings[i].service;
    return 0;
}

/* The scope is a project, or a location of one. */
static void note_unlisted(struct cmek_inventory *inventory, const char *scope, unsigned services,
                          const char *error)
{
    size_t length = sizeof "projects/" - 1;
    if (services == 0 || !cmek_str_starts(scope, "projects/"))
        return;
    length += strcspn(scope + length, "/");
    struct cmek_node *project =
        cmek_inventory_node(inventory, cmek_arena_strndup(&inventory->arena, scope, length));
    if (!project)
        return;
    struct cmek_node_extras *extras = cmek_inventory_extras(inventory, project);
    extras->unlisted |= services;
    extras->unlisted_reason = error;
}

/* Below a node other than a project. */
static void note_children(struct cmek_inventory *inventory, struct cmek_node *node,
                          const char *operation, const char *error)
{
    static const char *const lists[] = {"cloudresourcemanager.folders.list",
                                        "cloudresourcemanager.projects.list", CMEK_OPERATION_SCAN};
    for (size_t i = 0; node->kind != CMEK_NODE_PROJECT && i < sizeof lists / sizeof *lists; i++)
        if (strcmp(operation, lists[i]) == 0)
            cmek_inventory_extras(inventory, node)->children_unlisted = error;
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
    note_unlisted(inventory, gap->scope, services_listed_by(gap->operation), error);
    struct cmek_node *node = cmek_inventory_node(inventory, gap->scope);
    if (!node)
        return;
    set_unreadable(inventory, node, gap->operation, error);
    note_children(inventory, node, gap->operation, error);
    cmek_inventory_note_partial(inventory, gap, node, error);
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
