/* SPDX-License-Identifier: Apache-2.0 */
/* One bucket in project 300, folder 20, organization 1: what is set today and what is simulated in,
 * the bucket's finding out. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "inventory_fixture.h"
#include "rules/evaluate.h"
#include "rules/rule.h"
#include "source/asset_policy.h"
#include "suite.h"
#include "json/json.h"

#define DENY      "{\"rules\": [{\"values\": {\"deniedValues\": [\"storage.googleapis.com\"]}}]}"
#define INHERIT   "{\"inheritFromParent\": true}"
#define ALLOW     "{\"rules\": [{\"allowAll\": true}]}"
#define RESET     "{\"reset\": true}"
#define PERHAPS   "{\"rules\": [{\"denyAll\": true, \"condition\": {\"expression\": \"?\"}}]}"
#define BROKEN    "7"
#define NO_POLICY ""

/* What the input is like, beside the policies. */
enum world {
    KNOWN,          /* all is known */
    KEYED,          /* the bucket has a key */
    NO_POLICIES,    /* nothing is said of policies */
    DENIED_PROJECT, /* the project's policies could not be read */
    ONLY_V1,        /* org_policy content of the organization, and no Policy */
};

static const struct {
    const char *label;
    enum world world;
    const char *at_organization, *at_folder, *at_project; /* today; NULL: none */
    const char *node, *spec;                              /* simulated; "": none is set there */
    const char *want;                                     /* status and change; NULL: no finding */
} rows[] = {
    {"a denial where there is none", KNOWN, NULL, NULL, NULL, "folders/20", DENY,
     "fail newly_failing"},
    {"the same above", KNOWN, NULL, NULL, NULL, "organizations/1", DENY, "fail newly_failing"},
    {"the same at the project by its id", KNOWN, NULL, NULL, NULL, "projects/proj", DENY,
     "fail newly_failing"},
    {"the same at the project by its number", KNOWN, NULL, NULL, NULL, "projects/300", DENY,
     "fail newly_failing"},
    {"elsewhere", KNOWN, NULL, NULL, NULL, "folders/21", DENY, NULL},
    {"a denial that is there already", KNOWN, DENY, NULL, NULL, "folders/20", DENY,
     "fail unchanged"},
    {"a root between", KNOWN, DENY, NULL, NULL, "folders/20", ALLOW, "pass no_longer_failing"},
    {"a reset between", KNOWN, DENY, NULL, NULL, "folders/20", RESET, "pass no_longer_failing"},
    {"one that inherits", KNOWN, DENY, NULL, NULL, "folders/20", INHERIT, "fail unchanged"},
    {"in the place of a denial", KNOWN, NULL, DENY, NULL, "folders/20", ALLOW,
     "pass no_longer_failing"},
    {"in the place of a root", KNOWN, DENY, ALLOW, NULL, "folders/20", INHERIT,
     "fail newly_failing"},
    {"a policy taken away", KNOWN, NULL, DENY, NULL, "folders/20", NO_POLICY,
     "pass no_longer_failing"},
    {"a root taken away", KNOWN, DENY, ALLOW, NULL, "folders/20", NO_POLICY, "fail newly_failing"},
    {"none taken away", KNOWN, DENY, NULL, NULL, "folders/20", NO_POLICY, "fail unchanged"},
    {"below a root", KNOWN, NULL, NULL, ALLOW, "organizations/1", DENY, NULL},
    {"a key under a new denial", KEYED, NULL, NULL, NULL, "folders/20", DENY, "pass unchanged"},
    {"a key under a denial lifted", KEYED, DENY, NULL, NULL, "organizations/1", ALLOW, NULL},
    {"a doubt where there is none", KNOWN, NULL, NULL, NULL, "folders/20", PERHAPS,
     "unknown newly_unknown"},
    {"a doubt where it fails", KNOWN, NULL, DENY, NULL, "folders/20", PERHAPS,
     "unknown newly_unknown"},
    {"a doubt where there is one", KNOWN, PERHAPS, NULL, NULL, "organizations/1", PERHAPS,
     "unknown unchanged"},
    {"a failure where it is in doubt", KNOWN, PERHAPS, NULL, NULL, "organizations/1", DENY,
     "fail newly_failing"},
    {"no doubt any more", KNOWN, PERHAPS, NULL, NULL, "organizations/1", ALLOW,
     "pass no_longer_unknown"},
    {"in the place of what is unreadable", KNOWN, NULL, BROKEN, NULL, "folders/20", ALLOW,
     "pass no_longer_unknown"},
    {"above what is unreadable", KNOWN, NULL, BROKEN, NULL, "organizations/1", ALLOW,
     "unknown unchanged"},
    {"what was read unreadable", KNOWN, NULL, ALLOW, NULL, "folders/20", BROKEN,
     "unknown newly_unknown"},
    {"where policies could not be read", DENIED_PROJECT, NULL, NULL, NULL, "projects/300", DENY,
     "fail newly_failing"},
    {"above where they could not be read", DENIED_PROJECT, NULL, NULL, NULL, "organizations/1",
     DENY, "unknown unchanged"},
    {"a root where nothing is known of policies", NO_POLICIES, NULL, NULL, NULL, "projects/300",
     DENY, "fail newly_failing"},
    {"above where nothing is known of policies", NO_POLICIES, NULL, NULL, NULL, "folders/20", DENY,
     "unknown unchanged"},
    {"an inheriting one where nothing is known", NO_POLICIES, NULL, NULL, NULL, "projects/300",
     INHERIT, "unknown unchanged"},
    {"among policies of the older form", ONLY_V1, NULL, NULL, NULL, "folders/20", ALLOW,
     "pass no_longer_failing"},
    {"in the place of one of the older form", ONLY_V1, NULL, NULL, NULL, "organizations/1", ALLOW,
     "pass no_longer_failing"},
};

