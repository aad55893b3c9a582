/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_view.h"

#include <string.h>

#include "base/limits.h"
#include "base/strings.h"
#include "source/field_walk.h"
#include "source/terraform_value.h"
#include "json/json.h"

struct walk {
    const struct cmek_tf_view *view;
    const struct cmek_field_path *path;
    cmek_tf_end_visitor *visit;
    void *payload;
    bool may_end_in_blocks;
    size_t indexes[CMEK_LIMIT_PATH_STEPS];
};

/* A plan shows what is known of a list in one tree and what is not in the other. */
static size_t elements_of(const struct cmek_json *after, const struct cmek_json *unknown)
{
    size_t known = cmek_json_kind(after) == CMEK_JSON_ARRAY ? cmek_json_count(after) : 0;
    size_t marked = cmek_json_kind(unknown) == CMEK_JSON_ARRAY ? cmek_json_count(unknown) : 0;
    return known > marked ? known : marked;
}

size_t cmek_tf_view_count(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                          const struct cmek_terraform_type *row)
{
    if (!row->each)
        return 1;
    const struct cmek_tf_values *values = cmek_tf_values(plan, instance);
    const struct cmek_json *unknown = cmek_json_get(values->unknown, row->each);
    if (cmek_json_is_true(values->unknown) || cmek_json_is_true(unknown))
        return 1;
    return elements_of(cmek_json_get(values->after, row->each), unknown);
}

static void end_here(const struct walk *walk)
{
    const struct cmek_tf_view *view = walk->view;
    const char *place = cmek_field_place(walk->path, walk->indexes, view->arena);
    struct cmek_tf_value value = cmek_tf_attribute(view->plan, view->instance, place);
    bool is_block = walk->may_end_in_blocks && walk->path->steps[walk->path->count - 1].is_list;
    if (value.state == CMEK_TF_UNKNOWN && !value.is_certain && !is_block &&
        cmek_tf_is_set_by_nobody(view->plan, view->instance, place))
        value = (struct cmek_tf_value){.state = CMEK_TF_ABSENT};
    walk->visit(walk->payload, &value, walk->indexes);
}

/* A block that the path does not write as a list is the first of one. */
static const struct cmek_json *member(const struct cmek_json *json, const char *name)
{
    if (cmek_json_kind(json) == CMEK_JSON_ARRAY)
        json = cmek_json_item(json, 0);
    return cmek_json_get(json, name);
}

static const struct cmek_json *item(const struct cmek_json *json, size_t index)
{
    return cmek_json_kind(json) == CMEK_JSON_ARRAY ? cmek_json_item(json, index) : NULL;
}

static void go_on(struct walk *walk, const struct cmek_json *after, const struct cmek_json *unknown,
                  size_t step, size_t depth)
{
    if (step == walk->path->count || cmek_json_is_true(unknown)) {
        end_here(walk);
        return;
    }
    const struct cmek_field_step *next = &walk->path->steps[step];
    after = member(after, next->name);
    unknown = member(unknown, next->name);
    if (!next->is_list || cmek_json_is_true(unknown)) {
        go_on(walk, after, unknown, step + 1, depth);
        return;
    }
    size_t count = elements_of(after, unknown);
    bool is_each = step == 0 && cmek_str_eq(next->name, walk->view->row->each);
    for (size_t i = 0; i < count; i++) {
        if (is_each && i != walk->view->element)
            continue;
        walk->indexes[depth] = count == 1 ? CMEK_FIELD_ONLY : i;
        go_on(walk, item(after, i), item(unknown, i), step + 1, depth + 1);
        walk->indexes[depth] = CMEK_FIELD_ONLY;
    }
}

static void start(struct walk *walk)
{
    const struct cmek_tf_values *values = cmek_tf_values(walk->view->plan, walk->view->instance);
    for (size_t i = 0; i < CMEK_LIMIT_PATH_STEPS; i++)
        walk->indexes[i] = CMEK_FIELD_ONLY;
    if (walk->path->count > 0)
        go_on(walk, values->after, values->unknown, 0, 0);
}

void cmek_tf_view_walk(const struct cmek_tf_view *view, const struct cmek_field_path *path,
                       cmek_tf_end_visitor *visit, void *payload)
{
    struct walk walk = {.view = view, .path = path, .visit = visit, .payload = payload};
    start(&walk);
}

void cmek_tf_view_walk_blocks(const struct cmek_tf_view *view, const struct cmek_field_path *path,
                              cmek_tf_end_visitor *visit, void *payload)
{
    struct walk walk = {
        .view = view, .path = path, .visit = visit, .payload = payload, .may_end_in_blocks = true};
    start(&walk);
}
