/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/aws_sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "auth/source.h"
#include "base/strings.h"
#include "http/engine.h"
#include "http/url.h"
#include "json/writer.h"

/* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
#define ALGORITHM  "AWS4-HMAC-SHA256"
#define QUERY      "Action=GetCallerIdentity&Version=2011-06-15"
#define DIGEST     32
#define DATE_SIZE  sizeof "20261122T172600Z"
#define DAY_LENGTH 8

/* The headers that are signed, in their order. */
enum { HOST, DATE, SECURITY_TOKEN, TARGET_RESOURCE, HEADER_COUNT };
static const char *const header_names[HEADER_COUNT] = {
    [HOST] = "host",
    [DATE] = "x-amz-date",
    [SECURITY_TOKEN] = "x-amz-security-token",
    [TARGET_RESOURCE] = "x-goog-cloud-target-resource",
};

struct request {
    struct cmek_strbuf url, host, scope, signed_headers;
    char date[DATE_SIZE];
    const char *values[HEADER_COUNT]; /* NULL: not sent */
};

static void request_done(struct request *request)
{
    cmek_strbuf_done(&request->url);
    cmek_strbuf_done(&request->host);
    cmek_strbuf_done(&request->scope);
    cmek_strbuf_done(&request->signed_headers);
}

/* {region} may stand anywhere; AWS's own configurations have it once. */
static void expand(const struct cmek_aws_identity *identity, struct cmek_strbuf *url)
{
    static const char marker[] = "{region}";
    const char *at = identity->url, *found;
    for (; (found = strstr(at, marker)); at = found + sizeof marker - 1) {
        cmek_strbuf_append(url, at, (size_t)(found - at));
        cmek_strbuf_puts(url, identity->region);
    }
    cmek_strbuf_puts(url, at);
}

/* sts.REGION.amazonaws.com, sts.amazonaws.com, sts-fips.…, and the same under .com.cn. */
static bool is_security_service(const struct cmek_url *url)
{
    return (cmek_url_host_is_below(url, "amazonaws.com") ||
            cmek_url_host_is_below(url, "amazonaws.com.cn")) &&
           (strncmp(url->host, "sts.", 4) == 0 || strncmp(url->host, "sts-fips.", 9) == 0);
}

static enum cmek_status take_url(const struct cmek_aws_identity *identity, struct request *request,
                                 struct cmek_error *err)
{
    if (identity->region[strspn(identity->region, "abcdefghijklmnopqrstuvwxyz0123456789-")] !=
            '\0' ||
        identity->region[0] == '\0')
        return cmek_fail(err, CMEK_E_AUTH, "the AWS region is not the name of one");
    expand(identity, &request->url);
    const char *text = cmek_strbuf_text(&request->url);
    struct cmek_url url;
    if (!cmek_url_parse(text, &url) || !url.https || url.port != 443 || !is_security_service(&url))
        return cmek_fail(err, CMEK_E_AUTH,
                         "regional_cred_verification_url is not that of AWS's Security Token "
                         "Service (https://sts.REGION.amazonaws.com): a request to anything else "
                         "is not signed");
    const char *rest = text + url.origin_length;
    if (!cmek_str_eq(rest + (*rest == '/'), "?" QUERY))
        return cmek_fail(err, CMEK_E_AUTH,
                         "regional_cred_verification_url asks for something else than "
                         "GetCallerIdentity: that is not signed");
    cmek_strbuf_append(&request->host, url.host, url.host_length);
    return CMEK_OK;
}

static void take_date(struct cmek_time now, char date[DATE_SIZE])
{
    char text[CMEK_TIME_TEXT_SIZE];
    size_t used = 0;
    cmek_time_format(now, text);
    for (const char *c = text; *c && used + 1 < DATE_SIZE; c++)
        if (*c != '-' && *c != ':')
            date[used++] = *c;
    date[used] = '\0';
}

static enum cmek_status take_headers(const struct cmek_aws_identity *identity,
                                     struct request *request, struct cmek_error *err)
{
    take_date(identity->now, request->date);
    request->values[HOST] = cmek_strbuf_text(&request->host);
    request->values[DATE] = request->date;
    request->values[SECURITY_TOKEN] = identity->session_token;
    request->values[TARGET_RESOURCE] = identity->target_resource;
    for (int i = 0; i < HEADER_COUNT; i++) {
        if (!request->values[i])
            continue;
        if (!cmek_token_is_sendable(request->values[i]))
            return cmek_fail(err, CMEK_E_AUTH, "%s cannot stand in a header", header_names[i]);
        cmek_strbuf_printf(&request->signed_headers, "%s%s", i > 0 ? ";" : "", header_names[i]);
    }
    if (!cmek_token_is_sendable(identity->access_key_id) || identity->secret_access_key[0] == '\0')
        return cmek_fail(err, CMEK_E_AUTH, "the AWS access key is empty or malformed");
    cmek_strbuf_printf(&request->scope, "%.*s/%s/sts/aws4_request", DAY_LENGTH, request->date,
                       identity->region);
    return CMEK_OK;
}

