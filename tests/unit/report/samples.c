/* SPDX-License-Identifier: Apache-2.0 */
#include "samples.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ID(digit)                                                                                  \
    digit digit digit digit "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"

static const char *const ancestors[] = {"projects/123", "folders/2", "organizations/1"};
static const char *const references[] = {"https://cloud.google.com/kms/docs/cmek-org-policy"};
static const char *const controls[] = {"NIST-800-53:SC-12", "NIST-800-53:SC-28"};
static const char *const scopes[] = {"organizations/1"};

#define FAILURE                                                                                    \
    .finding_id = ID("a"), .rule_id = "cmek-required",                                             \
    .constraint = "constraints/gcp.restrictNonCmekServices", .status = CMEK_STATUS_FAIL,           \
    .severity = CMEK_SEVERITY_HIGH,                                                                \
    .message = "The bucket has no default key, but storage.googleapis.com must use CMEK.",         \
    .provider = "gcp", .organization = "organizations/1", .project_id = "shop-prod",               \
    .project_number = "123", .ancestors = ancestors, .ancestor_count = COUNT(ancestors),           \
    .location = "us", .service = "storage.googleapis.com",                                         \
    .resource_type = "storage.googleapis.com/Bucket",                                              \
    .resource_name = "//storage.googleapis.com/artifacts.shop-prod.appspot.com",                   \
    .resource_role = "container-registry-bucket", .created_at = "2019-05-01T10:00:00Z",            \
    .policy_set_at = "folders/2", .policy_value = "is:storage.googleapis.com",                     \
    .policy_inherited = CMEK_YES, .remediation = "Give the bucket a default key.",                 \
    .remediation_command = "gcloud storage buckets update gs://artifacts.shop-prod.appspot.com "   \
                           "--default-encryption-key=KEY\ngsutil rewrite -k -r gs://b",            \
    .references = references, .reference_count = COUNT(references), .controls = controls,          \
    .control_count = COUNT(controls)

const struct cmek_finding sample_failure = {FAILURE};

static const struct cmek_finding typical_findings[] = {
    {FAILURE},
    {.finding_id = ID("b"),
     .rule_id = "cmek-required",
     .constraint = "constraints/gcp.restrictNonCmekServices",
     .enforcement = CMEK_DRY_RUN,
     .status = CMEK_STATUS_FAIL,
     .severity = CMEK_SEVERITY_MEDIUM,
     .message = "The bucket has no default key, and the dry-run policy denies the service.",
     .provider = "gcp",
     .project_id = "shop-prod",
     .service = "storage.googleapis.com",
     .resource_type = "storage.googleapis.com/Bucket",
     .resource_name = "//storage.googleapis.com/artifacts.shop-prod.appspot.com",
     .policy_inherited = CMEK_NO},
    {.finding_id = ID("c"),
     .rule_id = "key-project-allowed",
     .status = CMEK_STATUS_UNKNOWN,
     .severity = CMEK_SEVERITY_CRITICAL,
     .message = "The ancestors of the key's project cannot be seen.",
     .reason = "permission-denied",
     .provider = "gcp",
     .project_id = "shop-prod",
     .service = "pubsub.googleapis.com",
     .resource_type = "pubsub.googleapis.com/Topic",
     .resource_name = "//pubsub.googleapis.com/projects/shop-prod/topics/orders",
     .kms_key = "projects/k/locations/us/keyRings/r/cryptoKeys/c",
     .kms_key_project = "k",
     .policy_inherited = CMEK_UNKNOWN},
    {.finding_id = ID("d"),
     .rule_id = "key-usable",
     .status = CMEK_STATUS_PASS,
     .severity = CMEK_SEVERITY_CRITICAL,
     .message = "The key's primary version is enabled.",
     .provider = "gcp",
     .project_id = "web",
     .service = "storage.googleapis.com",
     .resource_type = "storage.googleapis.com/Bucket",
     .resource_name = "//storage.googleapis.com/web",
     .kms_key = "projects/k/locations/us/keyRings/r/cryptoKeys/c",
     .kms_key_project = "k",
     .policy_inherited = CMEK_UNKNOWN},
    {.finding_id = ID("e"),
     .rule_id = "gcr-bucket-leftover",
     .status = CMEK_STATUS_FAIL,
     .severity = CMEK_SEVERITY_INFO,
     .message = "Redirected to Artifact Registry, yet the bucket is still there.",
     .provider = "gcp",
     .project_id = "web",
     .service = "storage.googleapis.com",
     .resource_type = "storage.googleapis.com/Bucket",
     .resource_name = "//storage.googleapis.com/artifacts.web.appspot.com",
     .policy_inherited = CMEK_UNKNOWN},
    {.finding_id = ID("f"),
     .rule_id = "cmek-required",
     .status = CMEK_STATUS_WAIVED,
     .severity = CMEK_SEVERITY_HIGH,
     .message = "The topic has no key.",
     .provider = "gcp",
     .project_id = "web",
     .service = "pubsub.googleapis.com",
     .resource_type = "pubsub.googleapis.com/Topic",
     .resource_name = "//pubsub.googleapis.com/projects/web/topics/gcr",
     .resource_role = "gcr-topic",
     .policy_inherited = CMEK_YES,
     .waiver_id = "W-1",
     .waiver_expires = "2027-01-31"},
};

