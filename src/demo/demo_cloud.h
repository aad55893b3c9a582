/* SPDX-License-Identifier: Apache-2.0 */
/** @file demo_cloud.h  The demo cloud: serves an asset file as Google's REST APIs, on loopback
 * only.
 *
 * All APIs are on one port. Base URLs: http://127.0.0.1:PORT/storage/v1/ for Cloud Storage (as the
 * real one), http://127.0.0.1:PORT/NAME/ for the others, NAME being artifactregistry, cloudasset,
 * cloudkms, cloudresourcemanager, orgpolicy, pubsub or serviceusage; what follows is Google's own
 * path. The name may be left out where the API follows from the rest of the path. POST /token is
 * the OAuth token endpoint, /computeMetadata/ the metadata server.
 */
#ifndef CMEK_DEMO_DEMO_CLOUD_H
#define CMEK_DEMO_DEMO_CLOUD_H

#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "demo/faults.h"

/** Number of the organization that the built-in assets describe. */
#define CMEK_DEMO_ORGANIZATION "917392449274"

struct cmek_demo_cloud;

struct cmek_demo_options {
    struct cmek_strings assets; /* paths as cmek_asset_lines_read takes them; none: the built-in
                                   demo organization */
    struct cmek_strings inventory_assets; /* what Cloud Asset Inventory still says of them, since it
                                             lags behind; none: the same assets */
    /* Asset types that Cloud Asset Inventory has besides those that other APIs serve here;
     * borrowed, must outlive the cloud. */
    struct cmek_strings inventory_types;
    int port;                              /* 0: any that is free */
    const struct cmek_demo_faults *faults; /* borrowed, must outlive the cloud; NULL: none */
    const char *request_log;  /* a file that gets every request as NDJSON; NULL: none */
    const char *access_token; /* accepted besides the tokens that are issued; NULL: none */
};

/** Reads the assets and starts to serve them. CMEK_E_IO, CMEK_E_INVALID: an asset file cannot be
 * used; CMEK_E_NET: the port cannot be had. */
CMEK_NODISCARD enum cmek_status cmek_demo_cloud_start(const struct cmek_demo_options *options,
                                                      struct cmek_demo_cloud **ret_cloud,
                                                      struct cmek_error *err);
/** The port it listens on, at 127.0.0.1. */
int cmek_demo_cloud_port(const struct cmek_demo_cloud *cloud);
/** Writes a credential file of @p type `service_account` or `authorized_user` that this cloud (and
 * no other) takes; readable for its owner only. */
CMEK_NODISCARD enum cmek_status cmek_demo_cloud_write_credentials(struct cmek_demo_cloud *cloud,
                                                                  const char *type,
                                                                  const char *path,
                                                                  struct cmek_error *err);
/** Ends all connections and frees the cloud; NULL is allowed. */
void cmek_demo_cloud_stop(struct cmek_demo_cloud *cloud);

/** The built-in demo organization as an asset file (NDJSON). */
const char *cmek_demo_organization_text(size_t *ret_length);

#endif
