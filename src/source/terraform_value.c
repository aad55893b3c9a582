/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_value.h"

#include <string.h>

#include "base/strings.h"
#include "source/terraform_path.h"
#include "json/json.h"

static const char *const default_names[CMEK_TF_DEFAULT_COUNT_] = {
    [CMEK_TF_PROJECT] = "project",
    [CMEK_TF_REGION] = "region",
    [CMEK_TF_ZONE] = "zone",
};

const struct cmek_tf_values *cmek_tf_values(struct cmek_tf_plan *plan,
                                            struct cmek_tf_instance *instance)
{
    if (!instance->parsed)
        instance->parsed = cmek_arena_alloc(&plan->arena, sizeof *instance->parsed);
    if (!instance->parsed->are_parsed)
        *instance->parsed = (struct cmek_tf_values){
            cmek_tf_parse(instance->after),
            cmek_tf_parse(instance->after_unknown),
            cmek_tf_parse(instance->after_sensitive),
            true,
        };
    return instance->parsed;
}

void cmek_tf_forget_values(struct cmek_tf_instance *instance)
{
    cmek_json_free(instance->block->parsed);
    instance->block->parsed = NULL;
    if (!instance->parsed)
        return;
    cmek_json_free(instance->parsed->after);
    cmek_json_free(instance->parsed->unknown);
    cmek_json_free(instance->parsed->sensitive);
    *instance->parsed = (struct cmek_tf_values){0};
}

static struct cmek_tf_value given(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                  const char *path)
{
    const struct cmek_tf_values *values = cmek_tf_values(plan, instance);
    struct cmek_tf_place place = {
        .after = values->after,
        .unknown = values->unknown,
        .sensitive = values->sensitive,
    };
    cmek_tf_place_walk(&place, path, &plan->arena);
    if (place.is_sensitive && (place.after || place.is_unknown))
        return (struct cmek_tf_value){.state = CMEK_TF_SENSITIVE};
    if (place.is_unknown)
        return (struct cmek_tf_value){.state = CMEK_TF_UNKNOWN};
    if (!place.after)
        return (struct cmek_tf_value){.state = CMEK_TF_ABSENT};
    const char *text = cmek_json_string(place.after, &plan->arena);
    int64_t number;
    if (!text && cmek_json_int64(place.after, &number))
        text = cmek_arena_printf(&plan->arena, "%lld", (long long)number);
    if (!text)
        return (struct cmek_tf_value){.state = CMEK_TF_MISSHAPEN};
    return (struct cmek_tf_value){.state = text[0] ? CMEK_TF_KNOWN : CMEK_TF_ABSENT, .text = text};
}

/* A part of a name that the plan leaves open. A slash in it, of an index, would change the shape of
 * the name. */
static const char *open_part(struct cmek_tf_plan *plan, const struct cmek_tf_instance *instance,
                             const char *attribute)
{
    char *part = cmek_arena_printf(&plan->arena, "${%s.%s}", instance->address, attribute);
    for (char *at = strchr(part, '/'); at; at = strchr(at, '/'))
        *at = '|';
    return part;
}

static const char *text_or_open(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                const char *attribute, size_t steps)
{
    struct cmek_tf_value value = cmek_tf_attribute_after(plan, instance, attribute, steps);
    bool is_part = value.state == CMEK_TF_KNOWN && !strchr(value.text, '/');
    return is_part ? value.text : open_part(plan, instance, attribute);
}

static const char *ring_name(struct cmek_tf_plan *plan, struct cmek_tf_instance *ring, size_t steps)
{
    const char *project = cmek_tf_project(plan, ring);
    return cmek_arena_printf(&plan->arena, "projects/%s/locations/%s/keyRings/%s",
                             project ? project : open_part(plan, ring, "project"),
                             text_or_open(plan, ring, "location", steps),
                             text_or_open(plan, ring, "name", steps));
}

