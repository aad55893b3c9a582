/* SPDX-License-Identifier: Apache-2.0 */
/** @file catalogue_load.h  The service catalogue from YAML (rules/README.md). */
#ifndef CMEK_RULES_CATALOGUE_LOAD_H
#define CMEK_RULES_CATALOGUE_LOAD_H

#include "base/error.h"

struct cmek_catalogue;
struct cmek_yaml;

/** The catalogue compiled in from rules/services/, with no service selected. It always loads; a
 * failure is a programming error. */
struct cmek_catalogue *cmek_catalogue_built_in(void);
/** Adds the services of a YAML file, or of each *.yaml and *.yml in a folder by name. A service
 * that is known keeps the members that are not given; an asset type that is known gets a new row.
 * CMEK_E_USAGE names file, line and column; the catalogue may then hold part of the file. */
CMEK_NODISCARD enum cmek_status cmek_catalogue_load(struct cmek_catalogue *catalogue,
                                                    const char *path, struct cmek_error *err);

/* Inside src/rules only. */
struct cmek_service_type;
/** Decodes one resource of a service, all but its service and origin; what is kept lives in the
 * catalogue's arena. */
CMEK_NODISCARD enum cmek_status cmek_service_type_decode(const struct cmek_yaml *node,
                                                         struct cmek_catalogue *catalogue,
                                                         struct cmek_service_type *ret_type,
                                                         struct cmek_error *err);

#endif
