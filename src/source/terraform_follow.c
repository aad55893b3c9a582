/* SPDX-License-Identifier: Apache-2.0 */
/* References: from an expression of the configuration to the values it will be made of.
 *
 * A plan lists what an expression refers to, not how. An expression whose value is not known yet
 * gets that from what it refers to and is not known either; so known values beside such a one (a
 * condition, an index) do not matter. What is neither known nor can be followed leaves it open.
 */
#include <string.h>

#include "base/strings.h"
#include "model/names.h"
#include "source/terraform_value.h"
#include "json/json.h"

struct follower {
    struct cmek_tf_plan *plan;
    size_t steps;
    bool has_index;       /* the expression refers to each.key or count.index */
    const char *constant; /* a known text; of several, which one is not told */
    size_t constants;
    const char *origin; /* a text that an unknown value will be */
    size_t origins;     /* … and how many different ones */
    bool is_one_project, is_sensitive;
    const char *awaits;
};

static void add_constant(struct follower *follower, const char *text)
{
    if (!text || cmek_str_eq(follower->constant, text))
        return;
    follower->constant = text;
    follower->constants++;
}

static bool share_project(const char *a, const char *b)
{
    struct cmek_key_name left, right;
    return cmek_key_name_parse(a, &left) && cmek_key_name_parse(b, &right) &&
           left.project_length == right.project_length &&
           memcmp(left.project, right.project, left.project_length) == 0;
}

static void add_origin(struct follower *follower, const char *text)
{
    if (cmek_str_eq(follower->origin, text))
        return;
    follower->is_one_project = follower->origins == 0 ||
                               (follower->is_one_project && share_project(follower->origin, text));
    follower->origin = text;
    follower->origins++;
}

static void await(struct follower *follower, const char *what)
{
    if (!follower->awaits)
        follower->awaits = what;
}

static void take_value(struct follower *follower, const struct cmek_tf_value *value,
                       const char *reference)
{
    if (value->state == CMEK_TF_SENSITIVE)
        follower->is_sensitive = true;
    else if (value->state == CMEK_TF_KNOWN && value->is_from_origin)
        add_origin(follower, value->text);
    else if (value->state == CMEK_TF_KNOWN)
        add_constant(follower, value->text);
    else if (value->state == CMEK_TF_UNKNOWN)
        await(follower, value->awaits ? value->awaits : reference);
}

/* An expression that is text of the plan, in another place. */
static void follow_text(struct follower *follower, const struct cmek_tf_scope *scope,
                        struct cmek_json_text text, const char *reference)
{
    struct cmek_json *expression = cmek_tf_parse(text);
    struct cmek_tf_value value =
        cmek_tf_follow(follower->plan, scope, expression, follower->steps + 1);
    cmek_json_free(expression);
    take_value(follower, &value, reference);
}

/* The scope of a module's call: where its arguments are written. */
static struct cmek_tf_scope caller(struct cmek_tf_plan *plan, const struct cmek_tf_scope *scope)
{
    struct cmek_tf_scope outer = {scope->module->parent, NULL, "", NULL};
    if (!scope->module_address)
        return outer;
    const char *at = scope->module_address, *last = at;
    struct cmek_tf_part word, call = {"", ""};
    for (const char *start = at;
         cmek_tf_next_part(&at, &plan->arena, &word) && cmek_tf_next_part(&at, &plan->arena, &call);
         start = at)
        last = start;
    size_t length = (size_t)(last - scope->module_address);
    outer.module_address =
        cmek_arena_strndup(&plan->arena, scope->module_address, length > 0 ? length - 1 : 0);
    outer.index = call.index;
    return outer;
}

static void follow_variable(struct follower *follower, const struct cmek_tf_scope *scope,
                            const char *name, const char *reference)
{
    if (!scope->module->parent) {
        struct cmek_json_text variable = cmek_json_text_member(follower->plan->variables, name);
        add_constant(follower, cmek_tf_string(cmek_json_text_member(variable, "value"),
                                              &follower->plan->arena));
        return;
    }
    struct cmek_tf_scope outer = caller(follower->plan, scope);
    struct cmek_json_text argument = cmek_json_text_member(scope->module->arguments, name);
    if (argument.length > 0) /* else its default, which is known */
        follow_text(follower, &outer, argument, reference);
}

static void follow_each_value(struct follower *follower, const struct cmek_tf_scope *scope,
                              const char *reference)
{
    if (scope->block) {
        struct cmek_tf_scope outside = *scope;
        outside.block = NULL;
        follow_text(follower, &outside,
                    cmek_json_text_member(scope->block->text, "for_each_expression"), reference);
        return;
    }
    await(follower, reference);
}

static void follow_output(struct follower *follower, const struct cmek_tf_scope *scope,
                          const char *at, const char *reference)
{
    struct cmek_tf_plan *plan = follower->plan;
    struct cmek_tf_part call, output;
    const struct cmek_tf_module *module = NULL;
    if (cmek_tf_next_part(&at, &plan->arena, &call))
        module = cmek_map_get(&scope->module->calls, call.name);
    if (!module || !cmek_tf_next_part(&at, &plan->arena, &output)) {
        await(follower, reference);
        return;
    }
    struct cmek_tf_scope inner = {module, NULL, "", NULL};
    if (scope->module_address && (call.index[0] || module->for_each.length == 0))
        inner.module_address =
            cmek_arena_printf(&plan->arena, "%s%smodule.%s%s", scope->module_address,
                              scope->module_address[0] ? "." : "", call.name, call.index);
    follow_text(follower, &inner,
                cmek_json_text_member(cmek_json_text_member(module->outputs, output.name),
                                      "expression"),
                reference);
}

