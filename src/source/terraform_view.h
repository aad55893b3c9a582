/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_view.h  Inside src/source: a planned resource, seen through its row of the
 * service catalogue.
 */
#ifndef CMEK_SOURCE_TERRAFORM_VIEW_H
#define CMEK_SOURCE_TERRAFORM_VIEW_H

#include "model/record.h"
#include "source/terraform.h"

struct cmek_tf_value;

/** An instance, or one of several resources that it makes: an element of the row's `each`. */
struct cmek_tf_view {
    struct cmek_tf_plan *plan;
    struct cmek_tf_instance *instance;
    const struct cmek_service_type *type;
    const struct cmek_terraform_type *row;
    size_t element, elements;
    struct cmek_arena *arena; /* of the record at hand */
};

/** How many resources an instance makes: one, or as many as the row's `each` has elements; one
 * where that is not known yet. */
size_t cmek_tf_view_count(struct cmek_tf_plan *plan, struct cmek_tf_instance *instance,
                          const struct cmek_terraform_type *row);

/** Calls @p visit for each end of a path, as field_walk.h does for other resources, with what will
 * be there. A block that is not known yet is one end; a list's only element has the number
 * CMEK_FIELD_ONLY. What the provider will fill in, since nobody sets it, is absent. */
typedef void cmek_tf_end_visitor(void *payload, const struct cmek_tf_value *value,
                                 const size_t *indexes);
void cmek_tf_view_walk(const struct cmek_tf_view *view, const struct cmek_field_path *path,
                       cmek_tf_end_visitor *visit, void *payload);
/** The same for a path that may end in blocks, of which it cannot be told whether nobody sets them.
 */
void cmek_tf_view_walk_blocks(const struct cmek_tf_view *view, const struct cmek_field_path *path,
                              cmek_tf_end_visitor *visit, void *payload);

/** The full resource name; NULL: not known before the plan is applied. */
const char *cmek_tf_full_name(const struct cmek_tf_view *view);
/** A name that no resource has, made of its address. */
const char *cmek_tf_stand_in_name(const struct cmek_tf_view *view);
/** "projects/p", "folders/2": where it will lie; NULL: not known. */
const char *cmek_tf_parent(const struct cmek_tf_view *view, const char *full_name);

/** Fills in keys, what stands for them, and whether the service constraint reaches the resource;
 * in @p planned, why that is not known. */
void cmek_tf_read_keys(const struct cmek_tf_view *view, const char *full_name,
                       struct cmek_resource_data *resource, struct cmek_planned *planned);

#endif
