/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/credentials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/lease.h"
#include "auth/source.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strings.h"
#include "http/engine.h"
#include "json/decode.h"
#include "json/json.h"

struct cmek_credentials {
    const struct cmek_token_source_ops *ops;
    void *state;
    char *description, *tried, *quota_project;
    struct cmek_token_lease lease;
    struct cmek_http_authorizer authorizer;
};

CMEK_DEFINE_CLEANUP(struct cmek_credentials, cmek_credentials_free, free_credentials)

/* Kinds of credential files */

static const struct cmek_token_source_ops *const file_sources[] = {
    &cmek_token_source_service_account,
    &cmek_token_source_authorized_user,
};

static const char *const unsupported_types[] = {
    "external_account",
    "external_account_authorized_user",
    "gdch_service_account",
    "impersonated_service_account",
};

struct file_head {
    const char *type, *quota_project_id;
};

static const struct cmek_json_field file_head_fields[] = {
    CMEK_JSON_FIELD(struct file_head, type, "type", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct file_head, quota_project_id, "quota_project_id", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static enum cmek_status find_source(const char *type, const struct cmek_token_source_ops **ret_ops,
                                    struct cmek_error *err)
{
    for (size_t i = 0; i < sizeof file_sources / sizeof *file_sources; i++) {
        if (cmek_str_eq(type, file_sources[i]->type)) {
            *ret_ops = file_sources[i];
            return CMEK_OK;
        }
    }
    for (size_t i = 0; i < sizeof unsupported_types / sizeof *unsupported_types; i++)
        if (cmek_str_eq(type, unsupported_types[i]))
            return cmek_fail(err, CMEK_E_AUTH,
                             "credentials of type \"%s\" are not supported yet; use a service "
                             "account key, a user login or an access token",
                             type);
    return cmek_fail(err, CMEK_E_AUTH,
                     "its type is not one that Google's tools write (expected "
                     "\"service_account\" or \"authorized_user\")");
}

static enum cmek_status take_document(struct cmek_credentials *credentials,
                                      const struct cmek_json *json, struct cmek_arena *arena,
                                      struct cmek_error *err)
{
    struct file_head head = {0};
    enum cmek_status status = cmek_json_decode(json, file_head_fields, arena, &head, err);
    if (status != CMEK_OK)
        return status;
    if (head.quota_project_id && !cmek_token_is_printable(head.quota_project_id))
        return cmek_fail(err, CMEK_E_AUTH, "quota_project_id is empty or not printable");
    const struct cmek_token_source_ops *ops = NULL;
    status = find_source(head.type, &ops, err);
    if (status == CMEK_OK)
        status = ops->load(json, &credentials->state, err);
    if (status != CMEK_OK)
        return status;
    credentials->ops = ops;
    if (head.quota_project_id && !credentials->quota_project)
        credentials->quota_project = cmek_strdup(head.quota_project_id);
    return CMEK_OK;
}

static enum cmek_status load_file(struct cmek_credentials *credentials, const char *path,
                                  struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    struct cmek_json *json = NULL;
    struct cmek_arena arena = {0};
    enum cmek_status status = cmek_file_read(path, CMEK_LIMIT_CREDENTIAL_BYTES, &content, err);
    bool is_readable = status == CMEK_OK;
    if (is_readable)
        status = cmek_json_parse(cmek_strbuf_text(&content), content.length, &json, err);
    if (status == CMEK_OK)
        status = take_document(credentials, json, &arena, err);
    if (content.data)
        explicit_bzero(content.data, content.length);
    cmek_strbuf_done(&content);
    cmek_arena_done(&arena);
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

static enum cmek_status use_static(struct cmek_credentials *credentials, const char *token,
                                   const char *path, struct cmek_error *err)
{
    enum cmek_status status = cmek_static_token_new(token, path, &credentials->state, err);
    if (status == CMEK_OK)
        credentials->ops = &cmek_token_source_static;
    return status;
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
    enum cmek_status status = cmek_metadata_new(settings->metadata_host, &credentials->state, err);
    if (status == CMEK_OK)
        credentials->ops = &cmek_token_source_metadata;
    return status;
}

/* Sets @p ret_path to the file that was read, NULL for none; the caller frees it. */
static enum cmek_status search(struct cmek_credentials *credentials,
                               const struct cmek_auth_settings *settings, char **ret_path,
                               struct cmek_error *err)
{
    /* The file first: it may come from the command line, which beats the environment. */
    if (given(settings->access_token_file)) {
        *ret_path = cmek_strdup(settings->access_token_file);
        return use_static(credentials, NULL, *ret_path, err);
    }
    if (given(settings->access_token))
        return use_static(credentials, settings->access_token, NULL, err);
    if (given(settings->credentials_file)) {
        *ret_path = cmek_strdup(settings->credentials_file);
        return load_file(credentials, *ret_path, err);
    }
    char *path = gcloud_file(settings);
    if (path && (access(path, F_OK) == 0 || errno == EACCES)) {
        *ret_path = path;
        return load_file(credentials, path, err);
    }
    enum cmek_status status = use_metadata(credentials, settings, path, err);
    free(path);
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
    if (given(settings->quota_project))
        credentials->quota_project = cmek_strdup(settings->quota_project);
    char *path = NULL;
    enum cmek_status status = search(credentials, settings, &path, err);
    if (status == CMEK_OK) {
        struct cmek_strbuf text = {0};
        credentials->ops->describe(credentials->state, &text);
        if (path)
            cmek_strbuf_printf(&text, " from '%s'", path);
        credentials->description = cmek_strbuf_detach(&text);
    }
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
    if (credentials->state)
        credentials->ops->free(credentials->state);
    free(credentials->description);
    free(credentials->tried);
    free(credentials->quota_project);
    free(credentials);
}

const char *cmek_credentials_describe(const struct cmek_credentials *credentials)
{
    return credentials->description;
}

const char *cmek_credentials_quota_project(const struct cmek_credentials *credentials)
{
    return credentials->quota_project;
}

enum cmek_status cmek_credentials_attach(struct cmek_credentials *credentials,
                                         struct cmek_http_engine *engine, struct cmek_error *err)
{
    struct cmek_token_lease *lease = &credentials->lease;
    lease->ops = credentials->ops;
    lease->state = credentials->state;
    lease->description = credentials->description;
    lease->tried = credentials->tried;
    credentials->authorizer = cmek_token_lease_authorizer(lease);
    cmek_http_set_authorizer(engine, &credentials->authorizer);
    if (!lease->token.bytes) {
        cmek_token_lease_renew(lease, engine);
        cmek_http_run(engine, NULL, NULL);
    }
    if (lease->token.bytes)
        return CMEK_OK;
    cmek_http_set_authorizer(engine, NULL);
    return cmek_fail(err, CMEK_E_AUTH, "%s", lease->failure);
}
