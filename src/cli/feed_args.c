/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/strings.h"
#include "cli/cmd.h"
#include "cli/environment.h"
#include "model/names.h"

static struct {
    struct cmek_values organizations, folders, projects, assets, quotas;
    const char *ca_file, *quota_project;
    const char *max_attempts, *request_deadline, *via, *checkpoint;
    const char *export_to, *export_operation;
    bool registry_only, verify_policies, quiet, no_confirm;
} arg;

const struct cmek_option cmek_scope_options[] = {
    {"organization", 0, CMEK_OPTION_VALUES, &arg.organizations, "ID",
     "scan an organization, live; repeatable, mixable with the next two"},
    {"folder", 0, CMEK_OPTION_VALUES, &arg.folders, "ID",
     "scan a folder and all below it, live; repeatable"},
    {"project", 0, CMEK_OPTION_VALUES, &arg.projects, "ID",
     "scan one project, by id or number, live; repeatable"},
    {"via", 0, CMEK_OPTION_TEXT, &arg.via, "HOW",
     "which APIs a live scan reads: inventory (Cloud Asset Inventory: few calls), direct (each "
     "project's own APIs), or auto (default): the inventory for each scope where it is enabled and "
     "permitted"},
    {"checkpoint", 0, CMEK_OPTION_TEXT, &arg.checkpoint, "FILE",
     "keep in FILE what a live scan has been answered; started again with the same FILE within 20 "
     "hours after it was killed, it asks only for the rest. Removed once everything was read and "
     "reported"},
    {0},
};

const struct cmek_option cmek_export_options[] = {
    {"export", 0, CMEK_OPTION_TEXT, &arg.export_to, "gs://BUCKET/PREFIX",
     "have Cloud Asset Inventory export the scope to Cloud Storage, wait for it, and read what it "
     "wrote: for the very largest organizations. The objects stay there"},
    {"export-operation", 0, CMEK_OPTION_TEXT, &arg.export_operation, "NAME",
     "go on with an export that was started before, as the operation of that name"},
    {0},
};

const struct cmek_option cmek_confirm_options[] = {
    {"no-confirm", 0, CMEK_OPTION_FLAG, &arg.no_confirm, NULL,
     "do not read again from its own API what fails by the word of Cloud Asset Inventory, which "
     "lags behind by minutes"},
    {0},
};

const struct cmek_option cmek_assets_options[] = {
    {"assets", 0, CMEK_OPTION_VALUES, &arg.assets, "FILE",
     "scan a Cloud Asset Inventory export instead: NDJSON or one JSON array, also .gz, a folder of "
     "such files, or - for standard input; repeatable"},
    {"container-registry-only", 0, CMEK_OPTION_FLAG, &arg.registry_only, NULL,
     "look only at registry buckets, gcr topics, gcr.io repositories and their keys"},
    {"verify-policies", 0, CMEK_OPTION_FLAG, &arg.verify_policies, NULL,
     "ask Google too what the policies come to, once for each class of projects under the same "
     "policies and tags; where it differs from this scan's reading, that is a coverage gap (live "
     "only)"},
    {0},
};

#define QUIET                                                                                      \
    {                                                                                              \
        "quiet", 'q', CMEK_OPTION_FLAG, &arg.quiet, NULL,                                          \
            "no progress, no notes; only the last line"                                            \
    }

const struct cmek_option cmek_connection_options[] = {
    {"quota-project", 0, CMEK_OPTION_TEXT, &arg.quota_project, "ID",
     "project that API quota is counted against (x-goog-user-project)"},
    {"quota", 0, CMEK_OPTION_VALUES, &arg.quotas, "NAME=N",
     "send at most N requests a minute of those that count against a quota (cloudasset.list, "
     "cloudasset.search, cloudkms.read, cloudresourcemanager.list, …), or none: as many as are "
     "answered; repeatable (default: the quotas that Google publishes, of Google's own endpoints)"},
    {"ca-file", 0, CMEK_OPTION_TEXT, &arg.ca_file, "FILE",
     "PEM file of certificate authorities to trust instead of the system's"},
    {"max-attempts", 0, CMEK_OPTION_TEXT, &arg.max_attempts, "N",
     "try a request up to N times before what it asked for counts as unread, 1 to 100 (default: "
     "6)"},
    {"request-deadline", 0, CMEK_OPTION_TEXT, &arg.request_deadline, "SECONDS",
     "give a request up after so long, all its attempts and pauses included, 1 to 3600 (default: "
     "120, or 600 while an API only asks to slow down)"},
    QUIET,
    {0},
};

const struct cmek_option cmek_quiet_options[] = {QUIET, {0}};

const char *cmek_args_source(void)
{
    static const char *const names[] = {"organization", "folder", "project", "assets"};
    static const struct cmek_option_group groups[] = {{"", cmek_scope_options},
                                                      {"", cmek_assets_options},
                                                      {0}};
    const char *strongest = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *origin = cmek_option_origin(cmek_option_find(groups, names[i]));
        if (origin && (!strongest || cmek_str_starts(origin, "--")))
            strongest = origin;
    }
    return strongest;
}

