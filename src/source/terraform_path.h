/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_path.h  Inside src/source: paths to attributes of a planned resource.
 *
 *     encryption.default_kms_key_name       blocks are lists, and of those the first counts
 *     gce_setup[0].data_disks[1].kms_key    … or the one that is named
 *     labels["a.b"], labels."a.b"           a name that holds dots
 */
#ifndef CMEK_SOURCE_TERRAFORM_PATH_H
#define CMEK_SOURCE_TERRAFORM_PATH_H

#include <stdbool.h>

struct cmek_arena;
struct cmek_json;

/** A place in the three trees of an instance at once. */
struct cmek_tf_place {
    const struct cmek_json *after, *unknown, *sensitive;
    bool is_unknown, is_sensitive; /* as a whole */
};

/** Moves @p place to where @p path leads from there. @p arena holds names on the way. */
void cmek_tf_place_walk(struct cmek_tf_place *place, const char *path, struct cmek_arena *arena);

/** The expression at a path of a block's `expressions`; a number beyond the end takes the last,
 * since what a dynamic block makes is written once. */
const struct cmek_json *cmek_tf_expression(const struct cmek_json *expressions, const char *path,
                                           struct cmek_arena *arena);

/** Whether nobody sets the attribute at @p path: the block that would hold it is written out, one
 * for each of those in @p after, and lacks it. Of a dynamic block nothing is written, so that
 * cannot be told. */
bool cmek_tf_is_left_out(const struct cmek_json *expressions, const struct cmek_json *after,
                         const char *path, struct cmek_arena *arena);

#endif
