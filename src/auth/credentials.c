/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/credentials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/impersonation.h"
#include "auth/lease.h"
#include "auth/source.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "http/engine.h"
#include "json/json.h"

struct cmek_credentials {
    struct cmek_token_source source;
    char *description, *tried;
    struct cmek_token_lease lease;
    struct cmek_http_authorizer authorizer;
};

CMEK_DEFINE_CLEANUP(struct cmek_credentials, cmek_credentials_free, free_credentials)

static enum cmek_status load_file(struct cmek_credentials *credentials,
                                  const struct cmek_auth_settings *settings, const char *path,
                                  struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    struct cmek_json *json = NULL;
    const struct cmek_token_load how = {
        .settings = settings,
        .scope = settings->impersonate.count > 0 ? CMEK_TOKEN_IAM_SCOPE : CMEK_TOKEN_SCOPE,
    };
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_CREDENTIAL_BYTES, &content, err);
    bool is_readable = status == CMEK_OK;
    if (is_readable)
        status = cmek_json_parse(cmek_strbuf_text(&content), content.length, &json, err);
    if (status == CMEK_OK)
        status = cmek_token_source_load(json, &how, &credentials->source, err);
    if (content.data)
        explicit_bzero(content.data, content.length);
    cmek_strbuf_done(&content);
    cmek_json_free(json);
    if (status == CMEK_OK)
        return CMEK_OK;
    if (is_readable)
        cmek_error_prefix(err, "credential file '%s'", path);
    else
        cmek_error_prefix(err, "credential file");
    return CMEK_E_AUTH;
}

/* The search, in Google's order */

static const char *given(const char *setting)
{
    return setting && *setting ? setting : NULL;
}

static char *gcloud_file(const struct cmek_auth_settings *settings)
{
    static const char name[] = "application_default_credentials.json";
    struct cmek_strbuf path = {0};
    if (given(settings->cloudsdk_config))
        cmek_strbuf_printf(&path, "%s/%s", settings->cloudsdk_config, name);
    else if (given(settings->home))
        cmek_strbuf_printf(&path, "%s/.config/gcloud/%s", settings->home, name);
    else
        return NULL;
    return cmek_strbuf_detach(&path);
}

static enum cmek_status use_metadata(struct cmek_credentials *credentials,
                                     const struct cmek_auth_settings *settings,
                                     const char *gcloud_path, struct cmek_error *err)
{
    struct cmek_strbuf tried = {0};
    cmek_strbuf_puts(&tried,
                     "no access token is given, GOOGLE_APPLICATION_CREDENTIALS is not set, ");
    if (gcloud_path)
        cmek_strbuf_printf(&tried, "there is no file '%s'", gcloud_path);
    else
        cmek_strbuf_puts(&tried, "gcloud's folder is not known (neither CLOUDSDK_CONFIG nor HOME)");
    if (settings->no_gce_check) {
        cmek_fail(err, CMEK_E_AUTH,
                  "no Google credentials: %s, the metadata server is switched off "
                  "(NO_GCE_CHECK); " CMEK_HOW_TO_LOG_IN,
                  cmek_strbuf_text(&tried));
        cmek_strbuf_done(&tried);
        return CMEK_E_AUTH;
    }
    credentials->tried = cmek_strbuf_detach(&tried);
    return cmek_metadata_new(settings, &credentials->source, err);
}

/* Sets @p ret_path to the file that was read, NULL for none; the caller frees it. */
static enum cmek_status search(struct cmek_credentials *credentials,
                               const struct cmek_auth_settings *settings, char **ret_path,
                               struct cmek_error *err)
{
    /* The file first: it may come from the command line, which beats the environment. */
    if (given(settings->access_token_file)) {
        *ret_path = cmek_strdup(settings->access_token_file);
        return cmek_static_token_new(NULL, *ret_path, &credentials->source, err);
    }
    if (given(settings->access_token))
        return cmek_static_token_new(settings->access_token, NULL, &credentials->source, err);
    if (given(settings->credentials_file)) {
        *ret_path = cmek_strdup(settings->credentials_file);
        return load_file(credentials, settings, *ret_path, err);
    }
    char *path = gcloud_file(settings);
    if (path && (access(path, F_OK) == 0 || errno == EACCES)) {
        *ret_path = path;
        return load_file(credentials, settings, path, err);
    }
    enum cmek_status status = use_metadata(credentials, settings, path, err);
    free(path);
    return status;
}

