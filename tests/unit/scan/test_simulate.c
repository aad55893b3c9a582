/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/simulate.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "suite.h"

#define POLICIES_MOST 2
#define NODES_MOST    2

/* A simulation of a file's policies, named by node and origin, and --at nodes. */
struct setting {
    struct cmek_file_policy policies[POLICIES_MOST];
    const char *nodes[NODES_MOST];
    bool promotes;
};

static struct cmek_arena arena;
static struct cmek_error err;

static struct cmek_simulation simulation_of(struct setting *setting)
{
    struct cmek_simulation simulation = {
        .policies = {.items = setting->policies},
        .nodes = {.items = setting->nodes},
        .promotes_dry_runs = setting->promotes,
    };
    while (simulation.policies.count < POLICIES_MOST &&
           setting->policies[simulation.policies.count].origin)
        simulation.policies.count++;
    while (simulation.nodes.count < NODES_MOST && setting->nodes[simulation.nodes.count])
        simulation.nodes.count++;
    return simulation;
}

#define DENY                                                                                       \
    {                                                                                              \
        .state = CMEK_SPEC_PRESENT, .rules = &(struct cmek_policy_rule){.deny_all = true},         \
        .rule_count = 1                                                                            \
    }
#define AT(place, file)                                                                            \
    {                                                                                              \
        .node = (place), .constraint = CMEK_CONSTRAINT_SERVICE, .spec = DENY, .origin = (file)     \
    }

static const struct {
    const char *label;
    struct setting setting;
    const char *want; /* in the message; NULL: it makes sense */
} checks[] = {
    {"a policy that names its node", {{AT("folders/20", "a:1")}, {0}, false}, NULL},
    {"a policy that names none, and a place", {{AT(NULL, "a:1")}, {"folders/20"}, false}, NULL},
    {"dry runs", {{{0}}, {0}, true}, NULL},
    {"dry runs of a place", {{{0}}, {"folders/20"}, true}, NULL},
    {"dry runs and a policy", {{AT("folders/20", "a:1")}, {0}, true}, NULL},
    {"nothing", {{{0}}, {0}, false}, "nothing to simulate"},
    {"a place alone", {{{0}}, {"folders/20"}, false}, "nothing to simulate"},
    {"a place of both", {{AT("folders/20", "a:1")}, {"folders/20"}, true}, "--at could mean"},
    {"no place",
     {{AT("folders/20", "a:1"), AT(NULL, "b:7")}, {0}, false},
     "b:7: the policy does n"},
    {"a place that is none", {{AT(NULL, "a:1")}, {"folders/20", "20"}, false}, "--at is '20'"},
    {"a place with more", {{AT(NULL, "a:1")}, {"folders/2/x"}, false}, "--at is 'folders/2/x'"},
    {"an empty place", {{AT(NULL, "a:1")}, {""}, false}, "--at is ''"},
};

START_TEST(options_are_checked_before_anything_is_read)
{
    struct setting setting = checks[_i].setting;
    struct cmek_simulation simulation = simulation_of(&setting);
    enum cmek_status status = cmek_simulation_check(&simulation, &err);
    ck_assert_msg(status == (checks[_i].want ? CMEK_E_USAGE : CMEK_OK), "%s: %s", checks[_i].label,
                  err.message);
    if (checks[_i].want)
        ck_assert_msg(strstr(err.message, checks[_i].want) != NULL, "%s: %s", checks[_i].label,
                      err.message);
}
END_TEST

static struct cmek_inventory *inventory_of_two_projects(void)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    fixture_add_project(inventory, "proj", "300",
                        "\"projects/300\", \"folders/20\", \"organizations/1\"");
    fixture_add_project(inventory, "other", "301", "\"projects/301\", \"organizations/1\"");
    fixture_add_policy(inventory, "folders/20", CMEK_CONSTRAINT_SERVICE,
                       "\"spec\": {}, \"dryRunSpec\": {\"reset\": true}");
    fixture_add_policy(inventory, "projects/proj", CMEK_CONSTRAINT_KEY_PROJECT,
                       "\"dryRunSpec\": {\"reset\": true}");
    cmek_inventory_finish(inventory);
    return inventory;
}

