/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of Google's own documentation: what is set where, and what holds for a value.
 * H: cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy,
 * V: inheritFromParent in cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset,
 * C: cloud.google.com/kms/docs/cmek-org-policy. */
#include <string.h>

#include "base/arena.h"
#include "inventory_fixture.h"
#include "policy/list.h"
#include "policy/values.h"
#include "suite.h"

#define SERVICE CMEK_CONSTRAINT_SERVICE
#define KEYS    CMEK_CONSTRAINT_KEY_PROJECT

#define ALLOW(values)   "{\"values\": {\"allowedValues\": [" values "]}}"
#define DENY(values)    "{\"values\": {\"deniedValues\": [" values "]}}"
#define SPEC(rules)     "\"spec\": {\"rules\": [" rules "]}"
#define INHERIT(rules)  "\"spec\": {\"inheritFromParent\": true, \"rules\": [" rules "]}"
#define RESET           "\"spec\": {\"reset\": true}"
#define RED_AND_GREEN   ALLOW("\"red\", \"green\"")
#define E1_AND_E2       ALLOW("\"E1\", \"E2\"")
#define E3_AND_E4       ALLOW("\"E3\", \"E4\"")
#define EVERY_SUPPORTED "\"storage\", \"pubsub\", \"artifactregistry\""

struct setting {
    const char *node, *specs;
};