static void describe(struct cmek_credentials *credentials, const char *path)
{
    struct cmek_strbuf text = {0};
    credentials->source.ops->describe(credentials->source.state, &text);
    if (path)
        cmek_strbuf_printf(&text, " from '%s'", path);
    credentials->description = cmek_strbuf_detach(&text);
}

/* The settings' quota project beats the file's; whoever impersonates keeps that of the file. */
static enum cmek_status complete(struct cmek_credentials *credentials,
                                 const struct cmek_auth_settings *settings, struct cmek_error *err)
{
    struct cmek_token_source *source = &credentials->source;
    if (given(settings->quota_project) && !source->quota_project)
        source->quota_project = cmek_strdup(settings->quota_project);
    if (settings->impersonate.count == 0)
        return CMEK_OK;
    char *quota_project = source->quota_project ? cmek_strdup(source->quota_project) : NULL;
    enum cmek_status status = cmek_impersonation_wrap(source, settings, err);
    source->quota_project = quota_project;
    return status;
}

enum cmek_status cmek_credentials_find(const struct cmek_auth_settings *settings,
                                       struct cmek_credentials **ret_credentials,
                                       struct cmek_error *err)
{
    if (given(settings->quota_project) && !cmek_token_is_printable(settings->quota_project))
        return cmek_fail(err, CMEK_E_AUTH,
                         "the quota project (GOOGLE_CLOUD_QUOTA_PROJECT) holds control characters");
    struct cmek_credentials *credentials CMEK_CLEANUP(free_credentials) =
        cmek_calloc(1, sizeof *credentials);
    char *path = NULL;
    enum cmek_status status = cmek_auth_settings_check(settings, err);
    if (status == CMEK_OK)
        status = search(credentials, settings, &path, err);
    if (status == CMEK_OK)
        status = complete(credentials, settings, err);
    if (status == CMEK_OK)
        describe(credentials, path);
    free(path);
    if (status != CMEK_OK)
        return CMEK_E_AUTH;
    *ret_credentials = CMEK_TAKE(credentials);
    return CMEK_OK;
}

void cmek_credentials_free(struct cmek_credentials *credentials)
{
    if (!credentials)
        return;
    cmek_token_lease_done(&credentials->lease);
    cmek_token_source_done(&credentials->source);
    free(credentials->description);
    free(credentials->tried);
    free(credentials);
}

const char *cmek_credentials_describe(const struct cmek_credentials *credentials)
{
    return credentials->description;
}

const char *cmek_credentials_quota_project(const struct cmek_credentials *credentials)
{
    return credentials->source.quota_project;
}

enum cmek_status cmek_credentials_attach(struct cmek_credentials *credentials,
                                         struct cmek_http_engine *engine,
                                         bool (*tick)(void *payload), void *payload,
                                         struct cmek_error *err)
{
    struct cmek_token_lease *lease = &credentials->lease;
    lease->source = &credentials->source;
    lease->description = credentials->description;
    lease->tried = credentials->tried;
    credentials->authorizer = cmek_token_lease_authorizer(lease);
    cmek_http_set_authorizer(engine, &credentials->authorizer);
    if (!lease->token.bytes) {
        cmek_token_lease_renew(lease, engine);
        cmek_http_run(engine, tick, payload);
    }
    if (lease->token.bytes)
        return CMEK_OK;
    cmek_http_set_authorizer(engine, NULL);
    return cmek_fail(err, CMEK_E_AUTH, "%s", lease->failure);
}
