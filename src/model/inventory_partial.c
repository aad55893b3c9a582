/* SPDX-License-Identifier: Apache-2.0 */
/* Listings of Cloud Asset Inventory that broke off. A project asked by itself either answers or
 * does not; a listing of a whole organization may stop anywhere, and then nothing that it did not
 * show may pass for something that is not there. */
#include "model/inventory.h"

enum part {
    PART_POLICIES = 1 << 0,
    PART_TAGS = 1 << 1,
    PART_SERVICES = 1 << 2,
    PART_RESOURCES = 1 << 3,
};

static const struct {
    const char *operation;
    unsigned parts;
} listings[CMEK_PARTIAL_COUNT_] = {
    [CMEK_PARTIAL_HIERARCHY] = {CMEK_OPERATION_LIST_HIERARCHY, PART_POLICIES | PART_TAGS},
    [CMEK_PARTIAL_RESOURCES] = {CMEK_OPERATION_LIST_RESOURCES, PART_RESOURCES},
    [CMEK_PARTIAL_SERVICES] = {CMEK_OPERATION_SEARCH_SERVICES, PART_SERVICES},
};

void cmek_inventory_note_partial(struct cmek_inventory *inventory, const struct cmek_gap_data *gap,
                                 struct cmek_node *scope, const char *error)
{
    for (size_t i = 0; i < CMEK_PARTIAL_COUNT_; i++) {
        if (!cmek_str_eq(listings[i].operation, gap->operation))
            continue;
        inventory->has_partial_listings = true;
        if (!scope->extras->partial[i])
            cmek_inventory_extras(inventory, scope)->partial[i] = error;
    }
}

static void mark(struct cmek_node_extras *extras, unsigned parts, const char *error)
{
    const struct {
        enum part part;
        const char **slot;
    } slots[] = {
        {PART_POLICIES, &extras->policies_unreadable}, {PART_TAGS, &extras->tags_unreadable},
        {PART_SERVICES, &extras->services_unreadable}, {PART_RESOURCES, &extras->topics_unreadable},
        {PART_RESOURCES, &extras->unlisted_reason},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if ((parts & slots[i].part) && !*slots[i].slot)
            *slots[i].slot = error;
    if (parts & PART_RESOURCES)
        extras->unlisted = CMEK_REGISTRY_ALL;
}

/* From the top down: what broke off at a node holds for all below it. */
static void mark_chain(struct cmek_inventory *inventory, const struct cmek_chain *chain)
{
    const char *broken[CMEK_PARTIAL_COUNT_] = {0};
    for (size_t at = chain->count; at-- > 0;) {
        struct cmek_node *node = chain->nodes[at];
        for (size_t i = 0; i < CMEK_PARTIAL_COUNT_; i++) {
            if (!broken[i])
                broken[i] = node->extras->partial[i];
            if (broken[i])
                mark(cmek_inventory_extras(inventory, node), listings[i].parts, broken[i]);
        }
    }
}

void cmek_inventory_resolve_partial(struct cmek_inventory *inventory)
{
    for (size_t i = 0; inventory->has_partial_listings && i < inventory->chains.count; i++)
        mark_chain(inventory, inventory->chains.items[i]);
}
