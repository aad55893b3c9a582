/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/policy_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "model/catalogue.h"
#include "suite.h"

static struct cmek_arena arena;
static struct cmek_error err;
static struct cmek_file_policies policies;
static struct cmek_catalogue *catalogue;

static enum cmek_status read_bytes(const char *bytes, size_t length)
{
    char path[] = "/tmp/cmek-policy-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
    if (!catalogue) {
        catalogue = cmek_catalogue_new();
        cmek_catalogue_add_service(catalogue, "storage.googleapis.com");
        cmek_catalogue_add_service(catalogue, "run.googleapis.com");
    }
    enum cmek_status status = cmek_policy_file_read(path, catalogue, &arena, &policies, &err);
    unlink(path);
    return status;
}

static void clear(void)
{
    CMEK_VEC_DONE(&policies);
    cmek_arena_done(&arena);
    cmek_catalogue_free(catalogue);
    catalogue = NULL;
}

#define SERVICE "folders/2/policies/gcp.restrictNonCmekServices"
#define NAME    "name: " SERVICE "\n"
#define KEYS    "name: folders/2/policies/gcp.restrictCmekCryptoKeyProjects\n"
#define V1      "constraint: gcp.restrictNonCmekServices\n"

static const struct {
    const char *label, *text, *want; /* in the message */
} refused[] = {
    {"an empty file", "", ": nothing in it"},
    {"blanks", "  \n\n", ": nothing in it"},
    {"a comment", "# none\n", ": nothing in it"},
    {"text", "policy", ":1:1: text instead of a policy"},
    {"a list of texts", "- a\n", ":1:3: text instead of a policy"},
    {"an empty list", "[]", ":1:1: an empty list"},
    {"an empty mapping", "{}", ":1:1: no policy: it has neither a name"},
    {"neither name nor constraint", "spec: {}\n", ":1:1: no policy"},
    {"broken YAML", NAME "spec: [", "not valid YAML"},
    {"broken JSON", "{\"name\": \"x\",\n \"spec\": }}", ":2:11: not valid YAML"},
    {"two documents", NAME "spec: {}\n---\n" NAME "spec: {}\n", ":3:1: a second document"},
    {"an anchor", NAME "spec: &a {}\n", ":2:7: anchors"},
    {"a key twice", NAME "spec: {}\nspec: {}\n", ":3:1: 'spec' is here a second time"},
    {"a name that is a list", "name: [a]\nspec: {}\n", ":1:1: 'a list' is no name of a policy"},
    {"a name without a node", "name: policies/gcp.restrictNonCmekServices\nspec: {}\n",
     ":1:1: 'policies/gcp.restrictNonCmekServices' is no name of a policy"},
    {"a name of a strange node", "name: shelves/2/policies/gcp.restrictNonCmekServices\nspec: {}\n",
     "is no name of a policy"},
    {"a name without a policy", "name: folders/2\nspec: {}\n", "is no name of a policy"},
    {"another constraint", "name: folders/2/policies/gcp.resourceLocations\nspec: {}\n",
     ":1:1: 'folders/2/policies/gcp.resourceLocations' is of another constraint than "
     "constraints/gcp.restrictNonCmekServices"},
    {"another case", "name: folders/2/policies/gcp.restrictNonCMEKServices\nspec: {}\n",
     "is of another constraint"},
    {"no spec", NAME, ":1:1: a policy without a spec sets nothing"},
    {"an empty spec", NAME "spec:\n", "without a spec"},
    {"only a dry run", NAME "dryRunSpec: {reset: true}\n",
     ":1:1: a policy with only a dryRunSpec enforces nothing"},
    {"a spec that is text", NAME "spec: deny\n", ":2:1: its spec cannot be read"},
    {"a spec that is a list", NAME "spec: []\n", ":2:1: its spec cannot be read"},
    {"rules that are no list", NAME "spec: {rules: {denyAll: true}}\n", "its spec cannot be read"},
    {"a rule that is text", NAME "spec: {rules: [denyAll]}\n", "its spec cannot be read"},
    {"values that are a list", NAME "spec: {rules: [{values: [a]}]}\n", "its spec cannot be read"},
    {"entries that are text", NAME "spec: {rules: [{values: {deniedValues: a}}]}\n",
     "its spec cannot be read"},
    {"an entry that is a mapping", NAME "spec: {rules: [{values: {deniedValues: [{a: b}]}}]}\n",
     "its spec cannot be read"},
    {"a flag in quotes", NAME "spec: {rules: [{denyAll: 'true'}]}\n", "its spec cannot be read"},
    {"a flag of another language", NAME "spec: {rules: [{denyAll: yes}]}\n",
     "its spec cannot be read"},
    {"a condition that is text", NAME "spec: {rules: [{denyAll: true, condition: x}]}\n",
     "its spec cannot be read"},
    {"a broken dry run alone", NAME "dryRunSpec: 7\n", "only a dryRunSpec"},
    {"a mistyped key", NAME "spcc: {}\nspec: {}\n",
     ":2:1: there is no 'spcc' here (did you mean s"},
    {"a mistyped key of a spec", NAME "spec:\n  inheritsFromParent: true\n",
     ":3:3: there is no 'inheritsFromParent' here (did you mean inheritFromParent?)"},
    {"a mistyped key of a rule", NAME "spec:\n  rules:\n  - denyall: true\n",
     ":4:5: there is no 'denyall' here (did you mean denyAll?)"},
    {"a mistyped key of values", NAME "spec:\n  rules:\n  - values: {denied: [a]}\n",
     "there is no 'denied' here"},
    {"a mistyped key of a condition",
     NAME "spec: {rules: [{denyAll: true, condition: {expresion: a}}]}\n",
     "(did you mean expression?)"},
    {"a mistyped key of a dry run", NAME "spec: {reset: true}\ndryRunSpec: {rest: true}\n",
     ":3:14: there is no 'rest' here (did you mean reset?)"},
    {"both shapes", NAME "spec: {reset: true}\nconstraint: x\n", "there is no 'constraint' here"},
    {"the second of a list", "- {name: " SERVICE ", spec: {reset: true}}\n- {name: x, spec: {}}\n",
     ":2:4: 'x' is no name"},
    {"v1: another constraint", "constraint: constraints/compute.x\nlistPolicy: {}\n",
     ":1:1: 'constraints/compute.x' is of another constraint"},
    {"v1: a constraint that is a mapping", "constraint: {}\nlistPolicy: {}\n",
     ":1:1: constraint is a mapping"},
    {"v1: nothing set", V1, ":1:1: a policy with neither listPolicy nor restoreDefault"},
    {"v1: a boolean policy", V1 "booleanPolicy: {enforced: true}\n",
     ":2:1: there is no 'booleanPolicy' here"},
    {"v1: a list policy that is text", V1 "listPolicy: deny\n", "cannot be read"},
    {"v1: entries that are text", V1 "listPolicy: {deniedValues: a}\n", "cannot be read"},
    {"v1: an unknown word for all", V1 "listPolicy: {allValues: Deny}\n",
     ":2:14: allValues is neither ALLOW nor DENY"},
    {"v1: a mistyped key", V1 "listPolicy: {deniedValue: [a]}\n", "(did you mean deniedValues?)"},
    {"v1: a default with something in it", V1 "restoreDefault: {a: b}\n", ":2:18: there is no 'a'"},
    {"a misspelt service",
     NAME "spec:\n  rules:\n  - values:\n      deniedValues:\n      - storag.googleapis.com\n",
     ":6:9: there is no service 'storag.googleapis.com' (did you mean storage.googleapis.com?)"},
    {"a misspelt service with a prefix",
     NAME "spec: {rules: [{values: {denied_values: ['is:Storage.googleapis.com']}}]}\n",
     ":2:42: there is no service 'Storage.googleapis.com' (did you mean storage."},
    {"a service by its short name", NAME "spec: {rules: [{values: {deniedValues: [storage]}}]}\n",
     "there is no service 'storage' (did you mean storage.googleapis.com?)"},
    {"a misspelt end", NAME "spec: {rules: [{values: {deniedValues: [storage.googleapi.com]}}]}\n",
     "(did you mean storage.googleapis.com?)"},
    {"a service like no other, in the second rule",
     NAME "spec: {rules: [{values: {deniedValues: [run.googleapis.com]}}, {values: {deniedValues: "
          "[apples.googleapis.com]}}]}\n",
     "there is no service 'apples.googleapis.com'; `cmekscan services` lists them"},
    {"a subtree for a service",
     NAME "spec: {rules: [{values: {deniedValues: ['under:storage.googleapis.com']}}]}\n",
     "there is no service 'under:storage.googleapis.com'"},
    {"an empty value", NAME "spec: {rules: [{values: {deniedValues: ['']}}]}\n",
     "there is no service ''; "},
    {"a misspelt service in a dry run",
     NAME "spec: {reset: true}\ndryRunSpec: {rules: [{values: {deniedValues: [rum]}}]}\n",
     ":3:47: there is no service 'rum' (did you mean run.googleapis.com?)"},
    {"an allow list of services",
     NAME "spec: {rules: [{values: {allowedValues: [storage.googleapis.com]}}]}\n",
     ":2:26: gcp.restrictNonCmekServices takes no allowedValues, so Google would refuse this; use "
     "deniedValues"},
    {"denied key projects", KEYS "spec: {rules: [{values: {denied_values: [projects/p]}}]}\n",
     ":2:26: gcp.restrictCmekCryptoKeyProjects takes no deniedValues, so Google would refuse this; "
     "use allowedValues"},
    {"v1: a misspelt service", V1 "listPolicy: {deniedValues: [storag]}\n",
     ":2:29: there is no service 'storag'"},
    {"v1: an allow list of services", V1 "list_policy: {allowed_values: [a]}\n",
     ":2:15: gcp.restrictNonCmekServices takes no allowedValues"},
    {"a control character", NAME "spec: {etag: \"\\x1b[31m\", reset: true}\n", "control character"},
    {"no UTF-8", NAME "spec: {etag: \xff}\n", "not valid YAML"},
};