static const struct vector {
    const char *source;
    enum cmek_constraint constraint;
    struct setting settings[2];
    const char *at;   /* the project that is asked about */
    const char *want; /* values, each with + for allowed or - for denied */
    bool default_deny;
} vectors[] = {
    {.source = "H1: a child that inherits adds its values",
     .settings = {{"organizations/1", SPEC(RED_AND_GREEN)},
                  {"projects/4", INHERIT(ALLOW("\"blue\""))}},
     .at = "4",
     .want = "red+ green+ blue+ yellow-"},
    {.source = "H2: a child that inherits takes a value away",
     .settings = {{"organizations/1", SPEC(RED_AND_GREEN)},
                  {"projects/4", INHERIT(DENY("\"green\""))}},
     .at = "4",
     .want = "red+ green- blue- yellow-"},
    {.source = "H3: a child that does not inherit stands alone",
     .settings = {{"organizations/1", SPEC(RED_AND_GREEN)},
                  {"projects/4", SPEC(ALLOW("\"yellow\""))}},
     .at = "4",
     .want = "red- green- blue- yellow+"},
    {.source = "H4: a reset is the default again",
     .settings = {{"organizations/1", SPEC(RED_AND_GREEN)}, {"projects/4", RESET}},
     .at = "4",
     .want = "red+ green+ blue+ yellow+"},
    {.source = "H5: denials add up",
     .constraint = KEYS,
     .settings = {{"folders/2", SPEC(DENY("\"projects/123\""))},
                  {"projects/4", INHERIT(DENY("\"projects/456\""))}},
     .at = "4",
     .want = "123- 456- 4+ 5+"},
    {.source = "H6: a denial wins over an allowance below it",
     .constraint = KEYS,
     .settings = {{"folders/2", SPEC(DENY("\"projects/123\""))},
                  {"projects/4", INHERIT(ALLOW("\"projects/123\""))}},
     .at = "4",
     .want = "123- 456-"},
    {.source = "H7: the default is not merged",
     .settings = {{"projects/4", SPEC(ALLOW("\"account\""))}},
     .at = "4",
     .want = "account+ other-",
     .default_deny = true},
    {.source = "H7: … where the child inherits no more than where it does not",
     .settings = {{"projects/4", INHERIT(ALLOW("\"account\""))}},
     .at = "4",
     .want = "account+ other-",
     .default_deny = true},
    {.source = "H7: beside the child the default holds",
     .settings = {{"projects/4", SPEC(ALLOW("\"account\""))}},
     .at = "5",
     .want = "account- other-",
     .default_deny = true},
    {.source = "H8: an explicit denyAll is merged and wins",
     .settings = {{"organizations/1", SPEC("{\"denyAll\": true}")},
                  {"projects/4", INHERIT(ALLOW("\"account\""))}},
     .at = "4",
     .want = "account- other-"},
    {.source = "V1: not inheriting",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)}, {"projects/4", SPEC(E3_AND_E4)}},
     .at = "4",
     .want = "E1- E2- E3+ E4+ E5-"},
    {.source = "V2: inheriting",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)}, {"projects/4", INHERIT(E3_AND_E4)}},
     .at = "4",
     .want = "E1+ E2+ E3+ E4+ E5-"},
    {.source = "V3: a denial beside an inherited allow list",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)}, {"projects/4", INHERIT(DENY("\"E1\""))}},
     .at = "4",
     .want = "E1- E2+ E3-"},
    {.source = "V3 without inheriting: all but the denied",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)}, {"projects/4", SPEC(DENY("\"E1\""))}},
     .at = "4",
     .want = "E1- E2+ E3+"},
    {.source = "V4: reset where the default allows",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)}, {"projects/4", RESET}},
     .at = "4",
     .want = "E1+ E3+"},
    {.source = "V4: reset where the default denies",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)}, {"projects/4", RESET}},
     .at = "4",
     .want = "E1- E3-",
     .default_deny = true},
    {.source = "V5: no policy where the default allows", .at = "4", .want = "E1+ E3+"},
    {.source = "V5: no policy where the default denies",
     .at = "4",
     .want = "E1- E3-",
     .default_deny = true},
    {.source = "V6: allowAll below a list",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)},
                  {"projects/4", SPEC("{\"allowAll\": true}")}},
     .at = "4",
     .want = "E1+ E2+ E3+"},
    {.source = "V7: denyAll below a list",
     .settings = {{"organizations/1", SPEC(E1_AND_E2)},
                  {"projects/4", SPEC("{\"denyAll\": true}")}},
     .at = "4",
     .want = "E1- E2- E3-"},
    {.source = "V10: a folder denied below an allowed organization",
     .constraint = KEYS,
     .settings = {{"organizations/1", SPEC(ALLOW("\"under:organizations/1\""))},
                  {"projects/4", "\"spec\": {\"inheritFromParent\": true, \"rules\": ["
                                 "{\"values\": {\"allowedValues\": [\"under:projects/5\"],"
                                 " \"deniedValues\": [\"under:folders/3\"]}}]}"}},
     .at = "4",
     .want = "4+ 5- 6- 7-"},
    {.source = "C1: storage denied at a project",
     .settings = {{"projects/5", SPEC(DENY("\"is:storage\""))}},
     .at = "5",
     .want = "storage- pubsub+"},
    {.source = "C1: … and not at the other",
     .settings = {{"projects/5", SPEC(DENY("\"is:storage\""))}},
     .at = "4",
     .want = "storage+ pubsub+"},
    {.source = "C2: keys of one project allowed",
     .constraint = KEYS,
     .settings = {{"projects/5", SPEC(ALLOW("\"projects/4\""))}},
     .at = "5",
     .want = "4+ 5- four+ five-"},
    {.source = "C3: services denied at a folder",
     .settings = {{"folders/3", SPEC(DENY("\"sqladmin\", \"storage\""))}},
     .at = "5",
     .want = "sqladmin- storage- pubsub+"},
    {.source = "C3: keys from under another folder",
     .constraint = KEYS,
     .settings = {{"folders/3", SPEC(ALLOW("\"under:folders/2\""))}},
     .at = "5",
     .want = "4+ 5- 6- 7-"},
    {.source = "C4: all services denied at the organization, folder 2",
     .settings = {{"organizations/1", SPEC(DENY(EVERY_SUPPORTED))}},
     .at = "4",
     .want = "storage- pubsub- artifactregistry- unsupported+"},
    {.source = "C4: all services denied at the organization, folder 3",
     .settings = {{"organizations/1", SPEC(DENY(EVERY_SUPPORTED))}},
     .at = "5",
     .want = "storage- pubsub- artifactregistry- unsupported+"},
};

