/* SPDX-License-Identifier: Apache-2.0 */
/** @file policy_file.h  Organization policies in the files that gcloud takes: YAML or JSON, one
 * policy or a list of them.
 *
 * `gcloud org-policies set-policy` (v2: name, spec, dryRunSpec), and the older shape of `gcloud
 * resource-manager org-policies` (constraint, listPolicy, restoreDefault), which names no node.
 * https://cloud.google.com/sdk/gcloud/reference/org-policies/set-policy
 * People write these files by hand, so a key that no policy has is a mistake, not an addition.
 */
#ifndef CMEK_SCAN_POLICY_FILE_H
#define CMEK_SCAN_POLICY_FILE_H

#include "base/error.h"
#include "base/vec.h"
#include "model/policy.h"

struct cmek_arena;
struct cmek_catalogue;

/** A policy of one of our constraints that such a file sets. */
struct cmek_file_policy {
    const char *node; /* "folders/2", "projects/id", …; NULL: it does not say */
    enum cmek_constraint constraint;
    struct cmek_policy_spec spec; /* PRESENT */
    bool has_dry_run;             /* there is a dryRunSpec beside it */
    const char *origin;           /* "policy.yaml:1" */
};

struct cmek_file_policies CMEK_VEC_OF(struct cmek_file_policy);

/** Appends the policies of the file at @p path to @p policies; strings are in @p arena.
 * CMEK_E_USAGE, with file and line where it can be read: no policies, of another constraint,
 * without a spec, of a kind that Google would refuse, or of a service that is not in
 * @p catalogue (scan/policy_values.h). */
CMEK_NODISCARD enum cmek_status cmek_policy_file_read(const char *path,
                                                      const struct cmek_catalogue *catalogue,
                                                      struct cmek_arena *arena,
                                                      struct cmek_file_policies *policies,
                                                      struct cmek_error *err);

#endif