static struct cmek_arena arena;

static struct cmek_policy_spec spec_of(const char *text)
{
    const char *policy = cmek_arena_printf(&arena, "{\"spec\": %s}", text);
    struct cmek_json *json = NULL;
    ck_assert_int_eq(cmek_json_parse(policy, strlen(policy), &json, NULL), CMEK_OK);
    struct cmek_policy decoded = {0};
    cmek_policy_decode(json, &arena, &decoded);
    cmek_json_free(json);
    return decoded.live;
}

static void add_spec(struct cmek_inventory *inventory, const char *node, const char *spec)
{
    if (spec)
        fixture_add_policy(inventory, node, CMEK_CONSTRAINT_SERVICE,
                           cmek_arena_printf(&arena, "\"spec\": %s", spec));
}

static void add_world(struct cmek_inventory *inventory, enum world world)
{
    fixture_add_project(inventory, "proj", "300",
                        "\"projects/300\", \"folders/20\", \"organizations/1\"");
    fixture_add_project(inventory, "other", "301",
                        "\"projects/301\", \"folders/21\", \"organizations/1\"");
    fixture_addf(inventory,
                 "{\"name\": \"//storage.googleapis.com/b\", \"asset_type\":"
                 " \"storage.googleapis.com/Bucket\", \"ancestors\": [\"projects/300\","
                 " \"folders/20\", \"organizations/1\"], \"resource\": {\"data\": {%s}}}",
                 world == KEYED ? "\"encryption\": {\"defaultKmsKeyName\":"
                                  " \"projects/k/locations/us/keyRings/r/cryptoKeys/k\"}"
                                : "");
    if (world == ONLY_V1)
        fixture_add_line(inventory,
                         "{\"name\": \"//cloudresourcemanager.googleapis.com/organizations/1\","
                         " \"asset_type\": \"cloudresourcemanager.googleapis.com/Organization\","
                         " \"org_policy\": [{\"constraint\":"
                         " \"constraints/gcp.restrictNonCmekServices\", \"list_policy\":"
                         " {\"denied_values\": [\"storage.googleapis.com\"]}}]}");
    else if (world != NO_POLICIES)
        fixture_add_line(inventory,
                         "{\"name\": \"//orgpolicy.googleapis.com/organizations/1/policies/x.y\","
                         " \"asset_type\": \"orgpolicy.googleapis.com/Policy\", \"resource\":"
                         " {\"data\": {\"name\": \"organizations/1/policies/x.y\"}}}");
}

