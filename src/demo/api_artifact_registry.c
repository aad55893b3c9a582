/* SPDX-License-Identifier: Apache-2.0 */
/* https://cloud.google.com/artifact-registry/docs/reference/rest */
#include <string.h>

#include "base/strings.h"
#include "demo/call.h"
#include "demo/method.h"
#include "demo/page.h"

/* https://cloud.google.com/artifact-registry/docs/repositories/repo-locations */
static const char *const locations[] = {
    "africa-south1",
    "asia",
    "asia-east1",
    "asia-east2",
    "asia-northeast1",
    "asia-northeast2",
    "asia-northeast3",
    "asia-south1",
    "asia-south2",
    "asia-southeast1",
    "asia-southeast2",
    "australia-southeast1",
    "australia-southeast2",
    "europe",
    "europe-central2",
    "europe-north1",
    "europe-southwest1",
    "europe-west1",
    "europe-west10",
    "europe-west12",
    "europe-west2",
    "europe-west3",
    "europe-west4",
    "europe-west6",
    "europe-west8",
    "europe-west9",
    "me-central1",
    "me-central2",
    "me-west1",
    "northamerica-northeast1",
    "northamerica-northeast2",
    "northamerica-south1",
    "southamerica-east1",
    "southamerica-west1",
    "us",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-east5",
    "us-south1",
    "us-west1",
    "us-west2",
    "us-west3",
    "us-west4",
};
#define LOCATION_COUNT (sizeof locations / sizeof *locations)

static bool find_project(struct cmek_demo_call *call)
{
    if (call->node)
        return true;
    cmek_demo_fail_denied(call, call->scope);
    return false;
}

static bool is_used(const struct cmek_demo_node *node, const char *location)
{
    const struct cmek_demo_items *repositories = &node->lists[CMEK_DEMO_REPOSITORIES];
    size_t length = strlen(location);
    for (size_t i = 0; i < repositories->count; i++) {
        const char *at = strstr(repositories->items[i]->name, "/locations/");
        at = at ? at + sizeof "/locations/" - 1 : "";
        if (strncmp(at, location, length) == 0 && at[length] == '/')
            return true;
    }
    return false;
}

static void list_locations(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "locations",
                                                   .default_size = 1000,
                                                   .max_size = 1000};
    if (!find_project(call))
        return;
    struct cmek_demo_item *made = cmek_arena_array(&call->arena, LOCATION_COUNT, sizeof *made);
    const struct cmek_demo_item **list =
        cmek_arena_array(&call->arena, LOCATION_COUNT, sizeof *list);
    struct cmek_demo_items items = {.items = list};
    for (size_t i = 0; i < LOCATION_COUNT; i++) {
        if (call->faults->few_locations && !is_used(call->node, locations[i]))
            continue;
        made[i].name = locations[i];
        made[i].json =
            cmek_arena_printf(&call->arena, "{\"name\":\"%s/locations/%s\",\"locationId\":\"%s\"}",
                              call->node->name, locations[i], locations[i]);
        list[items.count++] = &made[i];
    }
    cmek_demo_page_answer(call, &paging, &items, NULL, NULL);
}

static bool is_in_location(void *payload, const struct cmek_demo_item *item)
{
    return strstr(item->name, payload) != NULL;
}

static bool is_location(const char *name)
{
    for (size_t i = 0; i < LOCATION_COUNT; i++)
        if (cmek_str_eq(locations[i], name))
            return true;
    return false;
}

static void list_repositories(struct cmek_demo_call *call)
{
    static const struct cmek_demo_paging paging = {.size_param = "pageSize",
                                                   .member = "repositories",
                                                   .default_size = 100,
                                                   .max_size = 1000};
    if (!find_project(call))
        return;
    /* `-` is not documented, but answered. */
    bool all = cmek_str_eq(call->captures[1], "-");
    if (!all && !is_location(call->captures[1]) && !is_used(call->node, call->captures[1])) {
        cmek_demo_fail_denied(call, cmek_arena_printf(&call->arena, "%s/locations/%s", call->scope,
                                                      call->captures[1]));
        return;
    }
    char *part = cmek_arena_printf(&call->arena, "/locations/%s/", call->captures[1]);
    cmek_demo_page_answer(call, &paging, &call->node->lists[CMEK_DEMO_REPOSITORIES],
                          all ? NULL : is_in_location, part);
}

static void get_repository(struct cmek_demo_call *call)
{
    if (!find_project(call))
        return;
    const char *rest = cmek_arena_printf(&call->arena, "locations/%s/repositories/%s",
                                         call->captures[1], call->captures[2]);
    const struct cmek_demo_item *item = cmek_demo_node_item(call->node, rest);
    if (item)
        cmek_demo_answer_json(call, item->json);
    else
        cmek_demo_fail(call, CMEK_DEMO_NOT_FOUND, "Requested entity was not found.");
}

static void get_settings(struct cmek_demo_call *call)
{
    if (!find_project(call))
        return;
    if (call->node->settings_json) {
        cmek_demo_answer_json(call, call->node->settings_json);
        return;
    }
    cmek_json_begin_object(&call->writer);
    cmek_json_member_text(&call->writer, "name",
                          cmek_arena_printf(&call->arena, "%s/projectSettings", call->scope));
    cmek_json_end_object(&call->writer);
}

static const char *const location_params[] = {"extraLocationTypes", "filter", "pageSize",
                                              "pageToken", NULL};
static const char *const repository_params[] = {"filter", "orderBy", "pageSize", "pageToken", NULL};

static const struct cmek_demo_method methods[] = {
    {CMEK_DEMO_ARTIFACT_REGISTRY, "GET", "v1/projects/*/locations",
     "artifactregistry.locations.list", CMEK_DEMO_SCOPE_PATH, location_params, list_locations},
    {CMEK_DEMO_ARTIFACT_REGISTRY, "GET", "v1/projects/*/locations/*/repositories",
     "artifactregistry.repositories.list", CMEK_DEMO_SCOPE_PATH, repository_params,
     list_repositories},
    {CMEK_DEMO_ARTIFACT_REGISTRY, "GET", "v1/projects/*/locations/*/repositories/*",
     "artifactregistry.repositories.get", CMEK_DEMO_SCOPE_PATH, NULL, get_repository},
    {CMEK_DEMO_ARTIFACT_REGISTRY, "GET", "v1/projects/*/projectSettings",
     "artifactregistry.projectSettings.get", CMEK_DEMO_SCOPE_PATH, NULL, get_settings},
};

const struct cmek_demo_methods cmek_demo_artifact_registry_methods = CMEK_DEMO_METHODS(methods);
