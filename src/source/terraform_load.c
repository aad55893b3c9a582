/* SPDX-License-Identifier: Apache-2.0 */
/* The top of a plan, and the resources it speaks of. */
#include <string.h>

#include "base/limits.h"
#include "source/file_kind.h"
#include "source/terraform.h"
#include "json/json.h"

struct loader {
    struct cmek_tf_plan *plan;
    struct cmek_json_text format, values, planned, prior, changes, configuration;
    bool has_terraform_version;
};

struct cmek_json *cmek_tf_parse(struct cmek_json_text text)
{
    struct cmek_json *json = NULL;
    if (text.length == 0 || cmek_json_parse(text.at, text.length, &json, NULL) != CMEK_OK)
        return NULL;
    return json;
}

const char *cmek_tf_string(struct cmek_json_text text, struct cmek_arena *arena)
{
    if (text.length < 2 || *text.at != '"')
        return NULL;
    if (!memchr(text.at, '\\', text.length))
        return cmek_arena_strndup(arena, text.at + 1, text.length - 2);
    struct cmek_json *json = cmek_tf_parse(text);
    const char *string = cmek_json_string(json, arena);
    cmek_json_free(json);
    return string;
}

bool cmek_tf_next_part(const char **at, struct cmek_arena *arena, struct cmek_tf_part *ret_part)
{
    const char *start = *at, *end = start + strcspn(start, ".[");
    if (end == start)
        return false;
    const char *close = end;
    bool is_quoted = false;
    if (*close == '[') {
        for (; *close && (is_quoted || *close != ']'); close++) {
            if (is_quoted && *close == '\\' && close[1])
                close++;
            else if (*close == '"')
                is_quoted = !is_quoted;
        }
        close += *close == ']';
    }
    ret_part->name = cmek_arena_strndup(arena, start, (size_t)(end - start));
    ret_part->index = cmek_arena_strndup(arena, end, (size_t)(close - end));
    *at = close + (*close == '.');
    return true;
}

/* A resource as it is written down: in a change or among values. */
struct written {
    struct cmek_json_text address, module_address, mode, type, name, index, deposed;
    struct cmek_json_text change, values, sensitive;
};

