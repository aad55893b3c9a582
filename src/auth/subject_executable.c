/* SPDX-License-Identifier: Apache-2.0 */
/* A subject token that a program prints: google.aip.dev/auth/4117, "executable-sourced". */
#include <stdlib.h>
#include <string.h>

#include "auth/program.h"
#include "auth/subject.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strings.h"
#include "base/time.h"
#include "base/vec.h"
#include "base/words.h"
#include "json/decode.h"
#include "json/json.h"

#define VERSION            1
#define DEFAULT_TIMEOUT_MS 30000
#define LEAST_TIMEOUT_MS   5000
#define MOST_TIMEOUT_MS    120000
#define LONGEST_MESSAGE    200

struct executable_source {
    struct executable_fields {
        const char *command, *output_file;
        int64_t timeout_ms;
    } executable;
};

static const struct cmek_json_field executable_fields[] = {
    CMEK_JSON_FIELD(struct executable_fields, command, "command", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct executable_fields, output_file, "output_file", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct executable_fields, timeout_ms, "timeout_millis", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field source_fields[] = {
    CMEK_JSON_OBJECT_FIELD(struct executable_source, executable, "executable", NULL,
                           executable_fields),
    CMEK_JSON_END,
};

struct executable {
    struct cmek_arena arena;
    const char *output_file; /* or NULL */
    struct cmek_command_line command;
    struct cmek_strings words;
    CMEK_VEC(const char *) environment;
};

static void free_executable(void *state)
{
    struct executable *executable = state;
    CMEK_VEC_DONE(&executable->environment);
    cmek_arena_done(&executable->arena);
    free(executable);
}

/* What the program is told, besides the environment that we have ourselves. */
static void make_environment(struct executable *executable, const struct cmek_subject_load *how)
{
    const char *const told[][2] = {
        {"GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE=", how->audience},
        {"GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE=", how->token_type},
        {"GOOGLE_EXTERNAL_ACCOUNT_ID=", how->impersonated_email ? how->impersonated_email : ""},
        {"GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE=", "0"},
        {"GOOGLE_EXTERNAL_ACCOUNT_REVOKE=", "0"},
        {"GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL=", how->impersonated_email},
        {"GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE=", executable->output_file},
    };
    size_t count = sizeof told / sizeof *told;
    for (const char *const *entry = how->settings->environment; entry && *entry; entry++) {
        bool is_told = false;
        for (size_t i = 0; i < count; i++)
            is_told = is_told || cmek_str_starts(*entry, told[i][0]);
        if (!is_told)
            *CMEK_VEC_ADD(&executable->environment) = *entry;
    }
    for (size_t i = 0; i < count; i++)
        if (told[i][1])
            *CMEK_VEC_ADD(&executable->environment) =
                cmek_arena_printf(&executable->arena, "%s%s", told[i][0], told[i][1]);
    *CMEK_VEC_ADD(&executable->environment) = NULL;
}

static enum cmek_status check_fields(const struct executable_fields *fields,
                                     const struct cmek_subject_load *how, struct cmek_error *err)
{
    if (!how->settings->allow_executables)
        return cmek_fail(err, CMEK_E_AUTH,
                         "its credential_source is a program to run, which is refused: whoever "
                         "wrote the file chose the program; if you trust it, set "
                         "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1");
    if (!fields->command || fields->command[0] == '\0')
        return cmek_fail(err, CMEK_E_AUTH, "credential_source.executable.command is missing");
    if (fields->timeout_ms != 0 &&
        (fields->timeout_ms < LEAST_TIMEOUT_MS || fields->timeout_ms > MOST_TIMEOUT_MS))
        return cmek_fail(err, CMEK_E_AUTH,
                         "credential_source.executable.timeout_millis is not between %d and %d",
                         LEAST_TIMEOUT_MS, MOST_TIMEOUT_MS);
    return CMEK_OK;
}

static enum cmek_status take_fields(struct executable *executable,
                                    const struct executable_fields *fields,
                                    const struct cmek_subject_load *how, struct cmek_error *err)
{
    enum cmek_status status = check_fields(fields, how, err);
    if (status != CMEK_OK)
        return status;
    status = cmek_words_split(fields->command, &executable->arena, &executable->words, err);
    if (status == CMEK_OK && executable->words.count == 0)
        status = cmek_fail(err, CMEK_E_AUTH, "it is blank");
    if (status != CMEK_OK) {
        cmek_error_prefix(err, "credential_source.executable.command");
        return status;
    }
    executable->output_file = fields->output_file;
    make_environment(executable, how);
    executable->command = (struct cmek_command_line){
        .words = executable->words.items,
        .environment = executable->environment.items,
        .timeout_ms = fields->timeout_ms != 0 ? fields->timeout_ms : DEFAULT_TIMEOUT_MS,
        .output_limit = CMEK_LIMIT_CREDENTIAL_BYTES,
    };
    return CMEK_OK;
}

static const struct cmek_token_source_ops executable_ops;

enum cmek_status cmek_subject_executable_load(const struct cmek_subject_load *how,
                                              struct cmek_token_source *ret_source,
                                              struct cmek_error *err)
{
    struct executable *executable = cmek_calloc(1, sizeof *executable);
    struct executable_source source = {0};
    enum cmek_status status =
        cmek_json_decode(how->source, source_fields, &executable->arena, &source, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "credential_source");
    else
        status = take_fields(executable, &source.executable, how, err);
    if (status != CMEK_OK) {
        free_executable(executable);
        return status;
    }
    *ret_source = (struct cmek_token_source){&executable_ops, executable, NULL};
    return CMEK_OK;
}

/* What it prints */

struct response {
    int64_t version, expiration_time;
    bool success;
    const char *token_type, *id_token, *saml_response, *code, *message;
};

static const struct cmek_json_field response_fields[] = {
    CMEK_JSON_FIELD(struct response, version, "version", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct response, success, "success", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct response, expiration_time, "expiration_time", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct response, token_type, "token_type", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct response, id_token, "id_token", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct response, saml_response, "saml_response", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct response, code, "code", CMEK_JSON_NUMBER_AS_TEXT),
    CMEK_JSON_FIELD(struct response, message, "message", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const char *token_of(const struct response *response)
{
    const char *type = response->token_type;
    if (cmek_str_eq(type, "urn:ietf:params:oauth:token-type:saml2"))
        return response->saml_response;
    bool is_jwt = cmek_str_eq(type, "urn:ietf:params:oauth:token-type:jwt") ||
                  cmek_str_eq(type, "urn:ietf:params:oauth:token-type:id_token");
    return is_jwt ? response->id_token : NULL;
}

static enum cmek_status judge(const struct response *response, struct cmek_error *err)
{
    if (response->version != VERSION)
        return cmek_fail(err, CMEK_E_AUTH, "version is %lld, expected %d",
                         (long long)response->version, VERSION);
    if (!response->success) {
        bool is_complete = response->code && response->message &&
                           cmek_token_is_printable(response->code) &&
                           cmek_token_is_printable(response->message);
        return is_complete
                   ? cmek_fail(err, CMEK_E_AUTH, "it reports error %.*s: %.*s", LONGEST_MESSAGE,
                               response->code, LONGEST_MESSAGE, response->message)
                   : cmek_fail(err, CMEK_E_AUTH, "it reports an error without saying which");
    }
    if (response->expiration_time != 0 && response->expiration_time < cmek_time_now().seconds)
        return cmek_fail(err, CMEK_E_AUTH, "the subject token has expired already");
    if (!token_of(response))
        return cmek_fail(err, CMEK_E_AUTH,
                         "token_type is missing or unknown, or the token of that type is");
    return *token_of(response) != '\0' ? CMEK_OK
                                       : cmek_fail(err, CMEK_E_AUTH, "the subject token is empty");
}

static enum cmek_status take_response(const struct cmek_strbuf *text, bool is_file,
                                      struct cmek_token_call *call, struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    struct cmek_arena arena = {0};
    struct response response = {0};
    enum cmek_status status = cmek_json_parse(cmek_strbuf_text(text), text->length, &json, err);
    if (status == CMEK_OK)
        status = cmek_json_decode(json, response_fields, &arena, &response, err);
    if (status == CMEK_OK && is_file && response.expiration_time == 0)
        status = cmek_fail(err, CMEK_E_AUTH, "expiration_time is missing");
    if (status == CMEK_OK)
        status = judge(&response, err);
    if (status == CMEK_OK)
        cmek_secret_set(&call->token, token_of(&response), strlen(token_of(&response)));
    cmek_secret_wipe_text(response.id_token);
    cmek_secret_wipe_text(response.saml_response);
    cmek_arena_done(&arena);
    cmek_json_free(json);
    return status == CMEK_OK ? CMEK_OK : CMEK_E_AUTH;
}

static enum cmek_status take_file(const struct executable *executable, bool is_cache,
                                  struct cmek_token_call *call, struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    enum cmek_status status =
        cmek_file_read(executable->output_file, CMEK_LIMIT_CREDENTIAL_BYTES, &content, err);
    if (status == CMEK_OK)
        status = take_response(&content, is_cache, call, err);
    if (content.data)
        explicit_bzero(content.data, content.length);
    cmek_strbuf_done(&content);
    return status;
}

static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    const struct executable *executable = state;
    if (!answer) {
        /* What the file cannot give, be it broken, the program can. */
        if (!executable->output_file || take_file(executable, true, call, NULL) != CMEK_OK)
            call->program = &executable->command;
        return CMEK_OK;
    }
    enum cmek_status status = answer->length == 0 && executable->output_file
                                  ? take_file(executable, false, call, err)
                                  : take_response(answer, false, call, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "the answer of the program '%.200s'", executable->words.items[0]);
    return status;
}

static const struct cmek_token_source_ops executable_ops = {
    .step = step,
    .free = free_executable,
};
