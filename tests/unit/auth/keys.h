/* SPDX-License-Identifier: Apache-2.0 */
/** @file keys.h  Fresh private keys as PEM text: none lies in the tree. */
#ifndef CMEK_TESTS_AUTH_KEYS_H
#define CMEK_TESTS_AUTH_KEYS_H

#include <openssl/evp.h>

/** A new 2048-bit RSA key; the caller frees it. */
EVP_PKEY *make_rsa_key(void);
/** A new P-256 key; the caller frees it. */
EVP_PKEY *make_ec_key(void);
/** PKCS#8 PEM, encrypted with @p passphrase unless NULL; the caller frees it. */
char *pem_of(EVP_PKEY *key, const char *passphrase);
/** Whether the JWT's signature is by @p key (RS256); checked with OpenSSL's own decoder. */
int is_signed_by(const char *token, EVP_PKEY *key);
/** The @p index-th part of a JWT, decoded; the caller frees it. */
char *jwt_part(const char *token, int index);

#endif
