/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "rules/template.h"

struct counter {
    const struct cmek_summary_options *options;
    struct cmek_scan_summary *summary;
    uint64_t *gating;
    struct cmek_tally *rules;    /* in the order of the rule set */
    struct cmek_tally *projects; /* by cmek_node.order; 0: in no project, or in no known one */
    const void *last_failing, *last_mended; /* targets counted last: all of one come together */
};

bool cmek_listing_holds(struct cmek_listing listing, const struct cmek_verdict *verdict)
{
    if (listing.only_changes && verdict->change == CMEK_CHANGE_NONE)
        return false;
    if (listing.all_of_nodes && verdict->node && verdict->node->kind != CMEK_NODE_PROJECT)
        return true;
    unsigned statuses = 1U << verdict->status;
    if (verdict->change == CMEK_CHANGE_NO_LONGER_FAILING)
        statuses |= 1U << CMEK_STATUS_FAIL;
    if (verdict->change == CMEK_CHANGE_NO_LONGER_UNKNOWN)
        statuses |= 1U << CMEK_STATUS_UNKNOWN;
    return listing.statuses & statuses;
}

static void add(struct cmek_tally *tally, const struct cmek_verdict *verdict)
{
    tally->by_status[verdict->status]++;
    if (verdict->status == CMEK_STATUS_FAIL)
        tally->fails_by_severity[verdict->rule->severity]++;
    if (verdict->enforcement == CMEK_SIMULATED)
        tally->by_change[verdict->change]++;
}

static void count_once(uint64_t *count, const void **last, const struct cmek_verdict *verdict)
{
    const void *target =
        verdict->resource ? (const void *)verdict->resource : (const void *)verdict->project;
    *count += *last != target;
    *last = target;
}

static void count_change(struct counter *counter, const struct cmek_verdict *verdict)
{
    struct cmek_simulation_summary *simulation = counter->options->simulation;
    if (simulation && verdict->change == CMEK_CHANGE_NEWLY_FAILING)
        count_once(&simulation->newly_failing, &counter->last_failing, verdict);
    if (simulation && verdict->change == CMEK_CHANGE_NO_LONGER_FAILING)
        count_once(&simulation->no_longer_failing, &counter->last_mended, verdict);
}

static bool is_new(const struct cmek_verdict *verdict)
{
    return verdict->status == CMEK_STATUS_FAIL && cmek_str_eq(verdict->baseline_state, "new");
}

static void count_baseline(struct counter *counter, const struct cmek_verdict *verdict)
{
    struct cmek_baseline_summary *baseline = counter->options->baseline;
    if (!baseline || verdict->status != CMEK_STATUS_FAIL)
        return;
    baseline->fresh += is_new(verdict);
    baseline->unchanged += !is_new(verdict);
}

static bool gates(const struct counter *counter, const struct cmek_verdict *verdict)
{
    if (counter->options->simulation)
        return verdict->change == CMEK_CHANGE_NEWLY_FAILING;
    if (counter->options->only_new && !is_new(verdict))
        return false;
    return verdict->status == CMEK_STATUS_FAIL && verdict->enforcement != CMEK_DRY_RUN;
}

static bool count_verdict(void *payload, const struct cmek_verdict *verdict)
{
    struct counter *counter = payload;
    size_t rule = 0;
    while (cmek_rules_at(counter->options->rules, rule) != verdict->rule)
        rule++;
    add(&counter->summary->total, verdict);
    add(&counter->rules[rule], verdict);
    add(&counter->projects[verdict->project ? verdict->project->order : 0], verdict);
    count_change(counter, verdict);
    count_baseline(counter, verdict);
    if (cmek_listing_holds(counter->options->listing, verdict))
        counter->summary->listed++;
    if (gates(counter, verdict))
        counter->gating[verdict->rule->severity]++;
    return true;
}

static uint64_t sum(const struct cmek_tally *tally)
{
    uint64_t total = 0;
    for (size_t i = 0; i < CMEK_STATUS_COUNT_; i++)
        total += tally->by_status[i];
    return total;
}

/* Projects without a finding are left out; the others keep their order, which is that of the
 * findings. */
