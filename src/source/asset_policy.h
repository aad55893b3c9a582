/* SPDX-License-Identifier: Apache-2.0 */
/** @file asset_policy.h  Organization policies, v2 and v1, from their JSON. */
#ifndef CMEK_SOURCE_ASSET_POLICY_H
#define CMEK_SOURCE_ASSET_POLICY_H

#include <stdbool.h>

#include "model/record.h"

struct cmek_arena;
struct cmek_json;

/** The two specs of a v2 Policy object. A wrong type anywhere in a spec makes that spec unreadable,
 * not the other. */
void cmek_policy_decode(const struct cmek_json *data, struct cmek_arena *arena,
                        struct cmek_policy *ret_policy);
/** Splits "folders/2/policies/gcp.x" (also as a full resource name) into node and constraint. */
bool cmek_policy_name_parse(const char *name, struct cmek_arena *arena, const char **ret_node,
                            enum cmek_constraint *ret_constraint);
/** A policy of which nothing can be read. */
struct cmek_policy cmek_policy_unreadable(const char *reason);
/** Decodes an asset's `org_policy` content into the record; false when it is no list. */
bool cmek_v1_policies_decode(const struct cmek_json *org_policy, struct cmek_arena *arena,
                             struct cmek_record *record);

#endif
