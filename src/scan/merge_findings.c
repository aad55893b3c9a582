/* SPDX-License-Identifier: Apache-2.0 */
/* The findings of several reports in one order. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strings.h"
#include "model/names.h"
#include "model/policy.h"
#include "report/finding_json.h"
#include "scan/merge.h"

/* A finding of the place at hand, and what orders it there. */
struct item {
    struct cmek_finding finding;
    size_t input; /* which has it */
    uintptr_t rule;
    enum cmek_constraint constraint;
};

/* All findings of one place. */
struct group {
    struct cmek_arena arena;
    CMEK_VEC(struct item) items;
    bool is_of_several; /* reports */
};

static const char *project_of(const struct cmek_finding *finding)
{
    return finding->project_id ? finding->project_id : finding->project_number;
}

static int compare_places(const struct cmek_finding *a, const struct cmek_finding *b)
{
    int order = cmek_str_compare(project_of(a), project_of(b));
    return order != 0 ? order : strcmp(a->resource_name, b->resource_name);
}

/* Rules in the order of the rule set; of one rule that of the constraints. */
static int compare_items(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    if (left->rule != right->rule)
        return left->rule < right->rule ? -1 : 1;
    if (left->constraint != right->constraint)
        return left->constraint < right->constraint ? -1 : 1;
    if (left->finding.enforcement != right->finding.enforcement)
        return left->finding.enforcement < right->finding.enforcement ? -1 : 1;
    return left->input < right->input ? -1 : left->input > right->input;
}

/* One project that fails is enough; a waiver accepts a failure. */
static int badness(const struct cmek_finding *finding)
{
    static const int ranks[CMEK_STATUS_COUNT_] = {
        [CMEK_STATUS_FAIL] = 3,
        [CMEK_STATUS_WAIVED] = 2,
        [CMEK_STATUS_UNKNOWN] = 1,
        [CMEK_STATUS_PASS] = 0,
    };
    return ranks[finding->status];
}

static bool is_shared(const struct cmek_finding *finding)
{
    const char *node = cmek_str_after(finding->resource_name, CMEK_NODE_NAME_PREFIX);
    return node && (cmek_str_starts(node, "folders/") || cmek_str_starts(node, "organizations/"));
}

static enum cmek_status out_of_order(const struct cmek_merge_input *input, struct cmek_error *err)
{
    return cmek_fail(err, CMEK_E_USAGE,
                     "the findings of %s are not in the order that cmekscan writes them in: %s "
                     "comes too late",
                     cmek_saved_report_name(&input->report), input->finding.finding_id);
}

/* Moves the findings of a place out of one report. */
static enum cmek_status take_place(struct cmek_merge_inputs *inputs, size_t input,
                                   const struct cmek_finding *place, struct group *group,
                                   struct cmek_error *err)
{
    struct cmek_merge_input *from = inputs->items[input];
    enum cmek_status status = CMEK_OK;
    while (status == CMEK_OK && from->has_finding) {
        int order = compare_places(&from->finding, place);
        if (order < 0)
            return out_of_order(from, err);
        if (order > 0)
            return CMEK_OK;
        group->is_of_several |= group->items.count > 0 && group->items.items[0].input != input;
        struct item *item = CMEK_VEC_ADD(&group->items);
        cmek_finding_copy(&from->finding, &group->arena, &item->finding);
        item->input = input;
        item->rule = (uintptr_t)cmek_map_get(&inputs->rules, from->finding.rule_id);
        item->constraint = from->finding.constraint
                               ? cmek_constraint_parse(cmek_short_name(from->finding.constraint))
                               : CMEK_CONSTRAINT_COUNT_;
        status = cmek_saved_report_next(&from->report, &from->finding, &from->has_finding, err);
    }
    return status;
}

/* What passes in some shards may fail in one that is missing. */
static void doubt(struct cmek_finding *finding, struct cmek_arena *arena)
{
    finding->status = CMEK_STATUS_UNKNOWN;
    finding->reason = "missing-shard";
    finding->message = cmek_arena_printf(
        arena, "the report of a shard is missing, which may say otherwise; as far as is known %s",
        finding->message ? finding->message : "it passes");
}

