/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_read.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "report/finding_json.h"
#include "report/summary_json.h"
#include "json/json.h"

struct reading {
    struct cmek_saved_summary *saved;
    struct cmek_error *err;
    enum cmek_status status; /* sticky */
};

static void fail(struct reading *reading, const char *name, const char *expected)
{
    if (reading->status == CMEK_OK)
        reading->status = cmek_fail(reading->err, CMEK_E_INVALID, "%s is not %s", name, expected);
}

static const char *text_of(struct reading *reading, const struct cmek_json *json, const char *name)
{
    const struct cmek_json *value = cmek_json_get(json, name);
    const char *text = cmek_json_string(value, reading->saved->arena);
    if (value && !text)
        fail(reading, name, "a text");
    return text;
}

static uint64_t count_of(struct reading *reading, const struct cmek_json *json, const char *name)
{
    const struct cmek_json *value = cmek_json_get(json, name);
    int64_t count = 0;
    if (value && (!cmek_json_int64(value, &count) || count < 0))
        fail(reading, name, "a count");
    return count > 0 ? (uint64_t)count : 0;
}

static const struct cmek_json *part_of(struct reading *reading, const struct cmek_json *json,
                                       const char *name, enum cmek_json_kind kind)
{
    const struct cmek_json *value = cmek_json_get(json, name);
    if (value && cmek_json_kind(value) != kind)
        fail(reading, name, cmek_json_kind_name(kind));
    return value;
}

/* Lists that are looked through, or held against one another. */
static size_t list_count(struct reading *reading, const struct cmek_json *json, const char *name)
{
    size_t count = cmek_json_count(json);
    if (count > CMEK_LIMIT_REPORT_LIST)
        fail(reading, name, "a list of at most 10000");
    return reading->status == CMEK_OK ? count : 0;
}

static void read_strings(struct reading *reading, const struct cmek_json *json, const char *name,
                         const char *const **items, size_t *count)
{
    const struct cmek_json *list = cmek_json_get(json, name);
    list_count(reading, list, name);
    if (cmek_strings_read_json(list, reading->saved->arena, items, count) != CMEK_OK)
        fail(reading, name, "a list of texts");
}

static enum cmek_severity severity_of(struct reading *reading, const struct cmek_json *json)
{
    const char *name = cmek_json_peek(cmek_json_get(json, "severity"));
    enum cmek_severity severity = name ? cmek_severity_named(name) : CMEK_SEVERITY_COUNT_;
    if (severity == CMEK_SEVERITY_COUNT_)
        fail(reading, "severity", "critical, high, medium, low or info");
    return severity < CMEK_SEVERITY_COUNT_ ? severity : CMEK_SEVERITY_LOW;
}

static struct reading begin(struct cmek_saved_summary *saved, const struct cmek_json *json,
                            enum cmek_json_kind kind, struct cmek_error *err)
{
    struct reading reading = {.saved = saved, .err = err};
    if (cmek_json_kind(json) != kind)
        fail(&reading, "it", cmek_json_kind_name(kind));
    return reading;
}

enum cmek_status cmek_summary_read_tool(struct cmek_saved_summary *saved,
                                        const struct cmek_json *json, struct cmek_error *err)
{
    struct reading reading = begin(saved, json, CMEK_JSON_OBJECT, err);
    const char *name = cmek_json_peek(cmek_json_get(json, "name"));
    if (!name || strcmp(name, "cmekscan") != 0)
        fail(&reading, "name", "cmekscan");
    saved->summary.tool_version = text_of(&reading, json, "version");
    saved->summary.tool_commit = text_of(&reading, json, "commit");
    return reading.status;
}

/* Members of an object that are told apart by their names: {"storage.buckets.list": 12}. */
struct filling {
    struct reading *reading;
    const char *name; /* of the object */
    size_t count;
    void *items;
};

static bool take_count(void *payload, const char *name, const struct cmek_json *value)
{
    struct filling *filling = payload;
    struct cmek_count *counts = filling->items;
    int64_t count = 0;
    if (!cmek_json_int64(value, &count) || count < 0)
        fail(filling->reading, filling->name, "a list of counts");
    counts[filling->count++] =
        (struct cmek_count){cmek_arena_strdup(filling->reading->saved->arena, name),
                            (uint64_t)count};
    return true;
}

