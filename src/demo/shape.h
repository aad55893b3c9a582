/* SPDX-License-Identifier: Apache-2.0 */
/** @file shape.h  From the JSON of an asset's resource.data to what the API itself answers. */
#ifndef CMEK_DEMO_SHAPE_H
#define CMEK_DEMO_SHAPE_H

#include <stdbool.h>

#include "base/arena.h"

struct cmek_json;

/** Resource Manager v3 of an organization, folder or project whose data may be v1, v2 or v3; the
 * strings that the API guarantees. */
struct cmek_demo_node_shape {
    const char *name, *parent, *project_id, *display_name, *state;
};

/** Reads the parts of a v3 representation out of @p data; what is missing stays NULL. */
void cmek_demo_shape_read_node(const struct cmek_json *data, struct cmek_arena *arena,
                               struct cmek_demo_node_shape *ret_shape);
/** The v3 representation: @p shape, and what else of @p data v3 knows. */
const char *cmek_demo_shape_node(const struct cmek_json *data,
                                 const struct cmek_demo_node_shape *shape,
                                 struct cmek_arena *arena);

/** What every bucket and object has, whatever the asset left out. */
struct cmek_demo_storage_head {
    const char *kind, *name;
    const char *project_number; /* NULL: none is written */
};

/** A storage bucket or object: @p head first, int64 members as strings; access control lists only
 * with @p with_acl. */
const char *cmek_demo_shape_storage(const struct cmek_json *data,
                                    const struct cmek_demo_storage_head *head, bool with_acl,
                                    struct cmek_arena *arena);
/** Any other API object: int64 members as strings, nulls dropped, @p name (if not NULL) in place of
 * its own. */
const char *cmek_demo_shape_plain(const struct cmek_json *data, const char *name,
                                  struct cmek_arena *arena);

#endif