/* The provider takes a ring as "PROJECT/LOCATION/RING" too. */
static const char *key_name(struct cmek_tf_plan *plan, struct cmek_tf_instance *key, size_t steps)
{
    struct cmek_tf_value ring = cmek_tf_attribute_after(plan, key, "key_ring", steps);
    if (ring.state != CMEK_TF_KNOWN)
        return NULL;
    const char *first = strchr(ring.text, '/'), *second = first ? strchr(first + 1, '/') : NULL;
    if (second && !strchr(second + 1, '/'))
        ring.text = cmek_arena_printf(&plan->arena, "projects/%.*s/locations/%.*s/keyRings/%s",
                                      (int)(first - ring.text), ring.text,
                                      (int)(second - first - 1), first + 1, second + 1);
    return cmek_arena_printf(&plan->arena, "%s/cryptoKeys/%s", ring.text,
                             text_or_open(plan, key, "name", steps));
}

static const char *project_id(struct cmek_tf_plan *plan, struct cmek_tf_instance *project,
                              size_t steps)
{
    return text_or_open(plan, project, "project_id", steps);
}

static const char *project_ref(struct cmek_tf_plan *plan, struct cmek_tf_instance *project,
                               size_t steps)
{
    return cmek_arena_printf(&plan->arena, "projects/%s", project_id(plan, project, steps));
}

static const char *open_project_id(struct cmek_tf_plan *plan, struct cmek_tf_instance *project,
                                   size_t steps)
{
    (void)steps;
    return open_part(plan, project, "project_id");
}

/* A folder that is still to be made has a number that nobody can have written down. */
static const char *folder_id(struct cmek_tf_plan *plan, struct cmek_tf_instance *folder,
                             size_t steps)
{
    (void)steps;
    return open_part(plan, folder, "folder_id");
}

static const char *folder_ref(struct cmek_tf_plan *plan, struct cmek_tf_instance *folder,
                              size_t steps)
{
    return cmek_arena_printf(&plan->arena, "folders/%s", folder_id(plan, folder, steps));
}

/* So have tags. */
static const char *tag_key_id(struct cmek_tf_plan *plan, struct cmek_tf_instance *key, size_t steps)
{
    (void)steps;
    return cmek_arena_printf(&plan->arena, "tagKeys/%s", open_part(plan, key, "name"));
}

static const char *tag_value_id(struct cmek_tf_plan *plan, struct cmek_tf_instance *value,
                                size_t steps)
{
    (void)steps;
    return cmek_arena_printf(&plan->arena, "tagValues/%s", open_part(plan, value, "name"));
}

/* Attributes that the provider makes from others: "" is a reference to the whole resource, as
 * `TYPE.NAME[each.key].id` shows in a plan. */
static const struct {
    const char *type, *attribute;
    const char *(*make)(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance, size_t steps);
} computed[] = {
    {"google_kms_crypto_key", "id", key_name},
    {"google_kms_crypto_key", "self_link", key_name},
    {"google_kms_crypto_key", "", key_name},
    {"google_kms_key_ring", "id", ring_name},
    {"google_kms_key_ring", "self_link", ring_name},
    {"google_kms_key_ring", "", ring_name},
    {"google_project", "id", project_ref},
    {"google_project", "number", project_id},
    {"google_project", "", project_id},
    {"google_project", "project_id", open_project_id},
    {"google_tags_tag_key", "id", tag_key_id},
    {"google_tags_tag_key", "name", tag_key_id},
    {"google_tags_tag_key", "", tag_key_id},
    {"google_tags_tag_value", "id", tag_value_id},
    {"google_tags_tag_value", "name", tag_value_id},
    {"google_tags_tag_value", "", tag_value_id},
    {"google_folder", "id", folder_ref},
    {"google_folder", "name", folder_ref},
    {"google_folder", "folder_id", folder_id},
};

static const char *compute(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                           const char *attribute, size_t steps)
{
    for (size_t i = 0; i < sizeof computed / sizeof *computed; i++)
        if (strcmp(computed[i].type, instance->type) == 0 &&
            strcmp(computed[i].attribute, attribute) == 0)
            return computed[i].make(plan, instance, steps);
    return NULL;
}

static const struct cmek_json *expressions_of(struct cmek_tf_block *block)
{
    if (!block->parsed)
        block->parsed = cmek_tf_parse(cmek_json_text_member(block->text, "expressions"));
    return block->parsed;
}

static const struct cmek_json *expression_at(struct cmek_tf_plan *plan, struct cmek_tf_block *block,
                                             const char *path)
{
    return path[0] ? cmek_tf_expression(expressions_of(block), path, &plan->arena) : NULL;
}

