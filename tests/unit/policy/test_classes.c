/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/classes.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "suite.h"

#define DENY           "{\"values\": {\"deniedValues\": [\"storage.googleapis.com\"]}}"
#define DENY_IF(test)  "{\"denyAll\": true, \"condition\": {\"expression\": \"" test "\"}}"
#define SPEC(rules)    "\"spec\": {\"rules\": [" rules "]}"
#define INHERIT(rules) "\"spec\": {\"inheritFromParent\": true, \"rules\": [" rules "]}"
#define DRY_RUN(rules) "\"dryRunSpec\": {\"rules\": [" rules "]}"
#define IF_PROD        "resource.matchTag('1/env', 'prod')"
#define IF_PROD_BY_ID  "resource.matchTagId('tagKeys/7', 'tagValues/71')"
#define IF_TEAM        "resource.hasTagKey('1/team')"
#define PROD           "tagValues/71"
#define DEV            "tagValues/72"
#define COST           "tagValues/81" /* of a key that no condition asks about */
#define UNKNOWN_VALUE  "tagValues/99"

/* Organization 1 holds folder 2 with projects a and b, folder 3 with projects c and d, and project
 * e; of project x no ancestor is known. */
static void add_nodes(struct cmek_inventory *inventory)
{
    static const char *const projects[][3] = {
        {"a", "10", "\"projects/10\", \"folders/2\", \"organizations/1\""},
        {"b", "11", "\"projects/11\", \"folders/2\", \"organizations/1\""},
        {"c", "12", "\"projects/12\", \"folders/3\", \"organizations/1\""},
        {"d", "13", "\"projects/13\", \"folders/3\", \"organizations/1\""},
        {"e", "14", "\"projects/14\", \"organizations/1\""},
        {"x", "15", NULL},
    };
    for (size_t i = 0; i < sizeof projects / sizeof *projects; i++)
        fixture_add_project(inventory, projects[i][0], projects[i][1], projects[i][2]);
    fixture_add_tag_key(inventory, "tagKeys/7", "organizations/1", "1/env");
    fixture_add_tag_value(inventory, PROD, "tagKeys/7", "prod", "1/env/prod");
    fixture_add_tag_value(inventory, DEV, "tagKeys/7", "dev", "1/env/dev");
    fixture_add_tag_key(inventory, "tagKeys/8", "organizations/1", "1/cost");
    fixture_add_tag_value(inventory, COST, "tagKeys/8", "4711", "1/cost/4711");
    /* Of another constraint: it makes policies known, no more. */
    fixture_add_line(inventory, "{\"name\": \"//orgpolicy.googleapis.com/folders/9/policies/x.y\","
                                " \"asset_type\": \"orgpolicy.googleapis.com/Policy\","
                                " \"resource\": {\"data\": {}}}");
}

static void add_gap(struct cmek_inventory *inventory, const char *scope, const char *operation)
{
    cmek_inventory_add_gap(inventory,
                           &(struct cmek_gap_data){scope, operation, "permission-denied", "no"});
}

#define POLICIES_LIST "orgpolicy.policies.list"
#define TAGS_LIST     "cloudresourcemanager.effectiveTags.list"