static void append_hex(struct cmek_strbuf *text, const unsigned char digest[DIGEST])
{
    for (size_t i = 0; i < DIGEST; i++)
        cmek_strbuf_printf(text, "%02x", digest[i]);
}

static bool append_digest(struct cmek_strbuf *text, const char *bytes, size_t length)
{
    unsigned char digest[DIGEST];
    if (EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    append_hex(text, digest);
    return true;
}

static bool make_string_to_sign(const struct request *request, struct cmek_strbuf *text)
{
    struct cmek_strbuf canonical = {0};
    cmek_strbuf_puts(&canonical, "POST\n/\n" QUERY "\n");
    for (int i = 0; i < HEADER_COUNT; i++)
        if (request->values[i])
            cmek_strbuf_printf(&canonical, "%s:%s\n", header_names[i], request->values[i]);
    cmek_strbuf_printf(&canonical, "\n%s\n", cmek_strbuf_text(&request->signed_headers));
    bool ok = append_digest(&canonical, "", 0); /* of the empty body */
    cmek_strbuf_printf(text, ALGORITHM "\n%s\n%s\n", request->date,
                       cmek_strbuf_text(&request->scope));
    ok = ok && append_digest(text, canonical.data, canonical.length);
    cmek_secret_wipe_text(canonical.data);
    cmek_strbuf_done(&canonical);
    return ok;
}

static bool mac(unsigned char key[DIGEST], const char *text, size_t length)
{
    unsigned char out[DIGEST];
    if (!HMAC(EVP_sha256(), key, DIGEST, (const unsigned char *)text, length, out, NULL))
        return false;
    memcpy(key, out, DIGEST);
    explicit_bzero(out, sizeof out);
    return true;
}

static bool sign(const struct cmek_aws_identity *identity, const struct request *request,
                 const struct cmek_strbuf *text, unsigned char ret_signature[DIGEST])
{
    struct cmek_strbuf first = {0};
    cmek_strbuf_printf(&first, "AWS4%s", identity->secret_access_key);
    bool ok = HMAC(EVP_sha256(), first.data, (int)first.length,
                   (const unsigned char *)request->date, DAY_LENGTH, ret_signature, NULL) != NULL;
    cmek_secret_wipe_text(first.data);
    cmek_strbuf_done(&first);
    return ok && mac(ret_signature, identity->region, strlen(identity->region)) &&
           mac(ret_signature, "sts", 3) && mac(ret_signature, "aws4_request", 12) &&
           mac(ret_signature, text->data, text->length);
}

static void write_header(struct cmek_json_writer *writer, const char *name, const char *value)
{
    cmek_json_begin_object(writer);
    cmek_json_member_text(writer, "key", name);
    cmek_json_member_text(writer, "value", value);
    cmek_json_end_object(writer);
}

static void write_request(const struct request *request, const char *authorization,
                          struct cmek_strbuf *token)
{
    struct cmek_strbuf json = {0};
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, &json, 0);
    cmek_json_begin_object(&writer);
    cmek_json_key(&writer, "headers");
    cmek_json_begin_array(&writer);
    write_header(&writer, "Authorization", authorization);
    for (int i = 0; i < HEADER_COUNT; i++)
        if (request->values[i])
            write_header(&writer, header_names[i], request->values[i]);
    cmek_json_end_array(&writer);
    cmek_json_member_text(&writer, "method", "POST");
    cmek_json_member_text(&writer, "url", cmek_strbuf_text(&request->url));
    cmek_json_end_object(&writer);
    cmek_url_encode(token, cmek_strbuf_text(&json));
    cmek_secret_wipe_text(json.data);
    cmek_strbuf_done(&json);
}

enum cmek_status cmek_aws_sign_identity(const struct cmek_aws_identity *identity,
                                        struct cmek_strbuf *token, struct cmek_error *err)
{
    struct request request = {0};
    struct cmek_strbuf text = {0}, authorization = {0};
    unsigned char signature[DIGEST];
    enum cmek_status status = take_url(identity, &request, err);
    if (status == CMEK_OK)
        status = take_headers(identity, &request, err);
    if (status == CMEK_OK &&
        (!make_string_to_sign(&request, &text) || !sign(identity, &request, &text, signature)))
        status = cmek_fail(err, CMEK_E_AUTH, "OpenSSL cannot compute HMAC-SHA256");
    if (status == CMEK_OK) {
        cmek_strbuf_printf(&authorization,
                           ALGORITHM " Credential=%s/%s, SignedHeaders=%s, "
                                     "Signature=",
                           identity->access_key_id, cmek_strbuf_text(&request.scope),
                           cmek_strbuf_text(&request.signed_headers));
        append_hex(&authorization, signature);
        write_request(&request, cmek_strbuf_text(&authorization), token);
    }
    cmek_strbuf_done(&authorization);
    cmek_strbuf_done(&text);
    request_done(&request);
    return status;
}
