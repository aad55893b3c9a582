/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/values.h"

#include <string.h>

#include "base/strings.h"
#include "model/inventory.h"

bool cmek_value_is_service(const char *entry, const char *service)
{
    const char *bare = cmek_str_after(entry, "is:");
    return strcmp(bare ? bare : entry, service) == 0;
}

const char *cmek_value_project(const char *entry)
{
    const char *bare = cmek_str_after(entry, "is:");
    if (!bare)
        bare = cmek_str_after(entry, "under:");
    const char *project = cmek_str_after(bare ? bare : entry, "projects/");
    return project && project[0] != '\0' && !strchr(project, '/') ? project : NULL;
}

/* `under:folders/F` and `under:organizations/O`: the node among the ancestors of the key's project.
 */
static enum cmek_tristate is_under(const struct cmek_inventory *inventory, const char *ancestor,
                                   const char *project)
{
    const struct cmek_node *node = project ? cmek_inventory_project(inventory, project) : NULL;
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
    const char *ancestor = cmek_str_after(entry, "under:");
    enum cmek_node_kind kind;
    const char *id;
    if (!ancestor || !cmek_node_ref_parse(ancestor, &kind, &id))
        return CMEK_NO;
    return is_under(inventory, ancestor, project);
}
