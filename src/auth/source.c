/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/source.h"

#include "http/url.h"

void cmek_token_call_done(struct cmek_token_call *call)
{
    cmek_secret_wipe_text(call->body.data);
    cmek_strbuf_done(&call->body);
    cmek_strbuf_done(&call->url);
    cmek_secret_done(&call->token);
}

enum cmek_status cmek_token_endpoint_check(const char *text, struct cmek_error *err)
{
    struct cmek_url url;
    if (!cmek_url_parse(text, &url))
        return cmek_fail(err, CMEK_E_AUTH, "token_uri is not an http or https URL");
    if (cmek_url_host_is_loopback(&url))
        return CMEK_OK;
    if (url.https && cmek_url_host_is_below(&url, "googleapis.com"))
        return CMEK_OK;
    return cmek_fail(err, CMEK_E_AUTH,
                     "token_uri '%.*s' is refused: the credential is sent only to "
                     "https://*.googleapis.com or to this machine itself",
                     (int)url.origin_length, text);
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