/* The one finding of cmek-required, as text. */
static bool take(void *payload, const struct cmek_verdict *verdict)
{
    const char **found = payload;
    if (strcmp(verdict->rule->id, "cmek-required") != 0)
        return true;
    ck_assert_ptr_null(*found);
    ck_assert_int_eq(verdict->enforcement, CMEK_SIMULATED);
    *found = cmek_arena_printf(&arena, "%s %s", cmek_status_name(verdict->status),
                               cmek_change_name(verdict->change));
    return true;
}

static const char *judge(const struct cmek_inventory *inventory)
{
    struct cmek_rule_set *rules = cmek_rules_built_in();
    struct cmek_evaluation_options options = {
        .inventory = inventory,
        .catalogue = fixture_catalogue(),
        .rules = rules,
        .simulates = true,
    };
    struct cmek_evaluation *evaluation = cmek_evaluation_new(&options);
    const char *found = NULL;
    cmek_evaluation_run(evaluation, take, &found);
    cmek_evaluation_free(evaluation);
    cmek_rules_free(rules);
    return found;
}

static void simulate(struct cmek_inventory *inventory, const char *ref, const char *text)
{
    struct cmek_node *node = cmek_inventory_find_node(inventory, ref);
    ck_assert_msg(node != NULL, "%s is not found", ref);
    struct cmek_policy_spec spec = {0};
    if (text[0] != '\0')
        spec = spec_of(text);
    cmek_inventory_simulate(inventory, node, CMEK_CONSTRAINT_SERVICE, &spec);
}

START_TEST(a_simulated_policy_gives)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    add_world(inventory, rows[_i].world);
    add_spec(inventory, "organizations/1", rows[_i].at_organization);
    add_spec(inventory, "folders/20", rows[_i].at_folder);
    add_spec(inventory, "projects/300", rows[_i].at_project);
    cmek_inventory_finish(inventory);
    struct cmek_node *project = cmek_inventory_find_node(inventory, "projects/300");
    if (rows[_i].world == DENIED_PROJECT)
        cmek_inventory_extras(inventory, project)->policies_unreadable = "permission-denied";
    simulate(inventory, rows[_i].node, rows[_i].spec);
    const char *found = judge(inventory), *want = rows[_i].want;
    ck_assert_msg(cmek_str_eq(found, want), "%s: %s, expected %s", rows[_i].label,
                  found ? found : "no finding", want ? want : "none");
    cmek_inventory_free(inventory);
    cmek_arena_done(&arena);
}
END_TEST

/* A project named by id here and by number there, and no Project asset that maps either: what is
 * simulated at one may be the other's. */
START_TEST(a_policy_simulated_at_a_project_of_one_name_may_be_anothers)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    fixture_add_line(inventory,
                     "{\"name\": \"//storage.googleapis.com/b\", \"asset_type\":"
                     " \"storage.googleapis.com/Bucket\", \"ancestors\": [\"projects/300\","
                     " \"organizations/1\"], \"resource\": {\"data\": {}}}");
    fixture_add_line(inventory, "{\"name\": \"//pubsub.googleapis.com/projects/proj/topics/t\","
                                " \"asset_type\": \"pubsub.googleapis.com/Topic\", \"resource\":"
                                " {\"data\": {}}}");
    add_spec(inventory, "organizations/2", ALLOW);
    cmek_inventory_finish(inventory);
    simulate(inventory, "projects/proj", DENY);
    const struct cmek_node *other = cmek_inventory_find_node(inventory, "projects/300");
    ck_assert(cmek_node_may_be_simulated(inventory, other, CMEK_CONSTRAINT_SERVICE));
    ck_assert(!cmek_node_may_be_simulated(inventory, other, CMEK_CONSTRAINT_KEY_PROJECT));
    const struct cmek_chain *chain = fixture_resource(inventory, "b")->chain;
    ck_assert_ptr_nonnull(cmek_effective_build(inventory, chain, CMEK_CONSTRAINT_SERVICE,
                                               CMEK_POLICY_SIMULATED, &arena)
                              ->unreadable);
    ck_assert_ptr_null(
        cmek_effective_build(inventory, chain, CMEK_CONSTRAINT_SERVICE, CMEK_POLICY_LIVE, &arena)
            ->unreadable);
    cmek_inventory_free(inventory);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(live_verdicts_stay_what_they_are)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    add_world(inventory, KNOWN);
    add_spec(inventory, "folders/20", DENY);
    cmek_inventory_finish(inventory);
    simulate(inventory, "folders/20", ALLOW);
    simulate(inventory, "projects/300", ALLOW);
    const struct cmek_effective *live =
        cmek_effective_build(inventory, fixture_resource(inventory, "b")->chain,
                             CMEK_CONSTRAINT_SERVICE, CMEK_POLICY_LIVE, &arena);
    ck_assert_uint_eq(live->rule_count, 1);
    ck_assert_str_eq(live->rules[0].node->ref, "folders/20");
    ck_assert_uint_eq(live->rules[0].rule->denied.count, 1);
    cmek_inventory_free(inventory);
    cmek_arena_done(&arena);
}
END_TEST

