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
} operations[] = {
    {CMEK_OPERATION_LIST_HIERARCHY, PART_POLICIES | PART_TAGS},
    {CMEK_OPERATION_LIST_RESOURCES, PART_RESOURCES},
    {CMEK_OPERATION_SEARCH_SERVICES, PART_SERVICES},
};

static unsigned parts_of(const char *operation)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (cmek_str_eq(operations[i].operation, operation))
            return operations[i].parts;
    return 0;
}

void cmek_inventory_note_partial(struct cmek_inventory *inventory, const struct cmek_gap_data *gap,
                                 struct cmek_node *scope, const char *error)
{
    if (parts_of(gap->operation) == 0)
        return;
    *CMEK_VEC_ADD(&inventory->partial_listings) = (struct cmek_partial_listing){
        .scope = scope,
        .operation = cmek_inventory_intern(inventory, gap->operation),
        .error = error,
    };
}

static void mark(struct cmek_node_extras *extras, const struct cmek_partial_listing *listing)
{
    unsigned parts = parts_of(listing->operation);
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
            *slots[i].slot = listing->error;
    if (parts & PART_RESOURCES)
        extras->unlisted = CMEK_REGISTRY_ALL;
}

/* From the scope down to where the chain begins. */
static void mark_chain(struct cmek_inventory *inventory, const struct cmek_chain *chain,
                       const struct cmek_partial_listing *listing)
{
    size_t at = 0;
    while (at < chain->count && chain->nodes[at] != listing->scope->canonical)
        at++;
    for (size_t i = 0; at < chain->count && i <= at; i++)
        mark(cmek_inventory_extras(inventory, chain->nodes[i]), listing);
}

void cmek_inventory_resolve_partial(struct cmek_inventory *inventory)
{
    for (size_t i = 0; i < inventory->partial_listings.count; i++)
        for (size_t k = 0; k < inventory->chains.count; k++)
            mark_chain(inventory, inventory->chains.items[k],
                       &inventory->partial_listings.items[i]);
}