static struct cmek_counts read_counts(struct reading *reading, const struct cmek_json *json,
                                      const char *name)
{
    const struct cmek_json *counts = part_of(reading, json, name, CMEK_JSON_OBJECT);
    struct filling filling = {.reading = reading, .name = name};
    if (reading->status != CMEK_OK)
        return (struct cmek_counts){0};
    struct cmek_count *items =
        cmek_arena_array(reading->saved->arena, cmek_json_count(counts), sizeof *items);
    filling.items = items;
    cmek_json_each(counts, take_count, &filling);
    return (struct cmek_counts){items, filling.count};
}

static void read_simulated(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *list = part_of(reading, json, "simulated_policies", CMEK_JSON_ARRAY);
    struct cmek_saved_summary *saved = reading->saved;
    size_t count = cmek_json_count(list);
    if (!list || reading->status != CMEK_OK)
        return;
    struct cmek_simulated_policy *policies =
        cmek_arena_array(saved->arena, count, sizeof *policies);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_json *item = cmek_json_item(list, i);
        policies[i].node = text_of(reading, item, "node");
        policies[i].constraint = text_of(reading, item, "constraint");
        policies[i].origin = text_of(reading, item, "origin");
    }
    saved->simulation.policies = policies;
    saved->simulation.policy_count = count;
    saved->summary.simulation = &saved->simulation;
}

static void read_verification(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *made = part_of(reading, json, "policy_verification", CMEK_JSON_OBJECT);
    if (!made)
        return;
    reading->saved->summary.verification = (struct cmek_policy_verification){
        .was_made = true,
        .classes = count_of(reading, made, "classes"),
        .agree = count_of(reading, made, "agree"),
        .differ = count_of(reading, made, "differ"),
        .undecided = count_of(reading, made, "undecided"),
        .not_answered = count_of(reading, made, "not_answered"),
    };
}

static void read_resumed(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *resumed = part_of(reading, json, "resumed", CMEK_JSON_OBJECT);
    if (!resumed)
        return;
    reading->saved->summary.resumed_since = text_of(reading, resumed, "since");
    reading->saved->summary.resumed_answers = count_of(reading, resumed, "answers");
}

static void read_sources(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *list = part_of(reading, json, "sources", CMEK_JSON_ARRAY);
    size_t count = cmek_json_count(list);
    if (reading->status != CMEK_OK)
        return;
    struct cmek_scope_source *items = cmek_arena_array(reading->saved->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_json *item = cmek_json_item(list, i);
        items[i] = (struct cmek_scope_source){text_of(reading, item, "scope"),
                                              text_of(reading, item, "source"),
                                              text_of(reading, item, "reason")};
    }
    reading->saved->summary.sources = items;
    reading->saved->summary.source_count = count;
}

static void read_confirmation(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *made = part_of(reading, json, "confirmation", CMEK_JSON_OBJECT);
    reading->saved->summary.confirmation = (struct cmek_confirmation){
        .asked = count_of(reading, made, "asked"),
        .changed = count_of(reading, made, "changed"),
        .gone = count_of(reading, made, "gone"),
        .failed = count_of(reading, made, "failed"),
    };
}

static void read_shard(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *shard = part_of(reading, json, "shard", CMEK_JSON_OBJECT);
    struct cmek_shard_summary *out = &reading->saved->summary.shard;
    if (!shard)
        return;
    out->index = count_of(reading, shard, "index");
    out->count = count_of(reading, shard, "count");
    if (out->index < 1 || out->index > out->count || out->count > CMEK_LIMIT_SHARDS)
        fail(reading, "shard", "one of as many as it counts, which are at most 10000");
}

enum cmek_status cmek_summary_read_scan(struct cmek_saved_summary *saved,
                                        const struct cmek_json *json, struct cmek_error *err)
{
    struct reading reading = begin(saved, json, CMEK_JSON_OBJECT, err);
    struct cmek_scan_summary *summary = &saved->summary;
    const struct cmek_json *complete = part_of(&reading, json, "complete", CMEK_JSON_BOOL);
    if (!complete)
        fail(&reading, "complete", "true or false");
    summary->scan_id = text_of(&reading, json, "id");
    summary->started_at = text_of(&reading, json, "started_at");
    summary->finished_at = text_of(&reading, json, "finished_at");
    summary->complete = cmek_json_is_true(complete);
    read_strings(&reading, json, "scopes", &summary->scopes, &summary->scope_count);
    read_strings(&reading, json, "services", &summary->services, &summary->service_count);
    summary->container_registry_only =
        cmek_json_is_true(part_of(&reading, json, "container_registry_only", CMEK_JSON_BOOL));
    summary->plan_changes_only =
        cmek_json_is_true(part_of(&reading, json, "plan_changes_only", CMEK_JSON_BOOL));
    summary->source = text_of(&reading, json, "source");
    summary->api_calls = read_counts(&reading, json, "api_calls");
    summary->quota_waits_ms = read_counts(&reading, json, "quota_waits_ms");
    read_resumed(&reading, json);
    read_verification(&reading, json);
    read_simulated(&reading, json);
    read_sources(&reading, json);
    read_confirmation(&reading, json);
    read_shard(&reading, json);
    return reading.status;
}

