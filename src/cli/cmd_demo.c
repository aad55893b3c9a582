/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cmd.h"
#include "cli/demo_endpoints.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "demo/demo_cloud.h"
#include "model/catalogue.h"

const struct cmek_demo_endpoint cmek_demo_endpoints[] = {
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDASSET", "/cloudasset/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER", "/cloudresourcemanager/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_ORGPOLICY", "/orgpolicy/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", "/storage/v1/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB", "/pubsub/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", "/cloudkms/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY", "/artifactregistry/"},
    {"CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE", "/serviceusage/"},
    {NULL, NULL},
};

/* The organization of src/demo/assets/demo-organization.ndjson. */
static const char *const demo_scopes[] = {"organizations/" CMEK_DEMO_ORGANIZATION};

static enum cmek_status use_demo_cloud(int port, struct cmek_arena *arena,
                                       struct cmek_feed_options *feed, struct cmek_error *err)
{
    cmek_gcp_endpoints_init(&feed->endpoints);
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; cmek_demo_endpoints[i].variable && status == CMEK_OK; i++) {
        const struct cmek_gcp_endpoint_variable *at = cmek_gcp_endpoint_variables;
        while (strcmp(at->name, cmek_demo_endpoints[i].variable) != 0)
            at++;
        const char *url =
            cmek_arena_printf(arena, "http://127.0.0.1:%d%s", port, cmek_demo_endpoints[i].path);
        status = cmek_gcp_endpoints_override(&feed->endpoints, at, url, arena, err);
    }
    return status;
}

static void announce(int port)
{
    fprintf(stderr,
            "cmekscan: a demo cloud serves organization %s at http://127.0.0.1:%d; scanning it "
            "live, as `cmekscan scan --organization %s --via direct` would scan yours\n\n",
            CMEK_DEMO_ORGANIZATION, port, CMEK_DEMO_ORGANIZATION);
}

static int scan_demo_cloud(struct cmek_demo_cloud *cloud, const char *key_file)
{
    struct cmek_arena arena = {0};
    struct cmek_error err = {0};
    struct cmek_rule_set *rules = NULL;
    struct cmek_scan_options options = {
        .feed = {.scopes = {demo_scopes, 1},
                 .via = CMEK_GCP_VIA_DIRECT, /* which meets all that can be out of reach there */
                 .auth = {.credentials_file = key_file}}};
    struct cmek_catalogue *catalogue = cmek_args_default_catalogue();
    options.feed.catalogue = catalogue;
    enum cmek_status status =
        use_demo_cloud(cmek_demo_cloud_port(cloud), &arena, &options.feed, &err);
    if (status == CMEK_OK)
        status = cmek_report_args(&arena, &options, &rules, &err);
    int exit_status;
    if (status == CMEK_OK) {
        announce(cmek_demo_cloud_port(cloud));
        cmek_progress_attach(&options.feed, /* quiet= */ true);
        struct cmek_scan_outcome outcome = cmek_scan(&options);
        bool works = outcome.exit != CMEK_EXIT_USAGE && outcome.exit != CMEK_EXIT_FAILED;
        exit_status = works ? CMEK_EXIT_OK : (int)outcome.exit;
        cmek_terminal_say(
            works ? cmek_arena_printf(&arena,
                                      "%s; on your organization this would be the "
                                      "exit status %d",
                                      outcome.reason, (int)outcome.exit)
                  : cmek_arena_printf(&arena, "%s (exit status %d)", outcome.reason, exit_status));
    } else {
        exit_status = cmek_end_failed(&err);
    }
    cmek_rules_free(rules);
    cmek_catalogue_free(catalogue);
    cmek_arena_done(&arena);
    return exit_status;
}

static int run(const struct cmek_values *words)
{
    (void)words;
    struct cmek_error err = {0};
    struct cmek_demo_options options = {0};
    struct cmek_demo_cloud *cloud = NULL;
    char folder[] = "/tmp/cmekscan-demo-XXXXXX";
    if (!mkdtemp(folder)) {
        cmek_fail(&err, CMEK_E_IO, "cannot make a folder under /tmp");
        return cmek_end_failed(&err);
    }
    struct cmek_arena arena = {0};
    const char *key_file = cmek_arena_printf(&arena, "%s/service-account.json", folder);
    enum cmek_status status = cmek_demo_cloud_start(&options, &cloud, &err);
    if (status == CMEK_OK)
        status = cmek_demo_cloud_write_credentials(cloud, "service_account", key_file, &err);
    int exit_status;
    if (status == CMEK_OK) {
        exit_status = scan_demo_cloud(cloud, key_file);
    } else {
        exit_status = cmek_end_failed(&err);
    }
    cmek_demo_cloud_stop(cloud);
    unlink(key_file);
    rmdir(folder);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option_group groups[] = {
    {"What to report", cmek_report_options},
    {"What fails", cmek_exit_options},
    {"Rules", cmek_rule_options},
    {0},
};

const struct cmek_command cmek_command_demo = {
    .name = "demo",
    .summary = "start the demo cloud, scan it, show what a user would see",
    .usage = "[OPTION]…",
    .description = "Starts the demo cloud with an organization of some 30 projects that shows "
                   "every kind of finding, gets a "
                   "token from it, scans it live and reports. Needs no account and no network. "
                   "Takes the reporting options "
                   "of scan; exits with 0 unless the demo itself fails.",
    .examples = "cmekscan demo\ncmekscan demo --report json=demo.json --report text",
    .groups = groups,
    .run = run,
};
