/* SPDX-License-Identifier: Apache-2.0 */
/* Asset lines → inventory → records → asset lines → inventory: the second must be like the first.
 * Like means: it is written out as the same text, and every finding is the same word for word. */
#include "model/inventory_records.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "inventory_fixture.h"
#include "rules/evaluate.h"
#include "rules/rule.h"
#include "source/asset.h"
#include "suite.h"
#include "json/json.h"

static struct dirent **files;
static int file_count;

static void print_record(void *payload, const struct cmek_record *record)
{
    struct cmek_strbuf *text = payload;
    cmek_asset_print(record, text);
    cmek_strbuf_putc(text, '\n');
}

static void write_out(const struct cmek_inventory *inventory, struct cmek_strbuf *text)
{
    struct cmek_record_sink sink = {print_record, text};
    cmek_inventory_records(inventory, &sink);
}

struct judging {
    struct cmek_evaluation *evaluation;
    struct cmek_strbuf *text;
};

static bool judge(void *payload, const struct cmek_verdict *verdict)
{
    struct judging *judging = payload;
    struct cmek_arena arena = {0};
    struct cmek_finding finding;
    cmek_verdict_render(judging->evaluation, verdict, &arena, &finding);
    const char *fields[] = {finding.finding_id,
                            finding.message,
                            finding.reason,
                            finding.organization,
                            finding.project_id,
                            finding.project_number,
                            finding.location,
                            finding.resource_role,
                            finding.created_at,
                            finding.kms_key,
                            finding.policy_set_at,
                            finding.policy_value,
                            finding.remediation,
                            finding.remediation_command,
                            cmek_status_name(finding.status)};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        cmek_strbuf_printf(judging->text, "%s|", fields[i] ? fields[i] : "-");
    for (size_t i = 0; i < finding.ancestor_count; i++)
        cmek_strbuf_printf(judging->text, "%s ", finding.ancestors[i]);
    cmek_strbuf_putc(judging->text, '\n');
    cmek_arena_done(&arena);
    return true;
}

static void findings(const struct cmek_inventory *inventory, struct cmek_strbuf *text)
{
    struct cmek_rule_set *rules = cmek_rules_built_in();
    struct cmek_evaluation_options options = {.inventory = inventory,
                                              .rules = rules,
                                              .catalogue = fixture_catalogue()};
    struct judging judging = {cmek_evaluation_new(&options), text};
    cmek_evaluation_run(judging.evaluation, judge, &judging);
    cmek_evaluation_free(judging.evaluation);
    cmek_rules_free(rules);
}

/* @p inventory is finished and freed here. */
static void check(const char *label, struct cmek_inventory *inventory)
{
    struct cmek_strbuf text = {0}, again = {0}, verdicts = {0}, verdicts_again = {0};
    cmek_inventory_finish(inventory);
    write_out(inventory, &text);
    findings(inventory, &verdicts);
    cmek_inventory_free(inventory);
    struct cmek_inventory *copy = fixture_inventory(cmek_strbuf_text(&text));
    write_out(copy, &again);
    findings(copy, &verdicts_again);
    cmek_inventory_free(copy);
    ck_assert_msg(strcmp(cmek_strbuf_text(&text), cmek_strbuf_text(&again)) == 0,
                  "%s: written as\n%sand then as\n%s", label, cmek_strbuf_text(&text),
                  cmek_strbuf_text(&again));
    ck_assert_msg(strcmp(cmek_strbuf_text(&verdicts), cmek_strbuf_text(&verdicts_again)) == 0,
                  "%s: judged as\n%sand then as\n%s", label, cmek_strbuf_text(&verdicts),
                  cmek_strbuf_text(&verdicts_again));
    cmek_strbuf_done(&text);
    cmek_strbuf_done(&again);
    cmek_strbuf_done(&verdicts);
    cmek_strbuf_done(&verdicts_again);
}

static void add_all(struct cmek_inventory *inventory, const struct cmek_json *assets)
{
    for (size_t i = 0; i < cmek_json_count(assets); i++)
        fixture_add_asset(inventory, cmek_json_item(assets, i));
}

START_TEST(every_case_of_the_contract_survives)
{
    char path[1024];
    struct cmek_strbuf text = {0};
    struct cmek_error err = {0};
    struct cmek_json *json = NULL;
    snprintf(path, sizeof path, "%s/%s", CASES_FOLDER, files[_i]->d_name);
    ck_assert_msg(cmek_file_read(path, 1 << 20, &text, &err) == CMEK_OK, "%s", err.message);
    ck_assert(cmek_json_parse(text.data, text.length, &json, &err) == CMEK_OK);
    cmek_strbuf_done(&text);
    const struct cmek_json *cases = cmek_json_get(json, "cases");
    ck_assert_uint_gt(cmek_json_count(cases), 0);
    for (size_t i = 0; i < cmek_json_count(cases); i++) {
        struct cmek_inventory *inventory = cmek_inventory_new();
        add_all(inventory, cmek_json_get(json, "common"));
        add_all(inventory, cmek_json_get(cmek_json_item(cases, i), "assets"));
        check(cmek_json_peek(cmek_json_get(cmek_json_item(cases, i), "name")), inventory);
    }
    cmek_json_free(json);
}
END_TEST

