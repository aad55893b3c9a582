/* SPDX-License-Identifier: Apache-2.0 */
/* The summaries of several reports added up. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/sha256.h"
#include "base/strings.h"
#include "scan/merge.h"

static const struct cmek_scan_summary *summary_at(const struct cmek_merge_inputs *inputs, size_t i)
{
    return inputs->items[i]->report.summary;
}

static void add_tally(struct cmek_tally *sum, const struct cmek_tally *tally)
{
    for (size_t i = 0; i < CMEK_STATUS_COUNT_; i++)
        sum->by_status[i] += tally->by_status[i];
    for (size_t i = 0; i < CMEK_SEVERITY_COUNT_; i++)
        sum->fails_by_severity[i] += tally->fails_by_severity[i];
}

static int compare_names(const void *a, const void *b)
{
    return cmek_str_compare(((const struct cmek_tally *)a)->name,
                            ((const struct cmek_tally *)b)->name);
}

/* Sorted by name, each once: projects that way have the order of the findings. */
static struct cmek_tally *add_projects(const struct cmek_merge_inputs *inputs,
                                       struct cmek_arena *arena, size_t *ret_count)
{
    size_t all = 0, count = 0;
    for (size_t i = 0; i < inputs->count; i++)
        all += summary_at(inputs, i)->by_project.count;
    struct cmek_tally *tallies = cmek_arena_array(arena, all, sizeof *tallies);
    for (size_t i = 0, k = 0; i < inputs->count; i++)
        for (size_t j = 0; j < summary_at(inputs, i)->by_project.count; j++)
            tallies[k++] = summary_at(inputs, i)->by_project.items[j];
    if (all > 0)
        qsort(tallies, all, sizeof *tallies, compare_names);
    for (size_t i = 0; i < all; i++) {
        if (count > 0 && compare_names(&tallies[count - 1], &tallies[i]) == 0)
            add_tally(&tallies[count - 1], &tallies[i]);
        else
            tallies[count++] = tallies[i];
    }
    *ret_count = count;
    return tallies;
}

/* Places in a list are counted from 1, so that 0 is none. */
static void put_place(struct cmek_map *places, const char *name, size_t place)
{
    cmek_map_put_borrowed(places, name ? name : "", (void *)(uintptr_t)place);
}

static size_t place_of(const struct cmek_map *places, const char *name)
{
    return (uintptr_t)cmek_map_get(places, name ? name : "");
}

/* The rules, in the order of the first report; all reports have the same. */
static struct cmek_tally *add_rules(const struct cmek_merge_inputs *inputs,
                                    struct cmek_arena *arena, struct cmek_map *places)
{
    const struct cmek_tallies *first = &summary_at(inputs, 0)->by_rule;
    struct cmek_tally *sums = cmek_arena_array(arena, first->count, sizeof *sums);
    for (size_t k = 0; k < first->count; k++) {
        sums[k].name = first->items[k].name;
        put_place(places, sums[k].name, k + 1);
    }
    for (size_t i = 0; i < inputs->count; i++) {
        const struct cmek_tallies *rules = &summary_at(inputs, i)->by_rule;
        for (size_t j = 0; j < rules->count; j++) {
            size_t place = place_of(places, rules->items[j].name);
            if (place > 0)
                add_tally(&sums[place - 1], &rules->items[j]);
        }
    }
    return sums;
}

static void add_resources(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                          struct cmek_scan_summary *sum)
{
    const struct cmek_scan_summary *first = summary_at(inputs, 0);
    struct cmek_map places = {0};
    struct cmek_resource_count *counts =
        cmek_arena_array(arena, first->resource_count, sizeof *counts);
    for (size_t k = 0; k < first->resource_count; k++) {
        counts[k].type = first->resources[k].type;
        put_place(&places, counts[k].type, k + 1);
    }
    for (size_t i = 0; i < inputs->count; i++)
        for (size_t j = 0; j < summary_at(inputs, i)->resource_count; j++) {
            const struct cmek_resource_count *one = &summary_at(inputs, i)->resources[j];
            size_t place = place_of(&places, one->type);
            if (place == 0)
                continue;
            counts[place - 1].total += one->total;
            counts[place - 1].with_key += one->with_key;
        }
    sum->resources = counts;
    sum->resource_count = first->resource_count;
    cmek_map_done(&places);
}

