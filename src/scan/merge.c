/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/strings.h"

struct merge {
    const struct cmek_scan_options *options;
    struct cmek_merge_inputs inputs;
    struct cmek_merged_summary merged;
    struct cmek_arena arena;
    struct cmek_report_set *reports;
    struct cmek_error *err;
    enum cmek_status status; /* of reading the evidence, which no reporter can tell */
};

static bool are_same_texts(const char *const *a, size_t a_count, const char *const *b,
                           size_t b_count)
{
    bool are_same = a_count == b_count;
    for (size_t i = 0; i < a_count && are_same; i++)
        are_same = cmek_str_eq(a[i], b[i]);
    return are_same;
}

static bool are_same_rules(const struct cmek_scan_summary *a, const struct cmek_scan_summary *b)
{
    bool are_same = a->rule_count == b->rule_count;
    for (size_t i = 0; i < a->rule_count && are_same; i++)
        are_same = strcmp(a->rules[i].id, b->rules[i].id) == 0 &&
                   a->rules[i].severity == b->rules[i].severity;
    return are_same;
}

/* One shard may have had to do without the inventory. */
static bool are_same_sources(const char *a, const char *b)
{
    return cmek_str_eq(a, b) || (cmek_str_starts(a, "gcp-") && cmek_str_starts(b, "gcp-"));
}

/* What all shards of a scan have in common. */
static enum cmek_status check_pair(const struct cmek_saved_report *first,
                                   const struct cmek_saved_report *other, struct cmek_error *err)
{
    const struct cmek_scan_summary *a = first->summary, *b = other->summary;
    const struct {
        const char *what;
        bool is_same;
    } checks[] = {
        {"number of shards", a->shard.count == b->shard.count},
        {"version of cmekscan", cmek_str_eq(a->tool_version, b->tool_version) &&
                                    cmek_str_eq(a->tool_commit, b->tool_commit)},
        {"scope", are_same_texts(a->scopes, a->scope_count, b->scopes, b->scope_count)},
        {"source", are_same_sources(a->source, b->source)},
        {"choice of services",
         are_same_texts(a->services, a->service_count, b->services, b->service_count) &&
             a->container_registry_only == b->container_registry_only &&
             a->plan_changes_only == b->plan_changes_only},
        {"set of rules", are_same_rules(a, b)},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!checks[i].is_same)
            return cmek_fail(err, CMEK_E_USAGE, "%s and %s are no shards of one scan: another %s",
                             cmek_saved_report_name(first), cmek_saved_report_name(other),
                             checks[i].what);
    if (a->shard.index == b->shard.index)
        return cmek_fail(err, CMEK_E_USAGE, "%s and %s are both of shard %llu of %llu",
                         cmek_saved_report_name(first), cmek_saved_report_name(other),
                         (unsigned long long)a->shard.index, (unsigned long long)a->shard.count);
    return CMEK_OK;
}

static int compare_shards(const void *a, const void *b)
{
    const struct cmek_merge_input *const *left = a, *const *right = b;
    uint64_t x = (*left)->report.summary->shard.index, y = (*right)->report.summary->shard.index;
    return x < y ? -1 : x > y;
}

static enum cmek_status open_inputs(struct merge *merge, struct cmek_strings paths)
{
    struct cmek_merge_inputs *inputs = &merge->inputs;
    size_t standard = 0;
    inputs->items = cmek_calloc(paths.count, sizeof(struct cmek_merge_input *));
    for (size_t i = 0; i < paths.count; i++) {
        struct cmek_merge_input *input = cmek_arena_alloc(&merge->arena, sizeof *input);
        standard += strcmp(paths.items[i], "-") == 0;
        if (standard > 1)
            return cmek_fail(merge->err, CMEK_E_USAGE,
                             "only one report can be read from standard input");
        enum cmek_status status =
            cmek_saved_report_open(&input->report, paths.items[i], NULL, NULL, merge->err);
        if (status != CMEK_OK)
            return status;
        inputs->items[inputs->count++] = input;
        if (input->report.summary->shard.count == 0)
            return cmek_fail(merge->err, CMEK_E_USAGE,
                             "%s is no part of a scan: its scan had no --shard",
                             cmek_saved_report_name(&input->report));
    }
    return CMEK_OK;
}