#define ASSET(name, type, rest) "{\"name\":\"" name "\",\"asset_type\":\"" type "\"" rest "}\n"
#define DATA(data)              ",\"resource\":{\"data\":" data "}"
#define CRM                     "//cloudresourcemanager.googleapis.com/"
#define PROJECT(rest)                                                                              \
    ASSET(CRM "projects/app-one", "cloudresourcemanager.googleapis.com/Project", rest)
#define APP                                                                                        \
    PROJECT(DATA("{\"projectId\":\"app-one\",\"projectNumber\":\"10\",\"parent\":\"folders/2\"}"))
#define BUCKET(rest) ASSET("//storage.googleapis.com/b", "storage.googleapis.com/Bucket", rest)
#define IN_APP       ",\"ancestors\":[\"projects/10\",\"folders/2\",\"organizations/1\"]"
#define GAP(scope, operation)                                                                      \
    ASSET("//cmekscan.dev/gap", "cmekscan.dev/CoverageGap",                                        \
          DATA("{\"scope\":\"" scope "\",\"operation\":\"" operation                               \
               "\",\"error\":\"permission-denied\",\"message\":\"no " operation "\"}"))
#define SERVICE_POLICY(node, rest)                                                                 \
    ASSET("//orgpolicy.googleapis.com/" node "/policies/gcp.restrictNonCmekServices",              \
          "orgpolicy.googleapis.com/Policy", rest)
#define KEY "projects/keys-one/locations/us/keyRings/r/cryptoKeys/c"
#define KEY_ASSET(rest)                                                                            \
    ASSET("//cloudkms.googleapis.com/" KEY, "cloudkms.googleapis.com/CryptoKey", rest)
#define COLLECTION(members)                                                                        \
    ASSET("//cmekscan.dev/c", "cmekscan.dev/Collection", DATA("{" members "}"))

