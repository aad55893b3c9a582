/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/keys.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

EVP_PKEY *make_rsa_key(void)
{
    return EVP_RSA_gen(2048);
}

EVP_PKEY *make_ec_key(void)
{
    return EVP_EC_gen("P-256");
}

char *pem_of(EVP_PKEY *key, const char *passphrase)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL, *data;
    const EVP_CIPHER *cipher = passphrase ? EVP_aes_256_cbc() : NULL;
    int length = passphrase ? (int)strlen(passphrase) : 0;
    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, passphrase, length, NULL, NULL)) {
        long size = BIO_get_mem_data(bio, &data);
        text = strndup(data, (size_t)size);
    }
    BIO_free(bio);
    return text;
}

/* base64url to bytes through EVP_DecodeBlock, which knows nothing of our encoder. */
static unsigned char *decode(const char *text, size_t length, size_t *ret_length)
{
    size_t padded = (length + 3) / 4 * 4;
    unsigned char *in = malloc(padded + 1), *out = calloc(1, padded + 1);
    if (!in || !out)
        abort();
    memset(in, '=', padded);
    for (size_t i = 0; i < length; i++)
        in[i] = (unsigned char)(text[i] == '-' ? '+' : (text[i] == '_' ? '/' : text[i]));
    int size = EVP_DecodeBlock(out, in, (int)padded);
    free(in);
    *ret_length = size < 0 ? 0 : (size_t)size - (padded - length);
    return out;
}

char *jwt_part(const char *token, int index)
{
    for (; index > 0 && token; index--) {
        token = strchr(token, '.');
        token = token ? token + 1 : NULL;
    }
    size_t length;
    unsigned char *bytes = token ? decode(token, strcspn(token, ".&"), &length) : NULL;
    if (bytes)
        bytes[length] = '\0';
    return (char *)bytes;
}

int is_signed_by(const char *token, EVP_PKEY *key)
{
    const char *dot = strrchr(token, '.');
    if (!dot)
        return 0;
    size_t length;
    unsigned char *signature = decode(dot + 1, strlen(dot + 1), &length);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    int is_good = digest && EVP_DigestVerifyInit(digest, NULL, EVP_sha256(), NULL, key) == 1 &&
                  EVP_DigestVerify(digest, signature, length, (const unsigned char *)token,
                                   (size_t)(dot - token)) == 1;
    EVP_MD_CTX_free(digest);
    free(signature);
    return is_good;
}
