/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/cmd.h"
#include "scan/policy_file.h"

static struct {
    struct cmek_values policies;
    const char *plan, *terraform_dir;
    bool plan_changes_only;
} arg;

const struct cmek_option cmek_plan_options[] = {
    {"plan", 0, CMEK_OPTION_TEXT, &arg.plan, "FILE",
     "scan what a Terraform or OpenTofu plan makes, as `terraform show -json` prints it, or - for "
     "standard input; with a scope or --assets beside it, the plan is laid over what exists"},
    {"policy", 0, CMEK_OPTION_VALUES, &arg.policies, "FILE",
     "judge the plan as if this organization policy were set too: YAML or JSON as gcloud takes it; "
     "repeatable"},
    {"plan-changes-only", 0, CMEK_OPTION_FLAG, &arg.plan_changes_only, NULL,
     "judge only what the plan makes or changes, not what it leaves as it is"},
    {"terraform-dir", 0, CMEK_OPTION_TEXT, &arg.terraform_dir, "DIR",
     "folder of the *.tf files of the plan, to point at their lines (default: the plan's folder)"},
    {0},
};

bool cmek_args_plan_changes_only(void)
{
    return arg.plan_changes_only;
}

enum cmek_status cmek_plan_args(struct cmek_feed_options *feed, struct cmek_error *err)
{
    const struct {
        const char *name;
        bool is_given;
    } needy[] = {
        {"policy", arg.policies.count > 0},
        {"plan-changes-only", arg.plan_changes_only},
        {"terraform-dir", arg.terraform_dir != NULL},
    };
    for (size_t i = 0; !arg.plan && i < sizeof needy / sizeof *needy; i++)
        if (needy[i].is_given)
            return cmek_fail(err, CMEK_E_USAGE, "--%s needs --plan FILE", needy[i].name);
    for (size_t i = 0; arg.plan && strcmp(arg.plan, "-") == 0 && i < feed->asset_paths.count; i++)
        if (strcmp(feed->asset_paths.items[i], "-") == 0)
            return cmek_fail(err, CMEK_E_USAGE,
                             "--plan and --assets cannot both be read from standard input");
    feed->plan_path = arg.plan;
    feed->plan_directory = arg.terraform_dir;
    return CMEK_OK;
}

enum cmek_status cmek_plan_policy_args(const struct cmek_catalogue *catalogue,
                                       struct cmek_arena *arena,
                                       struct cmek_file_policies *ret_policies,
                                       struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < arg.policies.count && status == CMEK_OK; i++)
        status = cmek_policy_file_read(arg.policies.items[i], catalogue, arena, ret_policies, err);
    for (size_t i = 0; i < ret_policies->count && status == CMEK_OK; i++)
        if (!ret_policies->items[i].node)
            return cmek_fail(err, CMEK_E_USAGE,
                             "%s: the policy does not say where it is set; name it "
                             "projects/ID/policies/%s, or of a folder or organization",
                             ret_policies->items[i].origin,
                             cmek_constraint_name(ret_policies->items[i].constraint));
    return status;
}