static const struct {
    const char *label, *lines;
    const char *written; /* must be part of what is written */
} rows[] = {
    {"nothing at all", COLLECTION(""), "\"policies\":false"},
    {"what was looked for",
     COLLECTION("\"scopes\":[\"folders/2\"],\"tags\":true,\"services\":true"),
     "\"scopes\":[\"folders/2\"]"},
    {"a bucket with all it can have",
     APP BUCKET(DATA("{\"location\":\"EU\",\"timeCreated\":\"2021-02-03T10:20:30.4Z\","
                     "\"encryption\":{\"defaultKmsKeyName\":\"" KEY "/cryptoKeyVersions/3\","
                     "\"googleManagedEncryptionEnforcementConfig\":"
                     "{\"restrictionMode\":\"FullyRestricted\"}}}") IN_APP
                ",\"update_time\":\"2026-01-02T03:04:05.000000006Z\""),
     "\"update_time\":\"2026-01-02T03:04:05.000000006Z\",\"resource\":{\"data\":{\"location\":"
     "\"eu\","
     "\"timeCreated\":\"2021-02-03T10:20:30.4Z\",\"encryption\":{\"defaultKmsKeyName\":\"" KEY
     "\",\"googleManagedEncryptionEnforcementConfig\":{\"restrictionMode\":\"FullyRestricted\"}}}"
     "}"},
    {"a bucket cut short",
     APP BUCKET(IN_APP ",\"asset_exceptions\":"
                       "[{\"exception_type\":\"TRUNCATION\"}]" DATA("{}")),
     "TRUNCATION"},
    {"a bucket without data", APP BUCKET(IN_APP ",\"resource\":{}"), "TRUNCATION"},
    {"a bucket whose path breaks off",
     APP BUCKET(DATA("{}") ",\"ancestors\":[\"projects/10\",\"?\"]"), "cmekscan.dev/not-visible"},
    {"a bucket that lies nowhere", BUCKET(DATA("{}")),
     "\"ancestors\":[\"cmekscan.dev/not-visible\"]"},
    {"a bucket that belongs to its project by number",
     APP BUCKET(DATA("{\"projectNumber\":\"10\"}")),
     "cloudresourcemanager.googleapis.com/projects/10"},
    {"a key that is known",
     APP KEY_ASSET(DATA("{\"purpose\":\"ENCRYPT_DECRYPT\",\"primary\":"
                        "{\"name\":\"" KEY "/cryptoKeyVersions/1\","
                        "\"state\":\"DISABLED\"}}"))
         BUCKET(DATA("{\"encryption\":{\"defaultKmsKeyName\":\"" KEY "\"}}") IN_APP),
     "\"state\":\"DISABLED\""},
    {"a key that may not be read",
     APP BUCKET(DATA("{\"encryption\":{\"defaultKmsKeyName\":\"" KEY "\"}}") IN_APP)
         GAP(KEY, "cloudkms.cryptoKeys.get"),
     "no cloudkms.cryptoKeys.get"},
    {"everything of a project unreadable",
     APP GAP("projects/app-one", "orgpolicy.policies.list")
         GAP("projects/10", "cloudresourcemanager.effectiveTags.list")
             GAP("projects/10", "serviceusage.services.batchGet")
                 GAP("projects/10", "artifactregistry.projectSettings.get")
                     GAP("projects/10", "pubsub.topics.list") BUCKET(DATA("{}") IN_APP),
     "\"scope\":\"projects/10\",\"operation\":\"orgpolicy.policies.list\",\"error\":"
     "\"permission-denied\",\"message\":\"no orgpolicy.policies.list\""},
    {"a project whose resources could not all be listed",
     APP GAP("projects/10", "pubsub.topics.list")
         GAP("projects/app-one/locations/us", "artifactregistry.repositories.list"),
     "\"scope\":\"projects/10\",\"operation\":\"artifactregistry.repositories.list\""},
    {"a project that could not be read at all", APP GAP("projects/10", "scan"),
     "\"operation\":\"scan\""},
    {"a gap of something else", APP GAP("projects/10", "kms.keyRings.list"),
     "no kms.keyRings.list"},
    {"a policy that is cut short",
     APP SERVICE_POLICY("folders/2",
                        ",\"asset_exceptions\":[{\"exception_type\":\"TRUNCATION\"}]" DATA("{}"))
         BUCKET(DATA("{}") IN_APP),
     "\"spec\":{\"cmekscan_unreadable\":\"the asset is marked as truncated\"}"},
    {"a dry run that cannot be read",
     APP SERVICE_POLICY("folders/2", DATA("{\"spec\":{\"inheritFromParent\":true},"
                                          "\"dryRunSpec\":{\"rules\":7}}"))
         BUCKET(DATA("{}") IN_APP),
     "\"dryRunSpec\":{\"cmekscan_unreadable\":\"its dryRunSpec cannot be read"},
    {"rules of all kinds",
     APP SERVICE_POLICY(
         "folders/2",
         DATA("{\"spec\":{\"rules\":[{\"denyAll\":true,\"condition\":{\"expression\":\"junk\"}},"
              "{\"allowAll\":true},{\"enforce\":true},{\"values\":{\"allowedValues\":[\"a\"],"
              "\"deniedValues\":[\"b\",\"c\"]}},{\"condition\":{}}]},"
              "\"dryRunSpec\":{\"reset\":true}}")) BUCKET(DATA("{}") IN_APP),
     "{\"denyAll\":true,\"condition\":{\"expression\":\"junk\"}},{\"allowAll\":true},{},{"
     "\"values\":"
     "{\"allowedValues\":[\"a\"],\"deniedValues\":[\"b\",\"c\"]}},{\"condition\":{\"expression\":"
     "\"\"}}"},
    {"policies of the old form",
     APP ASSET(CRM "folders/2", "cloudresourcemanager.googleapis.com/Folder",
               ",\"ancestors\":[\"folders/2\",\"organizations/1\"],\"org_policy\":[{\"constraint\":"
               "\"constraints/gcp.restrictNonCmekServices\",\"list_policy\":{\"denied_values\":"
               "[\"storage.googleapis.com\"],\"inherit_from_parent\":true}},{\"constraint\":"
               "\"constraints/gcp.restrictCmekCryptoKeyProjects\",\"restore_default\":{}}]")
         BUCKET(DATA("{}") IN_APP),
     "\"list_policy\":{\"denied_values\":[\"storage.googleapis.com\"],\"inherit_from_parent\":"
     "true}"},
    {"policies of the old form that cannot be read",
     APP ASSET(CRM "folders/2", "cloudresourcemanager.googleapis.com/Folder", ",\"org_policy\":[7]")
         BUCKET(DATA("{}") IN_APP),
     "\"list_policy\":{\"cmekscan_unreadable\":\"an entry of its org_policy cannot be read\"}"},
    {"policies of the old form at what is not listed",
     APP ASSET(
         "//compute.googleapis.com/x", "compute.googleapis.com/Disk",
         ",\"ancestors\":[\"folders/2\"],\"org_policy\":[{\"constraint\":"
         "\"constraints/gcp.restrictNonCmekServices\",\"list_policy\":{\"all_values\":\"DENY\"}}]")
         BUCKET(DATA("{}") IN_APP),
     "cmekscan.dev/Node"},
    {"a default that denies",
     COLLECTION("\"policies\":true") APP ASSET(
         "//orgpolicy.googleapis.com/organizations/1/constraints/gcp.restrictNonCmekServices",
         "orgpolicy.googleapis.com/Constraint",
         DATA("{\"name\":\"organizations/1/constraints/gcp.restrictNonCmekServices\","
              "\"constraintDefault\":\"DENY\"}")) BUCKET(DATA("{}") IN_APP),
     "\"constraintDefault\":\"DENY\""},
    {"tags, bound and not",
     APP ASSET(CRM "tagKeys/1", "cloudresourcemanager.googleapis.com/TagKey",
               DATA("{\"name\":\"tagKeys/1\",\"parent\":\"organizations/1\",\"shortName\":\"env\","
                    "\"namespacedName\":\"1/env\"}"))
         ASSET(CRM "tagValues/2", "cloudresourcemanager.googleapis.com/TagValue", "")
             ASSET(CRM "tagBindings/x", "cloudresourcemanager.googleapis.com/TagBinding",
                   DATA("{\"parent\":\"" CRM "projects/app-one\",\"tagValueNamespacedName\":"
                        "\"1/env/prod\"}")),
     "\"data\":{\"parent\":\"projects/10\",\"tagValueNamespacedName\":\"1/env/prod\"}"},
    {"enabled services and a redirection",
     APP ASSET("//serviceusage.googleapis.com/projects/10/services/pubsub.googleapis.com",
               "serviceusage.googleapis.com/Service", DATA("{\"state\":\"DISABLED\"}"))
         ASSET("//artifactregistry.googleapis.com/projects/app-one/projectSettings",
               "artifactregistry.googleapis.com/ProjectSettings",
               DATA("{\"legacyRedirectionState\":\"REDIRECTION_FROM_GCR_IO_ENABLED\"}")),
     "\"legacyRedirectionState\":\"REDIRECTION_FROM_GCR_IO_ENABLED\""},
    {"a project there for a key's sake",
     PROJECT(DATA("{\"projectId\":\"app-one\",\"projectNumber\":\"10\"}") ",\"cmekscan\":{"
                                                                          "\"context\":true}"),
     "\"cmekscan\":{\"context\":true}"},
    {"names with everything in them",
     APP ASSET("//storage.googleapis.com/\\u0001\\\"##vso[\\u2028\\u00e4",
               "storage.googleapis.com/Bucket", DATA("{\"location\":\"x\\\\y\"}") IN_APP),
     "\"location\":\"x\\\\y\""},
};