/* Organization 1 over folder 2 with project 4 and folder 3 with projects 5 and 6; project 7 in
 * another organization. */
static struct cmek_inventory *documented_hierarchy(const struct vector *vector)
{
    struct cmek_inventory *inventory = cmek_inventory_new();
    static const struct {
        const char *id, *number, *ancestors;
    } projects[] = {
        {"four", "4", "\"projects/4\", \"folders/2\", \"organizations/1\""},
        {"five", "5", "\"projects/5\", \"folders/3\", \"organizations/1\""},
        {"six", "6", "\"projects/6\", \"folders/3\", \"organizations/1\""},
        {"seven", "7", "\"projects/7\", \"organizations/2\""},
    };
    for (size_t i = 0; i < sizeof projects / sizeof *projects; i++)
        fixture_add_project(inventory, projects[i].id, projects[i].number, projects[i].ancestors);
    fixture_addf(inventory,
                 "{\"name\": \"//orgpolicy.googleapis.com/organizations/1/%s\","
                 " \"asset_type\": \"orgpolicy.googleapis.com/Constraint\", \"resource\":"
                 " {\"data\": {\"name\": \"organizations/1/%s\", \"constraintDefault\": \"%s\"}}}",
                 cmek_constraint_name(vector->constraint), cmek_constraint_name(vector->constraint),
                 vector->default_deny ? "DENY" : "ALLOW");
    /* Of another constraint: it makes policies known, no more. */
    fixture_add_line(inventory, "{\"name\": \"//orgpolicy.googleapis.com/folders/9/policies/x.y\","
                                " \"asset_type\": \"orgpolicy.googleapis.com/Policy\","
                                " \"resource\": {\"data\": {}}}");
    for (size_t i = 0; i < sizeof vector->settings / sizeof *vector->settings; i++)
        if (vector->settings[i].node)
            fixture_add_policy(inventory, vector->settings[i].node, vector->constraint,
                               vector->settings[i].specs);
    cmek_inventory_finish(inventory);
    return inventory;
}

struct question {
    const struct cmek_inventory *inventory;
    const char *value;
};

static enum cmek_tristate names_service(void *payload, const char *entry)
{
    const struct question *question = payload;
    return cmek_value_is_service(entry, question->value) ? CMEK_YES : CMEK_NO;
}

static enum cmek_tristate covers_project(void *payload, const char *entry)
{
    const struct question *question = payload;
    return cmek_value_covers_project(question->inventory, entry, question->value);
}

START_TEST(documented_examples_hold)
{
    const struct vector *vector = &vectors[_i];
    struct cmek_inventory *inventory = documented_hierarchy(vector);
    struct cmek_arena arena = {0};
    const struct cmek_effective *effective =
        cmek_effective_build(inventory, cmek_inventory_project(inventory, vector->at)->chain,
                             vector->constraint, CMEK_POLICY_LIVE, &arena);
    for (const char *at = vector->want; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, "+-");
        bool allowed = at[length] == '+';
        struct question question = {inventory, cmek_arena_strndup(&arena, at, length)};
        unsigned answer =
            cmek_list_ask(effective, vector->constraint == KEYS ? covers_project : names_service,
                          &question);
        unsigned possible = allowed ? CMEK_ALLOWED : CMEK_DENIED;
        ck_assert_msg(answer != 0 && (answer & ~possible) == 0, "%s: %s should be %s (answer %#x)",
                      vector->source, question.value, allowed ? "allowed" : "denied", answer);
        at += length + 1;
    }
    cmek_arena_done(&arena);
    cmek_inventory_free(inventory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy/vectors");
    TCase *tests = tcase_create("vectors");
    tcase_add_loop_test(tests, documented_examples_hold, 0, COUNT(vectors));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
