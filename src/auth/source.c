/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/source.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "http/engine.h"

void cmek_token_call_clear(struct cmek_token_call *call)
{
    cmek_secret_wipe_text(call->body.data);
    cmek_strbuf_done(&call->body);
    cmek_strbuf_done(&call->url);
    cmek_secret_done(&call->token);
    for (size_t i = 0; i < CMEK_TOKEN_HEADERS_MAX; i++) {
        cmek_secret_wipe_text(call->headers[i]);
        free(call->headers[i]);
    }
    *call = (struct cmek_token_call){0};
}

void cmek_token_call_header(struct cmek_token_call *call, const char *name, const char *value)
{
    size_t count = 0;
    while (call->headers[count])
        count++;
    if (count == CMEK_TOKEN_HEADERS_MAX)
        return;
    struct cmek_strbuf line = {0};
    cmek_strbuf_printf(&line, "%s: %s", name, value);
    call->headers[count] = cmek_strbuf_detach(&line);
}

void cmek_token_call_basic(struct cmek_token_call *call, const char *user, const char *password)
{
    struct cmek_strbuf plain = {0}, value = {0};
    cmek_strbuf_printf(&plain, "%s:%s", user, password ? password : "");
    unsigned char *encoded = cmek_malloc(plain.length / 3 * 4 + 5);
    EVP_EncodeBlock(encoded, (const unsigned char *)plain.data, (int)plain.length);
    cmek_strbuf_printf(&value, "Basic %s", (const char *)encoded);
    cmek_token_call_header(call, "Authorization", value.data);
    cmek_secret_wipe_text((const char *)encoded);
    cmek_secret_wipe_text(plain.data);
    cmek_secret_wipe_text(value.data);
    free(encoded);
    cmek_strbuf_done(&plain);
    cmek_strbuf_done(&value);
}

void cmek_token_call_form(struct cmek_token_call *call, const char *name, const char *value)
{
    cmek_strbuf_printf(&call->body, "%s%s=", call->body.length > 0 ? "&" : "", name);
    cmek_url_encode(&call->body, value);
}

void cmek_token_source_done(struct cmek_token_source *source)
{
    if (source->state)
        source->ops->free(source->state);
    free(source->quota_project);
    *source = (struct cmek_token_source){0};
}

enum cmek_status cmek_token_source_step(const struct cmek_token_source *source,
                                        const struct cmek_strbuf *answer,
                                        struct cmek_token_call *call, struct cmek_secret *ret_token,
                                        struct cmek_error *err)
{
    enum cmek_status status = source->ops->step(source->state, answer, call, err);
    if (status != CMEK_OK || !call->token.bytes)
        return status;
    cmek_secret_done(ret_token);
    *ret_token = call->token;
    call->token = (struct cmek_secret){0};
    cmek_token_call_clear(call);
    return CMEK_OK;
}

bool cmek_token_is_sendable(const char *token)
{
    for (const char *c = token; *c; c++)
        if (*c < '!' || *c > '~')
            return false;
    return *token != '\0';
}

bool cmek_token_is_printable(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            return false;
    return *text != '\0';
}
