/* SPDX-License-Identifier: Apache-2.0 */
/** @file quota.h  How often a method may be called: so many times in a window of so many seconds.
 */
#ifndef CMEK_DEMO_QUOTA_H
#define CMEK_DEMO_QUOTA_H

#include <stdbool.h>

#include "demo/faults.h"

struct cmek_demo_quotas;

struct cmek_demo_quotas *cmek_demo_quotas_new(const struct cmek_demo_faults *faults);
void cmek_demo_quotas_free(struct cmek_demo_quotas *quotas);
/** Counts a call of @p operation at @p now_ms (monotonic). False: it is one too many. Thread-safe.
 */
bool cmek_demo_quotas_admit(struct cmek_demo_quotas *quotas, const char *operation, int64_t now_ms);

#endif
