/* SPDX-License-Identifier: Apache-2.0 */
/** @file policy_v1.h  Organization policies in their first version, as ORG_POLICY content still
 * shows them: neither conditions nor dry runs.
 *
 * https://cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset (orgPolicy)
 */
#ifndef CMEK_DEMO_POLICY_V1_H
#define CMEK_DEMO_POLICY_V1_H

struct cmek_arena;
struct cmek_demo_items;
struct cmek_json_writer;

/** Writes v2 policies as an array of v1 ones. A policy of which v1 can show nothing is left out. */
void cmek_demo_write_v1_policies(const struct cmek_demo_items *policies, struct cmek_arena *arena,
                                 struct cmek_json_writer *writer);

#endif
