/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/scan.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "cmekscan/version.h"
#include "model/catalogue.h"
#include "model/inventory.h"
#include "scan/baseline.h"
#include "scan/confirm.h"
#include "scan/covered.h"
#include "scan/evidence.h"
#include "scan/policy_file.h"
#include "scan/simulate.h"
#include "scan/summary.h"
#include "scan/verify.h"
#include "scan/warnings.h"
#include "source/asset.h"

/* A scan under way. */
struct scan {
    const struct cmek_scan_options *options;
    struct cmek_arena arena;
    struct cmek_inventory *inventory;
    struct cmek_feed *feed;
    struct cmek_evaluation *evaluation;
    struct cmek_scan_summary summary;
    struct cmek_simulation_summary simulation;
    struct cmek_baseline_summary baseline;
    uint64_t gating[CMEK_SEVERITY_COUNT_];
    struct cmek_report_set *reports;
    struct cmek_arena finding_arena; /* of the finding at hand */
};

static void warn(void *payload, const char *text)
{
    const struct cmek_feed_options *feed = payload;
    if (feed->note)
        feed->note(feed->payload, text);
}

/* v1 content knows neither conditions nor dry runs: judged as if complete, but said. */
static void note_v1_policies(struct cmek_inventory *inventory)
{
    if (cmek_inventory_policies(inventory) != CMEK_POLICIES_V1)
        return;
    struct cmek_gap_data gap = {
        .scope = "input",
        .operation = "orgpolicy.policies.v1",
        .error = "v1-policies",
        .message =
            "the input holds organization policies in their v1 form only, which shows neither "
            "conditions nor dry runs; export orgpolicy.googleapis.com/Policy resources to see them",
    };
    cmek_inventory_add_gap(inventory, &gap);
}

static const char *random_id(struct cmek_arena *arena)
{
    unsigned char bytes[16] = {0};
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        struct cmek_time now = cmek_time_now(); /* an id need not be secret, only new */
        memcpy(bytes, &now, sizeof now < sizeof bytes ? sizeof now : sizeof bytes);
    }
    char hex[33];
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return cmek_arena_strdup(arena, hex);
}

static const char *now_text(struct cmek_arena *arena)
{
    char text[CMEK_TIME_TEXT_SIZE];
    cmek_time_format(cmek_time_now(), text);
    return cmek_arena_strdup(arena, text);
}

/* Offline the scope is what the file was collected for, else what it covers. */
static struct cmek_strings scopes_of(struct scan *scan)
{
    const struct cmek_feed_options *feed = &scan->options->feed;
    if (feed->scopes.count > 0)
        return feed->scopes;
    if (scan->inventory->scopes.count > 0)
        return scan->inventory->scopes;
    return feed->plan_path ? cmek_covered_by_plan(scan->inventory, &scan->arena)
                           : cmek_covered_by_file(scan->inventory, &scan->arena);
}

static void verify(struct scan *scan)
{
    struct cmek_feed_live live;
    if (!cmek_feed_live(scan->feed, &live))
        return;
    const struct cmek_verify_options options = {
        .inventory = scan->inventory,
        .client = live.client,
        .go_on = live.go_on,
        .payload = live.payload,
    };
    cmek_verify_policies(&options, &scan->summary.verification);
}

/* Policies of files, as if the plan set them too. */
static void set_plan_policies(struct scan *scan)
{
    const struct cmek_file_policies *policies = scan->options->plan_policies;
    for (size_t i = 0; policies && i < policies->count; i++) {
        const struct cmek_file_policy *policy = &policies->items[i];
        struct cmek_planned planned = {.address = policy->origin, .is_change = true};
        struct cmek_record record = {
            .kind = CMEK_ASSET_POLICY,
            .name = policy->origin,
            .has_resource = true,
            .has_data = true,
            .updated = {.seconds = INT64_MAX},
            .planned = &planned,
            .data.policy = {policy->node, policy->constraint, {.live = policy->spec}},
        };
        cmek_inventory_add(scan->inventory, &record);
        scan->inventory->policies_are_simulated = true;
    }
}