static int compare_counts(const void *a, const void *b)
{
    return strcmp(((const struct cmek_count *)a)->name, ((const struct cmek_count *)b)->name);
}

static const struct cmek_counts *counts_at(const struct cmek_scan_summary *summary, size_t offset)
{
    return (const void *)((const char *)summary + offset);
}

/* Adds up the counts at an offset of the summaries, by their names. */
static struct cmek_counts sum_counts(const struct cmek_merge_inputs *inputs, size_t offset,
                                     struct cmek_arena *arena)
{
    size_t all = 0, count = 0;
    for (size_t i = 0; i < inputs->count; i++)
        all += counts_at(summary_at(inputs, i), offset)->count;
    struct cmek_count *sums = cmek_arena_array(arena, all, sizeof *sums);
    for (size_t i = 0, k = 0; i < inputs->count; i++) {
        const struct cmek_counts *counts = counts_at(summary_at(inputs, i), offset);
        for (size_t j = 0; j < counts->count; j++)
            sums[k++] = counts->items[j];
    }
    if (all > 0)
        qsort(sums, all, sizeof *sums, compare_counts);
    for (size_t i = 0; i < all; i++) {
        if (count > 0 && compare_counts(&sums[count - 1], &sums[i]) == 0)
            sums[count - 1].count += sums[i].count;
        else
            sums[count++] = sums[i];
    }
    return (struct cmek_counts){sums, count};
}

static void add_not_judged(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                           struct cmek_scan_summary *sum)
{
    size_t all = 0, count = 0;
    struct cmek_map places = {0};
    for (size_t i = 0; i < inputs->count; i++)
        all += summary_at(inputs, i)->not_judged_count;
    struct cmek_not_judged *items = cmek_arena_array(arena, all, sizeof *items);
    for (size_t i = 0; i < inputs->count; i++)
        for (size_t j = 0; j < summary_at(inputs, i)->not_judged_count; j++) {
            const struct cmek_not_judged *one = &summary_at(inputs, i)->not_judged[j];
            size_t place = place_of(&places, one->rule_id);
            if (place == 0) {
                items[count++] = (struct cmek_not_judged){one->rule_id, one->missing, 0};
                put_place(&places, one->rule_id, place = count);
            }
            items[place - 1].targets += one->targets;
        }
    sum->not_judged = items;
    sum->not_judged_count = count;
    cmek_map_done(&places);
}

static int compare_gaps(const void *a, const void *b)
{
    const struct cmek_coverage_gap *left = a, *right = b;
    const char *const pairs[][2] = {{left->scope, right->scope},
                                    {left->operation, right->operation},
                                    {left->message, right->message},
                                    {left->error, right->error}};
    int order = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs && order == 0; i++)
        order = cmek_str_compare(pairs[i][0], pairs[i][1]);
    return order;
}

static bool has_shard(const struct cmek_merge_inputs *inputs, uint64_t index)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (summary_at(inputs, i)->shard.index == index)
            return true;
    return false;
}

/* What a missing shard would have judged lies somewhere in the scope. */
static size_t add_missing(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                          struct cmek_coverage_gap *gaps)
{
    const struct cmek_scan_summary *first = summary_at(inputs, 0);
    size_t count = 0;
    for (uint64_t index = 1; index <= first->shard.count; index++) {
        if (has_shard(inputs, index))
            continue;
        gaps[count++] = (struct cmek_coverage_gap){
            .scope = first->scope_count == 1 ? first->scopes[0] : "input",
            .operation = "merge",
            .error = "missing-shard",
            .message = cmek_arena_printf(
                arena,
                "the report of shard %llu of %llu is missing, so nothing is known of its projects: "
                "give it to cmekscan merge as well",
                (unsigned long long)index, (unsigned long long)first->shard.count),
        };
    }
    return count;
}

