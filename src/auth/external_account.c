/* SPDX-License-Identifier: Apache-2.0 */
/* Workload and workforce identity federation, as credential files describe it
 * (google.aip.dev/auth/4117). */
#include <stdlib.h>
#include <string.h>

#include "auth/impersonation.h"
#include "auth/subject.h"
#include "auth/token_exchange.h"
#include "auth/trust.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/strings.h"
#include "json/decode.h"
#include "json/json.h"
#include "json/writer.h"

#define LEAST_LIFETIME_S 600
#define MOST_LIFETIME_S  43200

/* The kinds of credential_source, by the member that tells them. AWS's has a "url" as well, so it
 * comes first. */
static const struct {
    const char *member;
    cmek_subject_loader *load; /* NULL: not supported */
} subject_kinds[] = {
    {"environment_id", cmek_subject_aws_load},
    {"file", cmek_subject_document_load},
    {"url", cmek_subject_document_load},
    {"executable", cmek_subject_executable_load},
    {"certificate", NULL},
};

/* What `gcloud iam workload-identity-pools create-cred-config` writes. */
struct external_file {
    const char *audience, *subject_token_type, *token_url, *impersonation_url;
    const char *client_id, *client_secret, *user_project, *quota_project_id;
    const struct cmek_json *credential_source;
    struct external_impersonation {
        int64_t lifetime_s;
    } impersonation;
};