START_TEST(only_a_dry_run_that_is_set_is_promoted)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    add_world(inventory, KNOWN);
    add_spec(inventory, "organizations/1", DENY);
    fixture_add_policy(inventory, "folders/20", CMEK_CONSTRAINT_SERVICE, "\"dryRunSpec\": " ALLOW);
    cmek_inventory_finish(inventory);
    struct cmek_node *folder = cmek_inventory_find_node(inventory, "folders/20");
    struct cmek_node *organization = cmek_inventory_find_node(inventory, "organizations/1");
    ck_assert(!cmek_inventory_simulate_dry_run(inventory, organization, CMEK_CONSTRAINT_SERVICE));
    ck_assert(!cmek_inventory_simulate_dry_run(inventory, folder, CMEK_CONSTRAINT_KEY_PROJECT));
    ck_assert_str_eq(judge(inventory), "fail unchanged");
    ck_assert(cmek_inventory_simulate_dry_run(inventory, folder, CMEK_CONSTRAINT_SERVICE));
    ck_assert_str_eq(judge(inventory), "pass no_longer_failing");
    cmek_inventory_free(inventory);
    cmek_arena_done(&arena);
}
END_TEST

static const struct {
    const char *label, *ref, *want;
} nodes[] = {
    {"an organization", "organizations/1", "organizations/1"},
    {"a folder that only ancestors name", "folders/21", "folders/21"},
    {"a project by number", "projects/300", "projects/proj"},
    {"a project by id", "projects/proj", "projects/proj"},
    {"an unknown folder", "folders/22", NULL},
    {"an unknown project", "projects/302", NULL},
    {"no reference", "folder/20", NULL},
    {"a bare number", "20", NULL},
    {"nothing", "", NULL},
    {"too much", "folders/20/policies/x", NULL},
};

START_TEST(nodes_are_found_by)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    add_world(inventory, KNOWN);
    cmek_inventory_finish(inventory);
    const struct cmek_node *node = cmek_inventory_find_node(inventory, nodes[_i].ref);
    const struct cmek_node *want =
        nodes[_i].want ? cmek_inventory_find_node(inventory, nodes[_i].want) : NULL;
    ck_assert_msg(node == want && !node == !nodes[_i].want, "%s", nodes[_i].label);
    cmek_inventory_free(inventory);
}
END_TEST

START_TEST(rules_without_a_policy_take_no_part)
{
    struct cmek_rule_set *rules = cmek_rules_built_in();
    cmek_rules_keep(rules, cmek_rule_is_simulated);
    ck_assert_ptr_nonnull(cmek_rules_find(rules, "cmek-required"));
    ck_assert_ptr_nonnull(cmek_rules_find(rules, "gcr-topic-creatable"));
    ck_assert_ptr_nonnull(cmek_rules_find(rules, "key-project-allowed"));
    ck_assert_ptr_null(cmek_rules_find(rules, "key-usable"));
    ck_assert_ptr_null(cmek_rules_find(rules, "gcr-bucket-leftover"));
    cmek_rules_free(rules);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rules/simulate");
    TCase *tests = tcase_create("simulate");
    tcase_add_loop_test(tests, a_simulated_policy_gives, 0, COUNT(rows));
    tcase_add_test(tests, a_policy_simulated_at_a_project_of_one_name_may_be_anothers);
    tcase_add_test(tests, live_verdicts_stay_what_they_are);
    tcase_add_test(tests, only_a_dry_run_that_is_set_is_promoted);
    tcase_add_loop_test(tests, nodes_are_found_by, 0, COUNT(nodes));
    tcase_add_test(tests, rules_without_a_policy_take_no_part);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