static const struct cmek_reported_rule rules[] = {
    {.id = "cmek-required",
     .title = "Resources use a customer-managed key",
     .rationale = "The policy demands it, but is enforced at creation only.",
     .remediation = "Set a default key and rewrite the objects.",
     .severity = CMEK_SEVERITY_HIGH,
     .references = references,
     .reference_count = COUNT(references),
     .controls = controls,
     .control_count = COUNT(controls)},
    {.id = "key-project-allowed",
     .title = "Keys come from allowed projects",
     .severity = CMEK_SEVERITY_CRITICAL},
    {.id = "key-usable", .title = "Keys can be used", .severity = CMEK_SEVERITY_CRITICAL},
    {.id = "gcr-bucket-leftover",
     .title = "No Container Registry bucket is left over",
     .severity = CMEK_SEVERITY_INFO},
};

static const struct cmek_count api_calls[] = {{"storage.buckets.list", 12}, {"kms.get", 3}};
static const struct cmek_resource_count resources[] = {
    {"pubsub.googleapis.com/Topic", 2, 1},
    {"storage.googleapis.com/Bucket", 3, 1},
};
static const struct cmek_tally by_rule[] = {
    {"cmek-required", {2, 0, 0, 1}, {[CMEK_SEVERITY_HIGH] = 1, [CMEK_SEVERITY_MEDIUM] = 1}, {0}},
    {"key-project-allowed", {0, 1, 0, 0}, {0}, {0}},
    {"key-usable", {0, 0, 1, 0}, {0}, {0}},
    {"gcr-bucket-leftover", {1, 0, 0, 0}, {[CMEK_SEVERITY_INFO] = 1}, {0}},
};
static const struct cmek_tally by_project[] = {
    {"web", {1, 0, 1, 1}, {[CMEK_SEVERITY_INFO] = 1}, {0}},
    {"shop-prod", {2, 1, 0, 0}, {[CMEK_SEVERITY_HIGH] = 1, [CMEK_SEVERITY_MEDIUM] = 1}, {0}},
};
static const struct cmek_coverage_gap gaps[] = {
    {"projects/locked", "storage.buckets.list", "permission-denied",
     "The caller lacks storage.buckets.list; grant roles/storage.bucketViewer."},
    {"export.ndjson:17", "asset.read", "malformed", "The line is no JSON object."},
};

static void each_asset(void *payload, void (*asset)(void *state, const char *json), void *state)
{
    (void)payload;
    asset(state, "{\"name\":\"//x/a\",\"asset_type\":\"x/A\"}");
    asset(state, "{\"name\":\"//x/b\",\"asset_type\":\"x/B\"}");
}

#define SCAN                                                                                       \
    .tool_version = "0.1.0", .tool_commit = "abc1234", .scan_id = "scan-1",                        \
    .started_at = "2026-11-22T04:00:00Z", .finished_at = "2026-11-22T04:00:07Z",                   \
    .source = "gcp-direct", .scopes = scopes, .scope_count = COUNT(scopes), .organizations = 1,    \
    .folders = 3, .projects = 9, .rules = rules, .rule_count = COUNT(rules)

