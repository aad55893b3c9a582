/* SPDX-License-Identifier: Apache-2.0 */
/* Times the evaluation of asset files apart from reading them: CPU time of this one thread.
 * usage: bench_evaluation FILE…  Prints a JSON object; see README.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "model/catalogue.h"
#include "model/inventory.h"
#include "rules/catalogue_load.h"
#include "rules/evaluate.h"
#include "rules/rule.h"
#include "source/asset_file.h"

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double wall_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double peak_megabytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static struct cmek_inventory *read_files(const struct cmek_catalogue *catalogue, char *const *paths)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    struct cmek_record_sink sink = cmek_inventory_sink(inventory);
    for (; *paths; paths++) {
        struct cmek_error err = {0};
        if (cmek_asset_file_read(catalogue, *paths, /* threads= */ 0, &sink, &err) != CMEK_OK) {
            fprintf(stderr, "%s\n", err.message);
            exit(2);
        }
    }
    cmek_inventory_finish(inventory);
    return inventory;
}

static bool count_verdict(void *payload, const struct cmek_verdict *verdict)
{
    uint64_t *counts = payload;
    counts[verdict->status]++;
    return true;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: bench_evaluation FILE...\n");
        return 2;
    }
    struct cmek_catalogue *catalogue = cmek_catalogue_built_in();
    cmek_catalogue_select_all(catalogue, true);
    struct cmek_inventory *inventory = read_files(catalogue, argv + 1);
    double read_mb = peak_megabytes();
    struct cmek_rule_set *rules = cmek_rules_built_in();
    const struct cmek_evaluation_options options = {.inventory = inventory,
                                                    .rules = rules,
                                                    .catalogue = catalogue};
    uint64_t counts[CMEK_STATUS_COUNT_] = {0};
    double wall = wall_seconds(), start = cpu_seconds();
    struct cmek_evaluation *evaluation = cmek_evaluation_new(&options);
    cmek_evaluation_run(evaluation, count_verdict, counts);
    double once = cpu_seconds();
    cmek_evaluation_run(evaluation, count_verdict, counts); /* as a scan: to count, then to list */
    double twice = cpu_seconds();
    printf("{\"first_s\": %.4f, \"second_s\": %.4f, \"wall_s\": %.4f, \"read_mb\": %.1f, "
           "\"peak_mb\": %.1f, \"chains\": %zu, \"policies_built\": %zu, \"fail\": %" PRIu64
           ", \"pass\": %" PRIu64 ", \"unknown\": %" PRIu64 "}\n",
           once - start, twice - once, wall_seconds() - wall, read_mb, peak_megabytes(),
           inventory->chain_count, cmek_evaluation_policies_built(evaluation),
           counts[CMEK_STATUS_FAIL] / 2, counts[CMEK_STATUS_PASS] / 2,
           counts[CMEK_STATUS_UNKNOWN] / 2);
    cmek_evaluation_free(evaluation);
    cmek_rules_free(rules);
    cmek_inventory_free(inventory);
    cmek_catalogue_free(catalogue);
    return 0;
}
