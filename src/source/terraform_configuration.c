/* SPDX-License-Identifier: Apache-2.0 */
/* `configuration` of a plan: modules, blocks and providers by name; expressions stay text. */
#include <stdint.h>

#include "base/limits.h"
#include "source/terraform.h"
#include "json/json.h"

static struct cmek_tf_module *new_module(struct cmek_tf_plan *plan,
                                         const struct cmek_tf_module *parent, const char *name)
{
    struct cmek_tf_module *module = cmek_arena_alloc(&plan->arena, sizeof *module);
    module->parent = parent;
    module->name = name;
    *CMEK_VEC_ADD(&plan->modules) = module;
    return module;
}

struct cmek_tf_block *cmek_tf_block_of(struct cmek_tf_plan *plan,
                                       const struct cmek_tf_module *module, const char *name)
{
    struct cmek_tf_block *block = cmek_map_get(&module->blocks, name);
    if (block)
        return block;
    block = cmek_arena_alloc(&plan->arena, sizeof *block);
    block->module = module;
    struct cmek_tf_module *owner = (struct cmek_tf_module *)(uintptr_t)module;
    cmek_map_put(&owner->blocks, name, block);
    *CMEK_VEC_ADD(&plan->blocks) = block;
    return block;
}

static void load_blocks(struct cmek_tf_plan *plan, struct cmek_tf_module *module,
                        struct cmek_json_text resources)
{
    struct cmek_json_walk walk = cmek_json_walk(resources, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text item;
    while (resources.length > 0 && cmek_json_walk_item(&walk, &item)) {
        /* "TYPE.NAME", "data.TYPE.NAME": relative to the module */
        const char *address = cmek_tf_string(cmek_json_text_member(item, "address"), &plan->arena);
        if (address)
            cmek_tf_block_of(plan, module, address)->text = item;
    }
}

static void load_module(struct cmek_tf_plan *plan, struct cmek_tf_module *module,
                        struct cmek_json_text text, size_t depth)
{
    if (depth > CMEK_LIMIT_JSON_DEPTH)
        return;
    module->outputs = cmek_json_text_member(text, "outputs");
    load_blocks(plan, module, cmek_json_text_member(text, "resources"));
    struct cmek_json_text calls = cmek_json_text_member(text, "module_calls"), name, call;
    struct cmek_json_walk walk = cmek_json_walk(calls, CMEK_LIMIT_JSON_DEPTH);
    while (calls.length > 0 && cmek_json_walk_member(&walk, &name, &call)) {
        const char *called = cmek_arena_strndup(&plan->arena, name.at, name.length);
        struct cmek_tf_module *child = new_module(plan, module, called);
        child->arguments = cmek_json_text_member(call, "expressions");
        child->for_each = cmek_json_text_member(call, "for_each_expression");
        child->source = cmek_tf_string(cmek_json_text_member(call, "source"), &plan->arena);
        cmek_map_put_borrowed(&module->calls, called, child);
        load_module(plan, child, cmek_json_text_member(call, "module"), depth + 1);
    }
}

static void load_providers(struct cmek_tf_plan *plan, struct cmek_json_text providers)
{
    struct cmek_json_walk walk = cmek_json_walk(providers, CMEK_LIMIT_JSON_DEPTH);
    struct cmek_json_text name, value;
    while (providers.length > 0 && cmek_json_walk_member(&walk, &name, &value)) {
        struct cmek_tf_provider *provider = cmek_arena_alloc(&plan->arena, sizeof *provider);
        const char *module =
            cmek_tf_string(cmek_json_text_member(value, "module_address"), &plan->arena);
        provider->expressions = cmek_json_text_member(value, "expressions");
        provider->module = module ? cmek_tf_module_at(plan, module) : plan->root;
        cmek_map_put_borrowed(&plan->providers,
                              cmek_arena_strndup(&plan->arena, name.at, name.length), provider);
    }
}

enum cmek_status cmek_tf_load_configuration(struct cmek_tf_plan *plan,
                                            struct cmek_json_text configuration,
                                            struct cmek_error *err)
{
    plan->root = new_module(plan, NULL, "");
    if (configuration.length == 0 || cmek_json_text_is(configuration, "null"))
        return CMEK_OK;
    if (*configuration.at != '{')
        return cmek_fail(err, CMEK_E_INVALID, "its configuration is no object");
    load_module(plan, plan->root, cmek_json_text_member(configuration, "root_module"), 0);
    load_providers(plan, cmek_json_text_member(configuration, "provider_config"));
    return CMEK_OK;
}

const struct cmek_tf_module *cmek_tf_module_at(const struct cmek_tf_plan *plan,
                                               const char *module_address)
{
    struct cmek_arena arena = {0};
    const struct cmek_tf_module *module = plan->root;
    struct cmek_tf_part word, call;
    while (module && cmek_tf_next_part(&module_address, &arena, &word) &&
           cmek_tf_next_part(&module_address, &arena, &call))
        module = cmek_map_get(&module->calls, call.name);
    cmek_arena_done(&arena);
    return module;
}