/* "storage, pubsub and artifactregistry", or how many there are. */
static const char *list_services(struct cmek_strings services, struct cmek_arena *arena)
{
    if (services.count > 8)
        return cmek_arena_printf(arena, "all %zu services that this scan looks at", services.count);
    const char *text = "nothing";
    for (size_t i = 0; i < services.count; i++)
        text = cmek_arena_printf(arena, "%s%s%.*s", i == 0 ? "" : text,
                                 i == 0                    ? ""
                                 : i + 1 == services.count ? " and "
                                                           : ", ",
                                 (int)strcspn(services.items[i], "."), services.items[i]);
    return text;
}

static const struct cmek_policy_spec *denial_of(struct cmek_strings services,
                                                struct cmek_arena *arena)
{
    struct cmek_policy_rule *rule = cmek_arena_alloc(arena, sizeof *rule);
    struct cmek_policy_spec *spec = cmek_arena_alloc(arena, sizeof *spec);
    rule->denied = services;
    *spec = (struct cmek_policy_spec){.state = CMEK_SPEC_PRESENT, .rules = rule, .rule_count = 1};
    return spec;
}

/* A plan alone, without any policy: as if all that the scan looks at had to have keys. */
static void assume_policies(struct scan *scan)
{
    const struct cmek_feed_options *feed = &scan->options->feed;
    struct cmek_inventory *inventory = scan->inventory;
    bool is_alone = feed->plan_path && feed->asset_paths.count == 0 && feed->scopes.count == 0;
    if (!is_alone || inventory->has_planned_policies)
        return;
    struct cmek_strings services =
        cmek_catalogue_selected_services(feed->catalogue, &inventory->arena);
    inventory->assumed[CMEK_CONSTRAINT_SERVICE] = denial_of(services, &inventory->arena);
    inventory->policies_are_simulated = true;
    warn((void *)(uintptr_t)feed,
         cmek_arena_printf(&scan->arena,
                           "no policies are given with the plan, so it is judged as if "
                           "constraints/gcp.restrictNonCmekServices denied %s; findings are marked "
                           "as simulated. Give --assets, or a live scope, for those in force",
                           list_services(services, &scan->arena)));
}

static void tell_source(struct scan *scan)
{
    struct cmek_feed_result result;
    cmek_feed_tell(scan->feed, &scan->arena, &result);
    struct cmek_strings scopes = scopes_of(scan);
    scan->summary.source = result.source;
    scan->summary.api_calls = (struct cmek_counts){result.api_calls, result.api_call_count};
    scan->summary.quota_waits_ms = result.quota_waits_ms;
    scan->summary.scopes = scopes.items;
    scan->summary.scope_count = scopes.count;
    scan->summary.sources =
        cmek_arena_array(&scan->arena, result.source_count, sizeof *scan->summary.sources);
    for (size_t i = 0; i < result.source_count; i++)
        scan->summary.sources[i] = (struct cmek_scope_source){
            .scope = result.sources[i].scope,
            .source = result.sources[i].by_inventory ? "gcp-inventory" : "gcp-direct",
            .reason = result.sources[i].reason,
        };
    scan->summary.source_count = result.source_count;
    scan->summary.resumed_since = result.resumed_since;
    scan->summary.resumed_answers = result.resumed_answers;
}

/* Only what certainly fails can be accepted: an unknown finding stays one. */
static void settle(void *payload, struct cmek_verdict *verdict)
{
    struct scan *scan = payload;
    const struct cmek_waivers *waivers = &scan->options->waivers;
    const struct cmek_waiver *waiver =
        verdict->status == CMEK_STATUS_FAIL ? cmek_waivers_find(waivers, verdict) : NULL;
    if (verdict->status == CMEK_STATUS_UNKNOWN)
        cmek_waivers_meet_unknown(waivers, verdict);
    if (waiver) {
        verdict->status = CMEK_STATUS_WAIVED;
        verdict->waiver_id = waiver->id;
        verdict->waiver_expires = waiver->expires;
    }
    if (scan->options->baseline)
        cmek_baseline_settle(scan->options->baseline, scan->evaluation, verdict);
}

static struct cmek_listing listing_of(const struct cmek_scan_options *options)
{
    return (struct cmek_listing){
        .statuses = options->statuses,
        .only_changes = options->simulation && options->simulation->only_changes,
        .all_of_nodes = options->feed.shard.count > 0, /* to be counted once for all shards */
    };
}