static enum cmek_status read_inputs(struct merge *merge, struct cmek_strings paths)
{
    struct cmek_merge_inputs *inputs = &merge->inputs;
    enum cmek_status status = open_inputs(merge, paths);
    if (status != CMEK_OK)
        return status;
    qsort(inputs->items, inputs->count, sizeof(struct cmek_merge_input *), compare_shards);
    for (size_t i = 1; i < inputs->count && status == CMEK_OK; i++)
        status = check_pair(&inputs->items[i - 1]->report, &inputs->items[i]->report, merge->err);
    const struct cmek_scan_summary *first = inputs->items[0]->report.summary;
    for (size_t i = 0; i < first->rule_count; i++)
        cmek_map_put(&inputs->rules, first->rules[i].id, (void *)(uintptr_t)(i + 1));
    return status;
}

static bool is_listed(const struct merge *merge, const struct cmek_finding *finding)
{
    return merge->options->statuses >> finding->status & 1;
}

static void count_finding(void *payload, const struct cmek_finding *finding,
                          const struct cmek_finding *const *copies, size_t copy_count)
{
    struct merge *merge = payload;
    cmek_merge_count(&merge->merged, finding, copies, copy_count);
    merge->merged.summary.listed += is_listed(merge, finding);
}

static void report_finding(void *payload, const struct cmek_finding *finding,
                           const struct cmek_finding *const *copies, size_t copy_count)
{
    const struct merge *merge = payload;
    (void)copies;
    (void)copy_count;
    if (is_listed(merge, finding))
        cmek_report_set_finding(merge->reports, finding);
}

/* Evidence that several shards have in common is written once. */
struct unique_assets {
    void (*asset)(void *state, const char *json);
    void *state;
    struct cmek_map seen; /* digests */
};

static void take_asset(void *payload, const char *json)
{
    struct unique_assets *unique = payload;
    char hex[CMEK_SHA256_HEX_SIZE];
    cmek_sha256_hex(&json, 1, hex);
    if (cmek_map_get(&unique->seen, hex))
        return;
    cmek_map_put(&unique->seen, hex, unique);
    unique->asset(unique->state, json);
}

static void each_asset(void *payload, void (*asset)(void *state, const char *json), void *state)
{
    struct merge *merge = payload;
    struct unique_assets unique = {.asset = asset, .state = state};
    for (size_t i = 0; i < merge->inputs.count && merge->status == CMEK_OK; i++)
        merge->status = cmek_saved_report_each_asset(&merge->inputs.items[i]->report, take_asset,
                                                     &unique, merge->err);
    cmek_map_done(&unique.seen);
}

/* Of findings without evidence there is nothing to explain: all reports have it, or none. */
static bool has_evidence(const struct merge *merge)
{
    bool has = !merge->options->no_evidence;
    for (size_t i = 0; i < merge->inputs.count; i++)
        has &= merge->inputs.items[i]->report.has_evidence;
    return has;
}

static enum cmek_status write_reports(struct merge *merge)
{
    const struct cmek_scan_options *options = merge->options;
    if (has_evidence(merge))
        merge->merged.summary.evidence = (struct cmek_evidence){each_asset, merge};
    enum cmek_status status =
        cmek_report_set_open(options->reports, options->report_count, &options->style,
                             &merge->merged.summary, &merge->reports, merge->err);
    if (status != CMEK_OK)
        return status;
    status = cmek_merge_findings(&merge->inputs, report_finding, merge, merge->err);
    if (status != CMEK_OK) {
        cmek_report_set_abandon(merge->reports);
        return status;
    }
    status = cmek_report_set_close(merge->reports, merge->err);
    return status == CMEK_OK ? merge->status : status;
}

enum cmek_status cmek_merge(const struct cmek_scan_options *options, struct cmek_strings paths,
                            struct cmek_scan_outcome *ret_outcome, struct cmek_error *err)
{
    struct merge merge = {.options = options, .err = err};
    enum cmek_status status = cmek_report_set_check(options->reports, options->report_count, err);
    if (status == CMEK_OK)
        status = read_inputs(&merge, paths);
    if (status == CMEK_OK) {
        cmek_merge_summaries(&merge.inputs, &merge.arena, &merge.merged);
        status = cmek_merge_findings(&merge.inputs, count_finding, &merge, err);
    }
    if (status == CMEK_OK) {
        cmek_merge_end_count(&merge.inputs, &merge.merged);
        status = write_reports(&merge);
        *ret_outcome = cmek_outcome_of(options, &merge.merged.summary, merge.merged.gating,
                                       /* is_interrupted= */ false);
    }
    for (size_t i = 0; i < merge.inputs.count; i++)
        cmek_saved_report_done(&merge.inputs.items[i]->report);
    free(merge.inputs.items);
    cmek_map_done(&merge.inputs.rules);
    cmek_map_done(&merge.merged.rule_places);
    cmek_arena_done(&merge.arena);
    return status;
}