/* What an environment or configuration says may well be meant for other scans. */
static bool is_typed(const struct cmek_option *options, const char *name)
{
    const struct cmek_option_group groups[] = {{"", options}, {0}};
    const char *origin = cmek_option_origin(cmek_option_find(groups, name));
    return origin && cmek_str_starts(origin, "--");
}

bool cmek_args_registry_only(void)
{
    return arg.registry_only;
}

bool cmek_args_verify_policies(void)
{
    return arg.verify_policies;
}

bool cmek_args_quiet(void)
{
    return arg.quiet;
}

static enum cmek_status parse_via(const char *name, enum cmek_gcp_via *ret_via,
                                  struct cmek_error *err)
{
    static const char *const names[] = {
        [CMEK_GCP_VIA_AUTO] = "auto",
        [CMEK_GCP_VIA_INVENTORY] = "inventory",
        [CMEK_GCP_VIA_DIRECT] = "direct",
    };
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *ret_via = (enum cmek_gcp_via)i;
        return CMEK_OK;
    }
    return name ? cmek_fail(err, CMEK_E_USAGE, "--via is '%s', expected auto, inventory or direct",
                            name)
                : CMEK_OK;
}

static bool is_bucket_prefix(const char *uri)
{
    const char *rest = cmek_str_after(uri, "gs://");
    const char *slash = rest ? strchr(rest, '/') : NULL;
    return slash && slash != rest && slash[1] != '\0' && !cmek_str_ends(rest, "/") &&
           !strpbrk(rest, " \t\r\n?#*");
}

static bool is_operation(const char *name)
{
    const char *part = strstr(name, "/operations/");
    return part && part != name && part[sizeof "/operations/" - 1] != '\0' &&
           !strpbrk(name, " \t\r\n?#%");
}

/* An export is one more way to read the inventory. */
static enum cmek_status parse_export(struct cmek_feed_options *feed, struct cmek_error *err)
{
    if (!arg.export_to && !arg.export_operation)
        return CMEK_OK;
    if (arg.checkpoint)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--checkpoint keeps the answers of listings; an export that was started "
                         "goes on with --export-operation");
    if (arg.export_to && arg.export_operation)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--export starts an export, --export-operation goes on with one: give "
                         "one of them");
    if (arg.via && feed->via != CMEK_GCP_VIA_INVENTORY)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--via %s does not go with an export, which is Cloud Asset Inventory's",
                         arg.via);
    if (arg.export_to && !is_bucket_prefix(arg.export_to))
        return cmek_fail(err, CMEK_E_USAGE,
                         "--export is '%s', expected gs://BUCKET/PREFIX without a slash at its end",
                         arg.export_to);
    if (arg.export_operation && !is_operation(arg.export_operation))
        return cmek_fail(err, CMEK_E_USAGE,
                         "--export-operation is '%s', expected the name that --export told, "
                         "…/operations/…",
                         arg.export_operation);
    if (arg.export_operation && feed->scopes.count != 1)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--export-operation goes on with the export of one scope; %zu are given",
                         feed->scopes.count);
    feed->via = CMEK_GCP_VIA_INVENTORY;
    feed->export_to = arg.export_to;
    feed->export_operation = arg.export_operation;
    return CMEK_OK;
}

static bool is_project(const char *id)
{
    return id[0] != '\0' && !strpbrk(id, "/?#% \t\r\n");
}

/* "123" or "organizations/123", as people paste either. */
static enum cmek_status add_scopes(const struct cmek_values *ids, const char *kind, bool numeric,
                                   struct cmek_arena *arena, const char **scopes, size_t *count,
                                   struct cmek_error *err)
{
    for (size_t i = 0; i < ids->count; i++) {
        const char *rest = cmek_str_after(ids->items[i], kind);
        const char *id = rest && rest[0] == '/' ? rest + 1 : ids->items[i];
        if (!is_project(id) || (numeric && !cmek_str_is_number(id)))
            return cmek_fail(err, CMEK_E_USAGE, "--%.*s: '%s' is no %s: expected %s",
                             (int)strlen(kind) - 1, kind, ids->items[i],
                             numeric ? "number of an organization or folder" : "project",
                             numeric ? "digits, e.g. 123456789012" : "an id or a number");
        scopes[(*count)++] = cmek_arena_printf(arena, "%s/%s", kind, id);
    }
    return CMEK_OK;
}

static enum cmek_status parse_count(const char *option, const char *text, int most, int *ret_value,
                                    struct cmek_error *err)
{
    if (!text)
        return CMEK_OK;
    long value = cmek_str_is_number(text) && strlen(text) <= 9 ? strtol(text, NULL, 10) : 0;
    if (value < 1 || value > most)
        return cmek_fail(err, CMEK_E_USAGE, "--%s is '%s', expected 1 to %d", option, text, most);
    *ret_value = (int)value;
    return CMEK_OK;
}

