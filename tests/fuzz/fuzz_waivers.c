/* SPDX-License-Identifier: Apache-2.0 */
/* A waiver file. What waives says who, why and until when; what cannot be relied on says what is
 * wrong with it and takes no finding; and the last day is the last on every day before it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "fuzz.h"
#include "model/inventory.h"
#include "rules/evaluate.h"
#include "rules/rule.h"
#include "scan/waiver.h"

#define NOON_OF_2026_11_22 1795348800
#define DAY                86400

static void check_waiver(const struct cmek_waiver *waiver)
{
    bool is_active = waiver->state == CMEK_WAIVER_ACTIVE;
    FUZZ_CHECK(waiver->state < CMEK_WAIVER_STATE_COUNT_ && waiver->id);
    FUZZ_CHECK(is_active == !waiver->problem);
    if (waiver->state == CMEK_WAIVER_MALFORMED)
        return;
    FUZZ_CHECK(waiver->reason[0] && waiver->owner[0] && waiver->id[0]);
    FUZZ_CHECK(waiver->rules.count > 0);
    FUZZ_CHECK(waiver->resources.count + waiver->projects.count + waiver->label_count > 0);
    FUZZ_CHECK(strlen(waiver->expires) == sizeof "YYYY-MM-DD" - 1);
    FUZZ_CHECK((waiver->state == CMEK_WAIVER_EXPIRED) == (waiver->days_left < 0));
    FUZZ_CHECK(!is_active || waiver->days_left <= CMEK_WAIVER_DAYS_DEFAULT);
}

static void check_find(struct cmek_waivers *waivers)
{
    static const struct cmek_label label = {"data", "public"};
    const struct cmek_rule rule = {.id = "cmek-required"};
    struct cmek_node project = {.id = "ci-one", .number = "11", .ref = "projects/11"};
    const struct cmek_resource_extras extras = {.labels = &label, .label_count = 1};
    const struct cmek_resource resource = {.name = "//storage.googleapis.com/build-cache-1",
                                           .extras = &extras,
                                           .project = &project};
    const struct cmek_verdict verdict = {.rule = &rule, .resource = &resource, .project = &project};
    const struct cmek_waiver *found = cmek_waivers_find(waivers, &verdict);
    size_t used = 0;
    for (size_t i = 0; i < waivers->count; i++)
        used += waivers->items[i].used;
    FUZZ_CHECK(found ? used == 1 && found->used && found->state == CMEK_WAIVER_ACTIVE : used == 0);
}

static void count_warning(void *payload, const char *text)
{
    size_t *count = payload;
    FUZZ_CHECK(text[0] != '\0');
    ++*count;
}

/* Each that is not active is told of before the scan. */
static void check_warnings(const struct cmek_waivers *waivers)
{
    size_t told = 0, inactive = 0;
    cmek_waivers_warn(waivers, /* after_scan= */ false, count_warning, &told);
    for (size_t i = 0; i < waivers->count; i++)
        inactive += waivers->items[i].state != CMEK_WAIVER_ACTIVE;
    FUZZ_CHECK((told > 0) == (inactive > 0));
}

static enum cmek_status load(int fd, int64_t now, struct cmek_arena *arena,
                             struct cmek_waivers *ret_waivers)
{
    char path[64];
    struct cmek_error err = {0};
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum cmek_status status =
        cmek_waivers_load(path, (struct cmek_time){.seconds = now}, CMEK_WAIVER_DAYS_DEFAULT,
                          /* rules= */ NULL, arena, ret_waivers, &err);
    FUZZ_CHECK(status == CMEK_OK || (status == CMEK_E_USAGE && err.message[0] != '\0'));
    return status;
}

/* A day later nothing that had expired waives again. */
static void check_next_day(int fd, const struct cmek_waivers *today, struct cmek_arena *arena)
{
    struct cmek_waivers tomorrow = {0};
    FUZZ_CHECK(load(fd, NOON_OF_2026_11_22 + DAY, arena, &tomorrow) == CMEK_OK);
    FUZZ_CHECK(today->count == tomorrow.count);
    for (size_t i = 0; i < today->count; i++) {
        const struct cmek_waiver *a = &today->items[i], *b = &tomorrow.items[i];
        FUZZ_CHECK(a->state != CMEK_WAIVER_EXPIRED || b->state == CMEK_WAIVER_EXPIRED);
        FUZZ_CHECK(a->state != CMEK_WAIVER_ACTIVE || b->days_left == a->days_left - 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cmek_arena arena = {0};
    struct cmek_waivers waivers = {0};
    int fd = memfd_create("waivers", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    if (load(fd, NOON_OF_2026_11_22, &arena, &waivers) == CMEK_OK) {
        for (size_t i = 0; i < waivers.count; i++)
            check_waiver(&waivers.items[i]);
        check_warnings(&waivers);
        check_find(&waivers);
        check_next_day(fd, &waivers, &arena);
    } else {
        FUZZ_CHECK(waivers.count == 0);
    }
    cmek_arena_done(&arena);
    close(fd);
    return 0;
}
