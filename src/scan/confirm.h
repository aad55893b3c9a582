/* SPDX-License-Identifier: Apache-2.0 */
/** @file confirm.h  What would fail by the word of a lagging inventory is read once more from its
 * own API before it is reported. */
#ifndef CMEK_SCAN_CONFIRM_H
#define CMEK_SCAN_CONFIRM_H

#include "cmekscan/reporter.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "scan/feed.h"

/** Judges @p inventory (finished), reads what fails again, and leaves the inventory to be finished
 * once more if anything came. Of a source that does not lag nothing is asked. */
void cmek_scan_confirm(struct cmek_feed *feed, struct cmek_inventory *inventory,
                       const struct cmek_evaluation_options *options,
                       struct cmek_confirmation *ret_confirmation);

#endif