static struct cmek_evaluation_options evaluation_options(struct scan *scan)
{
    return (struct cmek_evaluation_options){
        .inventory = scan->inventory,
        .rules = scan->options->rules,
        .catalogue = scan->options->feed.catalogue,
        .container_registry_only = scan->options->container_registry_only,
        .shard = scan->options->feed.shard,
        .plan_changes_only = scan->options->plan_changes_only,
        .settle = settle,
        .settle_payload = scan,
        .simulates = scan->options->simulation != NULL,
    };
}

/* What fails then rests on the word of the inventory alone. */
static void note_unconfirmed(struct scan *scan)
{
    const struct cmek_strings *scopes = &scan->options->feed.scopes;
    for (size_t i = 0; i < scopes->count && cmek_feed_is_interrupted(scan->feed); i++) {
        struct cmek_gap_data gap = {
            .scope = scopes->items[i],
            .operation = "confirm",
            .error = "interrupted",
            .message = "the scan was interrupted before all that fails by the word of Cloud Asset "
                       "Inventory was confirmed; scan again",
        };
        cmek_inventory_add_gap(scan->inventory, &gap);
    }
}

static enum cmek_status read_records(struct scan *scan, struct cmek_error *err)
{
    struct cmek_record_sink sink = cmek_inventory_sink(scan->inventory);
    scan->summary.started_at = now_text(&scan->arena);
    enum cmek_status status = cmek_feed_open(&scan->options->feed, &scan->feed, err);
    if (status == CMEK_OK)
        status = cmek_feed_read(scan->feed, &sink, err);
    if (status != CMEK_OK)
        return status;
    note_v1_policies(scan->inventory);
    set_plan_policies(scan);
    assume_policies(scan);
    cmek_inventory_finish(scan->inventory);
    if (scan->options->verify_policies)
        verify(scan);
    if (scan->options->simulation) {
        status = cmek_simulation_apply(scan->options->simulation, scan->inventory, &scan->arena,
                                       &scan->simulation, err);
        scan->summary.simulation = &scan->simulation;
    }
    if (status != CMEK_OK)
        return status;
    if (!scan->options->feed.no_confirm && cmek_feed_can_confirm(scan->feed)) {
        struct cmek_evaluation_options options = evaluation_options(scan);
        options.settle = NULL; /* what is waived is to be true as well */
        cmek_scan_confirm(scan->feed, scan->inventory, &options, &scan->summary.confirmation);
        note_unconfirmed(scan);
        cmek_inventory_finish(scan->inventory);
    }
    cmek_warn_services(scan->inventory, scan->options->feed.catalogue, warn,
                       (void *)(uintptr_t)&scan->options->feed);
    tell_source(scan);
    return CMEK_OK;
}

static void judge(struct scan *scan)
{
    const struct cmek_evaluation_options options = evaluation_options(scan);
    cmek_alloc_give_back(); /* what answers and lines were parsed in */
    scan->evaluation = cmek_evaluation_new(&options);
    struct cmek_summary_options summary = {
        .inventory = scan->inventory,
        .catalogue = scan->options->feed.catalogue,
        .rules = scan->options->rules,
        .evaluation = scan->evaluation,
        .listing = listing_of(scan->options),
        .simulation = scan->options->simulation ? &scan->simulation : NULL,
        .baseline = scan->options->baseline ? &scan->baseline : NULL,
        .only_new = scan->options->fail_on_new,
        .arena = &scan->arena,
    };
    scan->summary.shard = (struct cmek_shard_summary){scan->options->feed.shard.index,
                                                      scan->options->feed.shard.count};
    scan->summary.services = scan->inventory->selected.items;
    scan->summary.service_count = scan->inventory->selected.count;
    scan->summary.container_registry_only = scan->options->container_registry_only;
    scan->summary.plan_changes_only = scan->options->plan_changes_only;
    cmek_summarise(&summary, &scan->summary, scan->gating);
    if (scan->options->baseline) {
        cmek_baseline_count(scan->options->baseline, &scan->summary, &scan->baseline);
        scan->baseline.fail_on_new = scan->options->fail_on_new;
        scan->summary.baseline = &scan->baseline;
    }
    scan->summary.tool_version = CMEKSCAN_VERSION;
    scan->summary.tool_commit = CMEKSCAN_COMMIT;
    scan->summary.scan_id = random_id(&scan->arena);
    scan->summary.finished_at = now_text(&scan->arena);
}