static void keep_projects(struct counter *counter)
{
    const struct cmek_inventory *inventory = counter->options->inventory;
    struct cmek_tallies *tallies = &counter->summary->by_project;
    tallies->items = counter->projects;
    for (size_t i = 0; i <= inventory->project_list.count; i++) {
        if (sum(&counter->projects[i]) == 0)
            continue;
        const struct cmek_node *project = i > 0 ? inventory->project_list.items[i - 1] : NULL;
        counter->projects[i].name = !project ? NULL : project->id ? project->id : project->number;
        counter->projects[tallies->count++] = counter->projects[i];
    }
}

static const char *no_value(void *payload, const char *name)
{
    (void)payload;
    (void)name;
    return NULL;
}

/* The advice for any resource: the last of a rule's remediations, with its placeholders in
 * capitals. */
static const char *general_remediation(const struct cmek_rule *rule, struct cmek_arena *arena)
{
    if (rule->remediation_count == 0)
        return NULL;
    struct cmek_strbuf text = {0};
    cmek_template_expand(rule->remediations[rule->remediation_count - 1].text, CMEK_TEMPLATE_PROSE,
                         no_value, NULL, &text);
    const char *copy = cmek_arena_strdup(arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return copy;
}

static void list_rules(const struct cmek_summary_options *options,
                       struct cmek_scan_summary *summary)
{
    size_t count = cmek_rules_count(options->rules);
    struct cmek_reported_rule *rules = cmek_arena_array(options->arena, count, sizeof *rules);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_rule *rule = cmek_rules_at(options->rules, i);
        rules[i] = (struct cmek_reported_rule){
            .id = rule->id,
            .title = rule->title,
            .rationale = rule->rationale,
            .remediation = general_remediation(rule, options->arena),
            .severity = rule->severity,
            .references = rule->references.items,
            .reference_count = rule->references.count,
            .controls = rule->controls.items,
            .control_count = rule->controls.count,
        };
    }
    summary->rules = rules;
    summary->rule_count = count;
}

static void count_resources(const struct cmek_summary_options *options,
                            struct cmek_scan_summary *summary)
{
    struct cmek_resource_count *counts =
        cmek_arena_array(options->arena, options->catalogue->types.count, sizeof *counts);
    for (size_t i = 0; i < options->catalogue->types.count; i++)
        counts[i].type = options->catalogue->types.items[i]->asset_type;
    for (size_t i = 0; i < options->inventory->resource_list.count; i++) {
        const struct cmek_resource *resource = options->inventory->resource_list.items[i];
        if (!cmek_evaluation_covers(options->evaluation, resource))
            continue;
        struct cmek_resource_count *count = &counts[resource->type->index];
        count->total++;
        count->with_key += !cmek_resource_lacks_key(resource);
    }
    for (size_t i = 0; i < options->catalogue->types.count; i++)
        if (options->catalogue->types.items[i]->service->is_selected)
            counts[summary->resource_count++] = counts[i];
    summary->resources = counts;
}

/* Nodes that were counted: of projects, of which there are many, by their order. */
struct seen {
    bool *projects;
    struct cmek_map others;
};

static bool see(struct seen *seen, const struct cmek_node *node)
{
    if (node->kind == CMEK_NODE_PROJECT) {
        bool was_seen = seen->projects[node->order];
        seen->projects[node->order] = true;
        return !was_seen;
    }
    if (cmek_map_get(&seen->others, node->ref))
        return false;
    cmek_map_put_borrowed(&seen->others, node->ref, seen);
    return true;
}

static void count_chain(const struct cmek_evaluation *evaluation, const struct cmek_chain *chain,
                        struct seen *seen, struct cmek_scan_summary *summary)
{
    uint64_t *const counts[] = {
        [CMEK_NODE_ORGANIZATION] = &summary->organizations,
        [CMEK_NODE_FOLDER] = &summary->folders,
        [CMEK_NODE_PROJECT] = &summary->projects,
    };
    for (size_t i = 0; chain && i < chain->count; i++) {
        const struct cmek_node *node = chain->nodes[i];
        if (node->is_context || !see(seen, node))
            continue;
        if (node->kind == CMEK_NODE_PROJECT && !cmek_evaluation_holds(evaluation, node))
            continue; /* counted by its shard */
        (*counts[node->kind])++;
    }
}