const struct sample sample_typical = {
    .name = "typical",
    .summary =
        {SCAN, .complete = false, .api_calls = {api_calls, COUNT(api_calls)},
         .resumed_since = "2026-11-22T03:30:00Z", .resumed_answers = 77, .resources = resources,
         .resource_count = COUNT(resources),
         .total = {NULL,
                   {3, 1, 1, 1},
                   {[CMEK_SEVERITY_HIGH] = 1, [CMEK_SEVERITY_MEDIUM] = 1, [CMEK_SEVERITY_INFO] = 1},
                   {0}},
         .by_rule = {by_rule, COUNT(by_rule)}, .by_project = {by_project, COUNT(by_project)},
         .gaps = gaps, .gap_count = COUNT(gaps), .gaps_not_listed = 3,
         .listed = COUNT(typical_findings),
         .verification = {true, 12, .agree = 7, .differ = 2, .undecided = 1, .not_answered = 2},
         .evidence = {each_asset, NULL}},
    .findings = typical_findings,
    .count = COUNT(typical_findings),
};

/* One string for each way out of its field; every format must hold all of them. */
#define ESCAPES  "\x1b[31mred\x1b]0;title\x07 \x08\x7f \xc2\x9b"
#define COMMANDS "\n::error::owned\r\n##vso[task.complete result=Succeeded;]##[error] \xc2\xa0::set"
#define MARKUP   "\"'><script>alert(1)</script>]]>&amp;<!-- -->[x](https://evil.example)`$(id)`"
#define BROKEN                                                                                     \
    "\xff\xc0\xaf\xed\xa0\x80\xf5\x80 \xe2\x80\xae"                                                \
    "gpj \xef\xbb\xbf \xe2\x80\xa8 \xef\xbf\xbe"
#define HOSTILE MARKUP ESCAPES COMMANDS BROKEN

static const char *const hostile_list[] = {HOSTILE};
static const char *const hostile_urls[] = {"https://x/?a=1&b=<2>"};

#define HOSTILE_FINDING                                                                            \
    .rule_id = "cmek-required", .severity = CMEK_SEVERITY_HIGH, .constraint = HOSTILE,             \
    .message = HOSTILE, .reason = HOSTILE, .provider = "gcp", .organization = HOSTILE,             \
    .project_id = HOSTILE, .project_number = "1", .ancestors = hostile_list, .ancestor_count = 1,  \
    .location = HOSTILE, .service = HOSTILE, .resource_type = HOSTILE, .resource_role = HOSTILE,   \
    .kms_key = HOSTILE, .kms_key_project = HOSTILE, .policy_set_at = HOSTILE,                      \
    .policy_value = HOSTILE, .remediation = HOSTILE, .remediation_command = HOSTILE,               \
    .references = hostile_urls, .reference_count = 1, .controls = hostile_list,                    \
    .control_count = 1, .waiver_id = HOSTILE

static const struct cmek_finding hostile_findings[] = {
    {HOSTILE_FINDING, .finding_id = ID("a"), .resource_name = "//x/" HOSTILE},
    /* Differ from the one before only in bytes that no format can show. */
    {HOSTILE_FINDING, .finding_id = ID("b"), .resource_name = "//x/" HOSTILE "\x01"},
    {HOSTILE_FINDING, .finding_id = ID("c"), .resource_name = "//x/" HOSTILE "\x02"},
    {HOSTILE_FINDING, .finding_id = ID("d"), .resource_name = "//x/../../etc/passwd",
     .status = CMEK_STATUS_UNKNOWN},
    {HOSTILE_FINDING, .finding_id = ID("e"), .resource_name = "::error::first",
     .status = CMEK_STATUS_WAIVED},
    {HOSTILE_FINDING, .finding_id = ID("f"), .resource_name = "##vso[task.complete]",
     .status = CMEK_STATUS_PASS},
};
static const struct cmek_coverage_gap hostile_gaps[] = {
    {HOSTILE, HOSTILE, HOSTILE, HOSTILE},
    {HOSTILE, HOSTILE, HOSTILE, HOSTILE}, /* the same again: names of cases must differ */
};
static const struct cmek_tally hostile_tally[] = {
    {HOSTILE, {3, 1, 1, 1}, {[CMEK_SEVERITY_HIGH] = 3}, {0}}};
static const struct cmek_count hostile_calls[] = {{HOSTILE, 1}};
static const struct cmek_resource_count hostile_resources[] = {{HOSTILE, 6, 6}};