START_TEST(a_wrong_file_is_refused)
{
    ck_assert_msg(read_bytes(refused[_i].text, strlen(refused[_i].text)) == CMEK_E_USAGE, "%s",
                  refused[_i].label);
    ck_assert_int_eq(err.status, CMEK_E_USAGE);
    ck_assert_msg(strstr(err.message, refused[_i].want) != NULL, "%s: %s", refused[_i].label,
                  err.message);
    ck_assert_msg(strstr(err.message, "/tmp/cmek-policy-") != NULL, "%s names no file: %s",
                  refused[_i].label, err.message);
    clear();
}
END_TEST

/* A spec as text: flags, then each rule's. */
static const char *spec_text(const struct cmek_policy_spec *spec)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "%s%s", spec->reset ? "reset " : "",
                       spec->inherit_from_parent ? "inherit " : "");
    for (size_t i = 0; i < spec->rule_count; i++) {
        const struct cmek_policy_rule *rule = &spec->rules[i];
        cmek_strbuf_puts(&text, "[");
        for (size_t k = 0; k < rule->denied.count; k++)
            cmek_strbuf_printf(&text, "-%s ", rule->denied.items[k]);
        for (size_t k = 0; k < rule->allowed.count; k++)
            cmek_strbuf_printf(&text, "+%s ", rule->allowed.items[k]);
        cmek_strbuf_printf(&text, "%s%s", rule->deny_all ? "none " : "",
                           rule->allow_all ? "all " : "");
        if (rule->condition)
            cmek_strbuf_printf(&text, "if %s", rule->condition);
        cmek_strbuf_puts(&text, "]");
    }
    const char *copy = cmek_arena_strdup(&arena, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    return copy;
}

