/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_direct.h  The live source that asks each API project by project.
 *
 * Yields the same records as an export of the same organizations: nodes, policies of both
 * constraints, buckets, topics, repositories of every Artifact Registry location, redirection,
 * enabled services, the keys in use with their projects (also outside the scope), and the effective
 * tags of projects under conditional policies. What cannot be read is a coverage gap record.
 */
#ifndef CMEK_SOURCE_GCP_DIRECT_H
#define CMEK_SOURCE_GCP_DIRECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/record.h"
#include "source/gcp_endpoints.h"

struct cmek_http_engine;
struct cmek_gcp_client;

struct cmek_gcp_progress {
    size_t nodes, projects_known, projects_done, resources;
};

struct cmek_gcp_direct_options {
    const char *const *scopes; /* "organizations/1", "folders/2", "projects/id-or-number" */
    size_t scope_count;
    const struct cmek_catalogue *catalogue; /* what is read: buckets, topics and repositories if
                                               selected; what else is selected is a gap */
    /** Called now and then; false: stop asking. May be NULL. */
    bool (*progress)(void *payload, const struct cmek_gcp_progress *progress);
    void *payload;
};

/** Reads the scopes into @p sink. CMEK_E_NOT_FOUND or CMEK_E_DENIED: a scope itself cannot be seen.
 */
CMEK_NODISCARD enum cmek_status cmek_gcp_direct_read(struct cmek_gcp_client *client,
                                                     const struct cmek_gcp_direct_options *options,
                                                     const struct cmek_record_sink *sink,
                                                     struct cmek_error *err);

#endif
