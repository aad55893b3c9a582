/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strings.h"
#include "cli/cmd.h"
#include "cli/demo_endpoints.h"
#include "demo/demo_cloud.h"
#include "model/catalogue.h"
#include "rules/catalogue_load.h"
#include "rules/template.h"

static struct {
    struct cmek_values assets, inventory_assets;
    const char *port, *faults, *request_log, *credentials, *access_token;
} arg;

/* Blocks the signals before the server starts its threads, so that only sigwait takes them. */
static void block_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigprocmask(SIG_BLOCK, set, NULL);
}

/* For the line that is meant to be run by a shell, whatever the path holds. */
static const char *credentials_path(void *payload, const char *name)
{
    (void)name;
    return payload;
}

/* The lines are for a shell to read, in any folder. */
static void append_credentials(struct cmek_strbuf *text)
{
    char *full = realpath(arg.credentials, NULL);
    cmek_template_expand("export GOOGLE_APPLICATION_CREDENTIALS={file}", CMEK_TEMPLATE_COMMAND,
                         credentials_path, full ? full : (void *)(uintptr_t)arg.credentials, text);
    cmek_strbuf_putc(text, '\n');
    free(full);
}

static int announce(int port)
{
    struct cmek_strbuf text = {0};
    cmek_strbuf_printf(&text, "# demo cloud listening on http://127.0.0.1:%d\n", port);
    for (size_t i = 0; cmek_demo_endpoints[i].variable; i++)
        cmek_strbuf_printf(&text, "export %s=http://127.0.0.1:%d%s\n",
                           cmek_demo_endpoints[i].variable, port, cmek_demo_endpoints[i].path);
    if (arg.credentials)
        append_credentials(&text);
    cmek_strbuf_printf(&text, "# try: cmekscan scan --organization %s\n",
                       arg.assets.count > 0 ? "ID" : CMEK_DEMO_ORGANIZATION);
    int status = cmek_print_all(cmek_strbuf_text(&text), text.length);
    cmek_strbuf_done(&text);
    return status;
}

static enum cmek_status parse_port(int *ret_port, struct cmek_error *err)
{
    char *end = NULL;
    errno = 0;
    long port = arg.port ? strtol(arg.port, &end, 10) : 0;
    if (arg.port && (!cmek_str_is_number(arg.port) || *end != '\0' || errno != 0 || port > 65535))
        return cmek_fail(err, CMEK_E_USAGE, "--port is '%s', expected 0 to 65535", arg.port);
    *ret_port = (int)port;
    return CMEK_OK;
}

static enum cmek_status start(struct cmek_demo_faults *faults, struct cmek_strings inventory_types,
                              struct cmek_demo_cloud **ret_cloud, struct cmek_error *err)
{
    struct cmek_demo_options options = {
        .assets = {arg.assets.items, arg.assets.count},
        .inventory_assets = {arg.inventory_assets.items, arg.inventory_assets.count},
        .inventory_types = inventory_types,
        .faults = faults,
        .request_log = arg.request_log,
        .access_token = arg.access_token,
    };
    enum cmek_status status = parse_port(&options.port, err);
    if (status == CMEK_OK && arg.faults)
        status = cmek_demo_faults_parse(arg.faults, faults, err);
    if (status == CMEK_OK)
        status = cmek_demo_cloud_start(&options, ret_cloud, err);
    if (status == CMEK_OK && arg.credentials)
        status =
            cmek_demo_cloud_write_credentials(*ret_cloud, "service_account", arg.credentials, err);
    return status;
}

static int run(const struct cmek_values *words)
{
    (void)words;
    struct cmek_demo_faults faults = {0};
    struct cmek_demo_cloud *cloud = NULL;
    struct cmek_error err = {0};
    sigset_t signals;
    struct cmek_arena arena = {0};
    struct cmek_catalogue *catalogue = cmek_catalogue_built_in();
    int number, exit_status;
    cmek_catalogue_select_all(catalogue, true);
    struct cmek_strings types = cmek_catalogue_selected_types(catalogue, &arena);
    block_signals(&signals);
    if (start(&faults, types, &cloud, &err) == CMEK_OK) {
        exit_status = announce(cmek_demo_cloud_port(cloud));
        if (exit_status == CMEK_EXIT_OK)
            sigwait(&signals, &number);
    } else {
        exit_status = cmek_end_failed(&err);
    }
    cmek_demo_cloud_stop(cloud);
    cmek_demo_faults_done(&faults);
    cmek_catalogue_free(catalogue);
    cmek_arena_done(&arena);
    return exit_status;
}

static const struct cmek_option options[] = {
    {"assets", 0, CMEK_OPTION_VALUES, &arg.assets, "FILE",
     "the asset file to serve; repeatable (default: the built-in demo organization)"},
    {"inventory-assets", 0, CMEK_OPTION_VALUES, &arg.inventory_assets, "FILE",
     "what Cloud Asset Inventory says instead, since it lags behind the APIs; repeatable (default: "
     "the same assets)"},
    {"port", 0, CMEK_OPTION_TEXT, &arg.port, "N",
     "port at 127.0.0.1; 0: any that is free (default: 0)"},
    {"credentials", 0, CMEK_OPTION_TEXT, &arg.credentials, "FILE",
     "write a service-account key file that only this demo cloud takes"},
    {"access-token", 0, CMEK_OPTION_TEXT, &arg.access_token, "TOKEN",
     "an access token to take as well"},
    {"faults", 0, CMEK_OPTION_TEXT, &arg.faults, "LIST",
     "what to do wrong, e.g. latency=30ms,429-every=10,deny=projects/p:storage; the manual lists "
     "all"},
    {"request-log", 0, CMEK_OPTION_TEXT, &arg.request_log, "FILE", "write every request as NDJSON"},
    {0},
};
static const struct cmek_option_group groups[] = {{"Options", options}, {0}};

const struct cmek_command cmek_command_demo_cloud = {
    .name = "demo-cloud",
    .summary = "serve an asset file as the real Google Cloud APIs, on loopback",
    .usage = "[--assets FILE]… [--port N] [OPTION]…",
    .description = "Serves the assets as Cloud Asset Inventory, Resource Manager, Organization "
                   "Policy, Cloud Storage, "
                   "Pub/Sub, Cloud KMS, Artifact "
                   "Registry, Service Usage, the OAuth token endpoint and the metadata server "
                   "would: same URLs, parameters, "
                   "pages, field masks and errors. Prints its address and the variables that point "
                   "Google's tools and "
                   "cmekscan at it, as lines for a shell, then serves until it is interrupted.",
    .examples = "cmekscan demo-cloud --port 8080 --credentials demo-key.json",
    .groups = groups,
    .run = run,
};