/* Each shard tells of what could not be read of the hierarchy: once is enough. */
static void add_gaps(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                     struct cmek_scan_summary *sum)
{
    size_t all = (size_t)summary_at(inputs, 0)->shard.count, count = 0;
    for (size_t i = 0; i < inputs->count; i++)
        all += summary_at(inputs, i)->gap_count;
    struct cmek_coverage_gap *gaps = cmek_arena_array(arena, all, sizeof *gaps);
    all = add_missing(inputs, arena, gaps);
    for (size_t i = 0; i < inputs->count; i++) {
        sum->gaps_not_listed += summary_at(inputs, i)->gaps_not_listed;
        for (size_t j = 0; j < summary_at(inputs, i)->gap_count; j++)
            gaps[all++] = summary_at(inputs, i)->gaps[j];
    }
    if (all > 0)
        qsort(gaps, all, sizeof *gaps, compare_gaps);
    for (size_t i = 0; i < all; i++)
        if (count == 0 || compare_gaps(&gaps[count - 1], &gaps[i]) != 0)
            gaps[count++] = gaps[i];
    sum->gap_count = count < CMEK_LIMIT_GAPS ? count : CMEK_LIMIT_GAPS;
    sum->gaps_not_listed += count - sum->gap_count;
    sum->gaps = gaps;
}

/* How each scope was read: once for each way that some shard took. */
static void add_sources(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                        struct cmek_scan_summary *sum)
{
    size_t all = 0, count = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        all += summary_at(inputs, i)->source_count;
        if (!cmek_str_eq(summary_at(inputs, i)->source, sum->source))
            sum->source = "gcp-mixed";
    }
    struct cmek_scope_source *sources = cmek_arena_array(arena, all, sizeof *sources);
    struct cmek_map seen = {0};
    for (size_t i = 0; i < inputs->count; i++)
        for (size_t j = 0; j < summary_at(inputs, i)->source_count; j++) {
            const struct cmek_scope_source *one = &summary_at(inputs, i)->sources[j];
            const char *name = cmek_arena_printf(arena, "%s\n%s\n%s", one->scope, one->source,
                                                 one->reason ? one->reason : "");
            if (cmek_map_get(&seen, name))
                continue;
            cmek_map_put_borrowed(&seen, name, sum);
            sources[count++] = *one;
        }
    cmek_map_done(&seen);
    sum->sources = sources;
    sum->source_count = count;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Some shards may have gone on with a checkpoint. */
static void add_resumed(const struct cmek_scan_summary *one, struct cmek_scan_summary *sum)
{
    if (!one->resumed_since)
        return;
    if (!sum->resumed_since || strcmp(one->resumed_since, sum->resumed_since) < 0)
        sum->resumed_since = one->resumed_since;
    sum->resumed_answers += one->resumed_answers;
}

/* From the first beginning to the last end; folders were seen by all shards, projects by one. */
static void add_scans(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                      struct cmek_scan_summary *sum)
{
    const char **ids = cmek_arena_array(arena, inputs->count, sizeof *ids);
    char hex[CMEK_SHA256_HEX_SIZE];
    for (size_t i = 0; i < inputs->count; i++) {
        const struct cmek_scan_summary *one = summary_at(inputs, i);
        ids[i] = one->scan_id;
        if (i == 0 || cmek_str_compare(one->started_at, sum->started_at) < 0)
            sum->started_at = one->started_at;
        if (i == 0 || cmek_str_compare(one->finished_at, sum->finished_at) > 0)
            sum->finished_at = one->finished_at;
        sum->organizations = larger(sum->organizations, one->organizations);
        sum->folders = larger(sum->folders, one->folders);
        sum->projects += one->projects;
        sum->confirmation.asked += one->confirmation.asked;
        sum->confirmation.changed += one->confirmation.changed;
        sum->confirmation.gone += one->confirmation.gone;
        sum->confirmation.failed += one->confirmation.failed;
        add_resumed(one, sum);
        add_tally(&sum->total, &one->total);
    }
    cmek_sha256_hex(ids, inputs->count, hex);
    sum->scan_id = cmek_arena_strndup(arena, hex, 32);
}

