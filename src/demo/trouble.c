/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/trouble.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"

struct cmek_demo_trouble {
    pthread_mutex_t lock;
    bool any;
    int64_t every[CMEK_DEMO_TROUBLE_COUNT_];
    int64_t since[CMEK_DEMO_TROUBLE_COUNT_]; /* requests that came since it was last met */
};

struct cmek_demo_trouble *cmek_demo_trouble_new(const struct cmek_demo_faults *faults)
{
    struct cmek_demo_trouble *trouble = cmek_calloc(1, sizeof *trouble);
    pthread_mutex_init(&trouble->lock, NULL);
    trouble->every[CMEK_DEMO_TROUBLE_RESET] = faults->every_reset;
    trouble->every[CMEK_DEMO_TROUBLE_429] = faults->every_429;
    trouble->every[CMEK_DEMO_TROUBLE_500] = faults->every_500;
    trouble->every[CMEK_DEMO_TROUBLE_EXPIRED_PAGE] = faults->every_expired_page;
    trouble->every[CMEK_DEMO_TROUBLE_503] = faults->every_503;
    trouble->every[CMEK_DEMO_TROUBLE_401] = faults->every_401;
    trouble->every[CMEK_DEMO_TROUBLE_TRUNCATED] = faults->every_truncated;
    if (faults->slow_body_ms > 0)
        trouble->every[CMEK_DEMO_TROUBLE_SLOW] = faults->every_slow > 0 ? faults->every_slow : 1;
    for (size_t i = 0; i < CMEK_DEMO_TROUBLE_COUNT_; i++)
        trouble->any = trouble->any || trouble->every[i] > 0;
    return trouble;
}

void cmek_demo_trouble_free(struct cmek_demo_trouble *trouble)
{
    if (!trouble)
        return;
    pthread_mutex_destroy(&trouble->lock);
    free(trouble);
}

enum cmek_demo_trouble_kind cmek_demo_trouble_next(struct cmek_demo_trouble *trouble,
                                                   bool has_page_token)
{
    if (!trouble->any)
        return CMEK_DEMO_NO_TROUBLE;
    enum cmek_demo_trouble_kind met = CMEK_DEMO_NO_TROUBLE;
    pthread_mutex_lock(&trouble->lock);
    for (int i = 1; i < CMEK_DEMO_TROUBLE_COUNT_; i++) {
        if (trouble->every[i] == 0 || (i == CMEK_DEMO_TROUBLE_EXPIRED_PAGE && !has_page_token))
            continue;
        trouble->since[i]++;
        if (met != CMEK_DEMO_NO_TROUBLE || trouble->since[i] < trouble->every[i])
            continue;
        met = (enum cmek_demo_trouble_kind)i;
        trouble->since[i] -= trouble->every[i];
    }
    pthread_mutex_unlock(&trouble->lock);
    return met;
}
