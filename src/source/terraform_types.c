/* SPDX-License-Identifier: Apache-2.0 */
#include "source/terraform_types.h"

#include <stddef.h>
#include <string.h>

#include "model/asset_type.h"

/* https://registry.terraform.io/providers/hashicorp/google/latest/docs. google_container_registry
 * makes the registry's bucket and cannot give it a key. */
static const struct cmek_tf_resource_type rows[] = {
    {
        .type = "google_storage_bucket",
        .asset_type = CMEK_TYPE_BUCKET,
        .key_path = "encryption.default_kms_key_name",
        .name_pattern = "//storage.googleapis.com/{name}",
    },
    {
        .type = "google_pubsub_topic",
        .asset_type = CMEK_TYPE_TOPIC,
        .key_path = "kms_key_name",
        .name_pattern = "//pubsub.googleapis.com/projects/{project}/topics/{name}",
    },
    {
        .type = "google_artifact_registry_repository",
        .asset_type = CMEK_TYPE_REPOSITORY,
        .key_path = "kms_key_name",
        .name_pattern = "//artifactregistry.googleapis.com/projects/{project}/locations/{location}/"
                        "repositories/{repository_id}",
    },
    {
        .type = "google_container_registry",
        .asset_type = CMEK_TYPE_BUCKET,
        .name_pattern = "//storage.googleapis.com/{registry_bucket}",
    },
};

const struct cmek_tf_resource_type *cmek_tf_resource_type(const char *type)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].type, type) == 0)
            return &rows[i];
    return NULL;
}
