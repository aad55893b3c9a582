/* SPDX-License-Identifier: Apache-2.0 */
/** @file gcp_effective_policy.h  What Google says the effective policies of projects are.
 *
 * https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/projects.policies/getEffectivePolicy
 */
#ifndef CMEK_SOURCE_GCP_EFFECTIVE_POLICY_H
#define CMEK_SOURCE_GCP_EFFECTIVE_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "model/policy.h"

#define CMEK_GCP_GET_EFFECTIVE_POLICY "orgpolicy.policies.getEffectivePolicy"

struct cmek_gcp_client;
struct cmek_gcp_error;

struct cmek_gcp_policy_question {
    const char *project; /* number or id */
    enum cmek_constraint constraint;
};

struct cmek_gcp_policy_questions {
    const struct cmek_gcp_policy_question *items;
    size_t count;
    /** Called now and then; false: stop asking. */
    bool (*go_on)(void *payload);
    void *go_on_payload;
    /** One answer, in any order: the spec, merged over the hierarchy and with its conditions
     * evaluated by Google, valid during the call; or NULL and the error. */
    void (*answer)(void *payload, size_t question, const struct cmek_policy_spec *spec,
                   const struct cmek_gcp_error *error);
    void *payload;
};

/** Asks them all; each gets its answer before this returns. */
void cmek_gcp_ask_effective_policies(struct cmek_gcp_client *client,
                                     const struct cmek_gcp_policy_questions *questions);

#endif