START_TEST(every_state_survives)
{
    struct cmek_inventory *inventory = fixture_inventory(rows[_i].lines);
    struct cmek_strbuf text = {0};
    write_out(inventory, &text);
    ck_assert_msg(strstr(cmek_strbuf_text(&text), rows[_i].written) != NULL, "%s: no %s in\n%s",
                  rows[_i].label, rows[_i].written, cmek_strbuf_text(&text));
    cmek_strbuf_done(&text);
    check(rows[_i].label, inventory);
}
END_TEST

START_TEST(labels_survive_where_they_are_kept)
{
    struct cmek_strbuf text = {0};
    struct cmek_inventory *inventory = cmek_inventory_new();
    inventory->keep_labels = true;
    fixture_add_line(inventory, BUCKET(DATA("{\"labels\":{\"data\":\"public\"}}")));
    cmek_inventory_finish(inventory);
    write_out(inventory, &text);
    ck_assert_ptr_nonnull(strstr(cmek_strbuf_text(&text), "\"labels\":{\"data\":\"public\"}"));
    cmek_strbuf_done(&text);
    cmek_inventory_free(inventory);
}
END_TEST

static int is_case_file(const struct dirent *entry)
{
    return cmek_str_ends(entry->d_name, ".json");
}

int main(void)
{
    file_count = scandir(CASES_FOLDER, &files, is_case_file, alphasort);
    if (file_count <= 0)
        return 1; /* a test of nothing is no test */
    Suite *suite = suite_create("model/inventory_records");
    TCase *tests = tcase_create("records");
    tcase_add_loop_test(tests, every_case_of_the_contract_survives, 0, file_count);
    tcase_add_loop_test(tests, every_state_survives, 0, COUNT(rows));
    tcase_add_test(tests, labels_survive_where_they_are_kept);
    suite_add_tcase(suite, tests);
    int failed = run_suite(suite);
    for (int i = 0; i < file_count; i++)
        free(files[i]);
    free(files);
    return failed;
}
