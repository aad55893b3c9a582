/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* Fetching an algorithm walks OpenSSL's providers; scans hash once for each finding. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *fetched;
    if (!fetched)
        fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
    return fetched;
}

void cmek_sha256_hex(const char *const *parts, size_t count, char hex[CMEK_SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32];
    unsigned size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = context && EVP_DigestInit_ex2(context, sha256(), NULL);
    for (size_t i = 0; good && i < count; i++) {
        const char *part = parts[i] ? parts[i] : "";
        good = EVP_DigestUpdate(context, part, strlen(part) + 1);
    }
    if (!good || !EVP_DigestFinal_ex(context, digest, &size) || size != sizeof digest)
        abort(); /* SHA-256 on memory cannot fail; an OpenSSL without it is no place to run */
    EVP_MD_CTX_free(context);
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * sizeof digest] = '\0';
}