static const struct {
    const char *label;
    const char *policies[3][2]; /* node, specs: of the service constraint */
    const char *bindings[4][2]; /* node, value */
    const char *gap[2];         /* scope, operation */
    const char *want;           /* the projects by class */
} rows[] = {
    {.label = "no policy", .want = "abcde x"},
    {.label = "at the organization",
     .policies = {{"organizations/1", SPEC(DENY)}},
     .want = "abcde x"},
    {.label = "at a folder", .policies = {{"folders/2", SPEC(DENY)}}, .want = "ab cde x"},
    {.label = "at a project", .policies = {{"projects/12", SPEC(DENY)}}, .want = "abde c x"},
    {.label = "at both folders, the same",
     .policies = {{"folders/2", SPEC(DENY)}, {"folders/3", SPEC(DENY)}},
     .want = "ab cd e x"},
    {.label = "a dry run is nothing to what is enforced",
     .policies = {{"folders/2", DRY_RUN(DENY)}},
     .want = "abcde x"},
    {.label = "policies that cannot be read",
     .gap = {"folders/3", POLICIES_LIST},
     .want = "abe cd x"},
    {.label = "a condition, and no tag bound",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .want = "abcde x"},
    {.label = "a condition, and tags of two values",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"projects/10", PROD}, {"projects/11", DEV}, {"projects/13", PROD}},
     .want = "ad b ce x"},
    {.label = "the same by ids",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD_BY_ID))}},
     .bindings = {{"projects/10", PROD}, {"projects/11", DEV}, {"projects/13", PROD}},
     .want = "ad b ce x"},
    {.label = "a tag inherited is as good as one's own",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"folders/3", PROD}, {"projects/14", PROD}},
     .want = "ab cde x"},
    {.label = "tags that no condition asks about",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"projects/10", COST}, {"folders/3", COST}},
     .want = "abcde x"},
    {.label = "… beside one that is asked about",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"projects/10", COST}, {"projects/10", PROD}, {"projects/12", PROD}},
     .want = "ac bde x"},
    {.label = "a value of which no key is known may be of any",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"projects/10", UNKNOWN_VALUE}},
     .want = "a bcde x"},
    {.label = "tags without conditions",
     .policies = {{"organizations/1", SPEC(DENY)}},
     .bindings = {{"projects/10", PROD}},
     .want = "abcde x"},
    {.label = "conditions that a root hides",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}, {"folders/2", SPEC(DENY)}},
     .bindings = {{"projects/10", PROD}, {"projects/12", PROD}},
     .want = "ab c de x"},
    {.label = "conditions that a policy inherits",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}, {"folders/2", INHERIT(DENY)}},
     .bindings = {{"projects/10", PROD}, {"projects/12", PROD}},
     .want = "a b c de x"},
    {.label = "conditions beyond policies that cannot be read",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"projects/10", PROD}, {"projects/12", PROD}},
     .gap = {"folders/2", POLICIES_LIST},
     .want = "ab c de x"},
    {.label = "tags that cannot be read",
     .policies = {{"organizations/1", SPEC(DENY_IF(IF_PROD))}},
     .bindings = {{"projects/10", PROD}},
     .gap = {"folders/3", TAGS_LIST},
     .want = "a be cd x"},
};

static struct cmek_inventory *inventory_of_row(int i)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    add_nodes(inventory);
    for (size_t k = 0; k < COUNT(rows[i].policies) && rows[i].policies[k][0]; k++)
        fixture_add_policy(inventory, rows[i].policies[k][0], CMEK_CONSTRAINT_SERVICE,
                           rows[i].policies[k][1]);
    for (size_t k = 0; k < COUNT(rows[i].bindings) && rows[i].bindings[k][0]; k++)
        fixture_bind(inventory, rows[i].bindings[k][0], rows[i].bindings[k][1]);
    if (rows[i].gap[0])
        add_gap(inventory, rows[i].gap[0], rows[i].gap[1]);
    cmek_inventory_finish(inventory);
    return inventory;
}

START_TEST(projects_fall_into_classes)
{
    struct cmek_inventory *inventory = inventory_of_row(_i);
    struct cmek_classes *classes = cmek_classes_new(inventory);
    struct cmek_strbuf got[8] = {0}, all = {0};
    for (const char *id = "abcdex"; *id; id++) {
        const struct cmek_node *node = cmek_inventory_project(inventory, (char[]){*id, '\0'});
        const struct cmek_effective *effective =
            cmek_classes_effective(classes, node->chain, CMEK_CONSTRAINT_SERVICE, CMEK_POLICY_LIVE);
        cmek_strbuf_putc(&got[effective->index], *id);
    }
    for (size_t i = 0; i < cmek_classes_count(classes); i++)
        cmek_strbuf_printf(&all, "%s%s", i > 0 ? " " : "", cmek_strbuf_text(&got[i]));
    ck_assert_msg(strcmp(cmek_strbuf_text(&all), rows[_i].want) == 0, "%s: '%s', expected '%s'",
                  rows[_i].label, cmek_strbuf_text(&all), rows[_i].want);
    for (size_t i = 0; i < COUNT(got); i++)
        cmek_strbuf_done(&got[i]);
    cmek_strbuf_done(&all);
    cmek_classes_free(classes);
    cmek_inventory_free(inventory);
}
END_TEST