static enum cmek_status parse_connection(struct cmek_http_options *ret_http, struct cmek_error *err)
{
    struct cmek_http_options http = {
        .ca_file = arg.ca_file ? arg.ca_file : cmek_environment_ca_file(),
    };
    int seconds = 0;
    enum cmek_status status =
        parse_count("max-attempts", arg.max_attempts, 100, &http.max_attempts, err);
    if (status == CMEK_OK)
        status = parse_count("request-deadline", arg.request_deadline, 3600, &seconds, err);
    if (status != CMEK_OK)
        return status;
    http.deadline_ms = http.patience_ms = (int64_t)seconds * 1000; /* said: also for throttling */
    *ret_http = http;
    return CMEK_OK;
}

static enum cmek_status parse_quotas(struct cmek_feed_options *feed, struct cmek_error *err)
{
    enum cmek_status status = CMEK_OK;
    cmek_gcp_quotas_init(&feed->quotas, &feed->endpoints);
    for (size_t i = 0; i < arg.quotas.count && status == CMEK_OK; i++)
        status = cmek_gcp_quotas_set(&feed->quotas, arg.quotas.items[i], err);
    return status;
}

static enum cmek_status parse_scopes(struct cmek_arena *arena, struct cmek_feed_options *feed,
                                     struct cmek_error *err)
{
    size_t count = 0;
    const char **scopes =
        cmek_arena_array(arena, arg.organizations.count + arg.folders.count + arg.projects.count,
                         sizeof *scopes);
    enum cmek_status status =
        add_scopes(&arg.organizations, "organizations", true, arena, scopes, &count, err);
    if (status == CMEK_OK)
        status = add_scopes(&arg.folders, "folders", true, arena, scopes, &count, err);
    if (status == CMEK_OK)
        status = add_scopes(&arg.projects, "projects", false, arena, scopes, &count, err);
    feed->scopes = (struct cmek_strings){scopes, count};
    return status;
}

enum cmek_status cmek_feed_args(const char *offline, struct cmek_arena *arena,
                                struct cmek_feed_options *ret_feed,
                                struct cmek_catalogue **ret_catalogue, struct cmek_error *err)
{
    struct cmek_feed_options feed = {
        .asset_paths = {arg.assets.items, arg.assets.count},
    };
    enum cmek_status status = cmek_plan_args(&feed, err);
    if (status != CMEK_OK)
        return status;
    size_t live = arg.organizations.count + arg.folders.count + arg.projects.count;
    if (live == 0 && arg.assets.count == 0 && !feed.plan_path)
        return cmek_fail(err, CMEK_E_USAGE,
                         "nothing to scan: give --organization, --folder or --project (live)%s",
                         offline);
    if (live == 0 && is_typed(cmek_scope_options, "via"))
        return cmek_fail(err, CMEK_E_USAGE,
                         "--via is how to read a live scope, and there is none: files are read as "
                         "they are");
    if (arg.quota_project && !is_project(arg.quota_project))
        return cmek_fail(err, CMEK_E_USAGE,
                         "--quota-project is no project: expected an id or a number");
    if (feed.plan_path && arg.verify_policies)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--verify-policies asks about what is, --plan tells what will be: they "
                         "cannot be mixed");
    if (live > 0 && arg.assets.count > 0)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--assets scans files and cannot be mixed with a live scope (%s)",
                         arg.organizations.count > 0 ? "--organization"
                         : arg.folders.count > 0     ? "--folder"
                                                     : "--project");
    if (arg.verify_policies && live == 0)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--verify-policies asks Google: it needs a live scope (--organization, "
                         "--folder or --project), not --assets");
    if (arg.checkpoint && live == 0)
        return cmek_fail(err, CMEK_E_USAGE,
                         "--checkpoint keeps the answers of APIs: it needs a live scope "
                         "(--organization, --folder or --project)");
    feed.no_confirm = arg.no_confirm;
    feed.checkpoint = arg.checkpoint;
    status = parse_via(arg.via, &feed.via, err);
    if (status == CMEK_OK)
        status = parse_connection(&feed.http, err);
    if (status == CMEK_OK)
        status = parse_scopes(arena, &feed, err);
    if (status == CMEK_OK)
        status = parse_export(&feed, err);
    if (status == CMEK_OK)
        status = cmek_auth_args(arena, &feed.auth, err);
    if (status == CMEK_OK)
        status = cmek_environment_endpoints(arena, &feed.endpoints, err);
    if (status == CMEK_OK)
        status = parse_quotas(&feed, err);
    if (status == CMEK_OK)
        status = cmek_args_catalogue(ret_catalogue, err);
    if (status != CMEK_OK)
        return status;
    feed.catalogue = *ret_catalogue;
    if (arg.quota_project)
        feed.auth.quota_project = arg.quota_project;
    *ret_feed = feed;
    return CMEK_OK;
}
