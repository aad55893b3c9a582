/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/jwt.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "json/writer.h"

struct cmek_jwt_key {
    EVP_PKEY *pkey;
};

CMEK_DEFINE_CLEANUP(BIO, BIO_free, close_bio)
CMEK_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free, free_pkey)
CMEK_DEFINE_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free, free_digest)

/* Without a callback OpenSSL would ask for the passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int is_writing, void *payload)
{
    (void)buffer;
    (void)size;
    (void)is_writing;
    (void)payload;
    return -1;
}

enum cmek_status cmek_jwt_key_parse(const char *pem, size_t length, struct cmek_jwt_key **ret_key,
                                    struct cmek_error *err)
{
    ERR_clear_error();
    if (length > INT_MAX)
        return cmek_fail(err, CMEK_E_INVALID, "the private key is too long");
    BIO *bio CMEK_CLEANUP(close_bio) = BIO_new_mem_buf(pem, (int)length);
    EVP_PKEY *pkey CMEK_CLEANUP(free_pkey) =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    ERR_clear_error();
    if (!pkey)
        return cmek_fail(err, CMEK_E_INVALID,
                         "the private key does not parse: expected an unencrypted PEM key");
    if (!EVP_PKEY_is_a(pkey, "RSA"))
        return cmek_fail(err, CMEK_E_INVALID, "the private key is not an RSA key");
    struct cmek_jwt_key *key = cmek_calloc(1, sizeof *key);
    key->pkey = CMEK_TAKE(pkey);
    *ret_key = key;
    return CMEK_OK;
}

void cmek_jwt_key_free(struct cmek_jwt_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

void cmek_base64url_encode(struct cmek_strbuf *buffer, const void *bytes, size_t length)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *in = bytes;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)in[i] << 16;
        if (left > 1)
            group |= (uint32_t)in[i + 1] << 8;
        if (left > 2)
            group |= in[i + 2];
        char text[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63],
                        alphabet[group >> 6 & 63], alphabet[group & 63]};
        cmek_strbuf_append(buffer, text, left > 2 ? 4 : left + 1);
    }
}

static void add_part(struct cmek_strbuf *token, struct cmek_strbuf *json)
{
    cmek_base64url_encode(token, cmek_strbuf_text(json), json->length);
    cmek_strbuf_clear(json);
}

static void write_header(struct cmek_strbuf *json, const char *key_id)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, json, 0);
    cmek_json_begin_object(&writer);
    cmek_json_member_text(&writer, "alg", "RS256");
    cmek_json_member_text(&writer, "typ", "JWT");
    if (key_id)
        cmek_json_member_text(&writer, "kid", key_id);
    cmek_json_end_object(&writer);
}

static void write_claims(struct cmek_strbuf *json, const struct cmek_jwt_claims *claims)
{
    struct cmek_json_writer writer;
    cmek_json_writer_init(&writer, json, 0);
    cmek_json_begin_object(&writer);
    if (claims->issuer)
        cmek_json_member_text(&writer, "iss", claims->issuer);
    if (claims->subject)
        cmek_json_member_text(&writer, "sub", claims->subject);
    if (claims->audience)
        cmek_json_member_text(&writer, "aud", claims->audience);
    if (claims->scope)
        cmek_json_member_text(&writer, "scope", claims->scope);
    cmek_json_member_int(&writer, "iat", claims->issued_at);
    cmek_json_member_int(&writer, "exp", claims->expires_at);
    cmek_json_end_object(&writer);
}

static enum cmek_status append_signature(struct cmek_strbuf *token, const char *signed_bytes,
                                         size_t length, const struct cmek_jwt_key *key,
                                         struct cmek_error *err)
{
    ERR_clear_error();
    size_t size = (size_t)EVP_PKEY_get_size(key->pkey);
    unsigned char *signature = cmek_malloc(size);
    EVP_MD_CTX *digest CMEK_CLEANUP(free_digest) = EVP_MD_CTX_new();
    bool is_signed =
        digest && EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
        EVP_DigestSign(digest, signature, &size, (const unsigned char *)signed_bytes, length) == 1;
    ERR_clear_error();
    if (is_signed) {
        cmek_strbuf_putc(token, '.');
        cmek_base64url_encode(token, signature, size);
    }
    free(signature);
    return is_signed ? CMEK_OK
                     : cmek_fail(err, CMEK_E_INVALID, "the private key cannot sign (RS256)");
}

enum cmek_status cmek_jwt_sign(const struct cmek_jwt_claims *claims, const char *key_id,
                               const struct cmek_jwt_key *key, struct cmek_strbuf *token,
                               struct cmek_error *err)
{
    struct cmek_strbuf json = {0}, unsigned_token = {0};
    write_header(&json, key_id);
    add_part(&unsigned_token, &json);
    cmek_strbuf_putc(&unsigned_token, '.');
    write_claims(&json, claims);
    add_part(&unsigned_token, &json);
    cmek_strbuf_done(&json);

    struct cmek_strbuf signature = {0};
    enum cmek_status status =
        append_signature(&signature, unsigned_token.data, unsigned_token.length, key, err);
    if (status == CMEK_OK) {
        cmek_strbuf_append(token, unsigned_token.data, unsigned_token.length);
        cmek_strbuf_append(token, signature.data, signature.length);
    }
    cmek_strbuf_done(&signature);
    cmek_strbuf_done(&unsigned_token);
    return status;
}
