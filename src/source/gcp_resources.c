/* SPDX-License-Identifier: Apache-2.0 */
/* The resources of a scope, listed by the inventory.
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list
 *
 * One type that the inventory does not know makes it refuse the whole listing, and says not always
 * which one; so a listing that is refused is halved until what it does know is all listed. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "model/catalogue.h"
#include "source/gcp_scan.h"

/* What the listing of a single type is called in a gap: only those of the registries matter to
 * others' verdicts (model/inventory_partial.c). */
#define LIST_ONE_TYPE "cloudasset.assets.list.type"

struct listing {
    struct cmek_gcp_scope *scope;
    size_t count;
    bool has_answered;
    const struct cmek_service_type *types[]; /* those looked up in Google's documents first */
};

static void resources_page(void *payload, const struct cmek_json *answer)
{
    struct listing *listing = payload;
    listing->has_answered = true;
    cmek_gcp_take_assets(listing->scope, answer);
}

static void list(struct cmek_gcp_scope *scope, const struct cmek_service_type *const *types,
                 size_t count);

/* Rows that were only written down from memory are the likelier ones to be refused. */
static size_t half_of(const struct listing *listing)
{
    size_t verified = 0;
    while (verified < listing->count && listing->types[verified]->is_verified)
        verified++;
    return verified > 0 && verified < listing->count ? verified : listing->count / 2;
}

static void report_unknown_type(const struct listing *listing, const struct cmek_gcp_error *error)
{
    static const char *const registry_types[] = {CMEK_TYPE_BUCKET, CMEK_TYPE_TOPIC,
                                                 CMEK_TYPE_REPOSITORY};
    const char *operation = LIST_ONE_TYPE, *type = listing->types[0]->asset_type;
    for (size_t i = 0; i < sizeof registry_types / sizeof *registry_types; i++)
        if (strcmp(registry_types[i], type) == 0)
            operation = CMEK_OPERATION_LIST_RESOURCES;
    struct cmek_arena arena = {0};
    cmek_gcp_report_broken(listing->scope, operation, error,
                           cmek_arena_printf(&arena,
                                             "its resources of type %s from Cloud Asset Inventory",
                                             type));
    cmek_arena_done(&arena);
}

static void resources_end(void *payload, const struct cmek_gcp_error *error)
{
    struct listing *listing = payload;
    bool is_refused = error && error->status == 400 && !listing->has_answered;
    if (is_refused && listing->count > 1) {
        size_t half = half_of(listing);
        list(listing->scope, listing->types, half);
        list(listing->scope, listing->types + half, listing->count - half);
    } else if (is_refused) {
        report_unknown_type(listing, error);
    } else if (error) {
        cmek_gcp_report_broken(listing->scope, CMEK_OPERATION_LIST_RESOURCES, error,
                               "all of its resources from Cloud Asset Inventory");
    }
    free(listing);
}

static void list(struct cmek_gcp_scope *scope, const struct cmek_service_type *const *types,
                 size_t count)
{
    struct listing *listing =
        cmek_malloc(sizeof *listing + count * sizeof(const struct cmek_service_type *));
    *listing = (struct listing){.scope = scope, .count = count};
    struct cmek_strbuf query = {0};
    for (size_t i = 0; i < count; i++) {
        listing->types[i] = types[i];
        cmek_gcp_append_type(&query, types[i]->asset_type);
    }
    cmek_gcp_list_assets(scope, &(struct cmek_gcp_listing){cmek_strbuf_text(&query), "RESOURCE",
                                                           resources_page, resources_end, listing});
    cmek_strbuf_done(&query);
}

void cmek_gcp_list_resources(struct cmek_gcp_scope *scope)
{
    const struct cmek_catalogue *catalogue = scope->scan->options->catalogue;
    const struct cmek_service_type **types =
        cmek_calloc(catalogue->types.count, sizeof(const struct cmek_service_type *));
    size_t count = 0;
    for (int verified = 1; verified >= 0; verified--)
        for (size_t i = 0; i < catalogue->types.count; i++)
            if (catalogue->types.items[i]->service->is_selected &&
                catalogue->types.items[i]->is_verified == (verified != 0))
                types[count++] = catalogue->types.items[i];
    if (count > 0)
        list(scope, types, count);
    free(types);
}
