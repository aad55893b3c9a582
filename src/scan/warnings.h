/* SPDX-License-Identifier: Apache-2.0 */
/** @file warnings.h  What a user should know that is neither a finding nor a gap. */
#ifndef CMEK_SCAN_WARNINGS_H
#define CMEK_SCAN_WARNINGS_H

#include "model/catalogue.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "scan/simulate.h"

/** Takes one sentence. */
typedef void cmek_warning_sink(void *payload, const char *text);

/** Policies of a shape that Google's own API would refuse or that mean something else than they
 * seem to: an allow list on the service constraint, denials on the key-project constraint, values
 * that match nothing. At most 20 are told. */
void cmek_warn_policies(const struct cmek_inventory *inventory, cmek_warning_sink *warn,
                        void *payload);
/** What of a simulation has no effect: dryRunSpecs in its files, a promotion where there are none.
 */
void cmek_warn_simulation(const struct cmek_simulation *simulation,
                          const struct cmek_simulation_summary *done, cmek_warning_sink *warn,
                          void *payload);
/** Services that some policy, set or simulated, denies without a key though the scan cannot judge
 * them: one that no resource shows the key of is a coverage gap if it is selected; those that are
 * not selected are told. */
void cmek_warn_services(struct cmek_inventory *inventory, const struct cmek_catalogue *catalogue,
                        cmek_warning_sink *warn, void *payload);
/** Rules that the input has nothing to judge by. */
void cmek_warn_not_judged(const struct cmek_evaluation *evaluation, cmek_warning_sink *warn,
                          void *payload);

#endif