/* One finding, as the report that has it worst puts it. */
static enum cmek_status hand_over(const struct cmek_merge_inputs *inputs, struct group *group,
                                  size_t start, size_t end, cmek_merge_taker *take, void *payload,
                                  struct cmek_error *err)
{
    const struct item *items = group->items.items, *worst = &items[start];
    size_t count = end - start;
    const struct cmek_finding **copies = cmek_arena_array(&group->arena, count, sizeof *copies);
    for (size_t i = start; i < end; i++) {
        copies[i - start] = &items[i].finding;
        if (badness(&items[i].finding) > badness(&worst->finding))
            worst = &items[i];
    }
    struct cmek_finding finding = worst->finding;
    if (count > 1 && !is_shared(&finding))
        return cmek_fail(err, CMEK_E_USAGE,
                         "the finding %s is in %s and in %s: they are no shards of one scan",
                         finding.finding_id,
                         cmek_saved_report_name(&inputs->items[items[start].input]->report),
                         cmek_saved_report_name(&inputs->items[items[start + 1].input]->report));
    const struct cmek_shard_summary *shard = &inputs->items[worst->input]->report.summary->shard;
    if (is_shared(&finding) && finding.status == CMEK_STATUS_PASS && inputs->count < shard->count)
        doubt(&finding, &group->arena);
    else if (count > 1 && finding.message)
        finding.message =
            cmek_arena_printf(&group->arena, "%s (in the projects of shard %llu of %llu)",
                              finding.message, (unsigned long long)shard->index,
                              (unsigned long long)shard->count);
    take(payload, &finding, copies, count);
    return CMEK_OK;
}

static enum cmek_status hand_over_all(const struct cmek_merge_inputs *inputs, struct group *group,
                                      cmek_merge_taker *take, void *payload, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    if (group->is_of_several) /* one report alone has them in order */
        qsort(group->items.items, group->items.count, sizeof *group->items.items, compare_items);
    for (size_t start = 0, end; start < group->items.count && status == CMEK_OK; start = end) {
        const char *id = group->items.items[start].finding.finding_id;
        end = start + 1;
        while (end < group->items.count &&
               strcmp(group->items.items[end].finding.finding_id, id) == 0)
            end++;
        status = hand_over(inputs, group, start, end, take, payload, err);
    }
    group->items.count = 0;
    group->is_of_several = false;
    return status;
}

static enum cmek_status start_all(struct cmek_merge_inputs *inputs, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < inputs->count && status == CMEK_OK; i++) {
        struct cmek_merge_input *input = inputs->items[i];
        status = cmek_saved_report_start(&input->report, err);
        if (status == CMEK_OK)
            status =
                cmek_saved_report_next(&input->report, &input->finding, &input->has_finding, err);
    }
    return status;
}

static const struct cmek_finding *first_place(const struct cmek_merge_inputs *inputs)
{
    const struct cmek_finding *first = NULL;
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->items[i]->has_finding &&
            (!first || compare_places(&inputs->items[i]->finding, first) < 0))
            first = &inputs->items[i]->finding;
    return first;
}

enum cmek_status cmek_merge_findings(struct cmek_merge_inputs *inputs, cmek_merge_taker *take,
                                     void *payload, struct cmek_error *err)
{
    struct group group = {0};
    const struct cmek_finding *first;
    enum cmek_status status = start_all(inputs, err);
    while (status == CMEK_OK && (first = first_place(inputs)) != NULL) {
        struct cmek_finding place;
        cmek_finding_copy(first, &group.arena, &place);
        for (size_t i = 0; i < inputs->count && status == CMEK_OK; i++)
            status = take_place(inputs, i, &place, &group, err);
        if (status == CMEK_OK)
            status = hand_over_all(inputs, &group, take, payload, err);
        cmek_arena_clear(&group.arena);
    }
    CMEK_VEC_DONE(&group.items);
    cmek_arena_done(&group.arena);
    return status;
}
