/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes and chains of them, one object each however often they are met. */
#include <string.h>

#include "model/inventory.h"

const struct cmek_node_extras cmek_node_no_extras;

struct cmek_node_extras *cmek_inventory_extras(struct cmek_inventory *inventory,
                                               struct cmek_node *node)
{
    if (node->extras == &cmek_node_no_extras)
        node->extras = cmek_arena_alloc(&inventory->arena, sizeof *node->extras);
    return (struct cmek_node_extras *)(uintptr_t)node->extras; /* the inventory's own */
}

struct cmek_node *cmek_inventory_node(struct cmek_inventory *inventory, const char *ref)
{
    struct cmek_node *node = cmek_map_get(&inventory->nodes, ref);
    if (node)
        return node;
    enum cmek_node_kind kind;
    const char *id;
    if (!cmek_node_ref_parse(ref, &kind, &id))
        return NULL;
    node = cmek_arena_alloc(&inventory->arena, sizeof *node);
    node->kind = kind;
    node->ref = cmek_arena_strdup(&inventory->arena, ref);
    node->canonical = node;
    node->extras = &cmek_node_no_extras;
    cmek_map_put_borrowed(&inventory->nodes, node->ref, node);
    return node;
}

struct cmek_chain *cmek_inventory_chain(struct cmek_inventory *inventory,
                                        struct cmek_node *const *nodes, size_t count,
                                        bool is_complete)
{
    struct cmek_chain **list = count > 0 ? &nodes[0]->chains : &inventory->nowhere;
    const size_t size = count * sizeof(struct cmek_node *);
    for (struct cmek_chain *chain = *list; chain; chain = chain->next)
        if (chain->count == count && chain->is_complete == is_complete &&
            (count == 0 || memcmp(chain->nodes, nodes, size) == 0))
            return chain;
    struct cmek_chain *chain = cmek_arena_alloc(&inventory->arena, sizeof *chain + size);
    chain->count = (unsigned)count;
    chain->is_complete = is_complete;
    if (count > 0)
        memcpy(chain->nodes, nodes, size);
    chain->next = *list;
    *list = chain;
    return chain;
}
