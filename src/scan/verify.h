/* SPDX-License-Identifier: Apache-2.0 */
/** @file verify.h  How this scan reads the policies, held against what Google says they come to.
 *
 * Google evaluates the same hierarchy, but tells only the result: getEffectivePolicy. It is asked
 * for one project of each class of projects that agree in their policies and in the tags that
 * conditions ask about, for each constraint. Only what is enforced is compared: how Google merges
 * dry runs is not documented.
 */
#ifndef CMEK_SCAN_VERIFY_H
#define CMEK_SCAN_VERIFY_H

#include <stdbool.h>

#include "cmekscan/reporter.h"

struct cmek_gcp_client;
struct cmek_inventory;

struct cmek_verify_options {
    struct cmek_inventory *inventory; /* finished; gets the coverage gaps */
    struct cmek_gcp_client *client;
    /** Called now and then; false: stop asking. */
    bool (*go_on)(void *payload);
    void *payload;
};

/** Asks and compares. Every difference, every failed call and every class that this scan cannot
 * decide by itself becomes a coverage gap; verdicts stay as they are. */
void cmek_verify_policies(const struct cmek_verify_options *options,
                          struct cmek_policy_verification *ret_result);

#endif
