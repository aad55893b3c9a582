/* SPDX-License-Identifier: Apache-2.0 */
#include "source/gcp_quota.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/strings.h"

#define METHODS_MAX   6
#define MOST_A_MINUTE 1000000L

static const struct row {
    const char *name;
    int per_minute;
    enum cmek_gcp_api api;
    const char *methods[METHODS_MAX]; /* NULL-ended */
} rows[CMEK_GCP_QUOTAS] = {
    {"cloudresourcemanager.list",
     600,
     CMEK_GCP_RESOURCE_MANAGER,
     {"cloudresourcemanager.projects.list", "cloudresourcemanager.folders.list"}},
    {"cloudresourcemanager.search",
     240,
     CMEK_GCP_RESOURCE_MANAGER,
     {"cloudresourcemanager.projects.search", "cloudresourcemanager.folders.search",
      "cloudresourcemanager.organizations.search"}},
    {"cloudresourcemanager.read",
     600,
     CMEK_GCP_RESOURCE_MANAGER,
     {"cloudresourcemanager.projects.get", "cloudresourcemanager.folders.get",
      "cloudresourcemanager.organizations.get", "cloudresourcemanager.effectiveTags.list"}},
    {"cloudasset.list", 100, CMEK_GCP_CLOUD_ASSET, {"cloudasset.assets.list"}},
    {"cloudasset.search", 400, CMEK_GCP_CLOUD_ASSET, {"cloudasset.searchAllResources"}},
    {"cloudasset.export", 60, CMEK_GCP_CLOUD_ASSET, {"cloudasset.exportAssets"}},
    {"cloudkms.read", 300, CMEK_GCP_KMS, {"cloudkms.cryptoKeys.get"}},
};

void cmek_gcp_quotas_init(struct cmek_gcp_quotas *quotas,
                          const struct cmek_gcp_endpoints *endpoints)
{
    for (size_t i = 0; i < CMEK_GCP_QUOTAS; i++)
        quotas->items[i] =
            (struct cmek_http_quota){rows[i].name,
                                     endpoints->overridden[rows[i].api] ? 0 : rows[i].per_minute};
}

static enum cmek_status unknown_name(const char *name, size_t length, struct cmek_error *err)
{
    struct cmek_strbuf known = {0};
    for (size_t i = 0; i < CMEK_GCP_QUOTAS; i++)
        cmek_strbuf_printf(&known, "%s%s", i > 0 ? ", " : "", rows[i].name);
    cmek_fail(err, CMEK_E_USAGE, "--quota: there is no quota '%.*s'; known are %s", (int)length,
              name, cmek_strbuf_text(&known));
    cmek_strbuf_done(&known);
    return CMEK_E_USAGE;
}

enum cmek_status cmek_gcp_quotas_set(struct cmek_gcp_quotas *quotas, const char *setting,
                                     struct cmek_error *err)
{
    if (strcmp(setting, "none") == 0) {
        for (size_t i = 0; i < CMEK_GCP_QUOTAS; i++)
            quotas->items[i].per_minute = 0;
        return CMEK_OK;
    }
    size_t length = strcspn(setting, "="), i = 0;
    const char *text = setting[length] == '=' ? setting + length + 1 : "";
    while (i < CMEK_GCP_QUOTAS &&
           (strlen(rows[i].name) != length || memcmp(rows[i].name, setting, length) != 0))
        i++;
    if (i == CMEK_GCP_QUOTAS)
        return unknown_name(setting, length, err);
    long value = cmek_str_is_number(text) && strlen(text) <= 7 ? strtol(text, NULL, 10) : 0;
    if (value < 1 || value > MOST_A_MINUTE)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--quota is '%s', expected %s=N with 1 to %ld requests a minute", setting,
                         rows[i].name, MOST_A_MINUTE);
    quotas->items[i].per_minute = (int)value;
    return CMEK_OK;
}

const struct cmek_http_quota *cmek_gcp_quota_of(const struct cmek_gcp_quotas *quotas,
                                                const char *method)
{
    for (size_t i = 0; i < CMEK_GCP_QUOTAS; i++)
        for (size_t j = 0; j < METHODS_MAX && rows[i].methods[j]; j++)
            if (strcmp(rows[i].methods[j], method) == 0)
                return quotas->items[i].name ? &quotas->items[i] : NULL;
    return NULL;
}