const struct sample sample_hostile = {
    .name = "hostile",
    .summary = {.tool_version = "0.1.0",
                .scan_id = HOSTILE,
                .started_at = "2026-11-22T04:00:00Z",
                .finished_at = "2026-11-22T04:00:07Z",
                .source = "asset-file",
                .scopes = hostile_list,
                .scope_count = 1,
                .rules = rules,
                .rule_count = 1,
                .api_calls = {hostile_calls, 1},
                .resources = hostile_resources,
                .resource_count = 1,
                .total = {NULL, {3, 1, 1, 1}, {[CMEK_SEVERITY_HIGH] = 3}, {0}},
                .by_rule = {by_rule, 1},
                .by_project = {hostile_tally, 1},
                .gaps = hostile_gaps,
                .gap_count = COUNT(hostile_gaps),
                .listed = COUNT(hostile_findings)},
    .findings = hostile_findings,
    .count = COUNT(hostile_findings),
};

const struct sample sample_empty = {
    .name = "empty",
    .summary = {SCAN, .complete = true},
};

static const struct cmek_finding bare_findings[] = {
    {.status = CMEK_STATUS_FAIL, .severity = CMEK_SEVERITY_LOW},
    {.status = CMEK_STATUS_UNKNOWN},
    {.status = CMEK_STATUS_PASS},
    {.status = CMEK_STATUS_WAIVED},
};
static const struct cmek_coverage_gap bare_gaps[] = {{0}};
static const struct cmek_tally bare_tally[] = {{NULL, {1, 1, 1, 1}, {0}, {0}}};

const struct sample sample_bare = {
    .name = "bare",
    .summary = {.by_rule = {bare_tally, 1},
                .by_project = {bare_tally, 1},
                .total = {NULL, {1, 1, 1, 1}, {0}, {0}},
                .gaps = bare_gaps,
                .gap_count = 1},
    .findings = bare_findings,
    .count = COUNT(bare_findings),
};

#define SIMULATED(digit, state, verdict)                                                           \
    {                                                                                              \
        .finding_id = ID(digit), .rule_id = "cmek-required",                                       \
        .constraint = "constraints/gcp.restrictNonCmekServices", .enforcement = CMEK_SIMULATED,    \
        .status = (verdict), .severity = CMEK_SEVERITY_HIGH, .message = "The bucket has no key.",  \
        .provider = "gcp", .project_id = "shop-prod", .service = "storage.googleapis.com",         \
        .resource_type = "storage.googleapis.com/Bucket",                                          \
        .resource_name = "//storage.googleapis.com/bucket-" digit, .policy_inherited = CMEK_YES,   \
        .baseline_state = (state)                                                                  \
    }
static const struct cmek_finding simulated_findings[] = {
    SIMULATED("a", "new", CMEK_STATUS_FAIL),
    SIMULATED("b", "unchanged", CMEK_STATUS_FAIL),
    SIMULATED("c", "resolved", CMEK_STATUS_PASS),
};
static const struct cmek_tally simulated_projects[] = {
    {"quiet", {0, 0, 3, 0}, {0}, {3, 0, 0, 0, 0}},
    {"shop-prod", {2, 0, 1, 0}, {[CMEK_SEVERITY_HIGH] = 2}, {1, 1, 0, 1, 0}},
};
static const struct cmek_simulated_policy simulated_policies[] = {
    {"folders/2", "constraints/gcp.restrictNonCmekServices", HOSTILE ":1"},
};
static const struct cmek_simulation_summary simulation = {
    .policies = simulated_policies,
    .policy_count = COUNT(simulated_policies),
    .newly_failing = 1,
    .no_longer_failing = 1,
};

const struct sample sample_simulated = {
    .name = "simulated",
    .summary = {SCAN, .complete = true, .simulation = &simulation,
                .total = {NULL, {2, 0, 4, 0}, {[CMEK_SEVERITY_HIGH] = 2}, {4, 1, 0, 1, 0}},
                .by_rule = {by_rule, 1},
                .by_project = {simulated_projects, COUNT(simulated_projects)},
                .listed = COUNT(simulated_findings)},
    .findings = simulated_findings,
    .count = COUNT(simulated_findings),
};

const struct sample *const samples[] = {
    &sample_typical, &sample_hostile, &sample_empty, &sample_bare, &sample_simulated, NULL,
};
