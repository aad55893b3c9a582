/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/source.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/strings.h"
#include "json/decode.h"

/* The types that Google's tools write, and who reads them. */
static const struct kind {
    const char *type;
    cmek_token_source_loader *load; /* NULL: not supported */
    bool may_be_inner;              /* as source_credentials */
} kinds[] = {
    {"authorized_user", cmek_authorized_user_load, true},
    {"external_account", cmek_external_account_load, true},
    {"external_account_authorized_user", cmek_external_user_load, true},
    {"gdch_service_account", NULL, false},
    {"impersonated_service_account", cmek_impersonated_load, false},
    {"service_account", cmek_service_account_load, true},
};

struct file_head {
    const char *type, *universe_domain, *quota_project_id;
};

static const struct cmek_json_field file_head_fields[] = {
    CMEK_JSON_FIELD(struct file_head, type, "type", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct file_head, universe_domain, "universe_domain", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct file_head, quota_project_id, "quota_project_id", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct kind *find_kind(const char *type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (cmek_str_eq(type, kinds[i].type))
            return &kinds[i];
    return NULL;
}

static enum cmek_status check_kind(const struct kind *kind, const struct cmek_token_load *how,
                                   struct cmek_error *err)
{
    if (!kind)
        return cmek_fail(err, CMEK_E_AUTH,
                         "its type is not one that Google's tools write (\"service_account\", "
                         "\"authorized_user\", \"external_account\", …)");
    if (!kind->load)
        return cmek_fail(err, CMEK_E_AUTH,
                         "credentials of type \"%s\" are not supported: they are for Google "
                         "Distributed Cloud's own APIs",
                         kind->type);
    if (how->is_inner && !kind->may_be_inner)
        return cmek_fail(err, CMEK_E_AUTH,
                         "source_credentials of type \"%s\" are not supported; name the chain of "
                         "service accounts in delegates",
                         kind->type);
    return CMEK_OK;
}

const char *cmek_token_load_quota(const struct cmek_token_load *how, const char *quota_project_id)
{
    const char *given = how->settings->quota_project;
    return given && *given && !how->is_inner ? given : quota_project_id;
}

static enum cmek_status load_kind(const struct file_head *head, const struct cmek_json *json,
                                  const struct cmek_token_load *how,
                                  struct cmek_token_source *ret_source, struct cmek_error *err)
{
    const struct kind *kind = find_kind(head->type);
    enum cmek_status status = check_kind(kind, how, err);
    if (status != CMEK_OK)
        return status;
    if (head->quota_project_id && !cmek_token_is_printable(head->quota_project_id))
        return cmek_fail(err, CMEK_E_AUTH, "quota_project_id is empty or not printable");
    status = cmek_auth_check_universe(cmek_auth_universe(how->settings), head->universe_domain,
                                      "the credentials", err);
    if (status != CMEK_OK)
        return status;
    status = kind->load(json, how, ret_source, err);
    const char *quota_project = cmek_token_load_quota(how, head->quota_project_id);
    if (status == CMEK_OK && quota_project)
        ret_source->quota_project = cmek_strdup(quota_project);
    return status;
}

enum cmek_status cmek_token_source_load(const struct cmek_json *json,
                                        const struct cmek_token_load *how,
                                        struct cmek_token_source *ret_source,
                                        struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct file_head head = {0};
    enum cmek_status status = cmek_json_decode(json, file_head_fields, &arena, &head, err);
    if (status == CMEK_OK)
        status = load_kind(&head, json, how, ret_source, err);
    cmek_arena_done(&arena);
    return status;
}