static const struct {
    const char *label, *text;
    size_t count;
    const char *node; /* of the first policy */
    enum cmek_constraint constraint;
    const char *want; /* its spec */
    bool has_dry_run;
} good[] = {
    {"as gcloud describes it",
     NAME "etag: CMj=\nspec:\n  etag: CMj=\n  inheritFromParent: true\n  rules:\n  - condition:\n"
          "      expression: resource.matchTag('1/e', 'p')\n      title: t\n    values:\n"
          "      deniedValues:\n      - is:storage.googleapis.com\n  updateTime: '2026-01-01'\n",
     1, "folders/2", CMEK_CONSTRAINT_SERVICE,
     "inherit [-is:storage.googleapis.com if resource.matchTag('1/e', 'p')]", false},
    {"JSON on one line",
     "{\"name\":\"" SERVICE "\",\"spec\":{\"rules\":[{\"denyAll\":true},{\"allowAll\":false}]}}", 1,
     "folders/2", CMEK_CONSTRAINT_SERVICE, "[none ][]", false},
    {"JSON with tabs, CRLF and escapes",
     "{\r\n\t\"name\": \"folders\\/2\\/policies\\/gcp.restrictNonCmekServices\",\r\n"
     "\t\"spec\": {\"rules\": [{\"values\": {\"deniedValues\": "
     "[\"ru\\u006e.googleapis.com\"]}}]}\r\n}\r\n",
     1, "folders/2", CMEK_CONSTRAINT_SERVICE, "[-run.googleapis.com ]", false},
    {"a list",
     "- " NAME "  spec: {reset: true}\n- {name: projects/p/policies/gcp.restrictCmekCry"
     "ptoKeyProjects, spec: {rules: []}}\n",
     2, "folders/2", CMEK_CONSTRAINT_SERVICE, "reset ", false},
    {"a project by id and the other constraint",
     "name: projects/example.com:p/policies/gcp.restrictCmekCryptoKeyProjects\n"
     "spec: {rules: [{values: {allowedValues: [under:folders/3]}}]}\n",
     1, "projects/example.com:p", CMEK_CONSTRAINT_KEY_PROJECT, "[+under:folders/3 ]", false},
    {"a full resource name", "name: //orgpolicy.googleapis.com/" SERVICE "\nspec: {reset: true}\n",
     1, "folders/2", CMEK_CONSTRAINT_SERVICE, "reset ", false},
    {"a spec that says nothing", NAME "spec: {}\n", 1, "folders/2", CMEK_CONSTRAINT_SERVICE, "",
     false},
    {"a dry run beside it", NAME "spec: {reset: true}\ndryRunSpec: {rules: []}\n", 1, "folders/2",
     CMEK_CONSTRAINT_SERVICE, "reset ", true},
    {"a dry run that is null", NAME "spec: {reset: True}\ndryRunSpec: ~\n", 1, "folders/2",
     CMEK_CONSTRAINT_SERVICE, "reset ", false},
    {"underscores", NAME "spec: {inherit_from_parent: true, rules: [{deny_all: true}]}\n", 1,
     "folders/2", CMEK_CONSTRAINT_SERVICE, "inherit [none ]", false},
    {"a number and a word as entries",
     KEYS "spec: {rules: [{values: {allowedValues: [1, 'true']}}]}", 1, "folders/2",
     CMEK_CONSTRAINT_KEY_PROJECT, "[+1 +true ]", false},
    {"a group of services, which is for Google to know",
     NAME "spec: {rules: [{values: {deniedValues: ['in:all'], allowedValues: []}}]}", 1,
     "folders/2", CMEK_CONSTRAINT_SERVICE, "[-in:all ]", false},
    {"a condition without an expression", NAME "spec: {rules: [{condition: {title: t}}]}", 1,
     "folders/2", CMEK_CONSTRAINT_SERVICE, "[if ]", false},
    {"v1: denials",
     V1 "listPolicy: {deniedValues: [run.googleapis.com, 'is:storage.googleapis.com']}\n", 1, NULL,
     CMEK_CONSTRAINT_SERVICE, "[-run.googleapis.com -is:storage.googleapis.com ]", false},
    {"v1: all",
     "constraint: constraints/gcp.restrictCmekCryptoKeyProjects\netag: x\nversion: 1\n"
     "updateTime: '2026'\nlistPolicy: {allValues: DENY, suggestedValue: x}\n",
     1, NULL, CMEK_CONSTRAINT_KEY_PROJECT, "[none ]", false},
    {"v1: the default", V1 "restoreDefault: {}\n", 1, NULL, CMEK_CONSTRAINT_SERVICE, "reset ",
     false},
    {"v1: underscores", V1 "list_policy: {all_values: ALLOW, inherit_from_parent: true}\n", 1, NULL,
     CMEK_CONSTRAINT_SERVICE, "inherit [all ]", false},
};