static const struct {
    const char *label;
    struct setting setting;
    const char *done;  /* node, constraint's first letters and origin of each; NULL: refused */
    const char *error; /* in the message */
} overlays[] = {
    {"one policy", {{AT("folders/20", "a:1")}, {0}, false}, "folders/20 N a:1;", NULL},
    {"two, in order of nodes",
     {{AT("projects/proj", "a:1"), AT("organizations/1", "a:9")}, {0}, false},
     "organizations/1 N a:9;projects/300 N a:1;",
     NULL},
    {"one at two places",
     {{AT("folders/9", "a:1")}, {"folders/20", "projects/301"}, false},
     "folders/20 N a:1;projects/301 N a:1;",
     NULL},
    {"all dry runs",
     {{{0}}, {0}, true},
     "folders/20 N dryRunSpec;projects/300 C dryRunSpec;",
     NULL},
    {"the dry run of a project by number",
     {{{0}}, {"projects/300"}, true},
     "projects/300 C dryRunSpec;",
     NULL},
    {"the dry run of one place named twice",
     {{{0}}, {"projects/300", "projects/proj"}, true},
     "projects/300 C dryRunSpec;",
     NULL},
    {"a policy before a dry run",
     {{AT("folders/20", "a:1")}, {0}, true},
     "folders/20 N a:1;projects/300 C dryRunSpec;",
     NULL},
    {"an unknown folder",
     {{AT("folders/21", "a:1")}, {0}, false},
     NULL,
     "a:1: nothing that was read speaks of folders/21 (did you mean folders/20?)"},
    {"an unknown project",
     {{AT("projects/porj", "a:1")}, {0}, false},
     NULL,
     "speaks of projects/porj (did you mean projects/proj?)"},
    {"something far off",
     {{AT("organizations/99999999", "a:1")}, {0}, false},
     NULL,
     "a:1: nothing that was read speaks of organizations/99999999"},
    {"an unknown place",
     {{AT("folders/20", "a:1")}, {"projects/39"}, false},
     NULL,
     "a:1: nothing that was read speaks of projects/39"},
    {"an unknown place of dry runs",
     {{{0}}, {"folders/21"}, true},
     NULL,
     "--promote-dry-run: nothing that was read speaks of folders/21"},
    {"no dry run there",
     {{{0}}, {"organizations/1"}, true},
     NULL,
     "--promote-dry-run: no dryRunSpec is set at organizations/1"},
    {"two at one place",
     {{AT("folders/20", "a:1"), AT("folders/20", "b:2")}, {0}, false},
     NULL,
     "b:2: a second policy of constraints/gcp.restrictNonCmekServices at folders/20, after that of "
     "a:1"},
    {"two at one project by both names",
     {{AT("projects/300", "a:1"), AT("projects/proj", "b:2")}, {0}, false},
     NULL,
     "b:2: a second policy"},
};

static const char *done_text(const struct cmek_simulation_summary *summary)
{
    struct cmek_strbuf text = {0};
    for (size_t i = 0; i < summary->policy_count; i++) {
        const struct cmek_simulated_policy *policy = &summary->policies[i];
        cmek_strbuf_printf(&text, "%s %c %s;", policy->node,
                           policy->constraint[sizeof "constraints/gcp.restrict" - 1],
                           policy->origin);
    }
    const char *copy = cmek_arena_strdup(&arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return copy;
}

START_TEST(policies_are_laid_over_the_inventory)
{
    struct cmek_inventory *inventory = inventory_of_two_projects();
    struct setting setting = overlays[_i].setting;
    struct cmek_simulation simulation = simulation_of(&setting);
    struct cmek_simulation_summary summary = {0};
    enum cmek_status status = cmek_simulation_apply(&simulation, inventory, &arena, &summary, &err);
    ck_assert_msg(status == (overlays[_i].done ? CMEK_OK : CMEK_E_USAGE), "%s: %s",
                  overlays[_i].label, err.message);
    if (overlays[_i].done)
        ck_assert_msg(strcmp(done_text(&summary), overlays[_i].done) == 0, "%s: %s",
                      overlays[_i].label, done_text(&summary));
    else
        ck_assert_msg(strstr(err.message, overlays[_i].error) != NULL, "%s: %s", overlays[_i].label,
                      err.message);
    cmek_inventory_free(inventory);
    cmek_arena_done(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan/simulate");
    TCase *tests = tcase_create("simulate");
    tcase_add_loop_test(tests, options_are_checked_before_anything_is_read, 0, COUNT(checks));
    tcase_add_loop_test(tests, policies_are_laid_over_the_inventory, 0, COUNT(overlays));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
