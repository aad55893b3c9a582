/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/jwt_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strings.h"
#include "json/decode.h"
#include "json/json.h"

#define MAX_LIFE_S   3600
#define CLOCK_SKEW_S 300

struct header {
    const char *algorithm, *type, *key_id;
};

struct claims {
    const char *issuer, *audience, *scope;
    int64_t issued_at, expires_at;
};

static const struct cmek_json_field header_fields[] = {
    CMEK_JSON_FIELD(struct header, algorithm, "alg", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct header, type, "typ", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct header, key_id, "kid", CMEK_JSON_OPTIONAL),
    CMEK_JSON_END,
};

static const struct cmek_json_field claim_fields[] = {
    CMEK_JSON_FIELD(struct claims, issuer, "iss", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct claims, audience, "aud", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct claims, scope, "scope", CMEK_JSON_OPTIONAL),
    CMEK_JSON_FIELD(struct claims, issued_at, "iat", CMEK_JSON_REQUIRED),
    CMEK_JSON_FIELD(struct claims, expires_at, "exp", CMEK_JSON_REQUIRED),
    CMEK_JSON_END,
};

static int sextet(char byte)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = byte != '\0' ? strchr(alphabet, byte) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* base64url without padding, RFC 7515 section 2. */
static bool decode(const char *text, size_t length, struct cmek_strbuf *ret_bytes)
{
    unsigned bits = 0, value = 0;
    if (length % 4 == 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        int six = sextet(text[i]);
        if (six < 0)
            return false;
        value = (value << 6 | (unsigned)six) & 0xffffU;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            cmek_strbuf_putc(ret_bytes, (char)(value >> bits & 0xffU));
        }
    }
    return true;
}

static bool decode_object(const char *text, size_t length, const struct cmek_json_field *fields,
                          struct cmek_arena *arena, void *ret_struct)
{
    struct cmek_strbuf bytes = {0};
    struct cmek_json *json = NULL;
    bool ok = decode(text, length, &bytes) &&
              cmek_json_parse(cmek_strbuf_text(&bytes), bytes.length, &json, NULL) == CMEK_OK &&
              cmek_json_decode(json, fields, arena, ret_struct, NULL) == CMEK_OK;
    cmek_json_free(json);
    cmek_strbuf_done(&bytes);
    return ok;
}

static bool signature_holds(EVP_PKEY *key, const char *text, size_t length,
                            const struct cmek_strbuf *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestVerify(context, (const unsigned char *)cmek_strbuf_text(signature),
                               signature->length, (const unsigned char *)text, length) == 1;
    EVP_MD_CTX_free(context);
    return ok;
}

static const char *judge_claims(const struct cmek_demo_jwt_rules *rules,
                                const struct claims *claims)
{
    if (!cmek_str_eq(claims->issuer, rules->issuer))
        return "Invalid grant: account not found";
    bool has_scope = claims->scope && claims->scope[0] != '\0';
    bool has_audience = claims->audience && (cmek_str_eq(claims->audience, rules->audiences[0]) ||
                                             cmek_str_eq(claims->audience, rules->audiences[1]));
    if (!has_audience && !(rules->is_access_token && !claims->audience && has_scope))
        return "Invalid JWT: Failed audience check. The right audience is "
               "https://oauth2.googleapis.com/token";
    if (claims->issued_at > rules->now + CLOCK_SKEW_S || claims->expires_at <= rules->now ||
        claims->issued_at < rules->now - MAX_LIFE_S - CLOCK_SKEW_S ||
        claims->expires_at - claims->issued_at > MAX_LIFE_S)
        return "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
               "timeframe. Check your iat and exp values in the JWT claim.";
    if (!has_scope && !rules->is_access_token)
        return "Invalid JWT: scope is required";
    return NULL;
}

static const char *check(const struct cmek_demo_jwt_rules *rules, const char *assertion,
                         struct cmek_arena *arena, struct cmek_strbuf *signature)
{
    const char *dot = strchr(assertion, '.'), *last = dot ? strchr(dot + 1, '.') : NULL;
    struct header header = {0};
    struct claims claims = {0};
    if (!last ||
        !decode_object(assertion, (size_t)(dot - assertion), header_fields, arena, &header) ||
        !decode_object(dot + 1, (size_t)(last - dot - 1), claim_fields, arena, &claims) ||
        !decode(last + 1, strlen(last + 1), signature))
        return "Invalid JWT: the assertion does not parse";
    if (!cmek_str_eq(header.algorithm, "RS256") ||
        (header.type && !cmek_str_eq(header.type, "JWT")))
        return "Invalid JWT: unsupported algorithm or type";
    if (header.key_id && !cmek_str_eq(header.key_id, rules->key_id))
        return "Invalid JWT Signature.";
    if (!signature_holds(rules->key, assertion, (size_t)(last - assertion), signature))
        return "Invalid JWT Signature.";
    return judge_claims(rules, &claims);
}

const char *cmek_demo_jwt_check(const struct cmek_demo_jwt_rules *rules, const char *assertion)
{
    struct cmek_arena arena = {0};
    struct cmek_strbuf signature = {0};
    const char *complaint = check(rules, assertion, &arena, &signature);
    cmek_strbuf_done(&signature);
    cmek_arena_done(&arena);
    return complaint;
}