void cmek_merge_summaries(const struct cmek_merge_inputs *inputs, struct cmek_arena *arena,
                          struct cmek_merged_summary *ret_merged)
{
    const struct cmek_scan_summary *first = summary_at(inputs, 0);
    struct cmek_scan_summary *sum = &ret_merged->summary;
    *ret_merged = (struct cmek_merged_summary){.summary = *first};
    sum->shard = (struct cmek_shard_summary){0};
    sum->organizations = sum->folders = sum->projects = sum->listed = sum->gaps_not_listed = 0;
    sum->confirmation = (struct cmek_confirmation){0};
    sum->total = (struct cmek_tally){.name = first->total.name};
    sum->resumed_since = NULL;
    sum->resumed_answers = 0;
    add_scans(inputs, arena, sum);
    sum->api_calls = sum_counts(inputs, offsetof(struct cmek_scan_summary, api_calls), arena);
    sum->quota_waits_ms =
        sum_counts(inputs, offsetof(struct cmek_scan_summary, quota_waits_ms), arena);
    add_resources(inputs, arena, sum);
    add_not_judged(inputs, arena, sum);
    add_gaps(inputs, arena, sum);
    add_sources(inputs, arena, sum);
    ret_merged->rules = add_rules(inputs, arena, &ret_merged->rule_places);
    sum->by_rule.items = ret_merged->rules;
    ret_merged->projects = add_projects(inputs, arena, &sum->by_project.count);
    sum->by_project.items = ret_merged->projects;
}

/* Adds a finding to a tally, or takes it back; a report may say of itself what it likes. */
static void correct(struct cmek_tally *tally, const struct cmek_finding *finding, bool is_added)
{
    uint64_t *counts[] = {
        &tally->by_status[finding->status],
        finding->status == CMEK_STATUS_FAIL ? &tally->fails_by_severity[finding->severity] : NULL,
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts && counts[i]; i++) {
        if (is_added)
            ++*counts[i];
        else if (*counts[i] > 0)
            --*counts[i];
    }
}

static void correct_all(struct cmek_merged_summary *merged, const struct cmek_finding *finding,
                        bool is_added)
{
    struct cmek_scan_summary *sum = &merged->summary;
    correct(&sum->total, finding, is_added);
    size_t rule = place_of(&merged->rule_places, finding->rule_id);
    if (rule > 0)
        correct(&merged->rules[rule - 1], finding, is_added);
    if (sum->by_project.count > 0 && !merged->projects[0].name) /* these are in no project */
        correct(&merged->projects[0], finding, is_added);
}

void cmek_merge_count(struct cmek_merged_summary *merged, const struct cmek_finding *finding,
                      const struct cmek_finding *const *copies, size_t copy_count)
{
    if (copy_count > 1 || copies[0]->status != finding->status) {
        for (size_t i = 0; i < copy_count; i++)
            correct_all(merged, copies[i], /* is_added= */ false);
        correct_all(merged, finding, /* is_added= */ true);
    }
    if (finding->status != CMEK_STATUS_FAIL)
        return;
    merged->listed_fails[finding->severity]++;
    merged->gating[finding->severity] += finding->enforcement != CMEK_DRY_RUN;
}

void cmek_merge_end_count(const struct cmek_merge_inputs *inputs,
                          struct cmek_merged_summary *merged)
{
    struct cmek_scan_summary *sum = &merged->summary;
    bool is_whole = true;
    /* Of failures that are not listed nobody knows whether only a dry run makes them. */
    for (size_t i = 0; i < CMEK_SEVERITY_COUNT_; i++)
        if (sum->total.fails_by_severity[i] > merged->listed_fails[i])
            merged->gating[i] += sum->total.fails_by_severity[i] - merged->listed_fails[i];
    for (size_t i = 0; i < inputs->count; i++) {
        const struct cmek_scan_summary *one = summary_at(inputs, i);
        is_whole &= one->complete || one->gap_count > 0 || one->gaps_not_listed > 0 ||
                    one->total.by_status[CMEK_STATUS_UNKNOWN] > 0;
    }
    sum->complete = is_whole && sum->gap_count == 0 && sum->gaps_not_listed == 0 &&
                    sum->total.by_status[CMEK_STATUS_UNKNOWN] == 0;
}
