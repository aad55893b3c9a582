/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage gaps into the inventory, and what they leave unknown. */
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/inventory.h"

/* What cannot be read makes a value unknown; which one, the operation says. */
static const char **unreadable_slot(struct cmek_node *node, const char *operation)
{
    const struct {
        const char *operation;
        const char **slot;
    } slots[] = {
        {"orgpolicy.policies.list", &node->policies_unreadable},
        {"cloudresourcemanager.effectiveTags.list", &node->tags_unreadable},
        {"serviceusage.services.batchGet", &node->services_unreadable},
        {"artifactregistry.projectSettings.get", &node->settings_unreadable},
        {"pubsub.topics.list", &node->topics_unreadable},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (cmek_str_eq(operation, slots[i].operation))
            return slots[i].slot;
    return NULL;
}

/* The types of resources that an operation would have listed. */
static unsigned types_listed_by(const char *operation)
{
    static const struct {
        const char *operation, *asset_type; /* NULL: all */
    } listings[] = {
        {"storage.buckets.list", CMEK_TYPE_BUCKET},
        {"pubsub.topics.list", CMEK_TYPE_TOPIC},
        {"artifactregistry.locations.list", CMEK_TYPE_REPOSITORY},
        {"artifactregistry.repositories.list", CMEK_TYPE_REPOSITORY},
        {"scan", NULL},
    };
    unsigned types = 0;
    for (size_t i = 0; i < sizeof listings / sizeof *listings; i++)
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
    if (cmek_str_eq(gap->operation, "cloudkms.cryptoKeys.get")) {
        cmek_inventory_key(inventory, gap->scope)->unreadable = error;
        return;
    }
    note_unlisted(inventory, gap->scope, types_listed_by(gap->operation), error);
    struct cmek_node *node = cmek_inventory_node(inventory, gap->scope);
    const char **slot = node ? unreadable_slot(node, gap->operation) : NULL;
    if (slot)
        *slot = error;
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
