/* SPDX-License-Identifier: Apache-2.0 */
/** @file names.h  Names with a meaning: keys, nodes, Container Registry's buckets, topics and
 * repositories. */
#ifndef CMEK_MODEL_NAMES_H
#define CMEK_MODEL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/** The parts of `projects/P/locations/L/keyRings/R/cryptoKeys/K`; borrowed from the text they were
 * parsed from. */
struct cmek_key_name {
    const char *project, *location, *ring, *key;
    size_t project_length, location_length, ring_length, key_length;
};

/** Length of a key name without a `/cryptoKeyVersions/N` suffix. */
size_t cmek_key_name_length(const char *name);
/** False when @p name (with or without a version) has another shape: a key, but of no known
 * project. */
bool cmek_key_name_parse(const char *name, struct cmek_key_name *ret_parts);

enum cmek_node_kind {
    CMEK_NODE_ORGANIZATION,
    CMEK_NODE_FOLDER,
    CMEK_NODE_PROJECT,
};

/** What the full resource name of a node begins with, before its reference. */
#define CMEK_NODE_NAME_PREFIX "//cloudresourcemanager.googleapis.com/"

/** Whether @p text is `organizations/X`, `folders/X` or `projects/X` with one non-empty X. */
bool cmek_node_ref_parse(const char *text, enum cmek_node_kind *ret_kind, const char **ret_id);
/** The node reference that a full resource name (`//cloudresourcemanager.googleapis.com/folders/2`)
 * or a bare one ends with, copied to @p arena; NULL when it is none. */
const char *cmek_node_ref_of(const char *name, struct cmek_arena *arena);
/** The `projects/X` inside a full resource name, copied to @p arena; NULL when there is none. */
const char *cmek_project_ref_in(const char *name, struct cmek_arena *arena);

/** The project id that a Container Registry bucket name speaks of, "p" or "example.com:p", copied
 * to @p arena; NULL when the name has another shape.
 * https://cloud.google.com/container-registry/docs/enable-service */
const char *cmek_registry_bucket_project(const char *bucket, struct cmek_arena *arena);
/** Whether a full resource name is a topic `gcr`. */
bool cmek_is_gcr_topic(const char *name);
/** Whether a full resource name is one of the four gcr.io repositories. */
bool cmek_is_gcr_repository(const char *name);

/** What follows the last slash. */
const char *cmek_short_name(const char *name);

#endif
