/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/covered.h"

#include <stdlib.h>
#include <string.h>

#include "model/inventory.h"

#define EXPORTS_MOST 100

static bool is_here(const struct cmek_node *node)
{
    return node->is_listed && !node->is_context && !node->is_created;
}

static bool is_topmost(const struct cmek_node *node)
{
    if (!is_here(node))
        return false;
    for (unsigned i = 1; node->chain && i < node->chain->count; i++)
        if (is_here(node->chain->nodes[i]))
            return false;
    return true;
}

static bool is_organization(const struct cmek_node *node)
{
    return node->kind == CMEK_NODE_ORGANIZATION && !node->is_context;
}

static int compare_refs(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static struct cmek_strings nodes_that(bool (*are)(const struct cmek_node *node), size_t most,
                                      const struct cmek_inventory *inventory,
                                      struct cmek_arena *arena)
{
    const char **refs = cmek_arena_array(arena, cmek_map_count(&inventory->nodes), sizeof *refs);
    size_t count = 0;
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        if (node->canonical == node && are(node))
            refs[count++] = node->ref;
    }
    if (count > most)
        return (struct cmek_strings){0};
    if (count > 0)
        qsort(refs, count, sizeof *refs, compare_refs);
    return (struct cmek_strings){refs, count};
}

struct cmek_strings cmek_covered_by_file(const struct cmek_inventory *inventory,
                                         struct cmek_arena *arena)
{
    return nodes_that(is_topmost, EXPORTS_MOST, inventory, arena);
}

struct cmek_strings cmek_covered_by_plan(const struct cmek_inventory *inventory,
                                         struct cmek_arena *arena)
{
    return nodes_that(is_organization, SIZE_MAX, inventory, arena);
}
