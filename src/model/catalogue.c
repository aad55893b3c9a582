/* SPDX-License-Identifier: Apache-2.0 */
#include "model/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/suggest.h"

struct cmek_catalogue *cmek_catalogue_new(void)
{
    return cmek_calloc(1, sizeof(struct cmek_catalogue));
}

void cmek_catalogue_free(struct cmek_catalogue *catalogue)
{
    if (!catalogue)
        return;
    CMEK_VEC_DONE(&catalogue->services);
    CMEK_VEC_DONE(&catalogue->types);
    cmek_map_done(&catalogue->services_by_value);
    cmek_map_done(&catalogue->types_by_name);
    cmek_map_done(&catalogue->terraform);
    cmek_arena_done(&catalogue->arena);
    free(catalogue);
}

struct cmek_service *cmek_catalogue_add_service(struct cmek_catalogue *catalogue, const char *value)
{
    struct cmek_service *service = cmek_map_get(&catalogue->services_by_value, value);
    if (service)
        return service;
    service = cmek_arena_alloc(&catalogue->arena, sizeof *service);
    service->value = cmek_arena_strdup(&catalogue->arena, value);
    service->index = catalogue->services.count;
    cmek_map_put_borrowed(&catalogue->services_by_value, service->value, service);
    *CMEK_VEC_ADD(&catalogue->services) = service;
    return service;
}

static bool may_have_many_keys(const struct cmek_service_type *type)
{
    if (type->keys.count + type->further_keys.count > 1)
        return true;
    for (size_t i = 0; type->keys.count > 0 && i < type->keys.items[0].count; i++)
        for (size_t k = 0; k < type->keys.items[0].items[i].count; k++)
            if (type->keys.items[0].items[i].steps[k].is_list)
                return true;
    return false;
}

void cmek_catalogue_add_type(struct cmek_catalogue *catalogue, const struct cmek_service_type *type)
{
    struct cmek_service_type *row = cmek_map_get(&catalogue->types_by_name, type->asset_type);
    size_t index = row ? row->index : catalogue->types.count;
    if (!row) {
        row = cmek_arena_alloc(&catalogue->arena, sizeof *row);
        *CMEK_VEC_ADD(&catalogue->types) = row;
        cmek_map_put(&catalogue->types_by_name, type->asset_type, row);
    }
    *row = *type;
    row->index = index;
    row->has_many_keys = may_have_many_keys(type);
    for (size_t i = 0; i < row->terraform_count; i++)
        cmek_map_put(&catalogue->terraform, row->terraform[i].type, row);
}

const struct cmek_service *cmek_catalogue_service(const struct cmek_catalogue *catalogue,
                                                  const char *value)
{
    return cmek_map_get(&catalogue->services_by_value, value);
}

const struct cmek_service_type *cmek_catalogue_type(const struct cmek_catalogue *catalogue,
                                                    const char *asset_type)
{
    return cmek_map_get(&catalogue->types_by_name, asset_type);
}

const struct cmek_service_type *cmek_catalogue_terraform(const struct cmek_catalogue *catalogue,
                                                         const char *terraform_type,
                                                         const struct cmek_terraform_type **ret_row)
{
    const struct cmek_service_type *type = cmek_map_get(&catalogue->terraform, terraform_type);
    /* A row that was replaced may not speak of it any more. */
    for (size_t i = 0; type && i < type->terraform_count; i++) {
        if (strcmp(type->terraform[i].type, terraform_type) != 0)
            continue;
        if (ret_row)
            *ret_row = &type->terraform[i];
        return type;
    }
    return NULL;
}

void cmek_catalogue_select_all(struct cmek_catalogue *catalogue, bool is_selected)
{
    for (size_t i = 0; i < catalogue->services.count; i++)
        catalogue->services.items[i]->is_selected = is_selected;
}

static bool is_called(const struct cmek_service *service, const char *name)
{
    size_t length = strlen(name);
    return strcmp(service->value, name) == 0 ||
           (strcspn(service->value, ".") == length && memcmp(service->value, name, length) == 0);
}

const struct cmek_service *cmek_catalogue_closest(const struct cmek_catalogue *catalogue,
                                                  const char *typed)
{
    struct cmek_arena arena = {0};
    const struct cmek_service *closest = NULL;
    /* Their common end would make all of them alike. */
    bool by_beginning = !strchr(typed, '.') || cmek_str_ends(typed, ".googleapis.com");
    struct cmek_suggestion suggestion = {
        .typed = by_beginning ? cmek_arena_strndup(&arena, typed, strcspn(typed, ".")) : typed,
    };
    for (size_t i = 0; i < catalogue->services.count; i++) {
        const char *value = catalogue->services.items[i]->value, *before = suggestion.best;
        cmek_suggestion_offer(&suggestion,
                              by_beginning ? cmek_arena_strndup(&arena, value, strcspn(value, "."))
                                           : value);
        if (suggestion.best != before)
            closest = catalogue->services.items[i];
    }
    if (!cmek_suggestion_best(&suggestion))
        closest = NULL;
    cmek_arena_done(&arena);
    return closest;
}

bool cmek_catalogue_select(struct cmek_catalogue *catalogue, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < catalogue->services.count; i++)
        if (is_called(catalogue->services.items[i], name))
            found = catalogue->services.items[i]->is_selected = true;
    return found;
}

bool cmek_catalogue_selects(const struct cmek_catalogue *catalogue, const char *asset_type)
{
    const struct cmek_service_type *type = cmek_catalogue_type(catalogue, asset_type);
    return type && type->service->is_selected;
}

struct cmek_strings cmek_catalogue_selected_types(const struct cmek_catalogue *catalogue,
                                                  struct cmek_arena *arena)
{
    const char **names = cmek_arena_array(arena, catalogue->types.count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < catalogue->types.count; i++)
        if (catalogue->types.items[i]->service->is_selected)
            names[count++] = catalogue->types.items[i]->asset_type;
    return (struct cmek_strings){names, count};
}

struct cmek_strings cmek_catalogue_selected_services(const struct cmek_catalogue *catalogue,
                                                     struct cmek_arena *arena)
{
    const char **values = cmek_arena_array(arena, catalogue->services.count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < catalogue->services.count; i++)
        if (catalogue->services.items[i]->is_selected)
            values[count++] = catalogue->services.items[i]->value;
    return (struct cmek_strings){values, count};
}

enum cmek_asset_kind cmek_catalogue_kind(const struct cmek_catalogue *catalogue,
                                         const char *asset_type, size_t length,
                                         const struct cmek_service_type **ret_type)
{
    const struct cmek_service_type *type =
        catalogue ? cmek_map_get_n(&catalogue->types_by_name, asset_type, length) : NULL;
    if (!type)
        return cmek_asset_kind(asset_type, length);
    if (!type->service->is_selected)
        return CMEK_ASSET_OTHER;
    *ret_type = type;
    return CMEK_ASSET_RESOURCE;
}

bool cmek_exception_names(const struct cmek_exception *exception, const char *short_name)
{
    if (!exception->name)
        return false;
    size_t length = strlen(exception->name);
    if (exception->name[length - 1] == '*')
        return strncmp(exception->name, short_name, length - 1) == 0;
    return strcmp(exception->name, short_name) == 0;
}