START_TEST(a_file_is_read)
{
    ck_assert_msg(read_bytes(good[_i].text, strlen(good[_i].text)) == CMEK_OK, "%s: %s",
                  good[_i].label, err.message);
    ck_assert_msg(policies.count == good[_i].count, "%s: %zu policies", good[_i].label,
                  policies.count);
    const struct cmek_file_policy *policy = &policies.items[0];
    ck_assert_msg(cmek_str_eq(policy->node, good[_i].node), "%s: at %s", good[_i].label,
                  policy->node);
    ck_assert_int_eq(policy->constraint, good[_i].constraint);
    ck_assert_int_eq(policy->spec.state, CMEK_SPEC_PRESENT);
    ck_assert_msg(policy->has_dry_run == good[_i].has_dry_run, "%s", good[_i].label);
    const char *text = spec_text(&policy->spec);
    ck_assert_msg(strcmp(text, good[_i].want) == 0, "%s: %s", good[_i].label, text);
    ck_assert(cmek_str_ends(policy->origin, ":1"));
    clear();
}
END_TEST

START_TEST(files_add_to_each_other_and_know_their_lines)
{
    static const char text[] =
        "- " NAME "  spec: {reset: true}\n# more\n- " NAME "  spec: {reset: true}\n";
    ck_assert_int_eq(read_bytes(text, sizeof text - 1), CMEK_OK);
    ck_assert_int_eq(read_bytes(text, sizeof text - 1), CMEK_OK);
    ck_assert_uint_eq(policies.count, 4);
    ck_assert(cmek_str_ends(policies.items[1].origin, ":4"));
    ck_assert_str_ne(policies.items[1].origin, policies.items[3].origin);
    clear();
}
END_TEST

