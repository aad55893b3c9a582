/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_read.h  The live source: scopes of Google Cloud into records.
 *
 * A scope is read in one of two ways, which give the same findings. Directly, each API is asked
 * project by project. Through Cloud Asset Inventory, a few listings show the whole scope; asked
 * directly are then only what no inventory has or can be had of it: policies and tags above the
 * scope, keys outside of it, and the redirection of projects with a registry bucket. Either way the
 * records are those of an export of the same organizations: nodes, policies of both constraints,
 * buckets, topics, repositories, redirection, enabled services, keys, tags. What cannot be read is
 * a coverage gap record.
 */
#ifndef CMEK_SOURCE_GCP_READ_H
#define CMEK_SOURCE_GCP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/record.h"
#include "model/shard.h"
#include "source/gcp_endpoints.h"

struct cmek_arena;
struct cmek_gcp_client;
struct cmek_catalogue;
struct cmek_http_engine;

struct cmek_gcp_progress {
    const char *phase; /* "inventory", "hierarchy", "resources", "keys and tags", "confirmation";
                          NULL: not begun */
    size_t nodes, projects_known, projects_done, resources;
    bool may_find_projects;        /* the hierarchy is not known yet to its end */
    size_t steps_done, steps_left; /* of the phase; steps_left 0: not known how many */
};

enum cmek_gcp_via {
    CMEK_GCP_VIA_AUTO, /* the inventory for each scope where it is enabled and permitted */
    CMEK_GCP_VIA_INVENTORY,
    CMEK_GCP_VIA_DIRECT,
};

struct cmek_gcp_read_options {
    const char *const *scopes; /* "organizations/1", "folders/2", "projects/id-or-number" */
    size_t scope_count;
    const struct cmek_catalogue *catalogue; /* what is read: its selected services; those that no
                                               API is asked for one by one only by the inventory */
    enum cmek_gcp_via via;
    struct cmek_shard shard; /* of other projects only their place and policies are read */
    /* Through an export instead of listings: where to ("gs://bucket/prefix"), or the operation of
     * one that was started before. With VIA_INVENTORY only; else NULL. */
    const char *export_to, *export_operation;
    /** Called now and then; false: stop asking. May be NULL. */
    bool (*progress)(void *payload, const struct cmek_gcp_progress *progress);
    /** One line on how a scope is read. May be NULL. */
    void (*note)(void *payload, const char *text);
    void *payload;
};

/** How a scope was read. */
struct cmek_gcp_scope_source {
    const char *scope; /* borrowed from the options */
    bool by_inventory;
    const char *reason; /* why not by the inventory, or NULL; in the caller's arena */
};

/** What was done; lists are in the caller's arena. */
struct cmek_gcp_read_result {
    struct cmek_gcp_scope_source *sources;
    size_t source_count;
    bool is_interrupted; /* progress said to stop */
};

/** Reads the scopes into @p sink. CMEK_E_NOT_FOUND or CMEK_E_DENIED: a scope itself cannot be seen.
 */
CMEK_NODISCARD enum cmek_status
cmek_gcp_read(struct cmek_gcp_client *client, const struct cmek_gcp_read_options *options,
              const struct cmek_record_sink *sink, struct cmek_arena *arena,
              struct cmek_gcp_read_result *ret_result, struct cmek_error *err);

/** A resource or key whose own API is to have the last word. */
struct cmek_gcp_target {
    const char *name, *asset_type; /* full resource name */
    const char *kms_key;           /* that the inventory shows, or NULL */
};

struct cmek_gcp_confirm_result {
    uint64_t asked, gone, failed; /* gone: resources only */
};

/** Whether resources of a type can be read one by one. */
bool cmek_gcp_can_confirm(const char *asset_type);
/** Reads the targets from their own APIs into @p sink; those that are no more go to @p gone, a
 * key also as a coverage gap. With a key that the inventory did not show, its state and its project
 * are read too. What cannot be read stays as it was. Of @p options only the catalogue, progress and
 * payload count. */
void cmek_gcp_confirm(struct cmek_gcp_client *client, const struct cmek_gcp_read_options *options,
                      const struct cmek_gcp_target *targets, size_t count,
                      const struct cmek_record_sink *sink,
                      void (*gone)(void *payload, const char *name), void *payload,
                      struct cmek_gcp_confirm_result *ret_result);

#endif
