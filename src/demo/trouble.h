/* SPDX-License-Identifier: Apache-2.0 */
/** @file trouble.h  Which request meets which of the faults that come every so often. */
#ifndef CMEK_DEMO_TROUBLE_H
#define CMEK_DEMO_TROUBLE_H

#include "demo/faults.h"

enum cmek_demo_trouble_kind {
    CMEK_DEMO_NO_TROUBLE,
    CMEK_DEMO_TROUBLE_RESET,
    CMEK_DEMO_TROUBLE_429,
    CMEK_DEMO_TROUBLE_500,
    CMEK_DEMO_TROUBLE_503,
    CMEK_DEMO_TROUBLE_401,
    CMEK_DEMO_TROUBLE_TRUNCATED,
    CMEK_DEMO_TROUBLE_SLOW,
    CMEK_DEMO_TROUBLE_EXPIRED_PAGE,
    CMEK_DEMO_TROUBLE_COUNT_,
};

struct cmek_demo_trouble;

struct cmek_demo_trouble *cmek_demo_trouble_new(const struct cmek_demo_faults *faults);
void cmek_demo_trouble_free(struct cmek_demo_trouble *trouble);
/** What the next request meets. Of several that are due at once the others come with the requests
 * after it, so that each keeps its rate. Thread-safe. */
enum cmek_demo_trouble_kind cmek_demo_trouble_next(struct cmek_demo_trouble *trouble,
                                                   bool has_page_token);

#endif
