/* SPDX-License-Identifier: Apache-2.0 */
/* `cmekscan demo-cloud` without the rest of cmekscan: for tests of the demo cloud alone. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "demo/demo_cloud.h"

struct arguments {
    const char *assets, *inventory_assets, *faults, *request_log, *access_token, *service_account,
        *user;
    const char *port;
};

static const struct {
    const char *name;
    size_t offset;
} options[] = {
    {"--assets", offsetof(struct arguments, assets)},
    {"--inventory-assets", offsetof(struct arguments, inventory_assets)},
    {"--port", offsetof(struct arguments, port)},
    {"--faults", offsetof(struct arguments, faults)},
    {"--request-log", offsetof(struct arguments, request_log)},
    {"--access-token", offsetof(struct arguments, access_token)},
    {"--credentials", offsetof(struct arguments, service_account)},
    {"--user-credentials", offsetof(struct arguments, user)},
};

static int fail(const struct cmek_error *err)
{
    fprintf(stderr, "demo_server: %s\n", err->message);
    return 4;
}

static bool parse(int argc, char **argv, struct arguments *ret_arguments)
{
    for (int i = 2; i < argc; i += 2) {
        bool known = false;
        for (size_t k = 0; k < sizeof options / sizeof *options && i + 1 < argc; k++) {
            if (!cmek_str_eq(options[k].name, argv[i]))
                continue;
            *(const char **)(void *)((char *)ret_arguments + options[k].offset) = argv[i + 1];
            known = true;
        }
        if (!known)
            return false;
    }
    return argc >= 2;
}

static enum cmek_status write_credentials(struct cmek_demo_cloud *cloud,
                                          const struct arguments *arguments, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    if (arguments->service_account)
        status = cmek_demo_cloud_write_credentials(cloud, "service_account",
                                                   arguments->service_account, err);
    if (status == CMEK_OK && arguments->user)
        status = cmek_demo_cloud_write_credentials(cloud, "authorized_user", arguments->user, err);
    return status;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct cmek_demo_faults faults = {0};
    struct cmek_error err = {0};
    if (!parse(argc, argv, &arguments)) {
        fprintf(stderr, "usage: demo_server demo-cloud [--assets FILE] [--port N] …\n");
        return 2;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (arguments.faults && cmek_demo_faults_parse(arguments.faults, &faults, &err) != CMEK_OK)
        return fail(&err);
    const struct cmek_demo_options demo_options = {
        .assets = {.items = &arguments.assets, .count = arguments.assets ? 1 : 0},
        .inventory_assets = {.items = &arguments.inventory_assets,
                             .count = arguments.inventory_assets ? 1 : 0},
        .port = arguments.port ? (int)strtol(arguments.port, NULL, 10) : 0,
        .faults = &faults,
        .request_log = arguments.request_log,
        .access_token = arguments.access_token,
    };
    struct cmek_demo_cloud *cloud = NULL;
    if (cmek_demo_cloud_start(&demo_options, &cloud, &err) != CMEK_OK)
        return fail(&err);
    if (write_credentials(cloud, &arguments, &err) != CMEK_OK)
        return fail(&err);
    printf("# demo cloud listening on http://127.0.0.1:%d\n", cmek_demo_cloud_port(cloud));
    fflush(stdout);
    int received;
    sigwait(&signals, &received);
    cmek_demo_cloud_stop(cloud);
    cmek_demo_faults_done(&faults);
    return 0;
}
