/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/environment.h"

static struct {
    const char *access_token_file, *impersonate;
    struct cmek_values allowed_hosts;
} arg;

const struct cmek_option cmek_auth_options[] = {
    {"access-token-file", 0, CMEK_OPTION_TEXT, &arg.access_token_file, "FILE",
     "use the access token in FILE; otherwise Application Default Credentials are used"},
    {"impersonate-service-account", 0, CMEK_OPTION_TEXT, &arg.impersonate, "EMAIL[,EMAIL…]",
     "act as this service account; of a chain of them the last, each impersonating the next"},
    {"allow-token-host", 0, CMEK_OPTION_VALUES, &arg.allowed_hosts, "HOST",
     "a host besides Google's that a credential file may have secrets sent to, over https; "
     "repeatable"},
    {0},
};

static struct cmek_strings split_chain(const char *list, struct cmek_arena *arena)
{
    char *rest = cmek_arena_strdup(arena, list);
    const char **accounts = cmek_arena_array(arena, strlen(list) + 1, sizeof *accounts);
    size_t count = 0;
    for (const char *account; (account = strsep(&rest, ",")) != NULL;)
        accounts[count++] = account;
    return (struct cmek_strings){accounts, count};
}

enum cmek_status cmek_auth_args(struct cmek_arena *arena, struct cmek_auth_settings *ret_auth,
                                struct cmek_error *err)
{
    struct cmek_auth_settings auth;
    cmek_environment_auth(&auth);
    if (arg.access_token_file) {
        auth.access_token = NULL; /* the command line beats the environment */
        auth.access_token_file = arg.access_token_file;
    }
    const char *impersonate = arg.impersonate;
    if (!impersonate)
        impersonate = cmek_environment("CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT");
    if (impersonate)
        auth.impersonate = split_chain(impersonate, arena);
    auth.allowed_hosts = (struct cmek_strings){arg.allowed_hosts.items, arg.allowed_hosts.count};
    enum cmek_status status = cmek_auth_settings_check(&auth, err);
    if (status == CMEK_OK)
        *ret_auth = auth;
    return status;
}
