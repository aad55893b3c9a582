/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/index.h"

#include <stdlib.h>
#include <string.h>

#include "model/inventory.h"

struct cmek_demo_node *cmek_demo_index_node(const struct cmek_demo_index *index, const char *name)
{
    return name ? cmek_map_get(&index->nodes, name) : NULL;
}

struct cmek_demo_node *cmek_demo_index_split(const struct cmek_demo_index *index, const char *name,
                                             const char **ret_rest)
{
    const char *slash = strchr(name, '/');
    const char *end = slash ? strchr(slash + 1, '/') : NULL;
    if (!end)
        return NULL;
    *ret_rest = end + 1;
    return cmek_map_get_n(&index->nodes, name, (size_t)(end - name));
}

const struct cmek_demo_item *cmek_demo_node_item(const struct cmek_demo_node *node,
                                                 const char *rest)
{
    return cmek_map_get(&node->items, rest);
}

static void free_node(struct cmek_demo_node *node)
{
    for (size_t i = 0; i < CMEK_DEMO_KIND_COUNT_; i++)
        CMEK_VEC_DONE(&node->lists[i]);
    cmek_map_done(&node->items);
    CMEK_VEC_DONE(&node->tag_values);
    CMEK_VEC_DONE(&node->gaps);
}

void cmek_demo_index_free(struct cmek_demo_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->all_nodes.count; i++)
        free_node(index->all_nodes.items[i]);
    CMEK_VEC_DONE(&index->all_nodes);
    cmek_map_done(&index->nodes);
    cmek_map_done(&index->buckets);
    cmek_map_done(&index->tags);
    cmek_map_done(&index->constraints);
    cmek_inventory_free(index->inventory);
    CMEK_VEC_DONE(&index->assets);
    CMEK_VEC_DONE(&index->organizations);
    CMEK_VEC_DONE(&index->folders);
    CMEK_VEC_DONE(&index->projects);
    cmek_arena_done(&index->arena);
    free(index);
}