static void read_statuses(struct reading *reading, const struct cmek_json *json,
                          struct cmek_tally *tally)
{
    for (int status = 0; status < CMEK_STATUS_COUNT_; status++)
        tally->by_status[status] =
            count_of(reading, json, cmek_status_name((enum cmek_finding_status)status));
}

static void read_changes(struct reading *reading, const struct cmek_json *json,
                         struct cmek_tally *tally)
{
    for (int change = CMEK_CHANGE_NONE + 1; change < CMEK_CHANGE_COUNT_; change++)
        tally->by_change[change] =
            count_of(reading, json, cmek_change_name((enum cmek_change)change));
}

static bool take_tally(void *payload, const char *name, const struct cmek_json *value)
{
    struct filling *filling = payload;
    struct cmek_tally *tally = (struct cmek_tally *)filling->items + filling->count++;
    tally->name = strcmp(name, CMEK_NO_NAME) == 0
                      ? NULL
                      : cmek_arena_strdup(filling->reading->saved->arena, name);
    read_statuses(filling->reading, value, tally);
    return true;
}

static struct cmek_tally *read_tallies(struct reading *reading, const struct cmek_json *json,
                                       const char *name, struct cmek_tallies *ret_tallies)
{
    const struct cmek_json *object = part_of(reading, json, name, CMEK_JSON_OBJECT);
    struct filling filling = {.reading = reading};
    if (reading->status != CMEK_OK)
        return NULL;
    struct cmek_tally *items =
        cmek_arena_array(reading->saved->arena, cmek_json_count(object), sizeof *items);
    filling.items = items;
    cmek_json_each(object, take_tally, &filling);
    *ret_tallies = (struct cmek_tallies){items, filling.count};
    return items;
}

/* A simulation counts changes beside statuses, of the same projects. */
static void read_simulation(struct reading *reading, const struct cmek_json *json,
                            struct cmek_tally *projects)
{
    const struct cmek_json *changes = part_of(reading, json, "changes", CMEK_JSON_OBJECT);
    struct cmek_saved_summary *saved = reading->saved;
    if (!changes || reading->status != CMEK_OK)
        return;
    const struct cmek_json *by_project = cmek_json_get(changes, "by_project");
    saved->simulation.newly_failing = count_of(reading, changes, "resources_newly_failing");
    saved->simulation.no_longer_failing = count_of(reading, changes, "resources_no_longer_failing");
    read_changes(reading, changes, &saved->summary.total);
    for (size_t i = 0; i < saved->summary.by_project.count; i++)
        read_changes(reading,
                     cmek_json_get(by_project, projects[i].name ? projects[i].name : CMEK_NO_NAME),
                     &projects[i]);
}

static void read_resources(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *list = part_of(reading, json, "resources", CMEK_JSON_ARRAY);
    size_t count = list_count(reading, list, "resources");
    if (reading->status != CMEK_OK)
        return;
    struct cmek_resource_count *items =
        cmek_arena_array(reading->saved->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_json *item = cmek_json_item(list, i);
        items[i] = (struct cmek_resource_count){text_of(reading, item, "type"),
                                                count_of(reading, item, "total"),
                                                count_of(reading, item, "with_key")};
        if (!items[i].type)
            fail(reading, "resources", "a list of types");
    }
    reading->saved->summary.resources = items;
    reading->saved->summary.resource_count = count;
}

static void read_not_judged(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *list = part_of(reading, json, "not_judged", CMEK_JSON_ARRAY);
    size_t count = list_count(reading, list, "not_judged");
    if (reading->status != CMEK_OK)
        return;
    struct cmek_not_judged *items = cmek_arena_array(reading->saved->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_json *item = cmek_json_item(list, i);
        items[i] = (struct cmek_not_judged){text_of(reading, item, "rule_id"),
                                            text_of(reading, item, "missing"),
                                            count_of(reading, item, "targets")};
        if (!items[i].rule_id)
            fail(reading, "not_judged", "a list of rules");
    }
    reading->saved->summary.not_judged = items;
    reading->saved->summary.not_judged_count = count;
}