/* Sharing never shows: random organizations, each chain asked with and without. */

static uint64_t random_state;

static size_t pick(size_t count)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % count;
}

static const char *const some_specs[] = {
    SPEC(DENY),
    INHERIT(DENY),
    INHERIT(""),
    SPEC(""),
    "\"spec\": {\"reset\": true}",
    "\"spec\": {\"rules\": 5}",
    SPEC(DENY_IF(IF_PROD)),
    INHERIT(DENY_IF(IF_PROD) "," DENY),
    INHERIT(DENY_IF(IF_PROD_BY_ID)),
    INHERIT(DENY_IF(IF_PROD " && !" IF_TEAM) "," DENY_IF("junk")),
    DRY_RUN(DENY),
    DRY_RUN(DENY_IF(IF_TEAM)) "," INHERIT(DENY_IF(IF_PROD)),
    DRY_RUN(DENY) ",\"spec\": {\"rules\": [true]}",
    "\"dryRunSpec\": {\"inheritFromParent\": true, \"rules\": [" DENY "]}",
};
static const char *const some_nodes[] = {"organizations/1", "folders/2",   "folders/3",
                                         "projects/10",     "projects/11", "projects/12",
                                         "projects/13",     "projects/14", "projects/15",
                                         "projects/a",      "projects/new"};
static const char *const some_values[] = {PROD,         DEV,        COST, UNKNOWN_VALUE,
                                          "1/env/prod", "1/team/x", "x"};
#define PICK(list) (list)[pick(COUNT(list))]

static struct cmek_inventory *random_inventory(void)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    if (pick(10) > 0)
        add_nodes(inventory);
    for (size_t i = pick(6); i > 0; i--)
        fixture_add_policy(inventory, PICK(some_nodes), (enum cmek_constraint)pick(2),
                           PICK(some_specs));
    for (size_t i = pick(8); i > 0; i--)
        fixture_bind(inventory, PICK(some_nodes), PICK(some_values));
    for (size_t i = pick(4); i > 2; i--)
        add_gap(inventory, PICK(some_nodes), pick(2) ? POLICIES_LIST : TAGS_LIST);
    /* Resources whose ancestors contradict those of their projects. */
    for (size_t i = pick(3); i > 0; i--)
        fixture_addf(inventory,
                     "{\"name\": \"//storage.googleapis.com/b%zu\", \"asset_type\":"
                     " \"storage.googleapis.com/Bucket\", \"resource\": {\"data\": {}},"
                     " \"ancestors\": [\"%s\", \"%s\"]}",
                     i, PICK(some_nodes), PICK(some_nodes));
    cmek_inventory_finish(inventory);
    return inventory;
}

static void append_effective(const struct cmek_effective *effective, struct cmek_strbuf *text)
{
    cmek_strbuf_printf(text, "%s/%s %d%d", effective->unreadable ? effective->unreadable : "",
                       effective->unreadable_reason ? effective->unreadable_reason : "",
                       effective->has_dry_run, effective->default_deny);
    for (size_t i = 0; i < effective->rule_count; i++)
        cmek_strbuf_printf(text, "\n%s %p %u", effective->rules[i].node->ref,
                           (const void *)effective->rules[i].rule, effective->rules[i].group);
    for (size_t i = 0; i < effective->undecided_count; i++)
        cmek_strbuf_printf(text, "\n%s: %s", effective->undecided[i].condition,
                           effective->undecided[i].reason);
}

