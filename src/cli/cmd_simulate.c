/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/progress.h"
#include "model/catalogue.h"
#include "rules/evaluate.h"
#include "scan/simulate.h"

static struct {
    struct cmek_values policies, nodes;
    bool promote_dry_run, only_changes;
} arg;

static enum cmek_status read_simulation(const struct cmek_catalogue *catalogue,
                                        struct cmek_arena *arena,
                                        struct cmek_simulation *simulation, struct cmek_error *err)
{
    simulation->nodes = (struct cmek_strings){arg.nodes.items, arg.nodes.count};
    simulation->promotes_dry_runs = arg.promote_dry_run;
    simulation->only_changes = arg.only_changes;
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < arg.policies.count && status == CMEK_OK; i++)
        status = cmek_policy_file_read(arg.policies.items[i], catalogue, arena,
                                       &simulation->policies, err);
    return status == CMEK_OK ? cmek_simulation_check(simulation, err) : status;
}

static int run(const struct cmek_values *words)
{
    (void)words;
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_rule_set *rules = NULL;
    struct cmek_catalogue *catalogue = NULL;
    struct cmek_simulation simulation = {0};
    struct cmek_scan_options options = {
        .simulation = &simulation,
        .container_registry_only = cmek_args_registry_only(),
    };
    enum cmek_status status =
        cmek_feed_args(", or --assets FILE", &arena, &options.feed, &catalogue, &err);
    if (status == CMEK_OK)
        status = read_simulation(catalogue, &arena, &simulation, &err);
    if (status == CMEK_OK)
        status = cmek_report_args(&arena, &options, &rules, &err);
    if (status == CMEK_OK)
        status = cmek_gate_args(&arena, &options, &err);
    int exit_status;
    if (status == CMEK_OK) {
        cmek_rules_keep(rules, cmek_rule_is_simulated);
        cmek_progress_attach(&options.feed, cmek_args_quiet());
        struct cmek_scan_outcome outcome = cmek_scan(&options);
        cmek_progress_end();
        exit_status = cmek_end(&outcome);
    } else {
        exit_status = cmek_end_failed(&err);
    }
    CMEK_VEC_DONE(&simulation.policies);
    cmek_rules_free(rules);
    cmek_catalogue_free(catalogue);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option options[] = {
    {"policy", 0, CMEK_OPTION_VALUES, &arg.policies, "FILE",
     "an organization policy, or a list of them, in YAML or JSON as gcloud takes it; its spec "
     "takes "
     "the place of what is set at its node; repeatable"},
    {"at", 0, CMEK_OPTION_VALUES, &arg.nodes, "NODE",
     "set the policies at organizations/ID, folders/ID or projects/ID, whatever their names say; "
     "with --promote-dry-run: promote only there; repeatable"},
    {"promote-dry-run", 0, CMEK_OPTION_FLAG, &arg.promote_dry_run, NULL,
     "put every dryRunSpec that is set today in the place of the spec at its node"},
    {"only-changes", 0, CMEK_OPTION_FLAG, &arg.only_changes, NULL,
     "list only findings that would be new or resolved"},
    {0},
};

static const struct cmek_option_group groups[] = {
    {"What to simulate", options},
    {"On what", cmek_scope_options},
    {"Or on what offline, and on how much of either", cmek_assets_options},
    {"", cmek_service_options},
    {"What to report", cmek_report_options},
    {"What fails", cmek_exit_options},
    {"Rules", cmek_rule_options},
    {"What is accepted", cmek_gate_options},
    {"Live through Cloud Asset Inventory", cmek_confirm_options},
    {"Credentials", cmek_auth_options},
    {"Connection", cmek_connection_options},
    {"Configuration", cmek_config_options},
    {0},
};

const struct cmek_command cmek_command_simulate = {
    .name = "simulate",
    .summary = "judge what exists by policies that are not set yet",
    .usage = "(--policy FILE | --promote-dry-run)… (--organization ID | --folder ID | --project ID "
             "| --assets FILE)… [OPTION]…",
    .description =
        "Reads what scan reads, and judges it twice: by the policies in force, and as if those of "
        "the files were set (or every dry run enforced). Findings have the simulated verdict; "
        "their baseline_state says how it compares with today's: new (it would fail, or be "
        "unknown, and is not so today), resolved (it fails or is unknown today, and would be "
        "neither), or unchanged. Only rules that depend on policies take part.\n\n"
        "These policies bind what is created, never what exists: a resource that a policy would "
        "\"break\" goes on working, but would be in violation, and another one like it could not "
        "be created.\n\n"
        "A file holds one policy or a list: in today's form (name, spec; a dryRunSpec takes no "
        "part), or in the older one (constraint, listPolicy or restoreDefault), which needs --at. "
        "One YAML document a file. A service that the catalogue does not hold (`cmekscan "
        "services`; "
        "--catalogue adds one), and a list of the kind that the constraint does not take, are "
        "mistakes; in a policy that is set already they are only told.\n\n"
        "Exit status: 0 nothing would newly fail, and everything was read; 1 something at or above "
        "--fail-on would newly fail; 2 wrong usage, policy file or node; 3 nothing would newly "
        "fail, but something is unknown or could not be read; 4 the simulation could not run or a "
        "report could not be written.",
    .examples =
        "cmekscan simulate --policy policy.yaml --organization 123456789012\n"
        "cmekscan simulate --policy policy.yaml --at folders/42 --assets export.ndjson "
        "--only-changes\n"
        "cmekscan simulate --promote-dry-run --assets export.ndjson --report json=promoted.json",
    .groups = groups,
    .run = run,
};
