/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/values.h"

#include <string.h>

#include "base/strings.h"
#include "model/inventory.h"

const char *cmek_value_service(const char *entry)
{
    const char *bare = cmek_str_after(entry, "is:");
    return bare ? bare : entry;
}

bool cmek_value_is_service(const char *entry, const char *service)
{
    return strcmp(cmek_value_service(entry), service) == 0;
}

const char *cmek_value_project(const char *entry)
{
    const char *bare = cmek_str_after(entry, "is:");
    if (!bare)
        bare = cmek_str_after(entry, "under:");
    const char *project = cmek_str_after(bare ? bare : entry, "projects/");
    return project && project[0] != '\0' && !strchr(project, '/') ? project : NULL;
}

const char *cmek_value_subtree(const char *entry)
{
    const char *ref = cmek_str_after(entry, "under:");
    enum cmek_node_kind kind;
    const char *id;
    return ref && cmek_node_ref_parse(ref, &kind, &id) && kind != CMEK_NODE_PROJECT ? ref : NULL;
}

/* Whether the node @p ancestor is @p node or above it. */
static enum cmek_tristate is_under(const char *ancestor, const struct cmek_node *node)
{
    if (!node || !node->chain)
        return CMEK_UNKNOWN;
    for (size_t i = 0; i < node->chain->count; i++)
        if (strcmp(node->chain->nodes[i]->ref, ancestor) == 0)
            return CMEK_YES;
    return node->chain->is_complete ? CMEK_NO : CMEK_UNKNOWN;
}

enum cmek_tristate cmek_value_covers_project(const struct cmek_inventory *inventory,
                                             const char *entry, const char *project)
{
    const char *named = cmek_value_project(entry);
    if (named)
        return project ? cmek_same_project(inventory, named, project) : CMEK_UNKNOWN;
    const char *ancestor = cmek_value_subtree(entry);
    if (!ancestor)
        return CMEK_NO;
    return is_under(ancestor, project ? cmek_inventory_project(inventory, project) : NULL);
}

enum cmek_tristate cmek_value_covers_new_project(const struct cmek_inventory *inventory,
                                                 const char *entry, const char *parent)
{
    const char *ancestor = cmek_value_subtree(entry);
    if (!ancestor || !parent)
        return CMEK_NO;
    if (strcmp(ancestor, parent) == 0)
        return CMEK_YES;
    return is_under(ancestor, cmek_map_get(&inventory->nodes, parent));
}
