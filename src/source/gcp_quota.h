/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_quota.h  The request quotas that Google publishes for the APIs of a scan, per minute
 * and consumer project.
 *
 * https://cloud.google.com/resource-manager/docs/limits,
 * https://cloud.google.com/asset-inventory/docs/quota, https://cloud.google.com/kms/quotas. An API
 * without a row has none that is known: its answers alone set the pace.
 */
#ifndef CMEK_SOURCE_GCP_QUOTA_H
#define CMEK_SOURCE_GCP_QUOTA_H

#include "base/error.h"
#include "http/engine.h"
#include "source/gcp_endpoints.h"

#define CMEK_GCP_QUOTAS 7

/** A project's quotas: the published ones, unless the user knows better. All zero: none. */
struct cmek_gcp_quotas {
    struct cmek_http_quota items[CMEK_GCP_QUOTAS];
};

/** Fills in what is published. An endpoint that is overridden has no published quota. */
void cmek_gcp_quotas_init(struct cmek_gcp_quotas *quotas,
                          const struct cmek_gcp_endpoints *endpoints);
/** Applies "cloudasset.list=60", or "none": no quota at all. CMEK_E_USAGE. */
CMEK_NODISCARD enum cmek_status cmek_gcp_quotas_set(struct cmek_gcp_quotas *quotas,
                                                    const char *setting, struct cmek_error *err);
/** The quota that a method counts against, or NULL; valid as long as @p quotas. */
const struct cmek_http_quota *cmek_gcp_quota_of(const struct cmek_gcp_quotas *quotas,
                                                const char *method);

#endif
