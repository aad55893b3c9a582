/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/explain.h"

#include <inttypes.h>

#include "base/error.h"
#include "model/catalogue.h"
#include "model/inventory.h"
#include "rules/explain.h"
#include "scan/confirm.h"
#include "source/report_file.h"
#include "json/json.h"

/* What was found under the id that is looked for. */
struct found {
    const char *id; /* the beginning that is looked for; once the report told, the whole */
    uint64_t count;
    const char *first, *second; /* ids */
    struct cmek_arena arena;
};

struct search {
    const struct cmek_explain_options *options;
    struct cmek_inventory *inventory;
    struct cmek_evaluation *evaluation;
    struct found listed; /* in the report */
    /* What the report says of the first finding listed under that id. */
    const char *rule_id, *status, *severity, *enforcement, *waiver_id, *waiver_expires;
    struct found judged;             /* by the evaluation */
    struct cmek_verdict verdict;     /* of the first of these */
    struct cmek_arena verdict_arena; /* of the verdict at hand */
};

static const char *report_name(const struct search *search)
{
    const char *path = search->options->report;
    return cmek_str_eq(path, "-") ? "standard input" : path;
}

static bool note_match(struct found *found, const char *id)
{
    if (!id || !cmek_str_starts(id, found->id))
        return false;
    found->count++;
    if (found->count == 1)
        found->first = cmek_arena_strdup(&found->arena, id);
    else if (found->count == 2)
        found->second = cmek_arena_strdup(&found->arena, id);
    return found->count == 1;
}

