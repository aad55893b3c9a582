/* SPDX-License-Identifier: Apache-2.0 */
/* What a planned resource is called, and where it will lie. */
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"
#include "model/names.h"
#include "source/terraform_value.h"
#include "source/terraform_view.h"
#include "json/json.h"

/* The bucket that Container Registry makes
 * (https://cloud.google.com/container-registry/docs/enable-service). */
static const char *registry_bucket(const struct cmek_tf_view *view)
{
    struct cmek_tf_plan *plan = view->plan;
    struct cmek_tf_value location = cmek_tf_attribute(plan, view->instance, "location");
    const char *project = cmek_tf_project(plan, view->instance);
    if (!project || (location.state != CMEK_TF_KNOWN && location.state != CMEK_TF_ABSENT))
        return NULL;
    const char *colon = strchr(project, ':');
    const char *id = project;
    if (colon)
        id = cmek_arena_printf(&plan->arena, "%s.%.*s.a", colon + 1, (int)(colon - project),
                               project);
    bool is_regional = location.state == CMEK_TF_KNOWN;
    return cmek_arena_printf(&plan->arena, "%s%sartifacts.%s.appspot.com",
                             is_regional ? cmek_arena_lower(&plan->arena, location.text) : "",
                             is_regional ? "." : "", id);
}

/* "cluster[].id" of the element at hand: "cluster[1].id". */
static const char *of_element(const struct cmek_tf_view *view, const char *attribute)
{
    const char *brackets = strstr(attribute, "[]");
    if (!brackets)
        return attribute;
    return cmek_arena_printf(view->arena, "%.*s[%zu]%s", (int)(brackets - attribute), attribute,
                             view->element, brackets + 2);
}

/* A value of a name pattern; NULL: not known. The provider takes many by their whole address
 * ("projects/p/locations/l/clusters/c"), whose last part is what a name holds. */
static const char *pattern_value(const struct cmek_tf_view *view, const char *name)
{
    static const struct {
        const char *name;
        enum cmek_tf_default which;
    } defaulted[] = {{"region", CMEK_TF_REGION}, {"zone", CMEK_TF_ZONE}};
    if (strcmp(name, "project") == 0)
        return cmek_tf_project(view->plan, view->instance);
    if (strcmp(name, "registry_bucket") == 0)
        return registry_bucket(view);
    const char *text = NULL;
    for (size_t i = 0; i < sizeof defaulted / sizeof *defaulted && !text; i++)
        if (strcmp(name, defaulted[i].name) == 0)
            text = cmek_tf_defaulted_text(view->plan, view->instance, defaulted[i].which);
    if (!text)
        text = cmek_tf_text(view->plan, view->instance, of_element(view, name));
    if (!text)
        return NULL;
    text = cmek_short_name(text);
    return strcmp(name, "location") == 0 ? cmek_arena_lower(view->arena, text) : text;
}

static const char *fill_in(const struct cmek_tf_view *view, const char *pattern)
{
    struct cmek_strbuf name = {0};
    bool is_known = true;
    for (const char *at = pattern; *at && is_known;) {
        size_t plain = strcspn(at, "{");
        cmek_strbuf_append(&name, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        size_t length = strcspn(++at, "}");
        const char *value = pattern_value(view, cmek_arena_strndup(view->arena, at, length));
        is_known = value && value[0] != '\0';
        if (is_known)
            cmek_strbuf_puts(&name, value);
        at += length + 1;
    }
    const char *text = is_known ? cmek_arena_strdup(view->arena, cmek_strbuf_text(&name)) : NULL;
    cmek_strbuf_done(&name);
    return text;
}

/* Ids are names below the service's host, but for a few that say nothing of where they lie. */
static const char *name_by_id(const struct cmek_tf_view *view)
{
    static const char *const beginnings[] = {"projects/", "folders/", "organizations/",
                                             "billingAccounts/"};
    const char *id = cmek_tf_given_text(view->plan, view->instance, "id");
    for (size_t i = 0; id && i < sizeof beginnings / sizeof *beginnings; i++)
        if (cmek_str_starts(id, beginnings[i]))
            return cmek_arena_printf(view->arena, "//%.*s/%s",
                                     (int)strcspn(view->type->asset_type, "/"),
                                     view->type->asset_type, id);
    return NULL;
}

const char *cmek_tf_full_name(const struct cmek_tf_view *view)
{
    const char *name = view->row->name ? fill_in(view, view->row->name) : NULL;
    return name || view->row->each ? name : name_by_id(view);
}

const char *cmek_tf_stand_in_name(const struct cmek_tf_view *view)
{
    const char *host = view->row->name ? view->row->name + sizeof "//" - 1 : view->type->asset_type;
    const char *element = "";
    if (view->row->each)
        element = cmek_arena_printf(view->arena, ".%s[%zu]", view->row->each, view->element);
    return cmek_arena_printf(view->arena, "//%.*s/${%s%s}", (int)strcspn(host, "/"), host,
                             view->instance->address, element);
}

/* "folders/2" in "//logging.googleapis.com/folders/2/locations/…". */
static const char *node_in(const char *full_name, const char *beginning, struct cmek_arena *arena)
{
    const char *at = full_name ? strstr(full_name, beginning) : NULL;
    if (!at)
        return NULL;
    at++;
    size_t length = strlen(beginning) - 1;
    return cmek_arena_strndup(arena, at, length + strcspn(at + length, "/"));
}

const char *cmek_tf_parent(const struct cmek_tf_view *view, const char *full_name)
{
    static const char *const beginnings[] = {"/folders/", "/organizations/", "/billingAccounts/"};
    const char *pattern = view->row->name;
    for (size_t i = 0; pattern && i < sizeof beginnings / sizeof *beginnings; i++)
        if (strstr(pattern, beginnings[i]))
            return node_in(full_name, beginnings[i], view->arena);
    const char *project = cmek_tf_project(view->plan, view->instance);
    return project ? cmek_arena_printf(view->arena, "projects/%s", project) : NULL;
}