static bool has_index(const struct cmek_tf_block *block, const char *index)
{
    for (size_t i = 0; index[0] && i < block->instances.count; i++)
        if (strcmp(block->instances.items[i]->index, index) == 0)
            return true;
    return false;
}

/* "[*]", or an index that is an expression, says nothing. */
static bool is_literal(const char *index)
{
    return index[0] == '[' && (index[1] == '"' || (index[1] >= '0' && index[1] <= '9'));
}

static void follow_resource(struct follower *follower, const struct cmek_tf_scope *scope,
                            const char *block_name, const struct cmek_tf_part *resource,
                            const char *attribute, const char *reference)
{
    const struct cmek_tf_block *block = cmek_map_get(&scope->module->blocks, block_name);
    const char *index = is_literal(resource->index) ? resource->index
                        : follower->has_index && block && has_index(block, scope->index)
                            ? scope->index
                            : NULL;
    size_t found = 0;
    for (size_t i = 0; block && i < block->instances.count; i++) {
        struct cmek_tf_instance *instance = block->instances.items[i];
        if ((scope->module_address &&
             strcmp(scope->module_address, instance->module_address) != 0) ||
            (index && strcmp(index, instance->index) != 0) || instance->action == CMEK_TF_DELETE)
            continue;
        found++;
        struct cmek_tf_value value =
            cmek_tf_attribute_after(follower->plan, instance, attribute, follower->steps + 1);
        take_value(follower, &value, reference);
    }
    if (found == 0)
        await(follower, reference);
}

static void follow_reference(struct follower *follower, const struct cmek_tf_scope *scope,
                             const char *reference)
{
    struct cmek_arena *arena = &follower->plan->arena;
    const char *at = reference;
    struct cmek_tf_part first, second = {"", ""};
    static const char *const known[] = {"count", "path", "terraform", "self"};
    if (!cmek_tf_next_part(&at, arena, &first))
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(first.name, known[i]) == 0)
            return;
    if (strcmp(first.name, "module") == 0) {
        follow_output(follower, scope, at, reference);
        return;
    }
    bool is_data = strcmp(first.name, "data") == 0;
    if (is_data && !cmek_tf_next_part(&at, arena, &first))
        return;
    cmek_tf_next_part(&at, arena, &second);
    if (strcmp(first.name, "var") == 0) {
        follow_variable(follower, scope, second.name, reference);
    } else if (strcmp(first.name, "each") == 0) {
        if (strcmp(second.name, "value") == 0)
            follow_each_value(follower, scope, reference);
    } else if (strcmp(first.name, "local") == 0) {
        await(follower, reference);
    } else {
        const char *block =
            cmek_arena_printf(arena, "%s%s.%s", is_data ? "data." : "", first.name, second.name);
        follow_resource(follower, scope, block, &second, at, reference);
    }
}

/* Terraform lists "a.b.c" and then "a.b": the longer one says it all. */
static bool is_covered(const struct cmek_json *references, size_t index, const char *reference)
{
    for (size_t i = 0; i < cmek_json_count(references); i++) {
        const char *other = cmek_json_peek(cmek_json_item(references, i));
        const char *rest = other && i != index ? cmek_str_after(other, reference) : NULL;
        if (rest && (*rest == '.' || *rest == '['))
            return true;
    }
    return false;
}

/* Which of several keys is not told, but they are of one project. */
static const char *some_key_of(struct cmek_tf_plan *plan, const char *key)
{
    const char *rest = strstr(key, "/locations/");
    return cmek_arena_printf(&plan->arena,
                             "%.*s/locations/${LOCATION}/keyRings/${KEY_RING}/cryptoKeys/${KEY}",
                             (int)(rest - key), key);
}

static struct cmek_tf_value conclude(const struct follower *follower)
{
    struct cmek_tf_value value = {.state = CMEK_TF_UNKNOWN, .awaits = follower->awaits};
    if (follower->is_sensitive)
        return (struct cmek_tf_value){.state = CMEK_TF_SENSITIVE};
    if (follower->awaits)
        return value;
    if (follower->origins == 1 || (follower->origins > 1 && follower->is_one_project))
        return (struct cmek_tf_value){
            .state = CMEK_TF_KNOWN,
            .text = follower->origins == 1 ? follower->origin
                                           : some_key_of(follower->plan, follower->origin),
            .is_from_origin = true,
        };
    if (follower->origins > 1) {
        value.is_certain = true;
        value.awaits = follower->origin;
        return value;
    }
    if (follower->constants == 1)
        return (struct cmek_tf_value){.state = CMEK_TF_KNOWN, .text = follower->constant};
    return value;
}

struct cmek_tf_value cmek_tf_follow(struct cmek_tf_plan *plan, const struct cmek_tf_scope *scope,
                                    const struct cmek_json *expression, size_t steps)
{
    struct follower follower = {.plan = plan, .steps = steps};
    const struct cmek_json *references = cmek_json_get(expression, "references");
    if (steps > CMEK_TF_MOST_STEPS || ++plan->steps > CMEK_TF_MOST_FOLLOWED || !scope->module)
        return (struct cmek_tf_value){.state = CMEK_TF_UNKNOWN};
    add_constant(&follower,
                 cmek_json_string(cmek_json_get(expression, "constant_value"), &plan->arena));
    size_t count = cmek_json_count(references);
    for (size_t i = 0; i < count; i++) {
        const char *text = cmek_json_peek(cmek_json_item(references, i));
        follower.has_index |= cmek_str_eq(text, "each.key") || cmek_str_eq(text, "count.index") ||
                              (text && cmek_str_starts(text, "each.value"));
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = cmek_json_string(cmek_json_item(references, i), &plan->arena);
        if (text && !is_covered(references, i, text))
            follow_reference(&follower, scope, text);
    }
    return conclude(&follower);
}