static void read_baseline(struct reading *reading, const struct cmek_json *json)
{
    const struct cmek_json *baseline = part_of(reading, json, "baseline", CMEK_JSON_OBJECT);
    if (!baseline)
        return;
    reading->saved->baseline = (struct cmek_baseline_summary){
        .scan_id = text_of(reading, baseline, "scan_id"),
        .finished_at = text_of(reading, baseline, "finished_at"),
        .fresh = count_of(reading, baseline, "new"),
        .unchanged = count_of(reading, baseline, "unchanged"),
        .resolved = count_of(reading, baseline, "resolved"),
        .undecided = count_of(reading, baseline, "undecided"),
        .fail_on_new = cmek_json_is_true(part_of(reading, baseline, "fail_on_new", CMEK_JSON_BOOL)),
    };
    reading->saved->summary.baseline = &reading->saved->baseline;
}

enum cmek_status cmek_summary_read_counts(struct cmek_saved_summary *saved,
                                          const struct cmek_json *json, struct cmek_error *err)
{
    struct reading reading = begin(saved, json, CMEK_JSON_OBJECT, err);
    struct cmek_scan_summary *summary = &saved->summary;
    const struct cmek_json *nodes = cmek_json_get(json, "nodes");
    summary->organizations = count_of(&reading, nodes, "organizations");
    summary->folders = count_of(&reading, nodes, "folders");
    summary->projects = count_of(&reading, nodes, "projects");
    summary->total.name = "total";
    read_resources(&reading, json);
    read_statuses(&reading, cmek_json_get(json, "by_status"), &summary->total);
    const struct cmek_json *severities = cmek_json_get(json, "by_severity");
    for (int severity = 0; severity < CMEK_SEVERITY_COUNT_; severity++)
        summary->total.fails_by_severity[severity] =
            count_of(&reading, severities, cmek_severity_name((enum cmek_severity)severity));
    list_count(&reading, cmek_json_get(json, "by_rule"), "by_rule");
    read_tallies(&reading, json, "by_rule", &summary->by_rule);
    read_simulation(&reading, json,
                    read_tallies(&reading, json, "by_project", &summary->by_project));
    read_baseline(&reading, json);
    read_not_judged(&reading, json);
    saved->gap_total = count_of(&reading, json, "coverage_gaps");
    return reading.status;
}

enum cmek_status cmek_summary_read_rules(struct cmek_saved_summary *saved,
                                         const struct cmek_json *json, struct cmek_error *err)
{
    struct reading reading = begin(saved, json, CMEK_JSON_ARRAY, err);
    size_t count = list_count(&reading, json, "it");
    struct cmek_reported_rule *rules = cmek_arena_array(saved->arena, count, sizeof *rules);
    for (size_t i = 0; i < count; i++) {
        const struct cmek_json *item = cmek_json_item(json, i);
        struct cmek_reported_rule *rule = &rules[i];
        rule->id = text_of(&reading, item, "id");
        rule->title = text_of(&reading, item, "title");
        rule->rationale = text_of(&reading, item, "rationale");
        rule->remediation = text_of(&reading, item, "remediation");
        rule->severity = severity_of(&reading, item);
        read_strings(&reading, item, "references", &rule->references, &rule->reference_count);
        read_strings(&reading, item, "controls", &rule->controls, &rule->control_count);
        if (!rule->id || !rule->title)
            fail(&reading, "it", "a list of rules with id and title");
    }
    saved->summary.rules = rules;
    saved->summary.rule_count = count;
    return reading.status;
}

enum cmek_status cmek_summary_read_gap(struct cmek_saved_summary *saved,
                                       const struct cmek_json *json, struct cmek_error *err)
{
    struct reading reading = begin(saved, json, CMEK_JSON_OBJECT, err);
    struct cmek_coverage_gap gap = {
        text_of(&reading, json, "scope"),
        text_of(&reading, json, "operation"),
        text_of(&reading, json, "error"),
        text_of(&reading, json, "message"),
    };
    if (!gap.scope)
        fail(&reading, "scope", "a text");
    if (saved->gaps.count >= CMEK_LIMIT_GAPS)
        fail(&reading, "coverage", "a list of at most 10000");
    *CMEK_VEC_ADD(&saved->gaps) = gap;
    return reading.status;
}

void cmek_summary_read_end(struct cmek_saved_summary *saved)
{
    saved->summary.gaps = saved->gaps.items;
    saved->summary.gap_count = saved->gaps.count;
    saved->summary.gaps_not_listed =
        saved->gap_total > saved->gaps.count ? saved->gap_total - saved->gaps.count : 0;
}

void cmek_summary_read_done(struct cmek_saved_summary *saved)
{
    CMEK_VEC_DONE(&saved->gaps);
}
