/* SPDX-License-Identifier: Apache-2.0 */
/** @file simulate.h  What `cmekscan simulate` changes before it judges: policies from files at
 * their nodes, dry runs in the place of what is in force. */
#ifndef CMEK_SCAN_SIMULATE_H
#define CMEK_SCAN_SIMULATE_H

#include "base/strings.h"
#include "cmekscan/reporter.h"
#include "scan/policy_file.h"

struct cmek_arena;
struct cmek_inventory;

struct cmek_simulation {
    struct cmek_file_policies policies;
    struct cmek_strings
        nodes; /* where they are set, or dry runs promoted; none: as they say, all */
    bool promotes_dry_runs;
    bool only_changes; /* reports list no unchanged finding */
};

/** Whether the options make sense together; CMEK_E_USAGE before anything is read. */
CMEK_NODISCARD enum cmek_status cmek_simulation_check(const struct cmek_simulation *simulation,
                                                      struct cmek_error *err);
/** Lays the simulation over a finished inventory and says in @p ret_summary what was done; strings
 * are in @p arena, the inventory or @p simulation. CMEK_E_USAGE: a node that nothing speaks of, two
 * policies for one place, no dry run at a node that was named. */
CMEK_NODISCARD enum cmek_status cmek_simulation_apply(const struct cmek_simulation *simulation,
                                                      struct cmek_inventory *inventory,
                                                      struct cmek_arena *arena,
                                                      struct cmek_simulation_summary *ret_summary,
                                                      struct cmek_error *err);

#endif