static void read_written(struct cmek_json_text text, struct written *written)
{
    const struct {
        const char *name;
        struct cmek_json_text *value;
    } members[] = {
        {"address", &written->address}, {"module_address", &written->module_address},
        {"mode", &written->mode},       {"type", &written->type},
        {"name", &written->name},       {"index", &written->index},
        {"deposed", &written->deposed}, {"change", &written->change},
        {"values", &written->values},   {"sensitive_values", &written->sensitive},
    };
    struct cmek_json_walk walk = cmek_json_walk(text, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text name, value;
    while (cmek_json_walk_member(&walk, &name, &value))
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (cmek_json_text_is(name, members[i].name))
                *members[i].value = value;
}

static bool is_null(struct cmek_json_text text)
{
    return text.length == 0 || cmek_json_text_is(text, "null");
}

static enum cmek_tf_action action_of(struct cmek_json_text actions, bool is_import)
{
    bool creates = false, deletes = false;
    enum cmek_tf_action action = CMEK_TF_ODD;
    static const struct {
        const char *name;
        enum cmek_tf_action action;
    } rows[] = {
        {"\"no-op\"", CMEK_TF_KEEP},    {"\"create\"", CMEK_TF_CREATE},
        {"\"update\"", CMEK_TF_UPDATE}, {"\"delete\"", CMEK_TF_DELETE},
        {"\"forget\"", CMEK_TF_FORGET}, {"\"read\"", CMEK_TF_READ},
    };
    struct cmek_json_walk walk = cmek_json_walk(actions, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text item;
    while (cmek_json_walk_item(&walk, &item)) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (cmek_json_text_is(item, rows[i].name))
                action = rows[i].action;
        creates |= action == CMEK_TF_CREATE;
        deletes |= action == CMEK_TF_DELETE || action == CMEK_TF_FORGET;
    }
    if (creates && deletes)
        return CMEK_TF_REPLACE;
    return is_import && (action == CMEK_TF_KEEP || action == CMEK_TF_UPDATE) ? CMEK_TF_IMPORT
                                                                             : action;
}

static void read_change(struct cmek_json_text change, struct cmek_tf_instance *instance)
{
    struct cmek_json_text actions = {NULL, 0}, importing = {NULL, 0}, name, value;
    struct cmek_json_walk walk = cmek_json_walk(change, CMEK_LIMIT_JSON_DEPTH);
    while (cmek_json_walk_member(&walk, &name, &value)) {
        if (cmek_json_text_is(name, "actions"))
            actions = value;
        else if (cmek_json_text_is(name, "before"))
            instance->before = value;
        else if (cmek_json_text_is(name, "after"))
            instance->after = value;
        else if (cmek_json_text_is(name, "after_unknown"))
            instance->after_unknown = value;
        else if (cmek_json_text_is(name, "after_sensitive"))
            instance->after_sensitive = value;
        else if (cmek_json_text_is(name, "importing"))
            importing = value;
    }
    instance->action = action_of(actions, !is_null(importing));
}

static struct cmek_tf_instance *add_instance(struct loader *loader, const struct written *written,
                                             const char *module_address)
{
    struct cmek_tf_plan *plan = loader->plan;
    const char *address = cmek_tf_string(written->address, &plan->arena);
    const char *type = cmek_tf_string(written->type, &plan->arena);
    const char *name = cmek_tf_string(written->name, &plan->arena);
    if (!address || !type || !name)
        return NULL;
    struct cmek_tf_instance *instance = cmek_arena_alloc(&plan->arena, sizeof *instance);
    instance->address = address;
    instance->type = type;
    instance->module_address = module_address;
    instance->is_data = cmek_json_text_is(written->mode, "\"data\"");
    instance->is_deposed = !is_null(written->deposed);
    instance->index = is_null(written->index)
                          ? ""
                          : cmek_arena_printf(&plan->arena, "[%.*s]", (int)written->index.length,
                                              written->index.at);
    const struct cmek_tf_module *module = cmek_tf_module_at(plan, module_address);
    const char *block =
        cmek_arena_printf(&plan->arena, "%s%s.%s", instance->is_data ? "data." : "", type, name);
    instance->block = cmek_tf_block_of(plan, module ? module : plan->root, block);
    *CMEK_VEC_ADD(&plan->instances) = instance;
    if (!instance->is_deposed) {
        cmek_map_put_borrowed(&plan->by_address, address, instance);
        *CMEK_VEC_ADD(&instance->block->instances) = instance;
    }
    return instance;
}

static enum cmek_status load_changes(struct loader *loader, struct cmek_json_text changes,
                                     bool are_deferred, struct cmek_error *err)
{
    if (is_null(changes))
        return CMEK_OK;
    struct cmek_json_walk walk = cmek_json_walk(changes, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text item;
    while (cmek_json_walk_item(&walk, &item)) {
        struct written written = {0};
        read_written(are_deferred ? cmek_json_text_member(item, "resource_change") : item,
                     &written);
        const char *module = cmek_tf_string(written.module_address, &loader->plan->arena);
        struct cmek_tf_instance *instance = add_instance(loader, &written, module ? module : "");
        if (!instance)
            return cmek_fail(err, CMEK_E_INVALID,
                             "a resource change without address, type and name");
        read_change(written.change, instance);
        instance->is_deferred = are_deferred;
    }
    return walk.is_broken ? cmek_fail(err, CMEK_E_INVALID, "resource_changes is no list of objects")
                          : CMEK_OK;
}

/* Nearly all are, and say so in their first member. */
static bool is_loaded(struct loader *loader, struct cmek_json_text resource)
{
    struct cmek_json_walk walk = cmek_json_walk(resource, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text name, value;
    return cmek_json_walk_member(&walk, &name, &value) && cmek_json_text_is(name, "address") &&
           value.length > 2 && !memchr(value.at, '\\', value.length) &&
           cmek_map_get_n(&loader->plan->by_address, value.at + 1, value.length - 2);
}

/* Resources among values that no change speaks of: data sources, and what a targeted plan leaves
 * alone. */
static void load_resources(struct loader *loader, struct cmek_json_text resources,
                           const char *module_address, bool is_prior)
{
    struct cmek_json_walk walk = cmek_json_walk(resources, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text item;
    while (resources.length > 0 && cmek_json_walk_item(&walk, &item)) {
        struct written written = {0};
        if (is_loaded(loader, item))
            continue;
        read_written(item, &written);
        const char *address = cmek_tf_string(written.address, &loader->plan->arena);
        bool is_data = cmek_json_text_is(written.mode, "\"data\"");
        /* What the prior state alone knows of as managed is gone after the plan. */
        if (!address || (is_prior && !is_data) || cmek_map_get(&loader->plan->by_address, address))
            continue;
        struct cmek_tf_instance *instance = add_instance(loader, &written, module_address);
        if (!instance)
            continue;
        instance->action = is_data ? CMEK_TF_READ : CMEK_TF_KEEP;
        instance->after = written.values;
        instance->after_sensitive = written.sensitive;
    }
}

static void load_values(struct loader *loader, struct cmek_json_text module, bool is_prior,
                        size_t depth)
{
    if (module.length == 0 || depth > CMEK_LIMIT_JSON_DEPTH)
        return;
    const char *address =
        cmek_tf_string(cmek_json_text_member(module, "address"), &loader->plan->arena);
    load_resources(loader, cmek_json_text_member(module, "resources"), address ? address : "",
                   is_prior);
    struct cmek_json_text children = cmek_json_text_member(module, "child_modules"), child;
    struct cmek_json_walk walk = cmek_json_walk(children, CMEK_LIMIT_JSON_DEPTH);
    while (children.length > 0 && cmek_json_walk_item(&walk, &child))
        load_values(loader, child, is_prior, depth + 1);
}

static void read_member(struct loader *loader, struct cmek_json_text name,
                        struct cmek_json_text value)
{
    const struct {
        const char *name;
        struct cmek_json_text *value;
    } members[] = {
        {"format_version", &loader->format},     {"values", &loader->values},
        {"planned_values", &loader->planned},    {"prior_state", &loader->prior},
        {"resource_changes", &loader->changes},  {"configuration", &loader->configuration},
        {"variables", &loader->plan->variables},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (cmek_json_text_is(name, members[i].name))
            *members[i].value = value;
    if (cmek_json_text_is(name, "errored"))
        loader->plan->is_errored = cmek_json_text_is(value, "true");
    if (cmek_json_text_is(name, "complete"))
        loader->plan->is_incomplete = cmek_json_text_is(value, "false");
    if (cmek_json_text_is(name, "terraform_version"))
        loader->has_terraform_version = true;
}

#define HOW_TO_MAKE                                                                                \
    "make one with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json"

static enum cmek_status check_kind(const struct loader *loader, struct cmek_arena *arena,
                                   struct cmek_error *err)
{
    const char *format = cmek_tf_string(loader->format, arena);
    bool has_plan = !is_null(loader->changes) || !is_null(loader->planned);
    if (!format)
        return cmek_fail(
            err, CMEK_E_INVALID,
            "no plan of Terraform or OpenTofu (there is no format_version); " HOW_TO_MAKE);
    if (!has_plan && !is_null(loader->values))
        return cmek_fail(err, CMEK_E_INVALID,
                         "this is a state, which says what was, not a plan; " HOW_TO_MAKE);
    if (strncmp(format, "1.", 2) != 0 && strncmp(format, "0.", 2) != 0)
        return cmek_fail(err, CMEK_E_INVALID,
                         "a plan of format_version %.20s; 1.x can be read (and 0.x, of old)",
                         format);
    if (!has_plan && !loader->plan->is_errored && is_null(loader->configuration))
        return cmek_fail(err, CMEK_E_INVALID,
                         "it has neither resource_changes nor planned_values; " HOW_TO_MAKE);
    return CMEK_OK;
}

enum cmek_status cmek_tf_plan_load(struct cmek_json_text text, struct cmek_tf_plan *ret_plan,
                                   struct cmek_error *err)
{
    struct loader loader = {.plan = ret_plan};
    enum cmek_file_kind kind = cmek_file_kind_of(text.at, text.length);
    if (kind == CMEK_FILE_ASSETS)
        return cmek_fail(err, CMEK_E_USAGE, "this is an asset file, not a plan: use --assets");
    if (kind == CMEK_FILE_REPORT)
        return cmek_fail(err, CMEK_E_USAGE,
                         "this is a cmekscan report, not a plan: use convert, diff or explain");
    struct cmek_json_text deferred = {NULL, 0}, name, value;
    struct cmek_json_walk walk = cmek_json_walk(text, CMEK_LIMIT_JSON_DEPTH);
    while (cmek_json_walk_member(&walk, &name, &value)) {
        read_member(&loader, name, value);
        if (cmek_json_text_is(name, "deferred_changes"))
            deferred = value;
    }
    cmek_json_skip_blanks(&walk.cursor);
    if (walk.is_broken || walk.cursor.at != walk.cursor.end)
        return cmek_fail(err, CMEK_E_INVALID,
                         "no JSON object, or one that is cut off or broken at byte %zu",
                         (size_t)(walk.cursor.at - text.at));
    enum cmek_status status = check_kind(&loader, &ret_plan->arena, err);
    if (status == CMEK_OK)
        status = cmek_tf_load_configuration(ret_plan, loader.configuration, err);
    if (status == CMEK_OK)
        status = load_changes(&loader, loader.changes, false, err);
    if (status == CMEK_OK)
        status = load_changes(&loader, deferred, true, err);
    if (status != CMEK_OK)
        return status;
    load_values(&loader, cmek_json_text_member(loader.planned, "root_module"), false, 0);
    struct cmek_json_text prior = cmek_json_text_member(loader.prior, "values");
    load_values(&loader, cmek_json_text_member(prior, "root_module"), true, 0);
    return CMEK_OK;
}

void cmek_tf_plan_done(struct cmek_tf_plan *plan)
{
    for (size_t i = 0; i < plan->instances.count; i++) {
        struct cmek_tf_values *values = plan->instances.items[i]->parsed;
        if (!values)
            continue;
        cmek_json_free(values->after);
        cmek_json_free(values->unknown);
        cmek_json_free(values->sensitive);
    }
    for (size_t i = 0; i < plan->blocks.count; i++) {
        CMEK_VEC_DONE(&plan->blocks.items[i]->instances);
        cmek_json_free(plan->blocks.items[i]->parsed);
    }
    for (size_t i = 0; i < plan->modules.count; i++) {
        cmek_map_done(&plan->modules.items[i]->calls);
        cmek_map_done(&plan->modules.items[i]->blocks);
    }
    CMEK_VEC_DONE(&plan->instances);
    CMEK_VEC_DONE(&plan->blocks);
    CMEK_VEC_DONE(&plan->modules);
    cmek_map_done(&plan->by_address);
    cmek_map_done(&plan->providers);
    cmek_arena_done(&plan->arena);
}
