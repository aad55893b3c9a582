/* SPDX-License-Identifier: Apache-2.0 */
#include "model/asset_type.h"

#include <string.h>

#include "model/policy.h"

static const struct {
    const char *asset_type;
    enum cmek_asset_kind kind;
} kinds[] = {
    {"cloudresourcemanager.googleapis.com/Organization", CMEK_ASSET_ORGANIZATION},
    {"cloudresourcemanager.googleapis.com/Folder", CMEK_ASSET_FOLDER},
    {CMEK_TYPE_PROJECT, CMEK_ASSET_PROJECT},
    {CMEK_TYPE_CRYPTO_KEY, CMEK_ASSET_CRYPTO_KEY},
    {"orgpolicy.googleapis.com/Policy", CMEK_ASSET_POLICY},
    {"orgpolicy.googleapis.com/Constraint", CMEK_ASSET_CONSTRAINT},
    {"cloudresourcemanager.googleapis.com/TagKey", CMEK_ASSET_TAG_KEY},
    {"cloudresourcemanager.googleapis.com/TagValue", CMEK_ASSET_TAG_VALUE},
    {"cloudresourcemanager.googleapis.com/TagBinding", CMEK_ASSET_TAG_BINDING},
    {"serviceusage.googleapis.com/Service", CMEK_ASSET_SERVICE},
    {"artifactregistry.googleapis.com/ProjectSettings", CMEK_ASSET_REGISTRY_SETTINGS},
    {"cmekscan.dev/CoverageGap", CMEK_ASSET_COVERAGE_GAP},
    {"cmekscan.dev/Collection", CMEK_ASSET_COLLECTION},
};

static bool same(const char *name, const char *text, size_t length)
{
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

enum cmek_asset_kind cmek_asset_kind(const char *asset_type, size_t length)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (same(kinds[i].asset_type, asset_type, length))
            return kinds[i].kind;
    return CMEK_ASSET_OTHER;
}

const char *cmek_asset_type_name(enum cmek_asset_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return kinds[i].asset_type;
    return NULL;
}

const char *cmek_registry_service_value(enum cmek_registry_service service)
{
    static const char *const values[CMEK_REGISTRY_SERVICE_COUNT_] = {
        [CMEK_REGISTRY_STORAGE] = "storage.googleapis.com",
        [CMEK_REGISTRY_PUBSUB] = "pubsub.googleapis.com",
        [CMEK_REGISTRY_ARTIFACT] = "artifactregistry.googleapis.com",
    };
    return values[service];
}

static const char *const constraint_names[] = {
    [CMEK_CONSTRAINT_SERVICE] = "constraints/gcp.restrictNonCmekServices",
    [CMEK_CONSTRAINT_KEY_PROJECT] = "constraints/gcp.restrictCmekCryptoKeyProjects",
};

const char *cmek_constraint_name(enum cmek_constraint constraint)
{
    return constraint < CMEK_CONSTRAINT_COUNT_ ? constraint_names[constraint] : NULL;
}

enum cmek_constraint cmek_constraint_parse(const char *name)
{
    static const char prefix[] = "constraints/";
    const char *bare = cmek_str_after(name, prefix);
    for (size_t i = 0; i < CMEK_CONSTRAINT_COUNT_; i++)
        if (strcmp(constraint_names[i] + sizeof prefix - 1, bare ? bare : name) == 0)
            return (enum cmek_constraint)i;
    return CMEK_CONSTRAINT_COUNT_;
}