START_TEST(what_is_too_large_or_no_file_is_refused)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_puts(&text, KEYS "spec: {rules: [{values: {allowedValues: [x");
    for (int i = 0; i < CMEK_LIMIT_POLICY_VALUES; i++)
        cmek_strbuf_puts(&text, ", x");
    cmek_strbuf_puts(&text, "]}}]}\n");
    ck_assert_int_eq(read_bytes(text.data, text.length), CMEK_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 10000 values"));
    cmek_strbuf_clear(&text);
    for (size_t i = 0; i < CMEK_LIMIT_POLICY_FILE / 8 + 1; i++)
        cmek_strbuf_puts(&text, "# 345678");
    ck_assert_int_eq(read_bytes(text.data, text.length), CMEK_E_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "larger than"));
    cmek_strbuf_done(&text);
    static const char *const paths[] = {"/nonexistent/policy.yaml", "/tmp"};
    for (int i = 0; i < COUNT(paths); i++) {
        ck_assert_int_eq(cmek_policy_file_read(paths[i], catalogue, &arena, &policies, &err),
                         CMEK_E_USAGE);
        ck_assert_int_eq(err.status, CMEK_E_USAGE);
        ck_assert_ptr_nonnull(strstr(err.message, paths[i]));
    }
    ck_assert_uint_eq(policies.count, 0);
    clear();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan/policy_file");
    TCase *tests = tcase_create("policy_file");
    tcase_add_loop_test(tests, a_wrong_file_is_refused, 0, COUNT(refused));
    tcase_add_loop_test(tests, a_file_is_read, 0, COUNT(good));
    tcase_add_test(tests, files_add_to_each_other_and_know_their_lines);
    tcase_add_test(tests, what_is_too_large_or_no_file_is_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
