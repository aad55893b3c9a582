/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory_fixture.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/catalogue.h"
#include "rules/catalogue_load.h"
#include "source/asset.h"
#include "json/json.h"

static struct cmek_catalogue *full_catalogue(void)
{
    static struct cmek_catalogue *catalogue;
    if (!catalogue) {
        catalogue = cmek_catalogue_built_in();
        cmek_catalogue_select_all(catalogue, true);
    }
    return catalogue;
}

const struct cmek_catalogue *fixture_catalogue(void)
{
    return full_catalogue();
}

void fixture_select(const char *services)
{
    bool all = strcmp(services, "all") == 0;
    cmek_catalogue_select_all(full_catalogue(), all);
    if (all)
        return;
    struct cmek_arena arena = {0};
    for (const char *at = services; *at; at += *at == ' ') {
        size_t length = strcspn(at, " ");
        const char *name = cmek_arena_strndup(&arena, at, length);
        ck_assert_msg(cmek_catalogue_select(full_catalogue(), name), "no service '%s'", name);
        at += length;
    }
    cmek_arena_done(&arena);
}

const struct cmek_catalogue *fixture_default_catalogue(void)
{
    static struct cmek_catalogue *catalogue;
    if (!catalogue) {
        catalogue = cmek_catalogue_built_in();
        ck_assert(cmek_catalogue_select(catalogue, "storage"));
        ck_assert(cmek_catalogue_select(catalogue, "pubsub"));
        ck_assert(cmek_catalogue_select(catalogue, "artifactregistry"));
    }
    return catalogue;
}

void fixture_add_asset(struct cmek_inventory *inventory, const struct cmek_json *asset)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_record record;
    enum cmek_status status = cmek_asset_decode(fixture_catalogue(), asset, &arena, &record, &err);
    ck_assert_msg(status == CMEK_OK, "the fixture's asset cannot be decoded: %s", err.message);
    cmek_inventory_add(inventory, &record);
    cmek_arena_done(&arena);
}

static void add_text(struct cmek_inventory *inventory, const char *text, size_t length)
{
    struct cmek_json *json = NULL;
    struct cmek_error err = {0};
    enum cmek_status status = cmek_json_parse(text, length, &json, &err);
    ck_assert_msg(status == CMEK_OK, "the fixture's line is no JSON: %s: %.*s", err.message,
                  (int)length, text);
    fixture_add_asset(inventory, json);
    cmek_json_free(json);
}

void fixture_add_line(struct cmek_inventory *inventory, const char *line)
{
    add_text(inventory, line, strlen(line));
}

void fixture_addf(struct cmek_inventory *inventory, const char *format, ...)
{
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    ck_assert_int_lt(length, (int)sizeof line);
    fixture_add_line(inventory, line);
}

void fixture_add_project(struct cmek_inventory *inventory, const char *id, const char *number,
                         const char *ancestors)
{
    fixture_addf(
        inventory,
        "{\"name\": \"//cloudresourcemanager.googleapis.com/projects/%s\","
        " \"asset_type\": \"cloudresourcemanager.googleapis.com/Project\","
        " \"resource\": {\"data\": {\"projectId\": \"%s\", \"projectNumber\": \"%s\"}}%s%s%s}",
        id, id, number, ancestors ? ", \"ancestors\": [" : "", ancestors ? ancestors : "",
        ancestors ? "]" : "");
}

void fixture_add_policy(struct cmek_inventory *inventory, const char *node,
                        enum cmek_constraint constraint, const char *specs)
{
    const char *name = cmek_str_after(cmek_constraint_name(constraint), "constraints/");
    fixture_addf(inventory,
                 "{\"name\": \"//orgpolicy.googleapis.com/%s/policies/%s\","
                 " \"asset_type\": \"orgpolicy.googleapis.com/Policy\","
                 " \"resource\": {\"data\": {\"name\": \"%s/policies/%s\", %s}}}",
                 node, name, node, name, specs);
}

#define CRM "//cloudresourcemanager.googleapis.com/"

void fixture_add_tag_key(struct cmek_inventory *inventory, const char *id, const char *parent,
                         const char *name)
{
    fixture_addf(inventory,
                 "{\"name\": \"" CRM "%s\", \"asset_type\":"
                 " \"cloudresourcemanager.googleapis.com/TagKey\", \"resource\": {\"data\":"
                 " {\"name\": \"%s\", \"parent\": \"%s\", \"namespacedName\": \"%s\"}}}",
                 id, id, parent, name);
}

void fixture_add_tag_value(struct cmek_inventory *inventory, const char *id, const char *key,
                           const char *short_name, const char *name)
{
    fixture_addf(inventory,
                 "{\"name\": \"" CRM "%s\", \"asset_type\":"
                 " \"cloudresourcemanager.googleapis.com/TagValue\", \"resource\": {\"data\":"
                 " {\"name\": \"%s\", \"parent\": \"%s\", \"shortName\": \"%s\"%s%s%s}}}",
                 id, id, key, short_name, name ? ", \"namespacedName\": \"" : "", name ? name : "",
                 name ? "\"" : "");
}

void fixture_bind(struct cmek_inventory *inventory, const char *node, const char *value)
{
    const char *member =
        cmek_str_starts(value, "tagValues/") ? "tagValue" : "tagValueNamespacedName";
    fixture_addf(inventory,
                 "{\"name\": \"" CRM "tagBindings/%s/%s\", \"asset_type\":"
                 " \"cloudresourcemanager.googleapis.com/TagBinding\", \"resource\": {\"data\":"
                 " {\"parent\": \"" CRM "%s\", \"%s\": \"%s\"}}}",
                 node, value, node, member, value);
}

struct cmek_inventory *fixture_inventory(const char *lines)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        if (length > 0)
            add_text(inventory, lines, length);
        lines += length + (lines[length] == '\n');
    }
    cmek_inventory_finish(inventory);
    return inventory;
}

const struct cmek_resource *fixture_resource(const struct cmek_inventory *inventory,
                                             const char *short_name)
{
    for (size_t i = 0; i < inventory->resource_list.count; i++)
        if (strcmp(cmek_short_name(inventory->resource_list.items[i]->name), short_name) == 0)
            return inventory->resource_list.items[i];
    return NULL;
}