static void take_listed(void *payload, const struct cmek_json *finding)
{
    struct search *search = payload;
    if (!note_match(&search->listed, cmek_json_peek(cmek_json_get(finding, "finding_id"))))
        return;
    const struct {
        const char *name, **value;
    } members[] = {
        {"rule_id", &search->rule_id},     {"status", &search->status},
        {"severity", &search->severity},   {"enforcement", &search->enforcement},
        {"waiver_id", &search->waiver_id}, {"waiver_expires", &search->waiver_expires},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        *members[i].value =
            cmek_json_string(cmek_json_get(finding, members[i].name), &search->listed.arena);
}

static bool take_verdict(void *payload, const struct cmek_verdict *verdict)
{
    struct search *search = payload;
    const char *id = cmek_verdict_id(search->evaluation, verdict, &search->verdict_arena);
    if (note_match(&search->judged, id))
        search->verdict = *verdict;
    cmek_arena_clear(&search->verdict_arena);
    return true;
}

static enum cmek_status check_unique(const struct found *found, const char *where, const char *hint,
                                     struct cmek_error *err)
{
    if (found->count == 0)
        return cmek_fail(err, CMEK_E_USAGE, "no finding %s%s has the id %s%s",
                         where ? "of " : "here", where ? where : "", found->id, hint);
    if (found->count > 1)
        return cmek_fail(err, CMEK_E_USAGE,
                         "%" PRIu64 " findings have an id that begins with %s: %s, %s%s; give more "
                         "digits",
                         found->count, found->id, found->first, found->second,
                         found->count > 2 ? ", …" : "");
    return CMEK_OK;
}

/* What the scan looked at: policies are judged by it. */
static enum cmek_status select_services(const struct search *search, struct cmek_error *err)
{
    struct cmek_catalogue *catalogue = search->options->catalogue;
    const struct cmek_strings *selected = &search->inventory->selected;
    cmek_catalogue_select_all(catalogue, false);
    for (size_t i = 0; i < selected->count; i++)
        if (!cmek_catalogue_select(catalogue, selected->items[i]))
            return cmek_fail(err, CMEK_E_USAGE,
                             "the scan of '%s' looked at the service '%.200s', which is not built "
                             "in: give the --catalogue that the scan had",
                             report_name(search), selected->items[i]);
    return CMEK_OK;
}

static enum cmek_status read_report(struct search *search, struct cmek_error *err)
{
    struct cmek_report_file_handler handler = {
        .finding = take_listed,
        .only_with = search->listed.id,
        .catalogue = search->options->catalogue,
        .evidence = cmek_inventory_sink(search->inventory),
        .payload = search,
    };
    struct cmek_report_file_stats stats;
    cmek_catalogue_select_all(search->options->catalogue, true);
    enum cmek_status status = cmek_report_file_read(search->options->report, &handler, &stats, err);
    if (status == CMEK_OK)
        status = check_unique(&search->listed, report_name(search),
                              "; a report lists the findings that --status of its scan named", err);
    if (status == CMEK_OK && stats.records == 0 && cmek_str_eq(search->enforcement, "simulated"))
        status = cmek_fail(err, CMEK_E_INVALID,
                           "'%s' is of a simulation: its findings follow from policies that are "
                           "not set, and only the rule can be explained: cmekscan explain %s",
                           report_name(search), search->rule_id ? search->rule_id : "RULE");
    if (status == CMEK_OK && stats.records == 0)
        status = cmek_fail(
            err, CMEK_E_INVALID,
            "'%s' holds no evidence (it is of a simulation or a plan, an older cmekscan wrote "
            "it, or --no-evidence was given): scan again, or explain straight from "
            "the source, e.g. cmekscan explain %.12s --assets FILE; of what a plan would make, the "
            "rule alone can be explained: cmekscan explain %s",
            report_name(search), search->listed.first, search->rule_id ? search->rule_id : "RULE");
    if (status == CMEK_OK)
        status = select_services(search, err);
    if (status == CMEK_OK)
        search->judged.id = search->listed.first;
    return status;
}

/* A waiver changes what a finding is called, not what was found. */
static void take_waiver(struct search *search)
{
    if (!cmek_str_eq(search->status, "waived") || search->verdict.status != CMEK_STATUS_FAIL)
        return;
    search->verdict.status = CMEK_STATUS_WAIVED;
    search->verdict.waiver_id = search->waiver_id;
    search->verdict.waiver_expires = search->waiver_expires;
}

/* What a report lists must come out of its evidence, or the explanation would be of something
 * else. */
static enum cmek_status check_same(struct search *search, struct cmek_error *err)
{
    if (search->judged.count == 0 && search->rule_id &&
        !cmek_rules_find(search->options->rules, search->rule_id))
        return cmek_fail(err, CMEK_E_USAGE,
                         "the finding is of the rule '%s', which is not built in: give the --rules "
                         "that the scan had",
                         search->rule_id);
    take_waiver(search);
    if (search->judged.count == 0 ||
        !cmek_str_eq(search->status, cmek_status_name(search->verdict.status)))
        return cmek_fail(err, CMEK_E_INVALID,
                         "the evidence in '%s' does not give its finding %.12s again: it was "
                         "changed, or another version of cmekscan wrote it; explain straight from "
                         "the source",
                         report_name(search), search->judged.id);
    return CMEK_OK;
}

/* The severity of the time, which the configuration may have changed. */
static void take_severity(const struct search *search, struct cmek_finding *finding)
{
    enum cmek_severity severity =
        search->severity ? cmek_severity_named(search->severity) : CMEK_SEVERITY_COUNT_;
    if (severity != CMEK_SEVERITY_COUNT_)
        finding->severity = severity;
}

static struct cmek_evaluation_options evaluation_options(const struct search *search)
{
    return (struct cmek_evaluation_options){
        .inventory = search->inventory,
        .rules = search->options->rules,
        .catalogue = search->options->catalogue,
        .container_registry_only = search->options->container_registry_only,
    };
}

static enum cmek_status read_records(struct search *search, struct cmek_error *err)
{
    if (search->options->report)
        return read_report(search, err);
    struct cmek_feed *feed = NULL;
    struct cmek_record_sink sink = cmek_inventory_sink(search->inventory);
    enum cmek_status status = cmek_feed_open(&search->options->feed, &feed, err);
    if (status == CMEK_OK)
        status = cmek_feed_read(feed, &sink, err);
    if (status == CMEK_OK && cmek_feed_is_interrupted(feed))
        status = cmek_fail(err, CMEK_E_NET, "interrupted before everything was read");
    if (status == CMEK_OK && cmek_feed_can_confirm(feed)) {
        const struct cmek_evaluation_options options = evaluation_options(search);
        struct cmek_confirmation confirmation = {0};
        cmek_inventory_finish(search->inventory);
        cmek_scan_confirm(feed, search->inventory, &options, &confirmation);
    }
    if (status == CMEK_OK)
        cmek_feed_settle(feed);
    cmek_feed_close(feed);
    return status;
}

static enum cmek_status find_verdict(struct search *search, struct cmek_error *err)
{
    const struct cmek_evaluation_options options = evaluation_options(search);
    cmek_inventory_finish(search->inventory);
    search->evaluation = cmek_evaluation_new(&options);
    cmek_evaluation_run(search->evaluation, take_verdict, search);
    if (search->options->report)
        return check_same(search, err);
    return check_unique(&search->judged, NULL,
                        ": it may be mended, or the scan had another scope or other rules", err);
}

enum cmek_status cmek_explain(const struct cmek_explain_options *options,
                              void (*take)(void *payload,
                                           const struct cmek_explanation *explanation),
                              void *payload, struct cmek_error *err)
{
    struct search search = {
        .options = options,
        .inventory = cmek_inventory_new(),
        .listed = {.id = options->finding_id},
        .judged = {.id = options->finding_id},
    };
    enum cmek_status status = read_records(&search, err);
    if (status == CMEK_OK)
        status = find_verdict(&search, err);
    if (status == CMEK_OK) {
        struct cmek_arena arena = {0};
        struct cmek_explanation explanation;
        cmek_verdict_explain(search.evaluation, &search.verdict, &arena, &explanation);
        take_severity(&search, &explanation.finding);
        take(payload, &explanation);
        cmek_arena_done(&arena);
    }
    cmek_evaluation_free(search.evaluation);
    cmek_inventory_free(search.inventory);
    cmek_arena_done(&search.listed.arena);
    cmek_arena_done(&search.judged.arena);
    cmek_arena_done(&search.verdict_arena);
    return status;
}
