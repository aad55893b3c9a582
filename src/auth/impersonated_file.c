/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/impersonation.h"
#include "auth/trust.h"
#include "base/arena.h"
#include "json/decode.h"

/* What `gcloud auth application-default login --impersonate-service-account` writes. */
struct impersonated_file {
    const struct cmek_json *source_credentials;
    const char *impersonation_url;
    struct cmek_strings delegates;
};

static const struct cmek_json_field impersonated_file_fields[] = {
    CMEK_JSON_FIELD(struct impersonated_file, source_credentials, "source_credentials",
                    CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct impersonated_file, impersonation_url,
                    "service_account_impersonation_url", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct impersonated_file, delegates, "delegates", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static enum cmek_status take_file(const struct impersonated_file *file,
                                  const struct cmek_token_load *how,
                                  struct cmek_token_source *ret_source, struct cmek_error *err)
{
    enum cmek_status status =
        cmek_token_trust_check(how->settings, CMEK_PLACE_IAM, "service_account_impersonation_url",
                               file->impersonation_url, err);
    if (status != CMEK_OK)
        return status;
    const struct cmek_token_load inner_how = {
        .settings = how->settings,
        .scope = CMEK_TOKEN_IAM_SCOPE,
        .is_inner = true,
    };
    struct cmek_token_source inner = {0};
    status = cmek_token_source_load(file->source_credentials, &inner_how, &inner, err);
    if (status != CMEK_OK) {
        cmek_error_prefix(err, "source_credentials");
        return status;
    }
    const struct cmek_impersonation what = {
        .url = file->impersonation_url,
        .scope = how->scope,
        .delegates = file->delegates,
    };
    return cmek_impersonation_new(&inner, &what, ret_source, err);
}

enum cmek_status cmek_impersonated_load(const struct cmek_json *json,
                                        const struct cmek_token_load *how,
                                        struct cmek_token_source *ret_source,
                                        struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct impersonated_file file = {0};
    enum cmek_status status = cmek_json_decode(json, impersonated_file_fields, &arena, &file, err);
    if (status == CMEK_OK)
        status = take_file(&file, how, ret_source, err);
    cmek_arena_done(&arena);
    return status;
}
