/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about one resource. */
#include "base/strings.h"
#include "model/inventory.h"

size_t cmek_resource_key_count(const struct cmek_resource *resource)
{
    return resource->key ? 1 + resource->extras->key_count : 0;
}

struct cmek_key *cmek_resource_key(const struct cmek_resource *resource, size_t index)
{
    return index == 0 ? resource->key : resource->extras->keys[index - 1];
}

const char *cmek_resource_noun(const struct cmek_resource *resource)
{
    bool has_own = resource->extras->planned && resource->extras->planned->noun;
    return has_own ? resource->extras->planned->noun : resource->type->noun;
}

bool cmek_resource_lacks_key(const struct cmek_resource *resource)
{
    return !resource->key || resource->extras->keyless_place;
}

uint64_t cmek_service_bit(const struct cmek_service *service)
{
    return UINT64_C(1) << service->index % 64;
}

void cmek_inventory_drop(struct cmek_inventory *inventory, const char *name)
{
    const char *key_name = cmek_str_after(name, "//cloudkms.googleapis.com/");
    struct cmek_key *key = key_name ? cmek_map_get(&inventory->keys, key_name) : NULL;
    if (key)
        key->is_known = false; /* what uses it still does */
    struct cmek_resource *resource = cmek_map_get(&inventory->resources, name);
    if (!resource)
        return;
    resource->is_gone = true;
    inventory->is_finished = false;
}