/* The nodes of the scope: those listed as such, and those that resources lie in. */
static void count_nodes(const struct cmek_summary_options *options,
                        struct cmek_scan_summary *summary)
{
    const struct cmek_inventory *inventory = options->inventory;
    struct seen seen = {.projects = cmek_calloc(inventory->project_list.count + 1, sizeof(bool))};
    for (struct cmek_map_entry *e = cmek_map_first(&inventory->nodes); e; e = cmek_map_next(e)) {
        const struct cmek_node *node = cmek_map_value(e);
        if (node->canonical == node && node->is_listed && !node->is_context)
            count_chain(options->evaluation, node->chain, &seen, summary);
    }
    const struct cmek_chain *last = NULL;
    for (size_t i = 0; i < inventory->resource_list.count; i++) {
        const struct cmek_chain *chain = inventory->resource_list.items[i]->chain;
        if (chain != last)
            count_chain(options->evaluation, chain, &seen, summary);
        last = chain;
    }
    cmek_map_done(&seen.others);
    free(seen.projects);
}

static int compare_gaps(const void *a, const void *b)
{
    const struct cmek_coverage_gap *left = a, *right = b;
    int order = strcmp(left->scope, right->scope);
    if (order == 0)
        order = strcmp(left->operation, right->operation);
    return order != 0 ? order : strcmp(left->message, right->message);
}

/* Sorted: answers come in any order, reports of the same state must not differ. */
static void list_gaps(const struct cmek_summary_options *options, struct cmek_scan_summary *summary)
{
    size_t count = options->inventory->gaps.count;
    struct cmek_coverage_gap *gaps = cmek_arena_array(options->arena, count, sizeof *gaps);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_gap *gap = &options->inventory->gaps.items[i];
        gaps[i] = (struct cmek_coverage_gap){gap->scope, gap->operation, gap->error, gap->message};
    }
    if (count > 0)
        qsort(gaps, count, sizeof *gaps, compare_gaps);
    summary->gaps = gaps;
    summary->gap_count = count;
    summary->gaps_not_listed = options->inventory->gaps_not_listed;
}

/* Of the run that has counted: the next one lists them anew. */
static void list_not_judged(const struct cmek_summary_options *options,
                            struct cmek_scan_summary *summary)
{
    size_t count;
    const struct cmek_not_judged *items = cmek_evaluation_not_judged(options->evaluation, &count);
    struct cmek_not_judged *copies = cmek_arena_array(options->arena, count, sizeof *copies);
    if (count > 0)
        memcpy(copies, items, count * sizeof *copies);
    summary->not_judged = copies;
    summary->not_judged_count = count;
}

void cmek_summarise(const struct cmek_summary_options *options,
                    struct cmek_scan_summary *ret_summary,
                    uint64_t ret_gating[CMEK_SEVERITY_COUNT_])
{
    struct cmek_scan_summary *summary = ret_summary;
    struct counter counter = {
        .options = options,
        .summary = summary,
        .gating = ret_gating,
        .rules = cmek_arena_array(options->arena, cmek_rules_count(options->rules),
                                  sizeof *counter.rules),
        .projects = cmek_arena_array(options->arena, options->inventory->project_list.count + 1,
                                     sizeof *counter.projects),
    };
    for (size_t i = 0; i < cmek_rules_count(options->rules); i++)
        counter.rules[i].name = cmek_rules_at(options->rules, i)->id;
    cmek_evaluation_run(options->evaluation, count_verdict, &counter);
    summary->total.name = "total";
    summary->by_rule = (struct cmek_tallies){counter.rules, cmek_rules_count(options->rules)};
    keep_projects(&counter);
    list_rules(options, summary);
    count_resources(options, summary);
    count_nodes(options, summary);
    list_gaps(options, summary);
    list_not_judged(options, summary);
    summary->complete = summary->gap_count == 0 && summary->gaps_not_listed == 0 &&
                        summary->total.by_status[CMEK_STATUS_UNKNOWN] == 0;
}
