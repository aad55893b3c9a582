/* SPDX-License-Identifier: Apache-2.0 */
/** @file config.h  The configuration file: options by their names, weaker than the command line and
 * the environment.
 *
 *     fail-on: high
 *     services: [storage, pubsub]
 *     report: {text: "-", json: cmek.json}      # as --report text=- --report json=cmek.json
 *     severity: {gcr-bucket-leftover: info}
 *     allow-incomplete: true
 *
 * A list gives a repeatable option several values, a mapping gives it "KEY=VALUE" each. Options of
 * other commands are passed over; what is an option of none is an error with its line.
 */
#ifndef CMEK_CLI_CONFIG_H
#define CMEK_CLI_CONFIG_H

#include "cli/options.h"

/** --config, for the commands that take it. */
extern const struct cmek_option cmek_config_options[];

/** Applies the file that --config or CMEKSCAN_CONFIG names, else the first there is of
 * ./cmekscan.yaml, $XDG_CONFIG_HOME/cmekscan/cmekscan.yaml and /etc/cmekscan/cmekscan.yaml, to
 * @p groups. "none" reads no file. CMEK_E_USAGE names file, line and column. */
CMEK_NODISCARD enum cmek_status cmek_config_apply(const struct cmek_option_group *groups,
                                                  struct cmek_error *err);

#endif
