/* SPDX-License-Identifier: Apache-2.0 */
/** @file terraform_types.h  Inside src/source: which resources of the google provider hold data.
 */
#ifndef CMEK_SOURCE_TERRAFORM_TYPES_H
#define CMEK_SOURCE_TERRAFORM_TYPES_H

struct cmek_tf_resource_type {
    const char *type;       /* "google_storage_bucket" */
    const char *asset_type; /* what it makes */
    const char *key_path;   /* of the attribute that names its key; NULL: it can have none */
    /** Pattern of its full resource name: {project}, {location} (in lower case) and {ATTRIBUTE}
     * stand for values. */
    const char *name_pattern;
};

/** NULL: a type of no interest. */
const struct cmek_tf_resource_type *cmek_tf_resource_type(const char *type);

#endif
