/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/catalogue_load.h"

#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/strings.h"
#include "embed/cmek_built_in_services.h"
#include "model/catalogue.h"
#include "rules/pack_files.h"
#include "yaml/yaml.h"

#define SERVICE_VALUE_LENGTH 200

struct service_form {
    const char *service, *name, *reference, *note;
    const struct cmek_yaml *resources;
};

static const struct cmek_yaml_field service_fields[] = {
    CMEK_YAML_FIELD(struct service_form, service, "service"),
    CMEK_YAML_FIELD(struct service_form, name, "name"),
    CMEK_YAML_FIELD(struct service_form, reference, "reference"),
    CMEK_YAML_FIELD(struct service_form, note, "note"),
    CMEK_YAML_FIELD(struct service_form, resources, "resources"),
    CMEK_YAML_END,
};

/* One file being added. */
struct file {
    struct cmek_catalogue *catalogue;
    const char *origin;
    struct cmek_map seen; /* services and asset types: where the file speaks of them */
};

static enum cmek_status see(struct file *file, const struct cmek_yaml *node, const char *name,
                            struct cmek_error *err)
{
    const struct cmek_yaml *earlier = cmek_map_get(&file->seen, name);
    if (earlier)
        return cmek_yaml_fail(node, err, "'%s' is already in line %zu", name, earlier->line);
    cmek_map_put_borrowed(&file->seen, name, (void *)(uintptr_t)node);
    return CMEK_OK;
}

/* A Terraform type makes resources of one type only. */
static enum cmek_status check_terraform(const struct cmek_catalogue *catalogue,
                                        const struct cmek_yaml *node,
                                        const struct cmek_service_type *type,
                                        struct cmek_error *err)
{
    for (size_t i = 0; i < type->terraform_count; i++) {
        const char *name = type->terraform[i].type;
        const struct cmek_service_type *other = cmek_catalogue_terraform(catalogue, name, NULL);
        if (other && strcmp(other->asset_type, type->asset_type) != 0)
            return cmek_yaml_fail(cmek_yaml_get(node, "terraform"), err,
                                  "the Terraform type '%s' belongs to %s already", name,
                                  other->asset_type);
    }
    return CMEK_OK;
}

static enum cmek_status add_type(struct file *file, const struct cmek_yaml *node,
                                 struct cmek_service *service, struct cmek_error *err)
{
    struct cmek_catalogue *catalogue = file->catalogue;
    struct cmek_service_type type;
    enum cmek_status status = cmek_service_type_decode(node, catalogue, &type, err);
    if (status == CMEK_OK)
        status = see(file, node, type.asset_type, err);
    if (status == CMEK_OK)
        status = check_terraform(catalogue, node, &type, err);
    if (status != CMEK_OK)
        return status;
    if (catalogue->types.count >= CMEK_LIMIT_SERVICE_TYPES)
        return cmek_yaml_fail(node, err, "more than %d types of resources",
                              CMEK_LIMIT_SERVICE_TYPES);
    type.service = service;
    type.origin = file->origin;
    cmek_catalogue_add_type(catalogue, &type);
    return CMEK_OK;
}

static enum cmek_status check_service(const struct cmek_yaml *node, const struct service_form *form,
                                      bool is_new, struct cmek_error *err)
{
    const struct {
        const char *key, *value;
    } required[] = {{"service", form->service}, {"name", is_new ? form->name : ""}};
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (!required[i].value)
            return cmek_yaml_fail(node, err, "%s is missing", required[i].key);
    size_t length = strlen(form->service);
    bool is_name =
        length <= SERVICE_VALUE_LENGTH && strchr(form->service, '.') &&
        form->service[strspn(form->service, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
    if (!is_name)
        return cmek_yaml_fail(cmek_yaml_get(node, "service"), err,
                              "'%.200s' is no service such as storage.googleapis.com",
                              form->service);
    if (form->reference && !cmek_str_starts(form->reference, "https://"))
        return cmek_yaml_fail(cmek_yaml_get(node, "reference"), err, "'%s' is no https:// address",
                              form->reference);
    if (is_new && !form->resources && !form->note)
        return cmek_yaml_fail(node, err,
                              "resources are missing, or a note that says why there are none");
    if (form->resources && form->resources->kind != CMEK_YAML_LIST)
        return cmek_yaml_fail(form->resources, err, "resources is %s, expected a list",
                              cmek_yaml_kind_name(form->resources->kind));
    return CMEK_OK;
}

static enum cmek_status add_service(struct file *file, const struct cmek_yaml *node,
                                    struct cmek_error *err)
{
    struct cmek_catalogue *catalogue = file->catalogue;
    struct service_form form = {0};
    enum cmek_status status = cmek_yaml_decode(node, service_fields, &catalogue->arena, &form, err);
    bool is_new = form.service && !cmek_catalogue_service(catalogue, form.service);
    if (status == CMEK_OK)
        status = check_service(node, &form, is_new, err);
    if (status == CMEK_OK)
        status = see(file, node, form.service, err);
    if (status != CMEK_OK)
        return status;
    if (is_new && catalogue->services.count >= CMEK_LIMIT_SERVICES)
        return cmek_yaml_fail(node, err, "more than %d services", CMEK_LIMIT_SERVICES);
    struct cmek_service *service = cmek_catalogue_add_service(catalogue, form.service);
    service->name = form.name ? form.name : service->name;
    service->reference = form.reference ? form.reference : service->reference;
    service->note = form.note || form.resources ? form.note : service->note;
    const struct cmek_yaml *item = form.resources ? form.resources->first : NULL;
    for (; item && status == CMEK_OK; item = item->next)
        status = add_type(file, item, service, err);
    return status;
}

static enum cmek_status take_document(void *payload, const struct cmek_yaml *root,
                                      const char *origin, struct cmek_error *err)
{
    struct file file = {.catalogue = payload, .origin = origin};
    if (root->kind != CMEK_YAML_LIST)
        return cmek_yaml_fail(root, err,
                              "a catalogue is a list of services ('- service: …'), this is %s",
                              cmek_yaml_kind_name(root->kind));
    enum cmek_status status = CMEK_OK;
    for (const struct cmek_yaml *node = root->first; node && status == CMEK_OK; node = node->next)
        status = add_service(&file, node, err);
    cmek_map_done(&file.seen);
    return status;
}

struct cmek_catalogue *cmek_catalogue_built_in(void)
{
    struct cmek_catalogue *catalogue = cmek_catalogue_new();
    struct cmek_pack_sink sink = {&catalogue->arena, take_document, catalogue};
    cmek_pack_built_in("rules/services/", cmek_built_in_services, cmek_built_in_services_size,
                       &sink);
    return catalogue;
}

enum cmek_status cmek_catalogue_load(struct cmek_catalogue *catalogue, const char *path,
                                     struct cmek_error *err)
{
    struct cmek_pack_sink sink = {&catalogue->arena, take_document, catalogue};
    return cmek_pack_load(path, &sink, err);
}
