/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/aws_keys.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "json/decode.h"
#include "json/json.h"

/* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
struct keys_answer {
    const char *id, *secret, *session_token;
};

static const struct cmek_json_field keys_fields[] = {
    CMEK_JSON_FIELD(struct keys_answer, id, "AccessKeyId", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct keys_answer, secret, "SecretAccessKey", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct keys_answer, session_token, "Token", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static void set(struct cmek_secret *secret, const char *text)
{
    if (text && *text)
        cmek_secret_set(secret, text, strlen(text));
}

void cmek_aws_keys_set(struct cmek_aws_keys *keys, const char *id, const char *secret,
                       const char *session_token)
{
    cmek_aws_keys_done(keys);
    set(&keys->id, id);
    set(&keys->secret, secret);
    set(&keys->session_token, session_token);
}

enum cmek_status cmek_aws_keys_read(const struct cmek_strbuf *text, struct cmek_aws_keys *ret_keys,
                                    struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    struct cmek_arena arena = {0};
    struct keys_answer answer = {0};
    enum cmek_status status = cmek_json_parse(cmek_strbuf_text(text), text->length, &json, err);
    if (status == CMEK_OK)
        status = cmek_json_decode(json, keys_fields, &arena, &answer, err);
    if (status == CMEK_OK && (answer.id[0] == '\0' || answer.secret[0] == '\0'))
        status = cmek_fail(err, CMEK_E_AUTH, "the keys are empty");
    if (status == CMEK_OK)
        cmek_aws_keys_set(ret_keys, answer.id, answer.secret, answer.session_token);
    cmek_secret_wipe_text(answer.secret);
    cmek_secret_wipe_text(answer.session_token);
    cmek_arena_done(&arena);
    cmek_json_free(json);
    return status;
}

void cmek_aws_keys_done(struct cmek_aws_keys *keys)
{
    cmek_secret_done(&keys->id);
    cmek_secret_done(&keys->secret);
    cmek_secret_done(&keys->session_token);
}