static const struct cmek_json_field impersonation_fields[] = {
    CMEK_JSON_FIELD(struct external_impersonation, lifetime_s, "token_lifetime_seconds",
                    CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field external_fields[] = {
    CMEK_JSON_FIELD(struct external_file, audience, "audience", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct external_file, subject_token_type, "subject_token_type",
                    CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct external_file, token_url, "token_url", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct external_file, impersonation_url, "service_account_impersonation_url",
                    CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct external_file, client_id, "client_id", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct external_file, client_secret, "client_secret", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct external_file, user_project, "workforce_pool_user_project",
                    CMEK_JSON_NUMBER_AS_TEXT),
    CMEK_JSON_FIELD(struct external_file, quota_project_id, "quota_project_id", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct external_file, credential_source, "credential_source",
                    CMEK_JSON_REQUIRED),
    CMEK_JSON_OBJECT_FIELD(struct external_file, impersonation, "service_account_impersonation",
                           NULL, impersonation_fields),
    CMEK_JSON_END,
};

/* //iam.googleapis.com/locations/LOCATION/workforcePools/POOL/providers/PROVIDER */
static bool is_workforce_pool(const char *audience)
{
    const char *location = cmek_str_after(audience, "//iam.googleapis.com/locations/");
    return location && cmek_str_starts(location + strcspn(location, "/"), "/workforcePools/");
}

static enum cmek_status check_file(const struct external_file *file, const char *token_url,
                                   const struct cmek_token_load *how, struct cmek_error *err)
{
    if (!cmek_token_is_sendable(file->audience))
        return cmek_fail(err, CMEK_E_AUTH, "audience is empty, or holds blanks or control bytes");
    if (!cmek_token_is_sendable(file->subject_token_type))
        return cmek_fail(err, CMEK_E_AUTH, "subject_token_type is empty or malformed");
    if (file->user_project && !is_workforce_pool(file->audience))
        return cmek_fail(err, CMEK_E_AUTH,
                         "workforce_pool_user_project is set, but audience is no workforce pool");
    int64_t lifetime = file->impersonation.lifetime_s;
    if (lifetime != 0 && (lifetime < LEAST_LIFETIME_S || lifetime > MOST_LIFETIME_S))
        return cmek_fail(err, CMEK_E_AUTH,
                         "service_account_impersonation.token_lifetime_seconds is not between %d "
                         "and %d",
                         LEAST_LIFETIME_S, MOST_LIFETIME_S);
    enum cmek_status status =
        cmek_token_trust_check(how->settings, CMEK_PLACE_STS, "token_url", token_url, err);
    if (status != CMEK_OK || !file->impersonation_url)
        return status;
    return cmek_token_trust_check(how->settings, CMEK_PLACE_IAM,
                                  "service_account_impersonation_url", file->impersonation_url,
                                  err);
}

static enum cmek_status find_subject(const struct cmek_json *source, cmek_subject_loader **ret_load,
                                     struct cmek_error *err)
{
    size_t kinds = sizeof subject_kinds / sizeof *subject_kinds, found = kinds, count = 0;
    for (size_t i = 0; i < kinds; i++) {
        if (!cmek_json_get(source, subject_kinds[i].member))
            continue;
        found = found == kinds ? i : found;
        count++;
    }
    if (count == 2 && found == 0 && cmek_json_get(source, "url"))
        count = 1;
    if (count != 1)
        return cmek_fail(err, CMEK_E_AUTH,
                         "credential_source has %s of file, url, executable, environment_id (AWS) "
                         "and certificate, expected one",
                         count == 0 ? "none" : "more than one");
    if (!subject_kinds[found].load)
        return cmek_fail(err, CMEK_E_AUTH,
                         "its credential_source is a client certificate: mTLS is not supported; "
                         "use a file, url, executable or AWS source, or another kind of "
                         "credential");
    *ret_load = subject_kinds[found].load;
    return CMEK_OK;
}

static enum cmek_status load_subject(const struct external_file *file,
                                     const struct cmek_token_load *how,
                                     struct cmek_token_source *ret_subject, struct cmek_error *err)
{
    struct cmek_strbuf email = {0};
    cmek_subject_loader *load_kind = NULL;
    bool has_email =
        file->impersonation_url && cmek_impersonation_email(file->impersonation_url, &email);
    const struct cmek_subject_load subject_how = {
        .source = file->credential_source,
        .settings = how->settings,
        .audience = file->audience,
        .token_type = file->subject_token_type,
        .impersonated_email = has_email ? cmek_strbuf_text(&email) : NULL,
    };
    enum cmek_status status = find_subject(file->credential_source, &load_kind, err);
    if (status == CMEK_OK)
        status = load_kind(&subject_how, ret_subject, err);
    cmek_strbuf_done(&email);
    return status;
}

/* {"userProject": …}: a client id tells the project by itself. */
static char *make_options(const struct external_file *file)
{
    if (!file->user_project || file->client_id)
        return NULL;
    struct cmek_strbuf options = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &options, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "userProject", file->user_project);
    cmek_json_end_object(&writer);
    return cmek_strbuf_detach(&options);
}

static enum cmek_status make_exchange(const struct external_file *file, const char *token_url,
                                      const struct cmek_token_load *how,
                                      struct cmek_token_source *ret_source, struct cmek_error *err)
{
    struct cmek_token_source subject = {0};
    enum cmek_status status = load_subject(file, how, &subject, err);
    if (status != CMEK_OK)
        return status;
    char *options = make_options(file);
    const struct cmek_token_exchange what = {
        .token_url = token_url,
        .audience = file->audience,
        .subject_token_type = file->subject_token_type,
        .scope = file->impersonation_url ? CMEK_TOKEN_IAM_SCOPE : how->scope,
        .options = options,
        .client_id = file->client_id,
        .client_secret = file->client_secret,
    };
    *ret_source = cmek_token_exchange_new(&subject, &what);
    free(options);
    return CMEK_OK;
}

static enum cmek_status take_file(const struct external_file *file,
                                  const struct cmek_token_load *how,
                                  struct cmek_token_source *ret_source, struct cmek_error *err)
{
    struct cmek_strbuf token_url = {0};
    cmek_strbuf_printf(&token_url, "https://sts.%s/v1/token", cmek_auth_universe(how->settings));
    const char *url = file->token_url ? file->token_url : cmek_strbuf_text(&token_url);
    struct cmek_token_source source = {0};
    enum cmek_status status = check_file(file, url, how, err);
    if (status == CMEK_OK)
        status = make_exchange(file, url, how, &source, err);
    if (status == CMEK_OK && file->impersonation_url) {
        const char *quota_project = cmek_token_load_quota(how, file->quota_project_id);
        const struct cmek_impersonation what = {
            .url = file->impersonation_url,
            .scope = how->scope,
            .lifetime_s = file->impersonation.lifetime_s,
        };
        struct cmek_token_source inner = source;
        inner.quota_project = quota_project ? cmek_strdup(quota_project) : NULL;
        status = cmek_impersonation_new(&inner, &what, &source, err);
    }
    if (status == CMEK_OK)
        *ret_source = source;
    cmek_strbuf_done(&token_url);
    return status;
}

enum cmek_status cmek_external_account_load(const struct cmek_json *json,
                                            const struct cmek_token_load *how,
                                            struct cmek_token_source *ret_source,
                                            struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct external_file file = {0};
    enum cmek_status status = cmek_json_decode(json, external_fields, &arena, &file, err);
    if (status == CMEK_OK)
        status = take_file(&file, how, ret_source, err);
    cmek_secret_wipe_text(file.client_secret);
    cmek_arena_done(&arena);
    return status;
}
