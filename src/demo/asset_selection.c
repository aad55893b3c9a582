/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/asset_selection.h"

#include <regex.h>

#include "base/strings.h"
#include "demo/asset_query.h"
#include "demo/call.h"

static void add_type(struct cmek_demo_selection *selection, const char *type)
{
    for (size_t i = 0; i < selection->type_count; i++)
        if (cmek_str_eq(selection->types[i], type))
            return;
    if (selection->type_count < CMEK_DEMO_MAX_TYPES)
        selection->types[selection->type_count++] = type;
}

/* A name or a pattern; false when no type of the inventory is meant by it. */
bool cmek_demo_selection_add(struct cmek_demo_call *call, struct cmek_demo_selection *selection,
                             const char *pattern)
{
    regex_t expression;
    if (regcomp(&expression, cmek_arena_printf(&call->arena, "^(%.300s)$", pattern),
                REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool any = false;
    const char *type;
    for (size_t i = 0; (type = cmek_demo_inventory_type(call->stale, i)); i++) {
        if (regexec(&expression, type, 0, NULL, 0) != 0)
            continue;
        any = true;
        add_type(selection, type);
    }
    regfree(&expression);
    return any;
}

bool cmek_demo_selection_content(struct cmek_demo_call *call, struct cmek_demo_selection *selection,
                                 const char *wanted)
{
    static const struct {
        const char *name, *number; /* an enum may come as either */
        enum cmek_demo_content content;
    } contents[] = {
        {"CONTENT_TYPE_UNSPECIFIED", "0", CMEK_DEMO_CONTENT_NONE},
        {"RESOURCE", "1", CMEK_DEMO_CONTENT_RESOURCE},
        {"ORG_POLICY", "4", CMEK_DEMO_CONTENT_ORG_POLICY},
    };
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        if (!wanted || cmek_str_eq(wanted, contents[i].name) ||
            cmek_str_eq(wanted, contents[i].number)) {
            selection->content = contents[i].content;
            return true;
        }
    cmek_demo_fail(call, CMEK_DEMO_INVALID, "Invalid value at 'content_type': \"%.100s\"", wanted);
    return false;
}

static bool is_below(const struct cmek_demo_node *node, const struct cmek_demo_node *scope)
{
    while (node && node != scope)
        node = node->parent;
    return node != NULL;
}

bool cmek_demo_selection_keeps(const struct cmek_demo_selection *selection,
                               const struct cmek_demo_asset_item *asset)
{
    bool is_asked_for = selection->is_every_type;
    for (size_t i = 0; i < selection->type_count && !is_asked_for; i++)
        is_asked_for = cmek_str_eq(selection->types[i], asset->type);
    if (!is_asked_for || !is_below(asset->node, selection->scope) ||
        !cmek_demo_asset_has(asset, selection->content))
        return false;
    if (selection->without_policies && cmek_str_eq(asset->type, "orgpolicy.googleapis.com/Policy"))
        return false;
    return !selection->query || cmek_demo_asset_query_keeps(selection->query, asset);
}