/* Where evidence goes: a report, as text. */
struct evidence_reader {
    void (*asset)(void *state, const char *json);
    void *state;
    struct cmek_strbuf text;
};

static void print_evidence(void *payload, const struct cmek_record *record)
{
    struct evidence_reader *reader = payload;
    cmek_strbuf_clear(&reader->text);
    cmek_asset_print(record, &reader->text);
    reader->asset(reader->state, cmek_strbuf_text(&reader->text));
}

static void each_evidence(void *payload, void (*asset)(void *state, const char *json), void *state)
{
    const struct scan *scan = payload;
    struct cmek_evidence_options options = {scan->inventory, scan->evaluation,
                                            listing_of(scan->options)};
    struct evidence_reader reader = {.asset = asset, .state = state};
    struct cmek_record_sink sink = {print_evidence, &reader};
    cmek_evidence_write(&options, &sink);
    cmek_strbuf_done(&reader.text);
}

static bool report_verdict(void *payload, const struct cmek_verdict *verdict)
{
    struct scan *scan = payload;
    if (!cmek_listing_holds(listing_of(scan->options), verdict))
        return true;
    struct cmek_finding finding;
    cmek_verdict_render(scan->evaluation, verdict, &scan->finding_arena, &finding);
    cmek_report_set_finding(scan->reports, &finding);
    cmek_arena_clear(&scan->finding_arena);
    return true;
}

static enum cmek_status report(struct scan *scan, struct cmek_error *err)
{
    bool is_of_what_is = !scan->options->simulation && !scan->options->feed.plan_path;
    if (!scan->options->no_evidence && is_of_what_is) /* it holds what is set alone */
        scan->summary.evidence = (struct cmek_evidence){each_evidence, scan};
    enum cmek_status status =
        cmek_report_set_open(scan->options->reports, scan->options->report_count,
                             &scan->options->style, &scan->summary, &scan->reports, err);
    if (status != CMEK_OK)
        return status;
    cmek_evaluation_run(scan->evaluation, report_verdict, scan);
    return cmek_report_set_close(scan->reports, err);
}

struct cmek_scan_outcome cmek_scan(const struct cmek_scan_options *options)
{
    struct scan scan = {.options = options, .inventory = cmek_inventory_new()};
    struct cmek_error err = {0};
    struct cmek_scan_outcome outcome;
    void *noter = (void *)(uintptr_t)&options->feed;
    scan.inventory->selected =
        cmek_catalogue_selected_services(options->feed.catalogue, &scan.arena);
    scan.inventory->keep_labels = cmek_waivers_use_labels(&options->waivers);
    cmek_waivers_warn(&options->waivers, /* after_scan= */ false, warn, noter);
    enum cmek_status status = cmek_report_set_check(options->reports, options->report_count, &err);
    if (status == CMEK_OK)
        status = read_records(&scan, &err);
    if (status == CMEK_OK) {
        judge(&scan);
        cmek_warn_policies(scan.inventory, warn, noter);
        if (options->simulation)
            cmek_warn_simulation(options->simulation, &scan.simulation, warn, noter);
        cmek_warn_not_judged(scan.evaluation, warn, noter);
        if (options->baseline)
            cmek_baseline_warn(options->baseline, &scan.summary, warn, noter);
        cmek_waivers_warn(&options->waivers, /* after_scan= */ true, warn, noter);
        status = report(&scan, &err);
    }
    if (status == CMEK_OK)
        cmek_feed_settle(scan.feed);
    outcome = status == CMEK_OK ? cmek_outcome_of(options, &scan.summary, scan.gating,
                                                  cmek_feed_is_interrupted(scan.feed))
                                : cmek_outcome_failed(&err);
    cmek_feed_close(scan.feed);
    cmek_evaluation_free(scan.evaluation);
    cmek_inventory_free(scan.inventory);
    cmek_arena_done(&scan.finding_arena);
    cmek_arena_done(&scan.arena);
    return outcome;
}
