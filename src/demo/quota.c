/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/quota.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "demo/api.h"

struct window {
    int64_t began_ms, used;
};

struct cmek_demo_quotas {
    pthread_mutex_t lock;
    const struct cmek_demo_quota *rules;
    size_t count;
    struct window *windows; /* one for each rule */
};

struct cmek_demo_quotas *cmek_demo_quotas_new(const struct cmek_demo_faults *faults)
{
    struct cmek_demo_quotas *quotas = cmek_calloc(1, sizeof *quotas);
    pthread_mutex_init(&quotas->lock, NULL);
    quotas->rules = faults->quotas.items;
    quotas->count = faults->quotas.count;
    quotas->windows = cmek_calloc(quotas->count + 1, sizeof *quotas->windows);
    return quotas;
}

void cmek_demo_quotas_free(struct cmek_demo_quotas *quotas)
{
    if (!quotas)
        return;
    pthread_mutex_destroy(&quotas->lock);
    free(quotas->windows);
    free(quotas);
}

bool cmek_demo_quotas_admit(struct cmek_demo_quotas *quotas, const char *operation, int64_t now_ms)
{
    bool admitted = true;
    for (size_t i = 0; i < quotas->count; i++) {
        const struct cmek_demo_quota *rule = &quotas->rules[i];
        if (!cmek_demo_operation_matches(rule->operation, operation))
            continue;
        pthread_mutex_lock(&quotas->lock);
        struct window *window = &quotas->windows[i];
        if (window->used == 0 || now_ms - window->began_ms >= rule->window_ms)
            *window = (struct window){.began_ms = now_ms};
        admitted &= window->used++ < rule->count;
        pthread_mutex_unlock(&quotas->lock);
    }
    return admitted;
}
