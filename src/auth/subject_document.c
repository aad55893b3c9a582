/* SPDX-License-Identifier: Apache-2.0 */
/* A subject token that lies in a file, or that a URL answers with. */
#include <stdlib.h>
#include <string.h>

#include "auth/subject.h"
#include "auth/trust.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/strings.h"
#include "http/url.h"
#include "json/decode.h"
#include "json/json.h"

struct document_source {
    const char *file, *url;
    const struct cmek_json *headers;
    struct document_format {
        const char *type, *field;
    } format;
};

static const struct cmek_json_field format_fields[] = {
    CMEK_JSON_FIELD(struct document_format, type, "type", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct document_format, field, "subject_token_field_name", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field document_fields[] = {
    CMEK_JSON_FIELD(struct document_source, file, "file", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct document_source, url, "url", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct document_source, headers, "headers", CMEK_JSON_OPTIONAL),
    CMEK_JSON_OBJECT_FIELD(struct document_source, format, "format", NULL, format_fields),
    CMEK_JSON_END,
};

struct header {
    char *name;
    struct cmek_secret value; /* GitHub's is a bearer token */
};

struct document {
    char *file, *url; /* one of them */
    char *field;      /* of a JSON document; NULL: all of it is the token */
    struct header headers[CMEK_TOKEN_HEADERS_MAX];
    size_t header_count;
    bool has_bad_header;
};

static void free_document(void *state)
{
    struct document *document = state;
    for (size_t i = 0; i < document->header_count; i++) {
        free(document->headers[i].name);
        cmek_secret_done(&document->headers[i].value);
    }
    free(document->file);
    free(document->url);
    free(document->field);
    free(document);
}

static bool take_header(void *payload, const char *name, const struct cmek_json *value)
{
    struct document *document = payload;
    const char *text = cmek_json_peek(value);
    document->has_bad_header = document->header_count == CMEK_TOKEN_HEADERS_MAX || !text ||
                               !cmek_token_is_sendable(name) || strchr(name, ':') ||
                               !cmek_token_is_printable(text);
    if (document->has_bad_header)
        return false;
    struct header *header = &document->headers[document->header_count++];
    header->name = cmek_strdup(name);
    cmek_secret_set(&header->value, text, strlen(text));
    return true;
}

static enum cmek_status check_format(const struct document_format *format, struct cmek_error *err)
{
    bool is_json = cmek_str_eq(format->type, "json");
    if (format->type && !is_json && !cmek_str_eq(format->type, "text"))
        return cmek_fail(err, CMEK_E_AUTH,
                         "credential_source.format.type is neither \"text\" nor \"json\"");
    if (is_json && (!format->field || format->field[0] == '\0'))
        return cmek_fail(err, CMEK_E_AUTH,
                         "credential_source.format.subject_token_field_name is missing");
    return CMEK_OK;
}

static const struct cmek_token_source_ops document_ops;

static enum cmek_status take_source(const struct document_source *source,
                                    const struct cmek_subject_load *how,
                                    struct cmek_token_source *ret_source, struct cmek_error *err)
{
    enum cmek_status status = check_format(&source->format, err);
    if (status == CMEK_OK && source->url)
        status = cmek_token_trust_check(how->settings, CMEK_PLACE_SUBJECT, "credential_source.url",
                                        source->url, err);
    if (status != CMEK_OK)
        return status;
    struct document *document = cmek_calloc(1, sizeof *document);
    document->file = source->file ? cmek_strdup(source->file) : NULL;
    document->url = source->url ? cmek_strdup(source->url) : NULL;
    bool is_json = cmek_str_eq(source->format.type, "json");
    document->field = is_json ? cmek_strdup(source->format.field) : NULL;
    cmek_json_each(source->headers, take_header, document);
    if (document->has_bad_header) {
        free_document(document);
        return cmek_fail(err, CMEK_E_AUTH,
                         "credential_source.headers has more than %d members, or one that cannot "
                         "be a header",
                         CMEK_TOKEN_HEADERS_MAX);
    }
    *ret_source = (struct cmek_token_source){&document_ops, document, NULL};
    return CMEK_OK;
}

enum cmek_status cmek_subject_document_load(const struct cmek_subject_load *how,
                                            struct cmek_token_source *ret_source,
                                            struct cmek_error *err)
{
    struct cmek_arena arena = {0};
    struct document_source source = {0};
    enum cmek_status status = cmek_json_decode(how->source, document_fields, &arena, &source, err);
    if (status != CMEK_OK)
        cmek_error_prefix(err, "credential_source");
    else
        status = take_source(&source, how, ret_source, err);
    cmek_arena_done(&arena);
    return status;
}

/* Steps */

static enum cmek_status take_text(const char *text, size_t length, struct cmek_token_call *call,
                                  struct cmek_error *err)
{
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length == 0 || memchr(text, '\0', length))
        return cmek_fail(err, CMEK_E_AUTH, "the subject token is %s",
                         length == 0 ? "empty" : "binary");
    cmek_secret_set(&call->token, text, length);
    return CMEK_OK;
}

static enum cmek_status take_member(const struct document *document,
                                    const struct cmek_strbuf *content, struct cmek_token_call *call,
                                    struct cmek_error *err)
{
    struct cmek_json *json = NULL;
    enum cmek_status status =
        cmek_json_parse(cmek_strbuf_text(content), content->length, &json, err);
    if (status != CMEK_OK)
        return status;
    const char *token = cmek_json_peek(cmek_json_get(json, document->field));
    if (token)
        status = take_text(token, strlen(token), call, err);
    else
        status = cmek_fail(err, CMEK_E_AUTH, "there is no string '%.100s' in it", document->field);
    cmek_json_free(json);
    return status;
}

static enum cmek_status take_content(const struct document *document,
                                     const struct cmek_strbuf *content,
                                     struct cmek_token_call *call, struct cmek_error *err)
{
    enum cmek_status status =
        document->field ? take_member(document, content, call, err)
                        : take_text(cmek_strbuf_text(content), content->length, call, err);
    if (status == CMEK_OK)
        return CMEK_OK;
    if (document->file)
        cmek_error_prefix(err, "subject token file '%.300s'", document->file);
    else
        cmek_error_prefix(err, "the answer of credential_source.url");
    return CMEK_E_AUTH;
}

static enum cmek_status read_file(const struct document *document, struct cmek_token_call *call,
                                  struct cmek_error *err)
{
    struct cmek_strbuf content = {0};
    enum cmek_status status =
        cmek_file_read(document->file, CMEK_LIMIT_CREDENTIAL_BYTES, &content, err);
    if (status == CMEK_OK)
        status = take_content(document, &content, call, err);
    else
        cmek_error_prefix(err, "subject token file");
    if (content.data)
        explicit_bzero(content.data, content.length);
    cmek_strbuf_done(&content);
    return status == CMEK_OK ? CMEK_OK : CMEK_E_AUTH;
}

static enum cmek_status step(void *state, const struct cmek_strbuf *answer,
                             struct cmek_token_call *call, struct cmek_error *err)
{
    const struct document *document = state;
    if (document->file)
        return read_file(document, call, err);
    if (answer)
        return take_content(document, answer, call, err);
    struct cmek_url url;
    cmek_strbuf_puts(&call->url, document->url);
    call->is_direct = cmek_url_parse(document->url, &url) && !url.https;
    for (size_t i = 0; i < document->header_count; i++) {
        cmek_token_call_header(call, document->headers[i].name, document->headers[i].value.bytes);
        if (i < CMEK_TOKEN_SECRETS_MAX)
            call->secrets[i] = document->headers[i].value.bytes;
    }
    call->endpoint = "the source of the subject token (credential_source.url)";
    call->advice = "check that this machine runs where the credential file was made for";
    return CMEK_OK;
}

static const struct cmek_token_source_ops document_ops = {
    .step = step,
    .free = free_document,
};
