/* SPDX-License-Identifier: Apache-2.0 */
/** @file values.h  What one entry of a policy's value list means: facts of the two constraints.
 *
 * https://cloud.google.com/kms/docs/cmek-org-policy
 */
#ifndef CMEK_POLICY_VALUES_H
#define CMEK_POLICY_VALUES_H

#include <stdbool.h>

#include "cmekscan/finding.h"

struct cmek_inventory;

/** Whether an entry of the service constraint names @p service. Exactly one `is:` is stripped;
 * `under:` and `in:` match nothing here. */
bool cmek_value_is_service(const char *entry, const char *service);
/** The service that an entry names; nothing is checked, so it may be no service's name. */
const char *cmek_value_service(const char *entry);

/** Whether an entry of the key-project constraint covers the project @p project (an id or a number;
 * NULL: a key whose project cannot be told). CMEK_UNKNOWN where ids and numbers cannot be mapped or
 * ancestors cannot be seen. */
enum cmek_tristate cmek_value_covers_project(const struct cmek_inventory *inventory,
                                             const char *entry, const char *project);

/** The same for a project that nobody has named and that lies right below the node @p parent
 * ("folders/2"); NULL: below none that an entry names. */
enum cmek_tristate cmek_value_covers_new_project(const struct cmek_inventory *inventory,
                                                 const char *entry, const char *parent);

/** The node whose subtree an entry names (`under:folders/F`, `under:organizations/O`): a reference,
 * or NULL. */
const char *cmek_value_subtree(const char *entry);

/** The project that an entry names by itself (`projects/X`, `is:projects/X`, `under:projects/X`):
 * X, or NULL. */
const char *cmek_value_project(const char *entry);

#endif
