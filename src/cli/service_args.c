/* SPDX-License-Identifier: Apache-2.0 */
/* --services and --catalogue: which services a command is about. */
#include <string.h>

#include "base/error.h"
#include "cli/cmd.h"
#include "model/catalogue.h"
#include "rules/catalogue_load.h"

static struct {
    const char *services;
    struct cmek_values catalogues;
} arg;

const struct cmek_option cmek_service_options[] = {
    {"services", 0, CMEK_OPTION_TEXT, &arg.services, "LIST",
     "which services to look at, comma-separated, or all; `cmekscan services` lists them (default: "
     "storage,pubsub,artifactregistry)"},
    {"catalogue", 0, CMEK_OPTION_VALUES, &arg.catalogues, "FILE|DIR",
     "add services, or change those built in (types, key fields); repeatable"},
    {0},
};

static enum cmek_status unknown_service(const struct cmek_catalogue *catalogue, const char *name,
                                        struct cmek_error *err)
{
    const struct cmek_service *closest = cmek_catalogue_closest(catalogue, name);
    const char *value = closest ? closest->value : "";
    size_t length = strchr(name, '.') ? strlen(value) : strcspn(value, ".");
    return cmek_fail(err, CMEK_E_USAGE,
                     "there is no service '%.200s'%s%.*s%s; `cmekscan services` lists them", name,
                     closest ? " (did you mean " : "", (int)length, value, closest ? "?)" : "");
}

enum cmek_status cmek_args_select(struct cmek_catalogue *catalogue, const char *name,
                                  struct cmek_error *err)
{
    return cmek_catalogue_select(catalogue, name) ? CMEK_OK : unknown_service(catalogue, name, err);
}

static enum cmek_status select_services(struct cmek_catalogue *catalogue, const char *list,
                                        struct cmek_error *err)
{
    bool all = strcmp(list, "all") == 0;
    cmek_catalogue_select_all(catalogue, all);
    if (all)
        return CMEK_OK;
    struct cmek_arena arena = {0};
    enum cmek_status status = CMEK_OK;
    for (const char *at = list; *at && status == CMEK_OK; at += *at == ',') {
        size_t length = strcspn(at, ",");
        const char *name = cmek_arena_strndup(&arena, at, length);
        status = cmek_args_select(catalogue, name, err);
        at += length;
    }
    cmek_arena_done(&arena);
    return status;
}

bool cmek_args_choose_services(void)
{
    return arg.services != NULL;
}

struct cmek_catalogue *cmek_args_default_catalogue(void)
{
    struct cmek_catalogue *catalogue = cmek_catalogue_built_in();
    static const char *const standard[] = {"storage", "pubsub", "artifactregistry"};
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
        cmek_catalogue_select(catalogue, standard[i]);
    return catalogue;
}

enum cmek_status cmek_args_catalogue(struct cmek_catalogue **ret_catalogue, struct cmek_error *err)
{
    struct cmek_catalogue *catalogue = cmek_args_default_catalogue();
    enum cmek_status status = CMEK_OK;
    for (size_t i = 0; i < arg.catalogues.count && status == CMEK_OK; i++)
        status = cmek_catalogue_load(catalogue, arg.catalogues.items[i], err);
    if (status == CMEK_OK && arg.services)
        status = select_services(catalogue, arg.services, err);
    if (status == CMEK_OK)
        *ret_catalogue = catalogue;
    else
        cmek_catalogue_free(catalogue);
    return status;
}