static void compare_chain(struct cmek_classes *classes, const struct cmek_inventory *inventory,
                          const struct cmek_chain *chain, int seed)
{
    for (enum cmek_constraint c = 0; c < CMEK_CONSTRAINT_COUNT_; c++)
        for (enum cmek_policy_mode mode = 0; mode < CMEK_POLICY_MODE_COUNT_; mode++) {
            struct cmek_arena arena = {0};
            struct cmek_strbuf alone = {0}, shared = {0};
            append_effective(cmek_effective_build(inventory, chain, c, mode, &arena), &alone);
            append_effective(cmek_classes_effective(classes, chain, c, mode), &shared);
            ck_assert_msg(strcmp(cmek_strbuf_text(&alone), cmek_strbuf_text(&shared)) == 0,
                          "seed %d, constraint %d, mode %d, below %s:\n%s\nshared:\n%s", seed,
                          (int)c, (int)mode, chain->count > 0 ? chain->nodes[0]->ref : "nothing",
                          cmek_strbuf_text(&alone), cmek_strbuf_text(&shared));
            cmek_strbuf_done(&alone);
            cmek_strbuf_done(&shared);
            cmek_arena_done(&arena);
        }
}

#define SEEDS         40
#define ORGANIZATIONS 25 /* for each seed */

START_TEST(sharing_never_shows)
{
    size_t asked = 0, built = 0;
    random_state = (uint64_t)_i;
    for (int i = 0; i < ORGANIZATIONS; i++) {
        struct cmek_inventory *inventory = random_inventory();
        struct cmek_classes *classes = cmek_classes_new(inventory);
        const struct cmek_map *nodes = &inventory->nodes;
        for (struct cmek_map_entry *e = cmek_map_first(nodes); e; e = cmek_map_next(e)) {
            const struct cmek_node *node = cmek_map_value(e);
            if (node->chain)
                compare_chain(classes, inventory, node->chain, _i);
        }
        for (size_t r = 0; r < inventory->resource_list.count; r++)
            compare_chain(classes, inventory, inventory->resource_list.items[r]->chain, _i);
        asked += inventory->chain_count * CMEK_CONSTRAINT_COUNT_ * CMEK_POLICY_MODE_COUNT_;
        built += cmek_classes_count(classes);
        cmek_classes_free(classes);
        cmek_inventory_free(inventory);
    }
    ck_assert_uint_lt(built, asked / 2); /* or there was nothing to be seen */
}
END_TEST

START_TEST(a_class_is_built_once_however_many_projects_it_has)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    add_nodes(inventory);
    fixture_add_policy(inventory, "organizations/1", CMEK_CONSTRAINT_SERVICE,
                       SPEC(DENY_IF(IF_PROD)));
    for (int i = 0; i < 300; i++) {
        char id[32], number[32], ancestors[128], node[64];
        snprintf(id, sizeof id, "many-%d", i);
        snprintf(number, sizeof number, "%d", 1000 + i);
        snprintf(node, sizeof node, "projects/%s", number);
        snprintf(ancestors, sizeof ancestors, "\"%s\", \"folders/3\", \"organizations/1\"", node);
        fixture_add_project(inventory, id, number, ancestors);
        if (i % 3 == 0)
            fixture_bind(inventory, node, PROD);
    }
    cmek_inventory_finish(inventory);
    struct cmek_classes *classes = cmek_classes_new(inventory);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < inventory->project_list.count; i++)
            cmek_classes_effective(classes, inventory->project_list.items[i]->chain,
                                   CMEK_CONSTRAINT_SERVICE, CMEK_POLICY_LIVE);
    ck_assert_uint_eq(cmek_classes_count(classes), 3); /* with the tag, without, project x */
    cmek_classes_free(classes);
    cmek_inventory_free(inventory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/classes");
    TCase *tests = tcase_create("classes");
    tcase_add_loop_test(tests, projects_fall_into_classes, 0, COUNT(rows));
    tcase_add_loop_test(tests, sharing_never_shows, 0, SEEDS);
    tcase_add_test(tests, a_class_is_built_once_however_many_projects_it_has);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
