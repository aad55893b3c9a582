/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/progress.h"
#include "model/catalogue.h"
#include "scan/baseline.h"
#include "scan/policy_file.h"

static int run(const struct cmek_values *words)
{
    (void)words;
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_rule_set *rules = NULL;
    struct cmek_file_policies policies = {0};
    struct cmek_catalogue *catalogue = NULL;
    struct cmek_baseline baseline = {0};
    struct cmek_scan_options options = {
        .container_registry_only = cmek_args_registry_only(),
        .verify_policies = cmek_args_verify_policies(),
        .plan_changes_only = cmek_args_plan_changes_only(),
        .plan_policies = &policies,
    };
    enum cmek_status status =
        cmek_feed_args(", --assets FILE, or --plan FILE", &arena, &options.feed, &catalogue, &err);
    if (status == CMEK_OK)
        status = cmek_plan_policy_args(catalogue, &arena, &policies, &err);
    if (status == CMEK_OK)
        status = cmek_report_args(&arena, &options, &rules, &err);
    if (status == CMEK_OK)
        status = cmek_gate_args(&arena, &options, &err);
    if (status == CMEK_OK)
        status = cmek_baseline_args(&baseline, &options, &err);
    if (status == CMEK_OK)
        status = cmek_shard_args(&options, &err);
    int exit_status;
    if (status == CMEK_OK) {
        cmek_progress_attach(&options.feed, cmek_args_quiet());
        struct cmek_scan_outcome outcome = cmek_scan(&options);
        cmek_progress_end();
        exit_status = cmek_end(&outcome);
    } else {
        exit_status = cmek_end_failed(&err);
    }
    cmek_baseline_done(&baseline);
    CMEK_VEC_DONE(&policies);
    cmek_rules_free(rules);
    cmek_catalogue_free(catalogue);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option_group groups[] = {
    {"What to scan", cmek_scope_options},
    {"Live through Cloud Asset Inventory", cmek_confirm_options},
    {"Or what to scan offline, and how much of either", cmek_assets_options},
    {"Or a plan, alone or over either", cmek_plan_options},
    {"", cmek_service_options},
    {"", cmek_shard_options},
    {"What to report", cmek_report_options},
    {"What fails", cmek_exit_options},
    {"Rules", cmek_rule_options},
    {"What is accepted", cmek_gate_options},
    {"What was there before", cmek_baseline_options},
    {"Credentials", cmek_auth_options},
    {"Connection", cmek_connection_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_scan = {
    .name = "scan",
    .summary = "judge what exists by the policies that govern it",
    .usage =
        "(--organization ID | --folder ID | --project ID | --assets FILE | --plan FILE)… [OPTION]…",
    .description =
        "Reads the resource hierarchy, both CMEK organization policies at every node, buckets, "
        "Pub/Sub topics, "
        "Artifact Registry repositories (other services with --services) and the keys they use; "
        "says which of them break the policy "
        "that "
        "governs them today, which node's policy says so, and which command mends it. What could "
        "not be read is "
        "reported as a coverage gap or an unknown finding, never as compliant.\n\n"
        "--plan judges what a Terraform or OpenTofu plan would make instead, by the policies that "
        "the plan sets, that the scope or --assets beside it holds, or that --policy gives; "
        "without any, as if storage, pubsub and artifactregistry were denied, and findings are "
        "simulated. A policy that the plan changes is reported with the existing resources below "
        "it. A key that is known only after apply is followed to the key in the same plan, else "
        "the finding is unknown.\n\n"
        "Exit status: 0 nothing failed and everything was read; 1 a finding at or above --fail-on; "
        "2 wrong usage, "
        "rule or waiver file; 3 nothing failed, but the scan is incomplete, or it was interrupted; "
        "4 the scan could not "
        "run or a "
        "report could "
        "not be written. Findings that only a dry-run policy would make never change it.\n\n"
        "Every option may also be set as CMEKSCAN_NAME in the environment, e.g. "
        "CMEKSCAN_FAIL_ON=high.",
    .examples = "cmekscan scan --organization 123456789012\n"
                "cmekscan scan --assets export.ndjson.gz --report text --report sarif=cmek.sarif\n"
                "cmekscan scan --plan plan.json --assets export.ndjson --report github\n"
                "cmekscan scan --project my-project --fail-on high --report junit=cmek.xml",
    .groups = groups,
    .run = run,
};