bool cmek_tf_is_set_by_nobody(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                              const char *path)
{
    return cmek_tf_is_left_out(expressions_of(instance->block),
                               cmek_tf_values(plan, instance)->after, path, &plan->arena);
}

struct cmek_tf_value cmek_tf_attribute_after(struct cmek_tf_plan *plan,
                                             struct cmek_tf_instance *instance, const char *path,
                                             size_t steps)
{
    struct cmek_tf_value value = {.state = CMEK_TF_UNKNOWN};
    if (path[0] != '\0') /* else the whole resource is referred to */
        value = given(plan, instance, path);
    if (steps > CMEK_TF_MOST_STEPS || value.state != CMEK_TF_UNKNOWN)
        return value;
    const char *made = compute(plan, instance, path, steps + 1);
    if (made)
        return (struct cmek_tf_value){.state = CMEK_TF_KNOWN, .text = made, .is_from_origin = true};
    const struct cmek_json *expression = expression_at(plan, instance->block, path);
    struct cmek_tf_scope scope = {instance->block->module, instance->module_address,
                                  instance->index, instance->block};
    value = (struct cmek_tf_value){.state = CMEK_TF_UNKNOWN};
    if (expression)
        value = cmek_tf_follow(plan, &scope, expression, steps + 1);
    value.is_from_origin = true;
    if (value.state == CMEK_TF_UNKNOWN && !value.awaits)
        value.awaits =
            cmek_arena_printf(&plan->arena, "%s%s%s", instance->address, path[0] ? "." : "", path);
    return value;
}

struct cmek_tf_value cmek_tf_attribute(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                       const char *path)
{
    plan->steps = 0;
    return cmek_tf_attribute_after(plan, instance, path, 0);
}

const char *cmek_tf_text(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                         const char *path)
{
    struct cmek_tf_value value = cmek_tf_attribute(plan, instance, path);
    return value.state == CMEK_TF_KNOWN ? value.text : NULL;
}

const char *cmek_tf_given_text(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                               const char *path)
{
    struct cmek_tf_value value = given(plan, instance, path);
    return value.state == CMEK_TF_KNOWN ? value.text : NULL;
}

const char *cmek_tf_project_ref(struct cmek_tf_plan *plan, struct cmek_tf_instance *project)
{
    plan->steps = 0;
    return project_ref(plan, project, 0);
}

/* A default of the provider, which it gives resources that do not say themselves. */
static const char *provider_default(struct cmek_tf_plan *plan, struct cmek_tf_provider *provider,
                                    enum cmek_tf_default which)
{
    if (provider->defaults[which].is_resolved)
        return provider->defaults[which].text;
    provider->defaults[which].is_resolved = true;
    struct cmek_json *expression =
        cmek_tf_parse(cmek_json_text_member(provider->expressions, default_names[which]));
    struct cmek_tf_scope scope = {provider->module ? provider->module : plan->root, NULL, "", NULL};
    struct cmek_tf_value value = {0};
    if (expression)
        value = cmek_tf_follow(plan, &scope, expression, 1);
    cmek_json_free(expression);
    if (value.state == CMEK_TF_KNOWN)
        provider->defaults[which].text = value.text;
    return provider->defaults[which].text;
}

const char *cmek_tf_defaulted_text(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                                   enum cmek_tf_default which)
{
    const char *name = default_names[which];
    struct cmek_tf_value value = cmek_tf_attribute(plan, instance, name);
    bool is_default =
        value.state == CMEK_TF_ABSENT ||
        (value.state == CMEK_TF_UNKNOWN && !expression_at(plan, instance->block, name));
    if (!is_default)
        return value.state == CMEK_TF_KNOWN ? value.text : NULL;
    const char *key =
        cmek_tf_string(cmek_json_text_member(instance->block->text, "provider_config_key"),
                       &plan->arena);
    struct cmek_tf_provider *provider = key ? cmek_map_get(&plan->providers, key) : NULL;
    return provider ? provider_default(plan, provider, which) : NULL;
}

const char *cmek_tf_project(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance)
{
    const char *text = cmek_tf_defaulted_text(plan, instance, CMEK_TF_PROJECT);
    const char *id = text ? cmek_str_after(text, "projects/") : NULL;
    return id ? id : text;
}
